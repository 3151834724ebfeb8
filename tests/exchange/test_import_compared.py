"""What the registers' own checks say of a workbook: households as a whole, and cells that do not apply."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from ffp_admin import store as stores
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.exchange import Importer, ImportRefused, Weight
from ffp_admin.store import SYSTEM, Store
from tests.exchange.conftest import ROSTER
from tests.exchange.test_import import edited, stage

MEMBER = "form_specs/registers/member.yaml"


def found(staged: Any, code: str) -> dict[tuple[int, str], Weight]:
    return {(one.row, one.column): one.weight for one in staged.findings if one.code == code}


def test_a_household_is_compared_as_a_whole(county: Store) -> None:
    doubt = Weight.DOUBT
    two_spouses = stage(county, edited({"I6": "配偶", "I7": "配偶"}))
    # a spouse of the head's own sex is among them: told at the head's name
    assert found(two_spouses, "related") == {(6, "I"): doubt, (7, "I"): doubt, (5, "C"): doubt}
    other_name = stage(county, edited({"C5": "邹国强"}))
    assert (5, "C") in found(other_name, "related")
    assert (5, "I") in found(other_name, "check")


def test_a_household_with_wrong_cells_is_compared_when_they_are_mended(county: Store) -> None:
    """Its second head is one error at its cell, not a doubt at every other one."""
    staged = stage(county, edited({"I6": "户主"}))
    assert found(staged, "household_two_heads")[6, "I"] is Weight.ERROR
    assert found(staged, "related") == {}


def test_an_import_beside_a_registered_head_is_refused_at_its_row(county: Store) -> None:
    """The head of the register is not in the sheet any more: the cadre reads in which row, and what to do."""
    Importer(county).commit(stage(county).id, "good", SYSTEM, new_groups_confirmed=True)
    sheet = openpyxl.load_workbook(ROSTER)["柳树村"]
    moved = {f"{column}13": sheet[f"{column}14"].value for column in "FGHJKLMNO"}
    blank = {f"{column}14": None for column in "FGHIJKLMNO"}
    changed = edited({**moved, **blank, "I13": "户主", "C13": sheet["F14"].value, "D13": 2})
    with pytest.raises(ImportRefused) as caught:
        Importer(county).commit(stage(county, changed).id, "good", SYSTEM)
    [message] = caught.value.messages
    assert "13" in message
    assert "本户已经有户主" in message


def test_a_cell_that_does_not_apply_is_named_and_not_taken(county: Store) -> None:
    files = dict(declaration_files(HOUSE / "form_specs"))
    text = files[MEMBER].decode()
    assert "务工时间: {类型: 整数" in text
    changed = text.replace("务工时间: {类型: 整数", "务工时间: {类型: 整数, 显示条件: 务工地点 为 县内")
    stores.publish(county, {**files, MEMBER: changed.encode()}, SYSTEM)
    staged = stage(county)
    wanted = {
        row for row, place, months in _lines() if months is not None and place is not None and place != "县内"
    }
    told = found(staged, "not_taken")
    assert told
    assert {row for row, _column in told} <= wanted
    assert set(told.values()) == {Weight.DOUBT}
    assert {column for _row, column in told} == {"O"}
    assert (9, "O") in told
    Importer(county).commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    near = county.edition().words("work_place")["县内"]
    with county.reading() as session:
        page = stores.page(session, county, "member", SYSTEM, stores.Query(size=100))
    away = [one.values for one in page.records if one.values["务工地点"] not in (None, near)]
    assert away
    assert all(values["务工时间"] is None for values in away)


def _lines() -> list[tuple[int, Any, Any]]:
    sheet = openpyxl.load_workbook(ROSTER)["柳树村"]
    return [
        (row, sheet.cell(row, 14).value, sheet.cell(row, 15).value) for row in range(5, sheet.max_row + 1)
    ]
