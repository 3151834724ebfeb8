"""Lists and record pages: finding, narrowing, paging, hiding, what points to a record, what happened to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from ffp_admin.screens.compiled import ViewShelf
from ffp_admin.screens.datamodel import StoreInterface
from ffp_admin.screens.fab import FabModelView
from ffp_admin.store import SYSTEM, Draft, Query, Store, publish, save, save_many, static
from tests.screens.county import (
    FILES,
    HOUSEHOLD,
    POPLAR_ONE,
    WILLOW_ONE,
    WILLOW_TWO,
    Hands,
    household,
    person,
    put,
)
from tests.screens.visitor import Page, Visitor
from tests.store.county import id_number


def names(page: Page) -> list[str]:
    """The names in a list of households."""
    return re.findall(r'class="title">\s*<a href="[^"]+">([^<]+)</a>', page.html)


def search(browser: Visitor, keyword: str = "", form: str = "household", **filters: tuple[str, ...]) -> Page:
    """Fill in the search box and press 查找."""
    sieve = browser.get(f"/ledger/{form}/").form("/find")
    sieve.set("keyword", keyword)
    for name, texts in filters.items():
        sieve.set(name, *texts)
    return browser.press(sieve, "查找")


# ---- finding


@pytest.mark.parametrize("keyword", ["单秀", "sxy", "shanxiu", "13812345678", "秀英"])
def test_a_name_its_pinyin_or_a_whole_number_finds_the_household(
    visitor: Callable[[], Visitor], store: Store, keyword: str
) -> None:
    household(store, "单秀英", 联系电话="13812345678")
    household(store, "王桂英")
    page = search(visitor(), keyword)
    assert names(page) == ["单秀英"]
    assert page.form("/find").texts("keyword") == [keyword]


def test_a_searched_number_stands_in_no_address_not_even_while_paging(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    person(store, "张三", 证件号码=id_number(1))
    page = search(visitor(), id_number(1), form="person")
    assert "张三" in page.words
    assert id_number(1) not in unquote(page.response.request.url)
    assert all(id_number(1) not in unquote(link) for link in re.findall(r'href="([^"]+)"', page.html))


def test_the_token_of_a_search_is_of_use_to_nobody_else_and_ends_after_an_hour(
    visitor: Callable[[str], Visitor], store: Store, clock: Hands
) -> None:
    household(store, "单秀英")
    browser = visitor("willow")
    address = search(browser, "单秀").response.request.url
    assert names(browser.get(address)) == ["单秀英"]
    other = visitor("reader").get(address)
    assert "查询已过期" in other.text
    for _step in range(3):
        clock.move(minutes=25)
        browser.get("/")
    assert "查询已过期" in browser.get(address).text


def test_members_are_found_by_the_name_of_the_person(visitor: Callable[[], Visitor], store: Store) -> None:
    put(store, "member", 户=household(store), 人员=person(store, "张三"))
    put(store, "member", 户=household(store, "王桂英"), 人员=person(store, "李四"))
    page = search(visitor(), "zs", form="member")
    assert "按姓名、证件号码查找" in page.words
    assert "张三" in page.words
    assert "李四" not in page.words


# ---- narrowing


def test_filters_narrow_and_stand_in_the_address(visitor: Callable[[], Visitor], store: Store) -> None:
    household(store, "甲", 户类型="1", 登记日期="2026-01-10", 搬迁=True, 安置点="新村")
    household(store, "乙", 户类型="2", 登记日期="2026-02-10", 搬迁=False)
    household(store, "丙", WILLOW_TWO, 户类型="2", 登记日期="2026-03-01")
    browser = visitor()
    assert names(search(browser, 户类型=("2",))) == ["丙", "乙"]
    assert names(search(browser, 登记日期=("2026年2月1日", "2026.2.28"))) == ["乙"]
    assert names(search(browser, 登记日期=("", "20260131"))) == ["甲"]
    assert names(search(browser, 搬迁=("0",))) == ["乙"]
    page = search(browser, 区划=("", "二组"))
    assert names(page) == ["丙"]
    assert page.response.request.args.getlist("区划") == [WILLOW_TWO]
    assert page.form("/find").texts("区划") == [WILLOW_TWO, "柳树镇柳树村二组"]
    everything = browser.get(re.findall(r'href="(/ledger/household/)">查看全部', page.html)[0])
    assert names(everything) == ["丙", "乙", "甲"]


def test_a_filter_that_cannot_be_read_says_so_and_keeps_the_rest(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    household(store, "甲", 户类型="1")
    page = search(visitor(), "甲", 户类型=("1",), 登记日期=("下个月", ""))
    assert "登记日期：“下个月”不是日期" in page.text
    form = page.form("/find")
    assert form.texts("登记日期") == ["下个月", ""]
    assert form.texts("keyword") == ["甲"]


@pytest.mark.parametrize(
    "query",
    ["户类型=x", "区划=abc", "登记日期=1&登记日期=2&登记日期=3", "q-after=abc", "q-before=99999999999999999999",
     "q-word=nonsense", "q-after=-1", "nothing=1", "搬迁=7"],
)  # fmt: skip
def test_a_tampered_address_is_a_page_not_an_error(
    visitor: Callable[[], Visitor], store: Store, query: str
) -> None:
    household(store, "甲")
    assert visitor().get(f"/ledger/household/?{query}").status == 200


def test_hidden_fields_are_no_filters(visitor: Callable[[], Visitor], store: Store) -> None:
    page = visitor().get("/ledger/household/")
    assert page.form("/find").texts("联系电话") == []


def test_eight_people_searching_at_once_see_only_their_own_search(
    visitor: Callable[[], Visitor], store: Store, app: Flask
) -> None:
    wanted = ["赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七", "王八"]
    for name in wanted:
        household(store, name)
    browser = visitor()
    cookie = browser.client.get_cookie("ffp")
    assert cookie is not None
    addresses = {name: search(browser, name).response.request.url for name in wanted}

    def look(name: str) -> list[tuple[list[str], list[str]]]:
        client = app.test_client()
        client.set_cookie("ffp", cookie.value)
        pages = [Page(client.get(addresses[name])) for _turn in range(6)]
        return [(names(page), page.form("/find").texts("keyword")) for page in pages]

    with ThreadPoolExecutor(8) as pool:
        seen = dict(zip(wanted, pool.map(look, wanted), strict=True))
    assert seen == {name: [([name], [name])] * 6 for name in wanted}


def test_filters_on_the_shared_framework_view_belong_to_the_request(app: Flask, store: Store) -> None:
    with app.test_request_context():
        view = ViewShelf(app.extensions["appbuilder"], store).view("household", unmasked=False)
    everybody_is_here, everybody_has_set = Barrier(8), Barrier(8)

    def ask(name: str) -> str:
        with app.test_request_context():
            everybody_is_here.wait()
            view._filters = Query(keyword=name)
            everybody_has_set.wait()
            return str(view._filters.keyword)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, "甲乙丙丁戊己庚辛")) == list("甲乙丙丁戊己庚辛")


# ---- paging


def test_pages_go_forward_and_back_by_key(visitor: Callable[[], Visitor], store: Store) -> None:
    drafts = [Draft("household", values={"户主姓名": f"户{n:02d}", "区划": WILLOW_ONE}) for n in range(60)]
    with store.writing() as session:
        save_many(session, store, "household", drafts, SYSTEM)
    browser = visitor()
    first = browser.get("/ledger/household/")
    assert "共 60 条" in first.words
    second = browser.get(re.findall(r'rel="next" href="([^"]+)"', first.html)[0].replace("&amp;", "&"))
    third = browser.get(re.findall(r'rel="next" href="([^"]+)"', second.html)[0].replace("&amp;", "&"))
    back = browser.get(re.findall(r'rel="prev" href="([^"]+)"', third.html)[0].replace("&amp;", "&"))
    assert [len(names(page)) for page in (first, second, third)] == [25, 25, 10]
    assert names(first) + names(second) + names(third) == [f"户{n:02d}" for n in reversed(range(60))]
    assert names(back) == names(second)
    assert "下一页" not in third.words
    assert "上一页" not in first.words


def test_ten_thousand_and_more_are_counted_no_further(
    visitor: Callable[[], Visitor], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffp_admin.store.listing.COUNTED", 3)
    for number in range(5):
        household(store, f"户{number}")
    assert "3 条以上" in visitor().get("/ledger/household/").words


# ---- hiding


def test_lists_and_pages_hide_numbers_from_a_village_and_show_them_to_the_town(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    ident = household(store, 联系电话="13812345678", 病情="高血压")
    village, town = visitor("willow"), visitor("zhen")
    for address in ("/ledger/household/", f"/ledger/household/{ident}"):
        page = village.get(address)
        assert "138****5678" in page.words
        assert "13812345678" not in page.html
        assert "高血压" not in page.html
        assert "13812345678" in town.get(address).words
    put(store, "member", 户=ident, 人员=person(store))
    assert "13812345678" not in village.get("/ledger/member/").html


def _looks(store: Store) -> list[tuple[str, int | None, str]]:
    with store.reading() as session:
        rows = session.execute(
            select(static.audit).where(static.audit.c.action == "look").order_by(static.audit.c.id)
        )
        return [(row.user_name, row.record_id, row.facts) for row in rows]


def test_a_hidden_value_is_shown_after_one_reason_per_session_and_every_look_is_recorded(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(store, 联系电话="13812345678", 病情="高血压")
    browser = visitor()
    page = browser.get(f"/ledger/household/{ident}")
    asked = browser.press(page.form("/reveal/联系电话"), "显示")
    assert "13812345678" not in asked.html
    form = asked.form("/reveal/联系电话")
    form.set("reason", "visit")
    shown = browser.press(form, "显示")
    assert "13812345678" in shown.words
    assert "高血压" not in shown.html
    again = browser.press(shown.form("/reveal/病情"), "显示")
    assert "高血压" in again.words
    assert _looks(store) == [
        ("李文书", ident, '{"fields": ["联系电话"], "reason": "visit"}'),
        ("李文书", ident, '{"fields": ["病情"], "reason": "visit"}'),
    ]
    assert "13812345678" not in browser.get(f"/ledger/household/{ident}").html


def test_a_role_that_sees_numbers_is_recorded_too(visitor: Callable[[str], Visitor], store: Store) -> None:
    ident = household(store, 联系电话="13812345678")
    browser = visitor("zhen")
    browser.get("/ledger/household/")
    browser.get(f"/ledger/household/{ident}")
    listed, single = _looks(store)
    assert listed[:2] == ("吴乡镇", None)
    assert '"fields": ["联系电话"], "reason": "role", "seen": {"household": 1}' in listed[2]
    assert single == ("吴乡镇", ident, '{"fields": ["联系电话"], "reason": "role"}')


def test_an_invented_reason_or_field_shows_nothing(visitor: Callable[[], Visitor], store: Store) -> None:
    ident = household(store, 联系电话="13812345678")
    browser = visitor()
    form = browser.get(f"/ledger/household/{ident}").form("/reveal/联系电话")
    form.set("reason", "curiosity")
    assert "13812345678" not in browser.press(form, "显示").html
    form.action = f"/ledger/household/{ident}/reveal/户主姓名"
    assert browser.press(form, "显示").status == 404


# ---- the page of a record


def test_the_page_shows_values_in_words_and_hides_what_does_not_apply(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(
        store, 户类型="2", 需求=("01", "03"), 人口数=3, 人均收入="12000", 登记日期="2026-03-01", 搬迁=False,
        药费票据=({"票据号码": "A1", "金额": "1200.5"},),
    )  # fmt: skip
    words = visitor().get(f"/ledger/household/{ident}").words
    shown = {
        "监测户",
        "住房、就学",
        "3 人",
        "12,000.00",
        "人民币壹万贰仟元整",
        "2026年3月1日",
        "否",
        "36,000.00",
        "A1",
        "1,200.50",
    }
    assert shown <= set(words)
    assert "安置点" not in words


def test_the_story_tells_who_changed_what_in_words(visitor: Callable[[], Visitor], store: Store) -> None:
    ident = household(store, 户类型="1")
    browser = visitor()
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    form.set("f-户类型", "2")
    browser.press(form, "保存")
    page = browser.get(f"/ledger/household/{ident}")
    story = page.html.split('class="story"')[1]
    assert "李文书（页面填报）" in story
    assert "户类型：<del>一般户</del> → <ins>监测户</ins>" in story
    assert "系统" in story


def test_records_that_point_here_are_shown_with_their_own_rights(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    ident = household(store)
    put(store, "member", 户=ident, 人员=person(store, "张三"))
    assert "张三" in visitor("willow").get(f"/ledger/household/{ident}").words
    assert "张三" not in visitor("reader").get(f"/ledger/household/{ident}").words
    browser = visitor("willow")
    page = browser.get(f"/ledger/household/{ident}")
    address = re.findall(r'href="([^"]+)">新增家庭成员', page.html)[0]
    assert browser.get(address).form("/add").texts("f-户") == [str(ident), "单秀英"]


def test_void_needs_a_reason_keeps_the_record_readable_and_takes_it_from_the_list(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    ident = household(store)
    browser = visitor("zhen")
    asked = browser.get(f"/ledger/household/{ident}/void")
    refused = browser.press(asked.form("/void"), "作废")
    assert refused.status == 422
    form = refused.form("/void")
    form.set("reason", "重复登记")
    page = browser.press(form, "作废")
    assert "此记录已作废。原因：重复登记" in page.words
    assert "修改" not in page.words
    assert names(browser.get("/ledger/household/")) == []
    assert browser.get(f"/ledger/household/{ident}/edit").status == 404


def test_a_record_in_use_cannot_be_made_void_and_the_reason_stays(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    ident = household(store)
    put(store, "member", 户=ident, 人员=person(store))
    browser = visitor("zhen")
    form = browser.get(f"/ledger/household/{ident}/void").form("/void")
    form.set("reason", "搬走了")
    page = browser.press(form, "作废")
    assert page.status == 422
    assert "家庭成员" in page.text
    assert page.form("/void").texts("reason") == ["搬走了"]


# ---- FAB underneath


def test_the_compiled_view_is_a_framework_view_made_once_per_version_and_profile(
    app: Flask, store: Store
) -> None:
    with app.test_request_context():
        shelf = ViewShelf(app.extensions["appbuilder"], store)
        view = shelf.view("household", unmasked=False)
        assert isinstance(view, FabModelView)
        assert isinstance(view.datamodel, StoreInterface)
        assert view.class_permission_name == "ledger:household"
        assert shelf.view("household", unmasked=False) is view
        assert shelf.view("household", unmasked=True) is not view
        publish(
            store,
            {
                **FILES,
                "form_specs/household.yaml": HOUSEHOLD.replace("户主姓名:", "户主姓名:")
                .replace("一户一条", "一户一张")
                .encode(),
            },
            SYSTEM,
        )
        assert shelf.view("household", unmasked=False) is not view


def test_a_published_field_is_there_on_the_next_page_without_a_restart(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    assert "种植面积" not in browser.get("/ledger/household/add").words
    longer = HOUSEHOLD.replace("      备注:", "      种植面积: {类型: 数量, 列名: area}\n      备注:")
    publish(store, {**FILES, "form_specs/household.yaml": longer.encode()}, SYSTEM)
    assert "种植面积" in browser.get("/ledger/household/add").words


def test_the_framework_interface_cannot_read_or_write_past_the_store(
    app: Flask, visitor: Callable[[], Visitor], store: Store
) -> None:
    mine, theirs = household(store, "柳树户"), household(store, "杨树户", POPLAR_ONE)
    with visitor().client as client:
        client.get("/")
        interface = StoreInterface(store.tables("household"), store)
        assert interface.get(mine) is not None
        assert interface.get(theirs) is None
        assert interface.query(Query())[0] == 1
        with pytest.raises(TypeError):
            interface.add(store.tables("household").entity())
        with pytest.raises(TypeError):
            _ = interface.session
        with pytest.raises(TypeError):
            interface.delete(mine)
        interface.edit(Draft("household", mine, None, {"户主姓名": "柳树新户"}))
    with store.reading() as session:
        rows = session.execute(select(static.history.c.user_name).where(static.history.c.action == "changed"))
        assert rows.scalars().all() == ["李文书"]


def test_a_save_by_the_program_is_seen_at_once(visitor: Callable[[], Visitor], store: Store) -> None:
    ident = household(store)
    browser = visitor()
    browser.get(f"/ledger/household/{ident}")
    with store.writing() as session:
        save(session, store, Draft("household", ident, None, {"户主姓名": "改过名"}), SYSTEM)
    assert "改过名" in browser.get(f"/ledger/household/{ident}").words
