"""Fills a new database with the fictional county of `demo_county.yaml`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.calendar import SystemClock
from ffp_admin.commands.demo_people import DemoHousehold, People
from ffp_admin.store import SYSTEM, Draft, Rejected, Saved, Store

COUNTY_FILE = Path(__file__).with_name("demo_county.yaml")
SEED = 529901


def fill(store: Store, words: Mapping[str, Any]) -> int:
    """Regions, units and households of the demo county in one transaction; returns the number of households."""
    people = People(words, SEED)
    year = SystemClock().today().year - 1
    with store.writing() as session:
        _all(stores.save_many(session, store, "region", _regions(words), SYSTEM, source="demo"))
        units = _all(stores.save_many(session, store, "unit", _units(words, store), SYSTEM, source="demo"))
        homes = [home for village in _all_villages(words) for home in _homes(people, village, year)]
        households = _save_homes(session, store, homes)
        spans = _spans(words["spans"], dict(zip(_names(words), units, strict=True)), households, year)
        _all(stores.save_many(session, store, "status_span", spans, SYSTEM, source="demo"))
    return len(homes)


def _names(words: Mapping[str, Any]) -> list[str]:
    return [unit["name"] for unit in words["units"]]


def _spans(
    wanted: Iterable[Mapping[str, Any]], units: Mapping[str, int], households: list[int], year: int
) -> list[Draft]:
    """Every so many households has a status that some department looks after."""
    return [
        _draft(
            "status_span",
            {"户": home, "状态": one["status"], "主管单位": units[one["unit"]], "起始日期": f"{year}-07-01"},
        )
        for one in wanted
        for home in households[:: one["every"]]
    ]


def _all(results: Iterable[Saved | Rejected]) -> list[int]:
    ids = []
    for one in results:
        if isinstance(one, Rejected):
            raise one
        ids.append(one.id)
    return ids


def _draft(form: str, values: Mapping[str, Any]) -> Draft:
    return Draft(form=form, id=None, row_version=None, values=dict(values))


def _region(code: str, name: str, level: str, parent: str | None) -> Draft:
    return _draft("region", {"区划代码": code, "名称": name, "级别": level, "上级": parent})


def _all_villages(words: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [village for town in words["towns"] for village in town["villages"]]


def _group_code(village: Mapping[str, Any], number: int) -> str:
    return f"{village['code']}{number:03d}"


def _regions(words: Mapping[str, Any]) -> list[Draft]:
    county = words["county"]
    drafts = [_region(county["code"], county["name"], "3", None)]
    for town in words["towns"]:
        drafts.append(_region(town["code"], town["name"], "4", county["code"]))
        for village in town["villages"]:
            drafts.append(_region(village["code"], village["name"], "5", town["code"]))
            drafts.extend(
                _region(_group_code(village, number), name, "6", village["code"])
                for number, name in enumerate(village["groups"], start=1)
            )
    return drafts


def _units(words: Mapping[str, Any], store: Store) -> list[Draft]:
    types = store.catalog().codes["unit_type"]
    drafts = []
    for unit in words["units"]:
        word = types.find(unit["type"])
        assert word is not None, unit
        drafts.append(
            _draft(
                "unit", {"单位名称": unit["name"], "单位类型": word.code, "所在区划": words["county"]["code"]}
            )
        )
    return drafts


def _homes(people: People, village: Mapping[str, Any], year: int) -> Iterable[DemoHousehold]:
    groups = village["groups"]
    share, left = divmod(village["households"], len(groups))
    return itertools.chain.from_iterable(
        people.households(_group_code(village, number), share + (1 if number <= left else 0), year)
        for number in range(1, len(groups) + 1)
    )


def _save_homes(session: Session, store: Store, homes: list[DemoHousehold]) -> list[int]:
    households = _all(
        stores.save_many(
            session,
            store,
            "household",
            [_draft("household", h.household) for h in homes],
            SYSTEM,
            source="demo",
        )
    )
    pairs = [
        (home_id, member) for home_id, home in zip(households, homes, strict=True) for member in home.members
    ]
    persons = _all(
        stores.save_many(
            session,
            store,
            "person",
            [_draft("person", m.person) for _home, m in pairs],
            SYSTEM,
            source="demo",
        )
    )
    members = [
        _draft("member", {**member.membership, "户": home_id, "人员": person_id})
        for (home_id, member), person_id in zip(pairs, persons, strict=True)
    ]
    _all(stores.save_many(session, store, "member", members, SYSTEM, source="demo"))
    finances = [
        _draft("finance", {**home.finance, "户": home_id})
        for home_id, home in zip(households, homes, strict=True)
    ]
    _all(stores.save_many(session, store, "finance", finances, SYSTEM, source="demo"))
    return households
