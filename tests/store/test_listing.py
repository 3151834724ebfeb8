"""Lists: every row once in whatever order, capped counts, filters and keywords, pickers, cells along paths."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ffp_admin.store import SYSTEM, Draft, Query, Saved, Store, listing, page, save_many
from tests.store.county import (
    CLERK,
    FAR,
    POPLAR,
    TOWN_CLERK,
    WILLOW,
    WILLOW_ONE,
    household,
)

TWO_VILLAGES = replace(CLERK, regions=(WILLOW, FAR))


def add(store: Store, incomes: Sequence[int | None], places: Sequence[str] = (WILLOW, FAR)) -> list[int]:
    drafts = [
        Draft(
            "household",
            values={"户主姓名": f"户{i % 3}", "区划": places[i % len(places)], "人均收入": income},
        )
        for i, income in enumerate(incomes)
    ]
    with store.writing() as session:
        answers = save_many(session, store, "household", drafts, SYSTEM)
    return [one.id for one in answers if isinstance(one, Saved)]


def walk(store: Store, query: Query, *, insert: bool = False) -> list[int]:
    """All ids forwards; with `insert`, new rows come in while the reader turns pages."""
    ids: list[int] = []
    while True:
        with store.reading() as session:
            found = page(session, store, "household", TWO_VILLAGES, query)
        ids += [record.id for record in found.records]
        if found.next is None:
            return ids
        if insert and len(ids) < 40:
            add(store, [random.Random(len(ids)).choice([None, 3, 5])])
        query = replace(query, after=found.next)


@pytest.mark.parametrize("order", ["-created", "created", "人均收入", "-人均收入", "户主姓名", "-户主姓名"])
def test_pages_follow_each_other_in_order_without_gap_or_repetition(store: Store, order: str) -> None:
    incomes = [5, None, 1, 5, None, 3, 5, 5, 2, None, 1]
    ids = add(store, incomes)
    known = dict(zip(ids, incomes, strict=True))
    walked = walk(store, Query(order=order, size=3))
    assert sorted(walked) == ids
    if "人均收入" in order:
        values = [income for id_ in walked if (income := known[id_]) is not None]
        assert values == sorted(values, reverse=order.startswith("-"))
    if "created" in order:
        assert walked == sorted(ids, reverse=order.startswith("-"))
    with store.reading() as session:
        whole = page(session, store, "household", TWO_VILLAGES, Query(order=order, size=50))
        assert [one.id for one in whole.records] == walked
        assert (whole.next, whole.previous, whole.total, whole.capped) == (None, None, len(ids), False)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 4),
    order=st.sampled_from(["-created", "created", "人均收入", "-人均收入", "-户主姓名"]),
    incomes=st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=8),
)
def test_every_row_that_stays_is_visited_once_while_others_come_in(
    store: Store, size: int, order: str, incomes: list[int | None]
) -> None:
    before = set(walk(store, Query(size=100))) | set(add(store, incomes))
    walked = walk(store, Query(size=size, order=order), insert=True)
    assert len(walked) == len(set(walked))
    assert before <= set(walked)


@pytest.mark.parametrize("order", ["-created", "人均收入", "-人均收入"])
def test_going_back_shows_the_page_that_was_left(store: Store, order: str) -> None:
    add(store, [4, None, 4, 1, None, 2, 2])
    query = Query(order=order, size=3)
    with store.reading() as session:
        first = page(session, store, "household", TWO_VILLAGES, query)
        second = page(session, store, "household", TWO_VILLAGES, replace(query, after=first.next))
        back = page(session, store, "household", TWO_VILLAGES, replace(query, before=second.previous))
    assert [one.id for one in back.records] == [one.id for one in first.records]
    assert (back.previous, back.next) == (None, first.next)
    assert second.previous == second.records[0].id


def test_a_list_is_not_sorted_by_what_has_no_index(store: Store) -> None:
    with store.reading() as session, pytest.raises(ValueError, match="人口数"):
        page(session, store, "household", CLERK, Query(order="人口数"))


def test_counting_stops_above_the_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, [None] * 7)
    monkeypatch.setattr(listing, "COUNTED", 5)
    with store.reading() as session:
        capped = page(session, store, "household", TWO_VILLAGES, Query(size=2))
        exact = page(session, store, "household", CLERK, Query(size=2))
    assert (capped.total, capped.capped) == (5, True)
    assert (exact.total, exact.capped) == (4, False)


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"户类型": "1"}, {"a", "b"}),
    ({"户类型": "监测户"}, {"c"}),
    ({"户类型": ["1", "2"]}, {"a", "b", "c"}),
    ({"户类型": "没有"}, set()),
    ({"人均收入": (100, 200)}, {"a", "b"}),
    ({"人均收入": (Decimal("100.01"), None)}, {"b", "c"}),
    ({"人均收入": (None, "100")}, {"a"}),
    ({"人均收入": (None, None)}, {"a", "b", "c"}),
    ({"人均收入": ("很多", None)}, set()),
    ({"人均收入": 200}, {"b"}),
    ({"登记日期": (date(2026, 1, 1), date(2026, 1, 31))}, {"a"}),
    ({"起始年月": ("2026-02", "2026-03")}, {"b"}),
    ({"需求": "住房"}, {"a", "b"}),
    ({"需求": ["02"]}, {"b"}),
    ({"搬迁": True}, {"a"}),
    ({"搬迁": "否"}, {"b"}),
    ({"户主姓名": "赵"}, {"a", "b"}),
    ({"户主姓名": "赵%"}, set()),
    ({"联系电话": "138-0000-0001"}, {"a"}),
    ({"联系电话": "138"}, set()),
    ({"总收入": (300, 400)}, {"b"}),
    ({"区划": WILLOW}, {"a", "b"}),
    ({"区划": WILLOW_ONE}, {"b"}),
    ({"户类型": "1", "搬迁": True}, {"a"}),
]


def test_filters_by_the_nature_of_each_kind(store: Store) -> None:
    ids = {
        "a": household(
            store,
            "赵一",
            WILLOW,
            人均收入=100,
            登记日期=date(2026, 1, 31),
            需求=("01",),
            搬迁=True,
            联系电话="13800000001",
        ),
        "b": household(
            store,
            "赵二",
            WILLOW_ONE,
            人均收入=200,
            人口数=2,
            起始年月="2026-02",
            需求=("01", "02"),
            搬迁=False,
        ),
        "c": household(store, "钱一", POPLAR, 人均收入=300, 户类型="2"),
    }
    with store.reading() as session:
        for filters, expected in FILTERS:
            found = page(session, store, "household", TOWN_CLERK, Query(filters=filters))
            assert {name for name, id_ in ids.items() if id_ in {r.id for r in found.records}} == expected, (
                filters
            )
            assert found.total == len(expected)
        with pytest.raises(KeyError):
            page(session, store, "household", TOWN_CLERK, Query(filters={"没有": 1}))
