"""Sessions end when they should, in all workers at once, and an old cookie is worth nothing afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.screens import accounts
from ffp_admin.store import Store
from tests.screens.county import PASSWORD, POPLAR, Hands
from tests.screens.visitor import Visitor

Arrive = Callable[[str], Visitor]


@pytest.fixture
def elsewhere(settings: Settings, store: Store) -> Flask:
    """Another worker over the same database."""
    return create_app(settings, store)


def _copy(browser: Visitor, other: Flask) -> Visitor:
    """The same cookie shown to another worker."""
    cookie = browser.client.get_cookie("ffp")
    assert cookie is not None
    copied = Visitor(other.test_client())
    copied.client.set_cookie("ffp", cookie.value)
    return copied


def _log_out(app: Flask, browser: Visitor) -> None:
    browser.press(browser.get("/").form("/logout/"))


def _change_password(app: Flask, browser: Visitor) -> None:
    form = browser.get("/password/").form("/password/")
    for name, value in (("old", PASSWORD), ("new", "Mountain#77"), ("again", "Mountain#77")):
        form.set(name, value)
    assert browser.press(form).path == "/"


def _reset_password(app: Flask, browser: Visitor) -> None:
    with app.app_context():
        accounts.reset_password(app, "willow")


def _switch_off(app: Flask, browser: Visitor) -> None:
    admin = Visitor(app.test_client())
    admin.log_in("xian")
    admin.press(admin.open_account("willow").form("/active"), "停用")


def _end_others(app: Flask, browser: Visitor) -> None:
    page = browser.press(browser.get("/second-factor/").form("/second-factor/others"))
    assert "已全部退出" in page.text
    assert browser.get("/").path == "/"


@pytest.mark.parametrize("deed", [_log_out, _change_password, _reset_password, _switch_off, _end_others])
def test_an_old_cookie_ends_at_once_in_every_worker(
    app: Flask, elsewhere: Flask, visitor: Arrive, deed: Callable[[Flask, Visitor], None]
) -> None:
    browser = visitor("willow")
    old = _copy(browser, elsewhere)
    assert old.get("/").path == "/"
    deed(app, browser)
    assert old.get("/").path == "/login/"


def test_a_changed_role_or_area_ends_the_sessions_of_the_account(
    app: Flask, elsewhere: Flask, visitor: Arrive, store: Store
) -> None:
    from ffp_admin.screens.logins import find_account

    browser = visitor("willow")
    old = _copy(browser, elsewhere)
    with store.writing() as session:
        account = find_account(session, "willow")
        assert account is not None
        accounts.give_role(session, account.id, "village", (POPLAR,))
    assert old.get("/").path == "/login/"
    assert browser.get("/").path == "/login/"


def test_the_cookie_before_the_log_in_is_not_the_one_after_it(app: Flask) -> None:
    browser = Visitor(app.test_client())
    browser.get("/login/")
    planted = browser.client.get_cookie("ffp")
    browser.log_in("willow")
    mine = browser.client.get_cookie("ffp")
    assert planted is not None
    assert mine is not None
    assert planted.value != mine.value
    thief = Visitor(app.test_client())
    thief.client.set_cookie("ffp", planted.value)
    assert thief.get("/").path == "/login/"


def test_twelve_hours_after_the_log_in_the_session_ends_however_busy_it_is(
    visitor: Arrive, clock: Hands
) -> None:
    browser = visitor("willow")
    for _turn in range(35):
        clock.move(minutes=20)
        assert browser.get("/").path == "/"
    clock.move(minutes=21)
    assert browser.get("/").path == "/login/"


def test_the_idle_time_is_a_setting(settings: Settings, store: Store, clock: Hands) -> None:
    browser = Visitor(create_app(replace(settings, session_idle=5), store).test_client())
    browser.log_in("willow")
    clock.move(minutes=4)
    assert browser.get("/").path == "/"
    clock.move(minutes=6)
    assert browser.get("/").path == "/login/"
