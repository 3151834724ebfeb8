"""Each kind on this floor: every one is there, what people type is cleaned, what history keeps comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.problems import Place
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field
from ffp_admin.store.cleaning import BadValue, Reading
from ffp_admin.store.history import pack, unpack
from ffp_admin.store.kinds import VALUE_KINDS
from tests.store.county import WILLOW, id_number

CODES = {"1": "1", "2": "2", "甲": "1", "乙": "2"}


def field(kind: str, **more: Any) -> Field:
    return Field(key="x", kind=kind, label="x", place=Place(file="x.yaml"), **more)


def take(kind: str, raw: object, **more: Any) -> object:
    return VALUE_KINDS[kind].take(raw, Reading(field=field(kind, **more), codes=CODES))


def test_every_kind_has_its_entry() -> None:
    assert set(VALUE_KINDS) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  张\u3000三 \n", "张 三"),
        ("text", 12, "12"),
        ("text", "\u200b", None),
        ("long_text", "一\r\n二 \n", "一\n二"),
        ("integer", "３", 3),
        ("integer", 0, 0),
        ("decimal", "1.25", Decimal("1.25")),
        ("money", 3, Decimal(3)),
        ("percent", "50%", Decimal("0.5")),
        ("percent", 1, Decimal(1)),
        ("date", "2026年3月5日", date(2026, 3, 5)),
        ("date", datetime(2026, 3, 5, tzinfo=UTC), date(2026, 3, 5)),
        ("month", "2026.3", "2026-03"),
        ("month", date(2026, 3, 9), "2026-03"),
        ("boolean", "否", False),
        ("choice", " 甲 ", "1"),
        ("choice", "丙", "丙"),
        ("multi_choice", ["乙", "1", "2"], ("1", "2")),
        ("multi_choice", "甲", ("1",)),
        ("multi_choice", [], None),
        ("id_number", id_number(1).lower() + " ", id_number(1)),
        ("phone", "86-138 1234 5678", "13812345678"),
        ("phone", "08518234567", "0851-8234567"),
        ("bank_account", "6228 4800 0000 0001", "6228480000000001"),
        ("region", WILLOW, WILLOW),
        ("household", "12", 12),
    ],
)
def test_what_people_type_is_cleaned(kind: str, raw: object, value: object) -> None:
    taken = take(kind, raw)
    assert taken == value
    assert type(taken) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "more"),
    [
        ("integer", "一", {}),
        ("integer", 10**15, {}),
        ("integer", True, {}),
        ("decimal", Decimal("1.23456"), {}),
        ("decimal", Decimal("1.23"), {"places": 1}),
        ("money", Decimal("1.234"), {}),
        ("money", Decimal("Infinity"), {}),
        ("date", "2026-02-30", {}),
        ("date", date(1, 1, 1), {}),
        ("month", "2026-13", {}),
        ("boolean", "也许", {}),
        ("choice", 1, {}),
        ("multi_choice", 1, {}),
        ("phone", "138****5678", {}),
        ("bank_account", "6228A", {}),
        ("region", "52990", {}),
        ("region", "52990１", {}),
        ("household", 0, {}),
        ("household", True, {}),
        ("household", "１", {}),
        ("person", 2**63, {}),
        ("serial", "1", {}),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(kind: str, raw: object, more: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match=r"\S"):
        take(kind, raw, **more)


VALUES = {
    "text": st.text(),
    "integer": st.integers(-(10**14), 10**14),
    "decimal": st.decimals(-(10**9), 10**9, places=4),
    "money": st.decimals(-(10**9), 10**9, places=2),
    "percent": st.decimals(-1, 1, places=4),
    "date": st.dates(),
    "month": st.just("2026-03"),
    "boolean": st.booleans(),
    "choice": st.sampled_from("12"),
    "multi_choice": st.lists(st.sampled_from("123"), min_size=1, unique=True).map(tuple),
    "household": st.integers(1, 2**62),
}
ROWS = field("table", fields=tuple(Field(key=k, kind=k, label=k, place=Place(file="x")) for k in VALUES))


@given(
    st.lists(st.fixed_dictionaries({kind: st.none() | values for kind, values in VALUES.items()}), max_size=3)
)
def test_what_history_keeps_comes_back(rows: list[dict[str, object]]) -> None:
    assert unpack(ROWS, pack(ROWS, tuple(rows))) == tuple(rows)


def test_equal_numbers_are_one_text_however_they_are_written() -> None:
    texts = {pack(field("decimal"), Decimal(number)) for number in ("100", "100.0000", "1E+2")}
    assert texts == {"100"}
