"""The door: who gets in, how long, with which password; what an old cookie is worth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.screens import accounts
from ffp_admin.store import Store, static
from tests.screens.county import PASSWORD, WILLOW, Hands
from tests.screens.visitor import Page, Visitor


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A browser in which nobody is logged in."""
    return Visitor(app.test_client())


def _actions(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.execute(select(static.audit.c.action).order_by(static.audit.c.id)).scalars())


def test_every_page_asks_to_log_in_and_then_goes_on_to_where_one_wanted(stranger: Visitor) -> None:
    page = stranger.get("/ledger/household/?户类型=1")
    assert page.path == "/login/"
    after = stranger.log_in("willow", page=page)
    assert after.path == "/ledger/household/"
    assert after.response.request.args["户类型"] == "1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_the_log_in_never_leads_to_another_site(stranger: Visitor, target: str) -> None:
    page = stranger.get("/login/")
    page.forms[0].action = f"/login/?next={target}"
    page.forms[0].set("username", "willow")
    page.forms[0].set("password", PASSWORD)
    answer = stranger.client.post(page.forms[0].action, data=dict(page.forms[0].pairs))
    assert answer.status_code == 302
    assert answer.location == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(stranger: Visitor) -> None:
    wrong = stranger.log_in("willow", "Wrong#2026")
    unknown = stranger.log_in("nobody", "Wrong#2026")
    assert wrong.status == unknown.status == 422
    assert wrong.text == unknown.text


def test_five_failures_lock_the_account_also_for_the_right_password_and_for_every_worker(
    app: Flask, settings: Settings, store: Store, clock: Hands
) -> None:
    first, second = Visitor(app.test_client()), Visitor(create_app(settings, store).test_client())
    for _turn in range(4):
        assert first.log_in("willow", "Wrong#2026").status == 422
    assert "15 分钟" in first.log_in("willow", "Wrong#2026").text
    clock.move(minutes=14)
    assert "锁定" in second.log_in("willow").text
    clock.move(minutes=1, seconds=1)
    assert second.log_in("willow").path == "/"
    assert _actions(store)[-8:] == [*["login_failed"] * 5, "login_locked", "login_failed", "login"]


def test_a_right_password_forgets_earlier_failures(stranger: Visitor, app: Flask) -> None:
    for _round in range(2):
        browser = Visitor(app.test_client())
        for _turn in range(4):
            browser.log_in("willow", "Wrong#2026")
        assert browser.log_in("willow").path == "/"


def test_the_first_log_in_asks_for_an_own_password_before_anything_else(
    app: Flask, stranger: Visitor
) -> None:
    first = accounts.create_user(app, "newcomer", "新同志", "village", (WILLOW,))
    assert stranger.log_in("newcomer", first).path == "/password/"
    page = stranger.get("/ledger/household/")
    assert page.path == "/password/"
    changed = _change(stranger, first, "Mountain#77")
    assert changed.path == "/"
    assert stranger.get("/ledger/household/").path == "/ledger/household/"


def _change(browser: Visitor, old: str, new: str, again: str | None = None) -> Page:
    form = browser.get("/password/").form("/password/")
    form.set("old", old)
    form.set("new", new)
    form.set("again", new if again is None else again)
    return browser.press(form, "修改密码")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("Ab#1", "至少要 8 位"),
        ("abcdefgh12", "至少要有三种"),
        ("Willow#2026", "不能包含用户名"),
        (PASSWORD, "最近 5 次"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(
    visitor: Callable[[], Visitor], new: str, said: str
) -> None:
    browser = visitor()
    page = _change(browser, PASSWORD, new)
    assert page.status == 422
    assert said in page.text


def test_the_last_five_passwords_cannot_be_used_again_the_sixth_can(visitor: Callable[[], Visitor]) -> None:
    browser, old = visitor(), PASSWORD
    for turn in range(5):
        new = f"Mountain#7{turn}"
        assert _change(browser, old, new).path == "/"
        old = new
    assert _change(browser, old, "Mountain#70").status == 422
    assert _change(browser, old, PASSWORD).path == "/"


def test_a_changed_password_ends_the_other_sessions_of_the_account(visitor: Callable[[], Visitor]) -> None:
    here, there = visitor(), visitor()
    assert _change(here, PASSWORD, "Mountain#77").path == "/"
    assert here.get("/").path == "/"
    assert there.get("/").path == "/login/"


def test_after_the_log_out_the_old_cookie_is_worth_nothing(
    visitor: Callable[[], Visitor], app: Flask
) -> None:
    browser = visitor()
    cookie = browser.client.get_cookie("ffp")
    assert cookie is not None
    assert browser.press(browser.get("/").form("/logout/")).path == "/login/"
    thief = Visitor(app.test_client())
    thief.client.set_cookie("ffp", cookie.value)
    assert thief.get("/").path == "/login/"


def test_the_log_out_is_a_button_not_a_link(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    assert browser.client.get("/logout/").status_code == 405
    assert browser.get("/").path == "/"


def test_half_an_hour_without_a_request_ends_the_session(
    visitor: Callable[[], Visitor], clock: Hands
) -> None:
    browser = visitor()
    clock.move(minutes=29)
    assert browser.get("/").path == "/"
    clock.move(minutes=29)
    assert browser.get("/").path == "/"
    clock.move(minutes=31)
    assert browser.get("/").path == "/login/"


def test_an_account_that_is_switched_off_is_out_at_once(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    browser, admin = visitor("willow"), visitor("xian")
    admin.press(admin.open_account("willow").form("/active"), "停用")
    assert browser.get("/").path == "/login/"
    assert browser.log_in("willow").status == 422


@pytest.mark.parametrize(
    "address",
    ["/users/list/", "/roles/list/", "/users/add", "/userinfoeditview/form", "/resetpassword/form", "/register/form",
     "/api/v1/security/login", "/api/v1/menu/", "/swagger/v1", "/permissions/list/", "/userstatschartview/chart/"],
)  # fmt: skip
def test_pages_of_the_framework_are_not_there(visitor: Callable[[str], Visitor], address: str) -> None:
    assert visitor("xian").client.get(address).status_code == 404


def test_answers_carry_the_headers_and_the_cookie_its_flags(app: Flask) -> None:
    answer = app.test_client().get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure(settings: Settings, store: Store) -> None:
    https = create_app(replace(settings, public_url="https://fp.example.gov.cn"), store)
    answer = https.test_client().get("/login/", base_url="https://fp.example.gov.cn")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_an_error_nobody_foresaw_is_a_page_with_a_number_that_stands_in_the_log(
    visitor: Callable[[], Visitor], store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    browser = visitor()
    with store.writing() as session:
        session.execute(text("DROP TABLE r_member"))
        session.execute(text("ALTER TABLE user_scope RENAME TO elsewhere"))
    page = browser.get("/ledger/household/")
    assert page.status == 500
    assert "程序出错了" in page.words
    number = re.findall("错误编号：([0-9A-F]{8})", page.text)[0]
    assert number in caplog.text
    assert "no such table" not in page.html
