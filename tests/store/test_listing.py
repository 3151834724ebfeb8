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

from ffp_admin.store import SYSTEM, Draft, Looker, Query, Saved, Store, listing, page, pick, save_many
from tests.store.county import (
    CLERK,
    COUNTY_CLERK,
    FAR,
    NEIGHBOUR,
    POPLAR,
    TOWN_CLERK,
    WILLOW,
    WILLOW_ONE,
    household,
    id_number,
    person,
    put,
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


def test_keywords_find_names_sounds_serials_and_whole_numbers(store: Store) -> None:
    shan = household(store, "单秀英", WILLOW, 联系电话="13812345678")
    other = household(store, "山药", WILLOW)
    cases = {
        "单": {shan},
        "shan": {shan, other},
        "SXY": {shan},
        "shan xiu": {shan},
        "13812345678": {shan},
        "138 1234 5678": {shan},
        "1381234567": set(),
        f"2026-{WILLOW}-0002": {other},
        "%": set(),
        "_": set(),
        "秀英": {shan},
        "无此人": set(),
    }
    with store.reading() as session:
        for word, expected in cases.items():
            found = page(session, store, "household", CLERK, Query(keyword=word))
            assert {record.id for record in found.records} == expected, word
        # only inside a township are texts searched in the middle
        assert page(session, store, "household", COUNTY_CLERK, Query(keyword="秀英")).total == 0
        assert (
            page(session, store, "household", COUNTY_CLERK, Query(keyword="秀英", region=WILLOW)).total == 1
        )


def test_a_form_without_names_is_found_through_whom_it_shows(store: Store) -> None:
    who = person(store, "单秀英", 证件号码=id_number(3))
    member = put(store, "member", SYSTEM, 户=household(store), 人员=who).id
    put(store, "member", SYSTEM, 户=household(store), 人员=person(store, "别人"))
    with store.reading() as session:
        for word in ("单", "sxy", id_number(3)):
            found = page(session, store, "member", CLERK, Query(keyword=word))
            assert [record.id for record in found.records] == [member], word
        assert page(session, store, "member", NEIGHBOUR, Query(keyword="单")).total == 0


def test_void_records_are_listed_only_when_asked_for(store: Store) -> None:
    from ffp_admin.store import void

    id_ = household(store)
    with store.writing() as session:
        void(session, store, "household", id_, "重复", SYSTEM)
    with store.reading() as session:
        assert page(session, store, "household", CLERK, Query()).total == 0
        assert page(session, store, "household", CLERK, Query(status="void")).total == 1
        assert pick(session, store, "household", "单", CLERK) == []


def test_picking_by_typing(store: Store) -> None:
    first = household(store, "单秀英")
    household(store, "王五")
    with store.reading() as session:
        assert pick(session, store, "household", "sx", CLERK) == [(first, "单秀英")]
        assert pick(session, store, "region", "一组", CLERK) == [(WILLOW_ONE, "柳树镇柳树村一组")]
        assert pick(session, store, "region", "lsc", CLERK) == [(WILLOW, "柳树镇柳树村")]
        assert len(pick(session, store, "region", "", CLERK, limit=3)) == 3


def test_cells_go_along_paths_and_are_masked_for_those_who_may_not_see(store: Store) -> None:
    home = household(
        store,
        "单秀英",
        联系电话="13812345678",
        病情="肺结核",
        需求=("01", "03"),
        人均收入=Decimal("12.5"),
        完成比例=Decimal("0.255"),
        搬迁=True,
        药费票据=[{"票据号码": "A1", "金额": 1}, {"票据号码": "A2", "金额": 2}],
    )
    put(store, "member", SYSTEM, 户=home, 人员=person(store, "张三", 证件号码=id_number(5)))
    paths = [
        "户",
        "户.户主姓名",
        "户.联系电话",
        "户.区划",
        "人员.证件号码",
        "人员.证件号码.性别",
        "人员.证件号码.出生日期",
        "排行",
    ]
    with store.reading() as session:
        records = [record.values for record in page(session, store, "member", CLERK, Query()).records]
        [shown] = Looker(session=session, edition=store.edition(), actor=CLERK).cells(
            "member", records, paths
        )
        assert {path: cell.text for path, cell in shown.items()} == {
            "户": "单秀英",
            "户.户主姓名": "单秀英",
            "户.联系电话": "138****5678",
            "户.区划": "柳树镇柳树村一组",
            "人员.证件号码": id_number(5)[:6] + "********" + id_number(5)[-4:],
            "人员.证件号码.性别": "1",
            "人员.证件号码.出生日期": f"{id_number(5)[6:10]}-{id_number(5)[10:12]}-{id_number(5)[12:14]}",
        }
        assert (shown["户.联系电话"].value, shown["户.联系电话"].is_masked) == ("138****5678", True)
        [open_] = Looker(session=session, edition=store.edition(), actor=TOWN_CLERK).cells(
            "member", records, paths
        )
        assert (open_["户.联系电话"].value, open_["人员.证件号码"].text) == ("13812345678", id_number(5))
        [hidden] = Looker(session=session, edition=store.edition(), actor=NEIGHBOUR).cells(
            "member", records, paths
        )
        assert hidden == {}
        own = [record.values for record in page(session, store, "household", CLERK, Query()).records]
        [words] = Looker(session=session, edition=store.edition(), actor=TOWN_CLERK).cells(
            "household", own, ["需求", "人均收入", "完成比例", "搬迁", "病情", "户类型"]
        )
        assert [cell.text for cell in words.values()] == [
            "住房、就学",
            "12.50",
            "25.5%",
            "是",
            "肺结核",
            "一般户",
        ]
