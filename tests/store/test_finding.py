"""Finding by keyword and by typing, and what is shown along paths."""

from __future__ import annotations

from decimal import Decimal

from ffp_admin.store import SYSTEM, Looker, Query, Store, page, pick
from tests.store.county import (
    CLERK,
    COUNTY_CLERK,
    NEIGHBOUR,
    TOWN_CLERK,
    WILLOW,
    WILLOW_ONE,
    household,
    id_number,
    person,
    put,
)


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
