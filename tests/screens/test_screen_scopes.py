"""Scopes and field rights in the browser: from the next request on, and on every page of a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete

from ffp_admin.screens.accounts import ensure_administrators
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.screens.permissions import sync_permissions
from ffp_admin.screens.tables import User, UserRole
from ffp_admin.store import SYSTEM, Holder, Store, UserScope, give_acting, publish, scopes_of, set_scopes
from ffp_admin.store.cells import STARS
from tests.screens.county import FILES, PASSWORD, POPLAR_ONE, ROLES, WILLOW, Hands, household
from tests.screens.visitor import Visitor

LIMITED = ROLES.replace(
    "权限: {household: [查看]}",
    "权限: {household: [查看, 填报, 修改], region: [查看]}\n"
    "不看: {household: [人均收入, 病情]}\n遮盖: {household: [联系电话, 药费票据.金额]}",
)
ADMINISTRATORS = """
---
角色: system_admin
名称: 系统管理员
职责: [启用]
---
角色: audit_admin
名称: 审计管理员
职责: [审计]
---
角色: security_admin
名称: 安全管理员
职责: [用户]
权限: {region: [查看]}
"""


def account(store: Store, username: str) -> Holder:
    with store.reading() as session:
        found = find_account(session, username)
    assert found is not None
    return Holder(id=found.id, name=found.name)


def give(store: Store, username: str, *scopes: UserScope) -> None:
    with store.writing() as session:
        set_scopes(session, account(store, username).id, scopes)


def with_roles(store: Store, roles: str) -> None:
    publish(store, {**FILES, "form_specs/roles.yaml": roles.encode()}, SYSTEM)
    sync_permissions(store)


def test_a_scope_ends_with_the_next_request(
    visitor: Callable[[str], Visitor], store: Store, clock: Hands
) -> None:
    ident = household(store, "柳树张三")
    give(store, "willow", UserScope(role="village", region_code=WILLOW, valid_to=clock.today()))
    browser = visitor("willow")
    assert "柳树张三" in browser.get("/ledger/household/").text
    give(
        store, "willow", UserScope(role="village", region_code=WILLOW, valid_to=clock.today() - timedelta(1))
    )
    for path in ("/ledger/household/", f"/ledger/household/{ident}", f"/ledger/household/{ident}/edit"):
        answer = browser.client.get(path)
        assert answer.status_code == 403
        assert "柳树张三" not in answer.text
    give(store, "willow", UserScope(role="village", region_code=WILLOW, valid_from=clock.today()))
    assert "柳树张三" in browser.get("/ledger/household/").text


def test_who_acts_for_somebody_sees_and_signs_for_both(
    visitor: Callable[[str], Visitor], store: Store, clock: Hands
) -> None:
    theirs = household(store, "柳树张三")
    household(store, "杨树李四", POPLAR_ONE)
    security = replace(SYSTEM, name="杨安全")
    with store.writing() as session:
        holder, today = account(store, "willow"), clock.today()
        give_acting(session, store, account(store, "poplar").id, holder, today, today, "病假", security)
    browser = visitor("poplar")
    listed = browser.get("/ledger/household/").text
    assert "柳树张三" in listed
    assert "杨树李四" in listed
    form = browser.get(f"/ledger/household/{theirs}/edit").form("/edit")
    form.set("f-人口数", "4")
    page = browser.press(form, "保存")
    assert "王文书" in page.text
    assert "李文书" in page.text
    clock.move(days=1)
    assert "柳树张三" not in visitor("poplar").get("/ledger/household/").text


def test_an_assigned_household_is_all_one_sees(visitor: Callable[[str], Visitor], store: Store) -> None:
    mine, other = household(store, "结对户"), household(store, "邻居户")
    give(store, "reader", UserScope(role="reader", kind="household", target_id=mine))
    browser = visitor("reader")
    listed = browser.get("/ledger/household/").text
    assert "结对户" in listed
    assert "邻居户" not in listed
    assert browser.client.get(f"/ledger/household/{other}").status_code == 404


@pytest.fixture
def secret(store: Store) -> int:
    """A household with what the limited role may not know."""
    with_roles(store, LIMITED)
    rows = [{"票据号码": "A1", "金额": Decimal("777.70")}]
    return household(
        store,
        "单秀英",
        联系电话="13812345678",
        人口数=3,
        人均收入=Decimal("8765.40"),
        病情="肺结核",
        药费票据=rows,
    )


def test_no_page_shows_what_is_kept_from_the_role(
    visitor: Callable[[str], Visitor], store: Store, secret: int
) -> None:
    browser = visitor("reader")
    for path in ("", f"{secret}", f"{secret}/edit", "add"):
        text = browser.get(f"/ledger/household/{path}").text
        for word in ("8,765", "8765", "26,296", "26296", "肺结核", "138", "5678", "777", "人均收入"):
            assert word not in text, (path, word)
    assert STARS in browser.get("/ledger/household/").text
    assert STARS in browser.get(f"/ledger/household/{secret}").text
    assert "8,765.40" in visitor("xian").get(f"/ledger/household/{secret}").text


def test_what_is_kept_back_survives_an_edit_and_cannot_be_asked_for(
    visitor: Callable[[str], Visitor], store: Store, secret: int
) -> None:
    browser = visitor("reader")
    form = browser.get(f"/ledger/household/{secret}/edit").form("/edit")
    form.set("f-户主姓名", "单秀兰")
    assert "已保存" in browser.press(form, "保存").text
    full = visitor("xian").get(f"/ledger/household/{secret}").text
    assert "单秀兰" in full
    assert "8,765.40" in full
    assert "777.70" in full
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    posted = [("csrf_token", token), ("f-户主姓名", "单"), ("f-人口数", "2")]
    told = browser.fetch(f"/ledger/household/preview?id={secret}", posted).get_data(as_text=True)
    assert "8765" not in told
    assert "总收入" not in told
    for field in ("人均收入", "病情", "联系电话"):
        asked = browser.client.post(
            f"/ledger/household/{secret}/reveal/{field}", data={"csrf_token": token, "reason": "visit"}
        )
        assert "138" not in asked.text
        assert "肺结核" not in asked.text


def test_full_numbers_are_for_ones_own_households(visitor: Callable[[str], Visitor], store: Store) -> None:
    ident = household(store, 联系电话="13812345678")
    give(store, "reader", UserScope(role="reader", region_code=WILLOW[:6]))
    browser = visitor("reader")
    assert "138****5678" in browser.get(f"/ledger/household/{ident}").text
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    path = f"/ledger/household/{ident}/reveal/联系电话"
    asked = {"csrf_token": token, "reason": "visit"}
    assert browser.client.post(path, data=asked).status_code == 403
    give(store, "reader", UserScope(role="reader", kind="household", target_id=ident))
    assert "138 1234 5678" in browser.client.post(path, data=asked).text.replace(
        "13812345678", "138 1234 5678"
    )


def test_the_first_start_makes_three_administrators_without_data(
    app: Flask, visitor: Callable[[str], Visitor], store: Store
) -> None:
    household(store, "柳树张三")
    with_roles(store, ROLES.replace("职责: [用户]\n", "") + ADMINISTRATORS)
    assert ensure_administrators(app) == []
    with store.writing() as session:
        session.execute(delete(UserRole))
        session.execute(delete(User))
    with app.app_context():
        made = ensure_administrators(app)
    assert [(one.username, one.label) for one in made] == [
        ("admin-system", "系统管理员"),
        ("admin-security", "安全管理员"),
        ("admin-audit", "审计管理员"),
    ]
    duties = []
    for one in made:
        holder = account(store, one.username)
        with store.writing() as session:
            set_password(session, store, holder.id, PASSWORD, must_change=False)
        with store.reading() as session:
            actor = make_actor(session, store, holder.id, holder.name)
            duties.append(actor.duties)
            assert scopes_of(session, holder.id, store.clock.today())[0].kind == "duty"
        browser = visitor(one.username)
        assert browser.client.get("/ledger/household/").status_code == 403
        assert "柳树张三" not in browser.get("/").text
    assert duties == [{"publish"}, {"users"}, {"audit"}]
