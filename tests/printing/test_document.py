"""A declared document of an imported village: order, merged households, words, log, rights (D02-like roster)."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from ffp_admin import store as stores
from ffp_admin.config import read_settings
from ffp_admin.printing import Printed, Printer, Refused
from ffp_admin.printing.document import compose
from ffp_admin.printing.roster import cell_text
from ffp_admin.store import SYSTEM, Actor, Draft, Query, Store, static
from tests.printing.conftest import VILLAGE


def printer(store: Store, folder: Path) -> Printer:
    return Printer(store, read_settings({"FFP_DATA_DIR": str(folder)}))


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "roster.pdf").write_bytes(pdf)
    tool = shutil.which("pdftotext")
    assert tool
    out = subprocess.run([tool, "-layout", str(folder / "roster.pdf"), "-"], capture_output=True, check=True)
    return out.stdout.decode()


def test_roster_shows_everybody_once_in_full(village: Store, tmp_path: Path) -> None:
    result = printer(village, tmp_path).render("household_roster", VILLAGE, SYSTEM)
    assert isinstance(result, Printed)
    text = text_of(result.pdf, tmp_path)
    with village.reading() as session:
        people = stores.page(session, village, "person", SYSTEM, Query(size=200)).records
    numbers = sorted(re.findall(r"529901\d{11}[0-9X]", text))
    assert numbers == sorted(str(person.values["证件号码"]) for person in people)
    assert text.count("青山县石桥镇青龙村2026年农户花名册") == result.pages
    assert "本表一式两份" in text


def test_places_in_title_and_subtitle_are_filled_in(village: Store) -> None:
    declared = village.catalog().documents["household_roster"]
    document = replace(
        declared, title="{村}{年}年名册", subtitle=("填报单位：{乡镇}{村}", "{月}月", "单位：户")
    )
    with village.reading() as session:
        roster = compose(session, village, document, VILLAGE, SYSTEM)
    assert roster.title == "青龙村2026年名册"
    told = (roster.subtitle_left, roster.subtitle_middle, roster.subtitle_right)
    assert told == ("填报单位：石桥镇青龙村", "3月", "单位：户")


def test_households_are_merged_and_begin_with_their_head(village: Store) -> None:
    document = village.catalog().documents["household_roster"]
    with village.reading() as session:
        roster = compose(session, village, document, VILLAGE, SYSTEM)
    assert len(roster.groups) == 12
    member_columns = [column.label for _number, column in roster.columns_per("member")]
    relation = member_columns.index("与户主关系")
    assert {group.lines[0][relation] for group in roster.groups} == {"户主"}
    assert {int(cell_text(group.values[2])) == len(group.lines) for group in roster.groups} == {True}
    groups = [group.values[0] for group in roster.groups]
    assert groups == sorted(groups, key=["上寨组", "下寨组", "河坝组"].index)


def test_each_print_is_logged_with_its_hash_and_sealed_names(village: Store, tmp_path: Path) -> None:
    result = printer(village, tmp_path).render("household_roster", VILLAGE, SYSTEM)
    assert isinstance(result, Printed)
    with village.reading() as session:
        log = session.execute(select(static.print_log).order_by(static.print_log.c.id.desc())).first()
    assert log is not None
    assert (log.sha256, log.pages, log.region_code) == (result.sha256, result.pages, VILLAGE)
    assert "529901" not in log.snapshot
    assert "529901" in village.keyring.open(log.snapshot, "print_log.snapshot")


def test_neighbours_print_nothing_and_strangers_may_not(village: Store, tmp_path: Path) -> None:
    grants = frozenset(
        (form, verb) for form in ("member", "household", "person") for verb in ("view", "print")
    )
    neighbour = Actor(user_id=5, name="陈白水", grants=grants, regions=("529901202201",))
    stranger = Actor(user_id=6, name="路人", regions=(VILLAGE,))
    press = printer(village, tmp_path)
    assert isinstance(press.render("household_roster", VILLAGE, neighbour), Refused)
    assert isinstance(press.render("household_roster", VILLAGE, stranger), Refused)
    assert press.documents(stranger) == []


def test_who_may_not_view_people_prints_nothing_about_them(village: Store, tmp_path: Path) -> None:
    grants = frozenset((form, verb) for form in ("member", "household") for verb in ("view", "print"))
    helper = Actor(user_id=8, name="蒋帮扶", grants=grants, regions=(VILLAGE,))
    document = village.catalog().documents["household_roster"]
    assert isinstance(printer(village, tmp_path).render("household_roster", VILLAGE, helper), Refused)
    with village.reading() as session:
        roster = compose(session, village, document, VILLAGE, helper)
    assert len(roster.groups) == 12
    assert "529901" not in str([group.lines for group in roster.groups])


def test_a_name_that_cannot_be_printed_is_refused_with_person_and_row(village: Store, tmp_path: Path) -> None:
    with village.reading() as session:
        [person] = stores.page(session, village, "person", SYSTEM, Query(size=1)).records
    name = person.values["姓名"]
    with village.writing() as session:
        stores.save(session, village, Draft("person", person.id, None, {"姓名": name + "\U000323a0"}), SYSTEM)
    result = printer(village, tmp_path).render("household_roster", VILLAGE, SYSTEM)
    with village.writing() as session:
        stores.save(session, village, Draft("person", person.id, None, {"姓名": name}), SYSTEM)
    assert isinstance(result, Refused)
    assert any(name in message and "U+323A0" in message for message in result.messages)
