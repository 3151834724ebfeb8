"""Rights: what each role may open, what a neighbour sees of another village (nothing), how rights are stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import event, select

from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import find_account
from ffp_admin.screens.permissions import sync_permissions, write_permissions
from ffp_admin.screens.tables import PermissionView, Role, RoleGrant
from ffp_admin.store import SYSTEM, Store, publish
from tests.screens.county import FILES, POPLAR_ONE, ROLES, WILLOW, household
from tests.screens.visitor import Visitor

_PAGES = ("/ledger/household/", "/ledger/household/add", "/ledger/household/{id}", "/ledger/household/{id}/edit",
          "/ledger/household/{id}/void", "/ledger/person/", "/ledger/survey/", "/accounts/")  # fmt: skip


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("xian", "11111111"),
        ("zhen", "11111110"),
        ("willow", "11110100"),
        ("reader", "10100000"),
    ],
)
def test_each_role_opens_what_it_was_given(
    visitor: Callable[[str], Visitor], store: Store, who: str, allowed: str
) -> None:
    ident = household(store)
    browser = visitor(who)
    codes = [browser.client.get(page.format(id=ident)).status_code for page in _PAGES]
    assert codes == [200 if one == "1" else 403 for one in allowed]


def test_buttons_without_right_are_not_shown(visitor: Callable[[str], Visitor], store: Store) -> None:
    ident = household(store)
    mine = visitor("reader").get(f"/ledger/household/{ident}")
    assert "修改" not in mine.words
    assert "作废" not in mine.words
    assert "新增" not in visitor("reader").get("/ledger/household/").words
    theirs = visitor("zhen").get(f"/ledger/household/{ident}")
    assert {"修改", "作废"} <= set(theirs.words)


def test_the_menu_names_only_registers_one_may_view(visitor: Callable[[str], Visitor]) -> None:
    words = visitor("reader").get("/").words
    assert "农户" in words
    assert not {"人员", "家庭成员", "调查", "账号管理"} & set(words)


def test_a_record_of_another_village_is_not_there_on_any_address(
    app: Flask, visitor: Callable[[str], Visitor], store: Store
) -> None:
    ident = household(store, "邻村户主")
    browser = visitor("poplar")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("Ledger.") or "ident" not in rule.arguments:
            continue
        values: dict[str, Any] = {"form": "household", "ident": ident, "field": "联系电话"}
        with app.test_request_context():
            path = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = browser.client.open(
                path,
                method=method,
                data={"csrf_token": token, "reason": "visit", "do": "save", "f-户主姓名": "改"},
            )
            # a right the role does not have at all (void) says so before it looks for the record
            assert answer.status_code in (403, 404), (path, method)
            assert "邻村户主" not in answer.text
            tried += 1
    assert tried >= 6


def test_lists_pickers_and_searches_show_only_the_own_village(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    household(store, "柳树张三")
    household(store, "杨树张四", POPLAR_ONE)
    browser = visitor("poplar")
    page = browser.get("/ledger/household/")
    assert "杨树张四" in page.text
    assert "柳树张三" not in page.text
    token = page.form("/find").texts("csrf_token")[0]
    found = browser.fetch("/ledger/member/pick/户", [("csrf_token", token), ("text", "")]).get_json()["found"]
    assert [one["text"] for one in found] == ["杨树张四"]
    form = page.form("/find")
    form.set("keyword", "柳树张三")
    assert "没有符合的记录" in browser.press(form, "查找").text


def test_a_household_of_another_village_cannot_be_chosen_by_its_id(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    theirs = household(store, "柳树张三")
    browser = visitor("poplar")
    form = browser.get("/ledger/member/add").form("/add")
    form.set("f-户", str(theirs), "", str(theirs))
    page = browser.press(form, "保存")
    assert page.status == 422
    assert "柳树张三" not in page.text


def test_rights_follow_the_declared_roles_and_a_second_sync_writes_nothing(store: Store) -> None:
    with store.reading() as session:
        before = len(session.execute(select(RoleGrant.c.id)).all())
        assert len(session.execute(select(PermissionView.c.id)).all()) == 7 * len(store.catalog().forms)
    statements: list[str] = []
    with store.writing() as session:
        event.listen(session.connection().engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        write_permissions(session, store.catalog())
    assert len(statements) == 6
    assert all(one.lstrip().startswith("SELECT") for one in statements)
    publish(
        store,
        {**FILES, "form_specs/roles.yaml": ROLES.replace("household: [查看]", "person: [查看]").encode()},
        SYSTEM,
    )
    sync_permissions(store)
    with store.reading() as session:
        reader = session.execute(select(Role.c.id).where(Role.c.name == "reader")).scalar_one()
        assert len(session.execute(select(RoleGrant.c.id).where(RoleGrant.c.role_id == reader)).all()) == 1
        assert len(session.execute(select(RoleGrant.c.id)).all()) == before


def test_an_actor_has_rights_through_roles_and_regions_through_dated_scopes(store: Store) -> None:
    with store.reading() as session:
        account = find_account(session, "willow")
        assert account is not None
        actor = make_actor(session, store, account.id, account.name)
    assert actor.regions == (WILLOW,)
    assert actor.may("household", "edit")
    assert not actor.may("household", "void")
    assert not actor.may("survey", "view")
    assert not actor.unmasked


def test_a_list_page_of_the_framework_needs_few_statements(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    household(store)
    browser = visitor("willow")
    browser.get("/ledger/household/")
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    browser.get("/ledger/household/")
    asked = [one for one in statements if one != "BEGIN"]
    assert len(asked) <= 12, asked
