"""Key data on the pages: asked for in the form, seen on the record, decided on by the town, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ffp_admin.screens.logins import find_account
from ffp_admin.store import SYSTEM, Store, UserScope, load, publish, set_scopes
from tests.screens.county import FILES, HOUSEHOLD, OTHER_TOWN, PERSON, household, person
from tests.screens.visitor import Visitor

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


def ask(visitor: Visitor, ident: int, reason: str = "户主过世", **values: str) -> None:
    visitor.get(f"/ledger/household/{ident}/edit")
    form = visitor.form("row_version")
    for key, text in values.items():
        form.set(f"f-{key}", text)
    form.set("change_reason", reason)
    visitor.press(form, "do", "save")


def test_a_cadre_is_told_beside_the_field_and_after_saving(
    home: int, store: Store, visit: Callable[..., Visitor]
) -> None:
    cadre = visit("willow")
    cadre.get(f"/ledger/household/{home}/edit")
    assert cadre.text.count("须经乡镇确认") == 2
    ask(cadre, home, 户主姓名="单秀云", 备注="新户主")
    assert TOLD in cadre.text
    assert "户主姓名" in cadre.text
    assert "单秀英 → 单秀云" in " ".join(cadre.text.split())
    assert (value(store, home, "户主姓名"), value(store, home, "备注")) == ("单秀英", "新户主")


def test_without_a_reason_nothing_is_lost(home: int, store: Store, visit: Callable[..., Visitor]) -> None:
    cadre = visit("willow")
    ask(cadre, home, reason="", 户主姓名="单秀云", 备注="新户主")
    assert "请写明户主姓名的变更原因" in cadre.text
    assert cadre.form("row_version").texts("f-户主姓名") == ["单秀云"]
    assert value(store, home, "备注") is None


def test_the_town_looks_and_confirms_several(home: int, store: Store, visit: Callable[..., Visitor]) -> None:
    other = household(store, "王大力")
    cadre, town = visit("willow"), visit("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    ask(cadre, other, 户主姓名="王小力")
    town.get("/")
    assert "有2项变更待您确认" in town.text
    town.get("/confirmations/")
    form = town.form("pick", tick=True)
    form.set("pick", *form.offered("pick"))
    town.press(form, "do", "look")
    assert "单秀云" in town.text
    assert "王小力" in town.text
    town.press(town.form("pick"), "do", "confirm")
    assert (value(store, home, "户主姓名"), value(store, other, "户主姓名")) == ("单秀云", "王小力")
    cadre.get("/confirmations/")
    assert "已确认" in cadre.text
    town.get(f"/ledger/household/{home}")
    assert "李文书提交变更" in town.text


def test_a_refusal_tells_the_cadre_why(home: int, store: Store, visit: Callable[..., Visitor]) -> None:
    cadre, town = visit("willow"), visit("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    town.get("/confirmations/")
    town.press(town.form("pick", tick=True), "only", None)
    town.press(town.form("pick"), "do", "refuse")
    assert "请写明不予确认的原因" in town.text
    form = town.form("pick")
    form.set("answer", "与户口簿不符")
    town.press(form, "do", "refuse")
    cadre.get("/confirmations/")
    assert "与户口簿不符" in cadre.text
    assert value(store, home, "户主姓名") == "单秀英"


def test_a_cadre_takes_a_request_back(home: int, visit: Callable[..., Visitor]) -> None:
    cadre, town = visit("willow"), visit("zhen")
    ask(cadre, home, 户主姓名="单秀云")
    cadre.get("/confirmations/")
    cadre.press(cadre.form("pick"), "do", "withdraw")
    assert "已撤回" in cadre.text
    town.get("/confirmations/")
    assert "单秀云" not in town.text


def test_numbers_are_masked_as_rights_say(home: int, store: Store, visit: Callable[..., Visitor]) -> None:
    cadre, town = visit("willow"), visit("zhen")
    cadre.get(f"/ledger/household/{home}/edit")
    form = cadre.form("row_version")
    form.set("reason", "correction")
    cadre.press(form, "do", "unmask")
    form = cadre.form("row_version")
    form.set("f-银行账号", NEW)
    form.set("change_reason", "原卡遗失")
    cadre.press(form, "do", "save")
    assert NEW not in cadre.text
    assert "第16–17位不同" in cadre.text or "位不同" in cadre.text
    town.get("/confirmations/")
    assert NEW in town.text
    assert OLD in town.text


def test_another_town_sees_and_does_nothing(home: int, store: Store, visit: Callable[..., Visitor]) -> None:
    ask(visit("willow"), home, 户主姓名="单秀云")
    with store.writing() as session:
        account = find_account(session, "zhen")
        assert account is not None
        set_scopes(session, account.id, [UserScope(role="town", kind="region", region_code=OTHER_TOWN)])
    far = visit("zhen")
    far.get("/")
    assert "项变更" not in far.text
    far.get("/confirmations/")
    assert "单秀云" not in far.text
    far.post("/confirmations/", pick="1", do="confirm")
    assert "不在您的管理范围内" in far.text
    near = visit("poplar")
    near.post("/confirmations/", pick="1", do="confirm")
    assert value(store, home, "户主姓名") == "单秀英"


def test_a_person_without_key_data_is_not_asked(
    home: int, store: Store, visit: Callable[..., Visitor]
) -> None:
    ident = person(store)
    cadre = visit("willow")
    cadre.get(f"/ledger/person/{ident}/edit")
    assert "change_reason" not in cadre.page
