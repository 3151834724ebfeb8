"""Filling in: every way a save can fail gives the form back with every value, a message at its field, a summary."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from ffp_admin.store import SYSTEM, Draft, Record, Store, load, save, static
from tests.screens.county import (
    POPLAR_ONE,
    WILLOW,
    WILLOW_ONE,
    WILLOW_TWO,
    Hands,
    household,
    person,
    put,
)
from tests.screens.visitor import HtmlForm, Page, Visitor
from tests.store.county import id_number

#: field → texts as a person types them
TYPED = {
    "f-户主姓名": ("王桂英",),
    "f-区划": (WILLOW_ONE, "柳树镇柳树村一组"),
    "f-联系电话": ("138 1234 5678",),
    "f-银行账号": ("6217 0000 1234 5678 90",),
    "f-户类型": ("2",),
    "f-需求": ("01", "03"),
    "f-人口数": ("３",),
    "f-人均收入": ("1.2万元",),
    "f-登记日期": ("2026.3.1",),
    "f-搬迁": ("1",),
    "f-安置点": ("幸福苑",),
    "f-病情": ("高血压",),
    "f-健康": ("02",),
    "f-备注": ("第一行\n第二行",),
}


def stored(store: Store, ident: int, form: str = "household") -> Record:
    """The record as it lies in the store."""
    with store.reading() as session:
        record = load(session, store, form, ident, SYSTEM)
    assert record is not None
    return record


def records(store: Store, form: str = "household") -> list[int]:
    """Ids of all records of a form."""
    with store.reading() as session:
        return list(session.execute(select(store.tables(form).main.c.id)).scalars())


def fill_in(form: HtmlForm, typed: dict[str, tuple[str, ...]]) -> HtmlForm:
    """The form with these texts."""
    for name, texts in typed.items():
        form.set(name, *texts)
    return form


def begun(browser: Visitor, **changed: tuple[str, ...]) -> HtmlForm:
    """A new household, filled in."""
    form = browser.get("/ledger/household/add").form("/add")
    return fill_in(form, {**TYPED, **{f"f-{key}": texts for key, texts in changed.items()}})


def kept(page: Page, typed: dict[str, tuple[str, ...]], *, except_for: str = "") -> None:
    """Every typed text still stands in the form."""
    form = page.form("/add")
    for name, texts in typed.items():
        if name != except_for:
            assert [one.replace("\r\n", "\n") for one in form.texts(name) if one] == list(texts), name


# ---- saving


def test_what_is_typed_in_village_spelling_is_saved_as_values(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    form = begun(browser)
    form.set("f-药费票据-0-was", "")
    form.set("f-药费票据-0-票据号码", "A1")
    form.set("f-药费票据-0-金额", "1,200.50")
    page = browser.press(form, "保存")
    assert "已保存。" in page.words
    values = stored(store, records(store)[0]).values
    assert values["联系电话"] == "13812345678"
    assert values["银行账号"] == "62170000123456789 0".replace(" ", "")
    assert values["需求"] == ("01", "03")
    assert (values["人口数"], values["人均收入"], values["总收入"]) == (3, Decimal(12000), Decimal(36000))
    assert values["登记日期"].isoformat() == "2026-03-01"
    assert values["搬迁"] is True
    assert values["区划"] == WILLOW_ONE
    assert [dict(row) for row in values["药费票据"]] == [{"票据号码": "A1", "金额": Decimal("1200.5")}]


def test_nothing_is_chosen_before_somebody_chooses(visitor: Callable[[], Visitor], store: Store) -> None:
    browser = visitor()
    page = browser.get("/ledger/household/add")
    form = page.form("/add")
    assert [form.texts(name) for name in ("f-户类型", "f-搬迁", "f-需求", "f-健康")] == [[""], [""], [], []]
    fill_in(form, {name: TYPED[name] for name in ("f-户主姓名", "f-区划")})
    browser.press(form, "保存")
    values = stored(store, records(store)[0]).values
    assert values["户类型"] is None
    assert values["搬迁"] is None


def test_a_word_that_is_valid_no_longer_is_not_offered_but_stays_where_it_stands(
    visitor: Callable[[], Visitor], store: Store, clock: Hands
) -> None:
    clock.move(days=-100)
    ident = household(store, 户类型="9")
    clock.move(days=100)
    browser = visitor()
    assert "旧户型" not in browser.get("/ledger/household/add").words
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    assert form.texts("f-户类型") == ["9"]
    form.set("f-户主姓名", "单秀兰")
    assert "已保存。" in browser.press(form, "保存").words
    assert stored(store, ident).values["户类型"] == "9"


# ---- nothing typed is lost


@pytest.mark.parametrize(
    ("name", "text_typed", "said"),
    [
        ("f-户主姓名", "", "请填写户主姓名"),
        ("f-人均收入", "一千二", "不是金额"),
        ("f-人口数", "25", "人口数不对"),
        ("f-人口数", "3.5", "不是整数"),
        ("f-联系电话", "12345", "位"),
        ("f-登记日期", "2026-02-30", "2026-02-30"),
        ("f-银行账号", "6217-a", "请只填数字"),
    ],
)
def test_a_wrong_value_keeps_all_others_and_says_why_at_its_field(
    visitor: Callable[[], Visitor], store: Store, name: str, text_typed: str, said: str
) -> None:
    browser = visitor()
    typed = {**TYPED, name: (text_typed,)}
    page = browser.press(fill_in(browser.get("/ledger/household/add").form("/add"), typed), "保存")
    assert page.status == 422
    assert records(store) == []
    kept(page, typed, except_for=name if not text_typed else "")
    field = page.html.split(f'data-field="{name}"')[1].split("data-field=")[0]
    message = re.search(r'class="fault">([^<]+)<', field)
    assert message
    assert said in message[1]
    assert f'<a href="#{name}">' in page.html.split('id="faults"')[1].split("</div>")[0]
    assert name in page.ids


def test_all_faults_are_told_at_once(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    page = browser.press(begun(browser, 户主姓名=("",), 人均收入=("一千二",), 人口数=("25",)), "保存")
    assert "有 3 处需要修改" in page.text


def test_a_doubt_is_listed_apart_and_does_not_stop_the_save(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    page = browser.press(begun(browser, 人均收入=("200000",)), "保存")
    assert page.path == f"/ledger/household/{records(store)[0]}"
    assert "人均收入：人均收入偏高，请核对。" in page.text.replace(" ", "")


def test_a_failing_database_costs_nothing_that_was_typed(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    with store.writing() as session:
        session.execute(
            text(
                "CREATE TRIGGER broken BEFORE INSERT ON r_household BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        )
    browser = visitor()
    page = browser.press(begun(browser), "保存")
    assert page.status == 422
    assert "数据库暂时未能保存" in page.text
    assert "disk full" not in page.html
    kept(page, TYPED)
    with store.writing() as session:
        session.execute(text("DROP TRIGGER broken"))
    assert "已保存。" in browser.press(page.form("/add"), "保存").words


def test_a_text_of_ten_megabytes_is_refused_and_the_rest_kept(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    page = browser.press(begun(browser, 备注=("a" * 10_500_000,)), "保存")
    assert page.status == 422
    assert "现有 10500000 字" in page.text
    assert len(page.html) < 1_500_000
    kept(page, TYPED, except_for="f-备注")
    assert records(store) == []


def test_more_than_the_limit_gets_a_page_that_says_what_to_do(
    visitor: Callable[[], Visitor], app: Flask
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 2_000_000
    browser = visitor()
    page = browser.press(begun(browser, 备注=("a" * 10_500_000,)), "保存")
    assert page.status == 413
    assert "后退" in page.text


def test_a_page_open_longer_than_its_token_keeps_what_was_typed(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    form = begun(browser)
    form.set("csrf_token", "an-old-token")
    page = browser.press(form, "保存")
    assert records(store) == []
    assert "填写的内容已保留" in page.text
    kept(page, TYPED)
    assert "已保存。" in browser.press(page.form("/add"), "保存").words
    assert len(records(store)) == 1


def test_after_an_idle_log_out_the_log_in_brings_the_typed_values_back(
    visitor: Callable[[], Visitor], store: Store, clock: Hands
) -> None:
    browser = visitor()
    form = begun(browser)
    clock.move(minutes=40)
    page = browser.press(form, "保存")
    assert "登录后自动恢复" in page.text
    wrong = browser.log_in("willow", "Wrong#2026", page=page)
    page = browser.log_in("willow", page=wrong)
    assert page.path == "/ledger/household/add"
    kept(page, TYPED)
    assert "已保存。" in browser.press(page.form("/add"), "保存").words


def test_on_a_shared_computer_the_next_person_does_not_get_what_the_last_one_typed(
    visitor: Callable[[], Visitor], clock: Hands
) -> None:
    browser = visitor()
    form = begun(browser)
    clock.move(minutes=40)
    page = browser.log_in("poplar", page=browser.press(form, "保存"))
    assert page.path == "/ledger/household/add"
    assert page.form("/add").texts("f-户主姓名") == [""]


def test_values_kept_over_a_log_out_cannot_be_opened_by_another_account(
    visitor: Callable[[], Visitor], store: Store, clock: Hands
) -> None:
    browser = visitor()
    ident = household(store)
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    clock.move(minutes=40)
    page = browser.press(form, "保存")
    assert "单秀英" not in page.html
    assert browser.log_in("poplar", page=page).status == 404


def test_a_draft_waits_on_the_form_and_on_the_home_page_until_it_is_saved(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    form = begun(browser)
    answer = browser.fetch("/ledger/household/draft", form.pairs)
    assert answer.get_json() == {"time": "12:00"}
    with store.reading() as session:
        content = session.execute(text("SELECT content FROM screen_draft")).scalar_one()
    assert "王桂英" not in content
    waiting = browser.get("/ledger/household/add")
    assert "您在2026年3月5日 12:00填写过" in waiting.text
    assert 'data-draft=""' in waiting.html  # what is typed now does not write over it
    assert "新增农户" in browser.get("/").text
    page = browser.get("/ledger/household/add?draft=1")
    kept(page, TYPED)
    browser.press(page.form("/add"), "保存")
    assert "填写过" not in browser.get("/ledger/household/add").text


def test_a_draft_can_be_thrown_away(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    browser.fetch("/ledger/household/draft", begun(browser).pairs)
    page = browser.press(browser.get("/ledger/household/add").form("/draft/drop"))
    assert page.path == "/ledger/household/add"
    assert "填写过" not in page.text


def test_drafts_are_kept_per_account(visitor: Callable[[str], Visitor]) -> None:
    willow, poplar = visitor("willow"), visitor("poplar")
    willow.fetch("/ledger/household/draft", begun(willow).pairs)
    assert poplar.get("/ledger/household/add?draft=1").form("/add").texts("f-户主姓名") == [""]


# ---- two people at once


def _crossed(browser: Visitor, store: Store, theirs: dict[str, str], mine: dict[str, str]) -> Page:
    """I open a household, somebody else saves it, I press Save."""
    ident = household(store, 人口数=3, 联系电话="13812345678")
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    with store.writing() as session:
        save(session, store, Draft("household", ident, None, theirs), SYSTEM)
    for key, typed in mine.items():
        form.set(f"f-{key}", typed)
    return browser.press(form, "保存")


def test_a_conflict_shows_field_by_field_what_it_was_what_they_wrote_and_what_i_wrote(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    browser = visitor("willow")
    page = _crossed(browser, store, {"户主姓名": "单秀兰", "人口数": "5"}, {"户主姓名": "单桂兰"})
    assert page.status == 409
    table = page.html.split('class="sheet clash"')[1].split("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in table.split("<tr>")[2:]]
    told = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in rows]
    assert told == [["户主姓名", "单秀英", "单秀兰", "单桂兰"], ["人口数", "3 人", "5 人", "3 人"]]
    form = page.form("/edit")
    # what I did not touch is proposed as they wrote it
    assert form.texts("keep:户主姓名") == ["mine"]
    assert form.texts("keep:人口数") == ["theirs"]
    assert "已保存。" in browser.press(form, "保存").words
    values = stored(store, records(store)[0]).values
    assert (values["户主姓名"], values["人口数"]) == ("单桂兰", 5)


def test_their_version_can_be_chosen_for_each_field(visitor: Callable[[str], Visitor], store: Store) -> None:
    browser = visitor("willow")
    page = _crossed(browser, store, {"户主姓名": "单秀兰"}, {"户主姓名": "单桂兰", "人口数": "4"})
    form = page.form("/edit")
    form.set("keep:户主姓名", "theirs")
    browser.press(form, "保存")
    values = stored(store, records(store)[0]).values
    assert (values["户主姓名"], values["人口数"]) == ("单秀兰", 4)


def test_edits_of_different_fields_are_merged_and_both_are_told(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    page = _crossed(
        visitor("willow"), store, {"备注": "他们写的", "联系电话": "13999998888"}, {"人口数": "4"}
    )
    assert "已保存。" in page.words
    assert "刚刚改过：备注。" in page.text
    values = stored(store, records(store)[0]).values
    assert (values["备注"], values["人口数"], values["联系电话"]) == ("他们写的", 4, "13999998888")


def test_a_conflict_does_not_show_hidden_numbers(visitor: Callable[[str], Visitor], store: Store) -> None:
    browser = visitor("willow")
    page = _crossed(browser, store, {"联系电话": "13999998888"}, {"联系电话": "13777776666"})
    assert page.status == 409
    assert "139****8888" in page.text
    assert "13999998888" not in page.html
    form = page.form("/edit")
    form.set("keep:联系电话", "theirs")
    assert "已保存。" in browser.press(form, "保存").words
    assert stored(store, records(store)[0]).values["联系电话"] == "13999998888"


def test_pressing_save_on_an_unchanged_form_changes_nothing(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(store, 联系电话="13812345678", 病情="高血压", 健康=("02",), 需求=("01",), 搬迁=False)
    before = stored(store, ident)
    browser = visitor()
    browser.press(browser.get(f"/ledger/household/{ident}/edit").form("/edit"), "保存")
    after = stored(store, ident)
    assert after.values == before.values
    assert after.row_version == before.row_version


# ---- hidden values


def test_hidden_values_stand_with_stars_and_stay_as_they_are(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(store, 联系电话="13812345678", 病情="高血压", 健康=("02",))
    browser = visitor()
    page = browser.get(f"/ledger/household/{ident}/edit")
    assert "13812345678" not in page.html
    assert "高血压" not in page.html
    form = page.form("/edit")
    assert form.texts("f-联系电话") == ["138****5678"]
    form.set("f-户主姓名", "单秀兰")
    browser.press(form, "保存")
    values = stored(store, ident).values
    assert (values["户主姓名"], values["联系电话"], values["病情"], values["健康"]) == (
        "单秀兰", "13812345678", "高血压", ("02",),
    )  # fmt: skip


def test_half_changed_stars_are_refused_with_the_way_out(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(store, 联系电话="13812345678")
    browser = visitor()
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    form.set("f-联系电话", "138****5679")
    page = browser.press(form, "保存")
    assert page.status == 422
    assert "请恢复为 138****5678" in page.text


def test_a_hidden_value_can_be_typed_anew_or_emptied(visitor: Callable[[], Visitor], store: Store) -> None:
    ident = household(store, 联系电话="13812345678", 病情="高血压")
    browser = visitor()
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    form.set("f-联系电话", "13999998888")
    form.set("f-病情", "")
    browser.press(form, "保存")
    values = stored(store, ident).values
    assert (values["联系电话"], values["病情"]) == ("13999998888", None)


def test_the_form_shows_hidden_values_after_a_reason_keeps_what_was_typed_and_records_the_look(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(store, 联系电话="13812345678", 健康=("02",))
    browser = visitor()
    form = browser.get(f"/ledger/household/{ident}/edit").form("/edit")
    form.set("f-户主姓名", "单秀兰")
    form.set("reason", "payment")
    page = browser.press(form, "显示")
    form = page.form("/edit")
    assert form.texts("f-联系电话") == ["13812345678"]
    assert form.texts("f-健康") == ["02"]
    assert form.texts("f-户主姓名") == ["单秀兰"]
    with store.reading() as session:
        look = session.execute(select(static.audit).where(static.audit.c.action == "look")).one()
    assert (look.user_name, look.record_id) == ("李文书", ident)
    assert look.facts == '{"fields": ["联系电话", "健康"], "reason": "payment"}'
    form.set("f-健康", "03")
    browser.press(form, "保存")
    assert stored(store, ident).values["健康"] == ("03",)


# ---- rows


def test_rows_are_added_and_removed_by_buttons_without_script(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    page = browser.press(begun(browser), "增加一行")
    form = page.form("/add")
    form.set("f-药费票据-0-票据号码", "A1")
    form.set("f-药费票据-0-金额", "10")
    page = browser.press(form, "增加一行")
    form = page.form("/add")
    form.set("f-药费票据-1-票据号码", "B2")
    form.set("f-药费票据-1-金额", "20")
    page = browser.press(form, "drop=f-药费票据:0")
    form = page.form("/add")
    assert form.texts("f-药费票据-0-票据号码") == []
    assert form.texts("f-药费票据-1-票据号码") == ["B2"]
    kept(page, TYPED)
    browser.press(form, "保存")
    assert [row["票据号码"] for row in stored(store, records(store)[0]).values["药费票据"]] == ["B2"]


def test_a_row_nobody_filled_in_is_not_saved_and_moves_no_message(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    form = begun(browser)
    for index, (number, amount) in enumerate((("A1", "10"), ("", ""), ("C3", "viel"), ("D4", ""))):
        form.set(f"f-药费票据-{index}-was", "")
        form.set(f"f-药费票据-{index}-票据号码", number)
        form.set(f"f-药费票据-{index}-金额", amount)
    page = browser.press(form, "保存")
    assert page.status == 422
    summary = page.html.split('id="faults"')[1].split("</div>")[0]
    assert re.findall(r'<a href="#(f-药费票据-\d-\S+)">([^<]+)</a>', summary) == [
        ("f-药费票据-2-金额", "药费票据 · 第 3 行 · 金额"),
        ("f-药费票据-3-金额", "药费票据 · 第 4 行 · 金额"),
    ]


# ---- references


def test_a_typed_name_is_looked_up_when_the_form_is_sent(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    home, one = household(store, "单秀英"), person(store, "张三")
    browser = visitor()
    form = browser.get("/ledger/member/add").form("/add")
    form.set("f-户", "", "单秀英")
    form.set("f-人员", "", "张")
    browser.press(form, "保存")
    values = stored(store, records(store, "member")[0], "member").values
    assert (values["户"], values["人员"]) == (home, one)


def test_several_that_fit_are_offered_and_one_is_chosen_without_script(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    first, second = household(store, "单秀英"), household(store, "单秀兰")
    household(store, "单秀英", POPLAR_ONE)
    one = person(store)
    browser = visitor()
    form = browser.get(f"/ledger/member/add?人员={one}").form("/add")
    form.set("f-户", "", "单秀")
    page = browser.press(form, "更新")
    offers = re.findall(r'<input type="radio" name="f-户" value="(\d+)">([^<]+)<', page.html)
    where = "柳树镇柳树村一组"
    assert sorted(offers) == [
        (str(first), f"单秀英　5299011002010001 {where}"),
        (str(second), f"单秀兰　5299011002010002 {where}"),
    ]
    form = page.form("/add")
    form.set("f-户", "", "单秀", str(second))
    browser.press(form, "保存")
    assert stored(store, records(store, "member")[0], "member").values["户"] == second


def test_a_changed_text_beats_the_id_that_stood_beside_it(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    first, second = household(store, "单秀英"), household(store, "王桂英")
    browser = visitor()
    form = browser.get(f"/ledger/member/add?户={first}").form("/add")
    assert form.texts("f-户") == [str(first), "单秀英"]
    form.set("f-户", str(first), "王桂英")
    form.set("f-人员", "", "谁也不是")
    page = browser.press(form, "保存")
    assert "没有找到“谁也不是”" in page.text
    assert page.form("/add").texts("f-户") == [str(second), "王桂英"]
    form = page.form("/add")
    form.set("f-人员", "", "张三")
    person(store, "张三")
    browser.press(form, "保存")
    assert stored(store, records(store, "member")[0], "member").values["户"] == second


def test_the_look_up_finds_by_initials_and_only_for_fields_that_point_somewhere(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    household(store, "单秀英")
    browser = visitor()
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    found = browser.fetch("/ledger/member/pick/户", [("csrf_token", token), ("text", "sxy")]).get_json()[
        "found"
    ]
    assert [one["text"] for one in found] == ["单秀英"]
    assert (
        browser.fetch("/ledger/member/pick/行业", [("csrf_token", token), ("text", "1")]).status_code == 404
    )


# ---- live preview


def _preview(browser: Visitor, form: HtmlForm, address: str = "/ledger/household/preview") -> dict[str, Any]:
    answer = browser.fetch(address, form.pairs).get_json()
    assert isinstance(answer, dict)
    return answer


def test_the_preview_says_what_is_shown_required_computed_and_wrong(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    told = _preview(
        browser,
        begun(browser, 搬迁=("1",), 安置点=("",), 人口数=("25",), 人均收入=("200000",), 登记日期=("x",)),
    )
    fields = told["fields"]
    assert fields["f-安置点"]["shown"]
    assert fields["f-安置点"]["required"]
    assert fields["f-安置点"]["faults"] == []  # nobody is nagged while typing
    assert fields["f-总收入"]["text"] == "5,000,000.00"
    assert fields["f-人均收入"]["under"] == "人民币贰拾万元整"
    assert fields["f-人均收入"]["doubts"] == ["人均收入偏高，请核对。"]
    assert "人口数不对。" in fields["f-人口数"]["faults"]
    assert fields["f-登记日期"]["faults"]
    told = _preview(browser, begun(browser, 搬迁=("0",)))
    assert not told["fields"]["f-安置点"]["shown"]


def test_the_preview_saves_nothing_and_sends_no_typed_text_back(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    browser = visitor()
    answer = browser.fetch("/ledger/household/preview", begun(browser).pairs)
    assert records(store) == []
    for typed in ("王桂英", "138 1234 5678", "1.2万元", "幸福苑"):
        assert typed not in answer.get_data(as_text=True)


def test_a_value_known_elsewhere_is_offered_with_its_source(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    form = browser.get("/ledger/person/add").form("/add")
    form.set("f-证件号码", id_number(1))
    told = _preview(browser, form, "/ledger/person/preview")
    assert told["fields"]["f-出生日期"]["offered"]
    assert told["fields"]["f-出生日期"]["raw"] == ["1990年2月1日"]
    page = browser.press(form, "更新")
    assert "取自证件号码.出生日期" in page.text.replace(" ", "")
    form = page.form("/add")
    form.set("f-出生日期", "1990-02-02")
    told = _preview(browser, form, "/ledger/person/preview")
    assert not told["fields"]["f-出生日期"]["offered"]


def test_the_preview_of_a_hidden_value_works_with_its_stars(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = person(store, 证件号码=id_number(1))
    browser = visitor()
    form = browser.get(f"/ledger/person/{ident}/edit").form("/edit")
    told = _preview(browser, form, f"/ledger/person/preview?id={ident}")
    assert told["fields"]["f-证件号码"]["faults"] == []


def test_the_preview_is_for_who_may_fill_in(visitor: Callable[[str], Visitor], store: Store) -> None:
    browser = visitor("reader")
    token = browser.get("/").form("/logout/").texts("csrf_token")
    assert browser.fetch("/ledger/household/preview", [("csrf_token", token[0])]).status_code == 403


# ---- every kind


def test_every_kind_survives_being_shown_in_a_form_and_saved_again(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    unit = put(store, "unit", 单位名称="县医保局").id
    home, one = household(store), person(store)
    member = put(store, "member", 户=home, 人员=one).id
    values = {
        "区划": WILLOW, "起始年月": "2026-03", "完成比例": Decimal("0.5"), "面积": Decimal("12.5"),
        "残疾证号": id_number(1) + "44", "单位": unit, "成员": member,
    }  # fmt: skip
    ident = put(store, "survey", **values).id
    browser = visitor("zhen")
    form = browser.get(f"/ledger/survey/{ident}/edit").form("/edit")
    assert form.texts("f-完成比例") == ["50"]
    assert form.texts("f-起始年月") == ["2026年3月"]
    form.set("f-面积", "13")
    page = browser.press(form, "保存")
    assert "已保存。" in page.words
    assert stored(store, ident, "survey").values == {**values, "面积": Decimal(13)}
    assert {"50%", "2026年3月", "13 亩", "县医保局", "张三"} <= set(page.words)
    assert WILLOW_TWO not in page.html
