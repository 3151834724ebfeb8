"""Key data on the pages: asked for in the form, seen on the record, decided on by the town, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ffp_admin.screens.logins import find_account
from ffp_admin.store import SYSTEM, Store, UserScope, load, publish, read_audit, set_scopes
from tests.screens.county import FILES, HOUSEHOLD, OTHER_TOWN, PERSON, household, person
from tests.screens.visitor import HtmlForm, Page, Visitor

GUARDED = {
    **FILES,
    "form_specs/household.yaml": HOUSEHOLD.replace("长度: 30, 可检索", "长度: 30, 变更须确认: 乡镇, 可检索")
    .replace("{类型: 银行账号,", "{类型: 银行账号, 变更须确认: 乡镇,")
    .encode(),
    "form_specs/person.yaml": PERSON.replace(
        "{类型: 身份证号,", "{类型: 身份证号, 变更须确认: 乡镇,"
    ).encode(),
}
OLD, NEW = "622848000000000001", "622848000000000992"
TOLD = "已提交乡镇确认"
LIST = "/confirmations/"

Visit = Callable[[str], Visitor]


@pytest.fixture
def home(store: Store) -> int:
    """A household whose name and account the town confirms."""
    publish(store, GUARDED, SYSTEM)
    return household(store, 银行账号=OLD)


def value(store: Store, ident: int, key: str) -> object:
    with store.reading() as session:
        record = load(session, store, "household", ident, SYSTEM)
    assert record is not None
    return record.values[key]


def ask(visitor: Visitor, ident: int, reason: str = "户主过世", **values: str) -> Page:
    form = visitor.get(f"/ledger/household/{ident}/edit").form("/edit")
    for key, text in values.items():
        form.set(f"f-{key}", text)
    form.set("change_reason", reason)
    return visitor.press(form, "do=save")


def deciding(page: Page) -> HtmlForm:
    """The form with a button to look closer or to decide."""
    return next(form for form in page.forms if any(one[0] in ("do", "only") for one in form.buttons))


def one_line(page: Page) -> str:
    return " ".join(page.text.split())


def test_a_cadre_is_told_beside_the_field_and_after_saving(home: int, store: Store, visitor: Visit) -> None:
    cadre = visitor("willow")
    assert cadre.get(f"/ledger/household/{home}/edit").text.count("须经乡镇确认") == 2
    page = ask(cadre, home, 户主姓名="单秀云", 备注="新户主")
    assert f"户主姓名：{TOLD}，确认前仍显示原来的内容" in page.text
    assert "单秀英 → 单秀云" in one_line(page)
    assert (value(store, home, "户主姓名"), value(store, home, "备注")) == ("单秀英", "新户主")


def test_without_a_reason_nothing_is_lost(home: int, store: Store, visitor: Visit) -> None:
    page = ask(visitor("willow"), home, reason="", 户主姓名="单秀云", 备注="新户主")
    assert page.text.count("请写明户主姓名的变更原因") == 2  # above, with the way there, and beside the box
    assert 'href="#change_reason"' in page.html
    assert page.form("/edit").texts("f-户主姓名") == ["单秀云"]
    assert value(store, home, "备注") is None


def test_the_town_looks_and_confirms_several(home: int, store: Store, visitor: Visit) -> None:
    other = household(store, "王大力")
    cadre, town = visitor("willow"), visitor("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    ask(cadre, other, 户主姓名="王小力")
    assert "有2项变更待您确认" in town.get("/").text
    form = deciding(town.get(LIST))
    form.set("pick", *(value for _name, value, _text in form.buttons if value.isdigit()))
    page = town.press(form, "do=look")
    assert "单秀云" in page.text
    assert "王小力" in page.text
    page = town.press(deciding(page), "do=confirm")
    assert "已确认2项" in page.text
    assert (value(store, home, "户主姓名"), value(store, other, "户主姓名")) == ("单秀云", "王小力")
    assert "已确认" in cadre.get(LIST).text
    assert "李文书提交变更" in town.get(f"/ledger/household/{home}").text


def test_a_refusal_tells_the_cadre_why(home: int, store: Store, visitor: Visit) -> None:
    cadre, town = visitor("willow"), visitor("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    page = town.press(deciding(town.get(LIST)), "处理")
    page = town.press(deciding(page), "do=refuse")
    assert "请写明不予确认的原因" in page.text
    form = deciding(page)
    form.set("answer", "与户口簿不符")
    town.press(form, "do=refuse")
    assert "与户口簿不符" in cadre.get(LIST).text
    assert value(store, home, "户主姓名") == "单秀英"


def test_a_cadre_takes_a_request_back(home: int, visitor: Visit) -> None:
    cadre, town = visitor("willow"), visitor("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    assert "单秀云" in town.get(LIST).text
    assert "已撤回" in cadre.press(deciding(cadre.get(LIST)), "do=withdraw").text
    assert "单秀云" not in town.get(LIST).text


def test_numbers_are_masked_as_rights_say(home: int, store: Store, visitor: Visit) -> None:
    cadre, town = visitor("willow"), visitor("zhen")
    form = cadre.get(f"/ledger/household/{home}/edit").form("/edit")
    form.set("reason", "correction")
    form = cadre.press(form, "do=unmask").form("/edit")
    assert form.texts("f-银行账号") != [""]
    form.set("f-银行账号", NEW)
    form.set("change_reason", "原卡遗失")
    page = cadre.press(form, "do=save")
    assert TOLD in page.text
    for one in (page, cadre.get(LIST)):
        assert NEW not in one.html
        assert OLD not in one.html
        assert "第16–18位不同" in one.text
    page = town.get(LIST)
    assert NEW in page.text.replace(" ", "")
    assert OLD in page.text.replace(" ", "")
    with store.reading() as session:
        assert [one.record_id for one in read_audit(session) if one.action == "look"].count(home) >= 1


def test_another_town_sees_and_does_nothing(home: int, store: Store, visitor: Visit) -> None:
    ask(visitor("willow"), home, 户主姓名="单秀云")
    town = visitor("zhen")
    form = deciding(town.press(deciding(town.get(LIST)), "处理"))
    with store.writing() as session:
        account = find_account(session, "zhen")
        assert account is not None
        set_scopes(session, account.id, [UserScope(role="town", kind="region", region_code=OTHER_TOWN)])
    assert "待您确认" not in town.get("/").text
    assert "单秀云" not in town.get(LIST).text
    assert "不在您的管理范围内" in town.press(form, "do=confirm").text
    form.set("answer", "不符")
    assert "不在您的管理范围内" in town.press(form, "do=refuse").text
    assert value(store, home, "户主姓名") == "单秀英"


def test_a_village_next_door_and_the_requester_confirm_nothing(
    home: int, store: Store, visitor: Visit
) -> None:
    cadre, town = visitor("willow"), visitor("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    pick = deciding(town.press(deciding(town.get(LIST)), "处理")).texts("pick")
    for name in ("willow", "poplar", "reader"):
        browser = visitor(name)
        form = next(one for one in browser.get("/").forms if one.texts("csrf_token"))
        form.action, form.buttons = LIST, [("do", "confirm", "")]
        form.set("pick", *pick)
        browser.press(form)
    assert value(store, home, "户主姓名") == "单秀英"


def test_a_record_without_key_data_asks_no_reason(home: int, store: Store, visitor: Visit) -> None:
    ident = person(store)
    assert "change_reason" not in visitor("willow").get(f"/ledger/person/{ident}/edit").html
