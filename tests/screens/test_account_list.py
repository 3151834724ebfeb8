"""The list of accounts: found by name, telephone, role, region and state, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page as BrowserPage

from ffp_admin.screens.accountcard import AccountCard, save_card
from ffp_admin.screens.accounts import create_user
from ffp_admin.screens.logins import find_account
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.store import SYSTEM, Store, UserScope, publish
from tests.screens.county import FILES, POPLAR, ROLES, WILLOW, Hands
from tests.screens.test_screen_browser import Shot, enter, site
from tests.screens.test_screen_scopes import give
from tests.screens.visitor import Page, Visitor

__all__ = ["site"]

Arrive = Callable[[str], Visitor]
NAMES = {"周县办", "吴乡镇", "李文书", "王文书", "沈查阅"}


def found(page: Page) -> set[str]:
    return NAMES & set(page.words) - ({"周县办"} if page.words.count("周县办") == 1 else set())


def find(browser: Visitor, **asked: str) -> Page:
    form = browser.get("/accounts/").form("/find")
    for name, text in asked.items():
        form.set(name, *(("", text) if name == "region" else (text,)))
    return browser.press(form, "查找")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": "王"}, {"王文书"}),
        ({"name": "wil"}, {"李文书"}),
        ({"role": "village"}, {"李文书", "王文书"}),
        ({"region": "柳树村"}, {"李文书", "沈查阅"}),
        ({"region": "柳树镇", "role": "village"}, {"李文书", "王文书"}),
        ({"name": "没有"}, set()),
    ],
)
def test_found_by_name_role_and_region(visitor: Arrive, asked: dict[str, str], names: set[str]) -> None:
    page = find(visitor("xian"), **asked)
    assert found(page) == names
    assert f"共 {len(names)} 个账号" in page.words


def test_found_by_state(visitor: Arrive, store: Store, app: Flask, clock: Hands) -> None:
    today = clock.today()
    give(store, "willow", UserScope(role="village", region_code=WILLOW, valid_to=today - timedelta(1)))
    give(store, "poplar", UserScope(role="village", region_code=POPLAR, valid_to=today + timedelta(30)))
    give(store, "reader", UserScope(role="reader", region_code=POPLAR, valid_to=today + timedelta(31)))
    create_user(app, "newcomer", "新同志", "village", (WILLOW,))
    admin = visitor("xian")
    assert found(find(admin, state="expired")) == {"李文书"}
    assert found(find(admin, state="ending")) == {"王文书"}
    assert "到2026年4月4日" in find(admin, state="ending").words
    assert found(find(admin, state="off")) == set()
    admin.press(admin.open_account("poplar").form("/active"), "停用")
    assert found(find(admin, state="off")) == {"王文书"}
    assert "新同志" in find(admin, state="new").words
    assert found(find(admin, state="use", role="reader")) == {"沈查阅"}
    for _wrong in range(5):
        Visitor(app.test_client()).log_in("zhen", "falsch")
    assert found(find(admin, state="locked")) == {"吴乡镇"}
    assert "吴乡镇" not in find(admin, state="use").words


def test_a_telephone_finds_its_account_and_stands_in_no_address(visitor: Arrive, store: Store) -> None:
    with store.writing() as session:
        account = find_account(session, "poplar")
        assert account is not None
        save_card(session, store, account, AccountCard(unit="杨树村", phone="13812345678"), SYSTEM)
    admin = visitor("xian")
    page = find(admin, name="138 1234 5678")
    assert found(page) == {"王文书"}
    assert page.response.request.query_string == b""
    assert found(find(admin, name="13812345679")) == set()


def test_many_accounts_lie_on_pages(visitor: Arrive, app: Flask) -> None:
    for number in range(58):
        create_user(app, f"zz{number:02}", f"村干{number:02}", "village", (WILLOW,))
    admin = visitor("xian")
    page = find(admin, role="village")
    assert "共 60 个账号" in page.words
    assert "村干47" in page.words
    assert "村干48" not in page.words
    [following] = [
        part.split('"')[0] for part in page.html.split('href="')[1:] if "from=50" in part.split('"')[0]
    ]
    page = admin.get(following.replace("&amp;", "&"))
    assert {"村干48", "村干57"} <= set(page.words)
    assert "村干47" not in page.words
    assert "下一页" not in page.words


def test_a_security_administrator_without_a_place_makes_accounts_anywhere(
    visitor: Arrive, store: Store, app: Flask
) -> None:
    roles = (
        ROLES.replace("职责: [用户]\n", "")
        + "\n---\n角色: guard\n名称: 安全员\n职责: [用户]\n---\n角色: audit\n名称: 审计员\n职责: [审计]\n"
    )
    publish(store, {**FILES, "form_specs/roles.yaml": roles.encode()}, SYSTEM, beside=write_permissions)
    ended = UserScope(role="reader", region_code=WILLOW, valid_to=store.clock.today() - timedelta(1))
    give(store, "reader", ended, UserScope(role="guard", kind="duty"))
    guard = visitor("reader")
    form = guard.get("/accounts/").form("/add")
    for name, text in {"username": "fresh", "name": "新村官", "role": "village"}.items():
        form.set(name, text)
    form.set("region", "", "柳树村")
    page = guard.press(form)
    assert {"新村官", "柳树镇柳树村"} <= set(page.words)
    form = guard.get("/accounts/").form("/add")
    for name, text in {"username": "eye", "name": "钱审计", "role": "audit"}.items():
        form.set(name, text)
    assert "钱审计" in guard.press(form).words
    form.set("role", "village")
    form.set("username", "lost")
    assert guard.press(form).status == 422
    assert guard.client.get("/ledger/household/").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("width", ["wide_page", "phone_page"])
def test_the_list_in_a_browser(
    site: str, store: Store, request: pytest.FixtureRequest, width: str, shot: Shot, clock: Hands
) -> None:
    give(store, "poplar", UserScope(role="village", region_code=POPLAR, valid_to=clock.today()))
    page: BrowserPage = request.getfixturevalue(width)
    enter(page, site, "xian")
    page.goto(f"{site}/accounts/")
    page.select_option("#role", "village")
    page.click("form[action='/accounts/find'] button")
    assert "王文书" in page.inner_text("main")
    assert "沈查阅" not in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    shot(page, "accounts")
    page.click("main .sheet td.title a")
    assert "角色和范围" in page.inner_text("main")
