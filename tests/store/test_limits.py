"""Fields kept from a role are kept by every way: values, words, history, searches, orders, saves, what is computed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ffp_admin.store import (
    SYSTEM,
    Actor,
    Conflict,
    Draft,
    NotAllowed,
    Query,
    Store,
    UserScope,
    actor_of,
    caption,
    history,
    load,
    page,
    pick,
    publish,
    save,
    shown_form,
    stars_of,
)
from ffp_admin.store.cells import STARS, Looker
from ffp_admin.store.references import Surroundings
from tests.store.county import COUNTY, FILES, FULL, WILLOW, person, put, read

ROLES = """
角色: officer
名称: 部门
权限: {"*": [查看, 填报, 修改]}
不看: {household: [人均收入, 联系电话, 药费票据.账号], person: [姓名]}
遮盖: {household: [病情, 登记日期], member: [基本]}
---
角色: clerk
名称: 经办
权限: {"*": [查看, 填报, 修改]}
不看: {household: [联系电话]}
---
角色: open
名称: 全看
权限: {household: [查看]}
看全号: 是
"""


@pytest.fixture
def home(store: Store) -> int:
    """A household with a value of every kind, once changed, and with the roles published."""
    publish(store, {**FILES, "form_specs/roles.yaml": ROLES.encode()}, SYSTEM)
    id_ = put(store, "household", SYSTEM, **FULL).id
    rows = [{"票据号码": "A1", "金额": Decimal(2), "账号": "622848000000000002"}]
    put(
        store,
        "household",
        SYSTEM,
        id_,
        1,
        人均收入=Decimal(9000),
        登记日期="2026-02-03",
        联系电话="13900001111",
        户主姓名="单秀兰",
        药费票据=rows,
    )
    return id_


def actor(store: Store, *roles: str) -> Actor:
    scopes = tuple(UserScope(role=role, region_code=COUNTY) for role in roles)
    return actor_of(store.catalog(), 7, "卫民政", scopes)


def test_values_are_absent_or_stars(store: Store, home: int) -> None:
    officer = actor(store, "officer")
    with store.reading() as session:
        one = load(session, store, "household", home, officer)
        [listed] = page(session, store, "household", officer, Query()).records
        assert one is not None
        for record in (one, listed):
            assert record.values["户主姓名"] == "单秀兰"
            kept = ("人均收入", "联系电话", "病情", "登记日期", "总收入")  # 总收入 would give 人均收入 away
            assert [record.values[key] for key in kept] == [None] * 5
            assert stars_of(record.values) == {"病情", "登记日期"}
        assert one.values["药费票据"] == ({"票据号码": "A1", "金额": Decimal(2), "账号": None},)
        assert read(store, "household", home).values["总收入"] == Decimal(27000)


def test_words_along_paths_and_captions_keep_them_too(store: Store, home: int) -> None:
    who = person(store, "单小妹", WILLOW)
    member = put(store, "member", SYSTEM, 户=home, 人员=who).id
    officer, clerk = actor(store, "officer"), actor(store, "clerk")
    with store.reading() as session:
        looker = Looker(session=session, edition=store.edition(), actor=officer)
        record = load(session, store, "member", member, clerk)
        assert record is not None
        [cells] = looker.cells(
            "member", [record.values], ["户.联系电话", "户.病情", "户.总收入", "户.户主姓名"]
        )
        assert {path: cell.text for path, cell in cells.items()} == {
            "户.病情": STARS,
            "户.户主姓名": "单秀兰",
        }
        assert caption(session, store, "person", [who], officer) == {who: f"#{who}"}
        assert caption(session, store, "person", [who], clerk) == {who: "单小妹"}
        # a section stands for its fields, but whose record it is stays known
        seen = load(session, store, "member", member, officer)
        assert seen is not None
        assert (seen.values["户"], seen.values["人员"]) == (home, None)


def test_history_tells_nothing_of_them(store: Store, home: int) -> None:
    with store.reading() as session:
        told = history(session, store, "household", home, actor(store, "officer"))
    by_field = {one.field: (one.old, one.new) for one in told}
    assert by_field["登记日期"] == (STARS, STARS)
    assert by_field["户主姓名"] == ("单秀英", "单秀兰")
    assert by_field["药费票据[0].金额"] == ("0.10", "2.00")
    assert not {"人均收入", "联系电话", "总收入", "药费票据[0].账号"} & by_field.keys()


def test_a_row_that_came_or_went_shows_its_open_columns(store: Store, home: int) -> None:
    put(store, "household", SYSTEM, home, 2, 药费票据=[])
    with store.reading() as session:
        newest = history(session, store, "household", home, actor(store, "officer"))[0]
    assert newest.old == "票据号码：A1；金额：2.00"


def _page(**query: Any) -> Callable[[Any, Store, Actor], object]:
    return lambda session, store, one: page(session, store, "household", one, Query(**query))


@pytest.mark.parametrize(
    "attempt",
    [
        _page(filters={"人均收入": (Decimal(1), None)}),
        _page(filters={"联系电话": "13900001111"}),
        _page(filters={"病情": "肺结核"}),
        _page(filters={"登记日期": (None, "2026-03-01")}),
        _page(filters={"总收入": (None, None)}),
        _page(order="人均收入"),
        _page(order="-人均收入"),
    ],
)
def test_what_is_kept_back_finds_and_sorts_nothing(
    store: Store, home: int, attempt: Callable[[Any, Store, Actor], object]
) -> None:
    with store.reading() as session, pytest.raises(NotAllowed):
        attempt(session, store, actor(store, "officer"))


def test_a_keyword_does_not_look_there(store: Store, home: int) -> None:
    officer, clerk = actor(store, "officer"), actor(store, "clerk")
    put(store, "member", SYSTEM, 户=home, 人员=person(store, "单小妹", WILLOW))
    with store.reading() as session:
        assert page(session, store, "household", officer, Query(keyword="13900001111")).total == 0
        assert page(session, store, "household", SYSTEM, Query(keyword="13900001111")).total == 1
        assert page(session, store, "household", officer, Query(keyword="单秀兰")).total == 1
        for one, count in ((officer, 0), (clerk, 1)):
            assert page(session, store, "person", one, Query(keyword="单小妹")).total == count
            assert len(pick(session, store, "person", "单小妹", one)) == count
            assert page(session, store, "member", one, Query(keyword="单小妹")).total == count


def test_sensitive_words_are_not_searched_by_who_sees_stars(store: Store, home: int) -> None:
    masked, full = actor(store, "clerk"), actor(store, "open")
    with store.reading() as session:
        with pytest.raises(NotAllowed):
            page(session, store, "household", masked, Query(filters={"病情": "肺结核"}))
        assert page(session, store, "household", full, Query(filters={"病情": "肺结核"})).total == 1


def test_nobody_writes_what_is_kept_back_not_even_the_right_value(store: Store, home: int) -> None:
    officer = actor(store, "officer")
    for values in (
        {"人均收入": Decimal(1)},
        {"人均收入": Decimal(9000)},
        {"病情": ""},
        {"药费票据": [{"票据号码": "A1", "金额": Decimal(2)}]},
    ):
        with pytest.raises(NotAllowed), store.writing() as session:
            save(session, store, Draft("household", home, 2, values), officer)
    with store.writing() as session:
        assert save(session, store, Draft("household", home, 2, {"户主姓名": "单秀梅"}), officer).is_changed
    kept = read(store, "household", home).values
    assert (kept["人均收入"], kept["病情"], kept["药费票据"][0]["账号"]) == (
        Decimal(9000),
        "肺结核",
        "622848000000000002",
    )
    with pytest.raises(Conflict) as crossed, store.writing() as session:
        save(session, store, Draft("household", home, 2, {"户主姓名": "单秀菊"}), officer)
    assert crossed.value.theirs.values["人均收入"] is None


def test_what_one_role_sees_the_account_sees(store: Store, home: int) -> None:
    both, all_three = actor(store, "officer", "clerk"), actor(store, "officer", "clerk", "open")
    with store.reading() as session:
        one, other = (load(session, store, "household", home, who) for who in (both, all_three))
    assert one is not None
    assert other is not None
    assert (one.values["联系电话"], one.values["人均收入"]) == (None, Decimal(9000))
    assert other.values["联系电话"] == "13900001111"


def test_a_form_fills_in_nothing_from_records_out_of_sight(store: Store, home: int) -> None:
    officer, neighbour = actor(store, "officer"), actor_of(store.catalog(), 8, "王", ())
    with store.reading() as session:
        edition, today = store.edition(), store.clock.today()
        seen = Surroundings(session, edition, today, viewer=officer).fetch("household", home)
        assert seen is not None
        assert (seen["户主姓名"], seen["人均收入"]) == ("单秀兰", None)
        assert Surroundings(session, edition, today, viewer=neighbour).fetch("household", home) is None
        full = Surroundings(session, edition, today).fetch("household", home)
        assert full is not None
        assert full["人均收入"] == Decimal(9000)


def test_the_declaration_shown_lacks_what_is_hidden(store: Store, home: int) -> None:
    officer = actor(store, "officer")
    form = store.catalog().forms["household"]
    limits = officer.limits_on("household")
    shown = {field.key: field for field in shown_form(form, limits).fields()}
    assert not {"人均收入", "联系电话", "总收入"} & shown.keys()
    assert {"病情", "登记日期"} <= shown.keys()
    assert [cell.key for cell in shown["药费票据"].fields] == ["票据号码", "金额"]
    assert "人均收入" not in shown_form(form, limits).list.filters
    written = {field.key for field in shown_form(form, limits, to_write=True).fields()}
    assert not {"病情", "登记日期", "药费票据"} & written
    assert shown_form(form, actor(store, "open").limits_on("household")) is form
