"""Whatever happens with log-ins, accounts and rights is in the trail: who, when, from which address, no secret."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from ffp_admin.screens.tables import Role
from ffp_admin.store import AuditLine, Store, read_audit
from tests.screens.county import NOON, PASSWORD, Hands
from tests.screens.visitor import Visitor

WRONG = "Wrong#2026-password"


def trail(store: Store, *actions: str) -> list[AuditLine]:
    """The lines with these actions, oldest first."""
    with store.reading() as session:
        return [line for line in read_audit(session, limit=500) if line.action in actions][::-1]


def told(store: Store, action: str) -> list[tuple[str, str | None, object]]:
    return [(one.user_name, one.address, one.facts) for one in trail(store, action)]


def test_every_failed_log_in_is_noted_with_its_address(app: Flask, store: Store) -> None:
    browser = Visitor(app.test_client())
    browser.log_in("willow", WRONG)
    browser.log_in("nobody-has-this", WRONG)
    assert told(store, "login_failed") == [
        ("李文书", "127.0.0.1", {"failures": 1}),
        ("", "127.0.0.1", {"unknown_name": True}),
    ]
    for _time in range(4):
        browser.log_in("willow", WRONG)
    assert [one.user_name for one in trail(store, "login_locked")] == ["李文书"]
    browser.log_in("willow", PASSWORD)
    assert told(store, "login_failed")[-1] == ("李文书", "127.0.0.1", {"locked": True})
    with store.reading() as session:
        text = json.dumps([dict(one.facts) for one in read_audit(session)], ensure_ascii=False)
    assert WRONG not in text
    assert PASSWORD not in text
    assert "nobody-has-this" not in text, "people type passwords into the wrong box"


def test_an_address_that_only_fails_is_noted_once(app: Flask, store: Store) -> None:
    browser = Visitor(app.test_client())
    for n in range(45):
        browser.log_in(f"name{n}", WRONG)
    assert len(trail(store, "login_crowded")) == 1
    assert trail(store, "login_crowded")[0].address == "127.0.0.1"


def test_coming_going_and_the_own_password(
    visitor: Callable[[str], Visitor], store: Store, clock: Hands
) -> None:
    browser = visitor("willow")
    form = browser.get("/password/").forms[-1]
    form.set("old", PASSWORD)
    form.set("new", "Liushu#2027")
    form.set("again", "Liushu#2027")
    browser.press(form)
    clock.move(minutes=10)
    browser.press(browser.get("/").form("/logout/"))
    lines = trail(store, "login", "password_changed", "logout")
    assert [(one.action, one.user_name, one.address) for one in lines] == [
        ("login", "李文书", "127.0.0.1"),
        ("password_changed", "李文书", "127.0.0.1"),
        ("logout", "李文书", "127.0.0.1"),
    ]
    assert [(one.at - NOON).seconds for one in lines] == [0, 0, 600]


def test_who_did_it_is_who_did_it_and_not_whose_account_it_is(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    admin = visitor("xian")
    page = admin.open_account("willow")
    admin.press(page.form("/password"))
    admin.press(admin.open_account("willow").form("/active"))
    lines = trail(store, "password_reset", "account_off")
    assert [one.action for one in lines] == ["password_reset", "account_off"]
    ident = int(page.path.rpartition("/")[2])
    for line in lines:
        assert (line.user_name, line.address) == ("周县办", "127.0.0.1")
        assert (line.facts["user"], line.facts["username"]) == (ident, "willow")


def test_nothing_of_one_request_s_address_stays_for_the_next_deed(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    visitor("willow")
    from ffp_admin.store import SYSTEM, Deed, note

    with store.writing() as session:
        note(session, SYSTEM, NOON, "command", [Deed(action="backup")])
    assert trail(store, "backup")[0].address is None


@pytest.fixture
def security(app: Flask) -> object:
    """FAB's own security manager, as its command line and interfaces use it."""
    return app.extensions["appbuilder"].sm


def test_what_the_framework_does_beside_the_pages_is_noted(
    app: Flask, store: Store, security: object
) -> None:
    sm: object = security
    with app.app_context():
        role = sm.find_role("village")  # type: ignore[attr-defined]
        made = sm.add_user("side", "旁门", "", "side@ffp.invalid", role, password="Side#2026x")  # type: ignore[attr-defined]
        assert made
        sm.reset_password(made.id, "Other#2026x")  # type: ignore[attr-defined]
        other = sm.add_role("beside")  # type: ignore[attr-defined]
        view = sm.add_permission_view_menu("can_odd", "ledger:household")  # type: ignore[attr-defined]
        sm.add_permission_role(other, view)  # type: ignore[attr-defined]
        sm.del_permission_role(other, view)  # type: ignore[attr-defined]
    lines = trail(store, *(one for one in _beside(store)))
    actions = [one.action for one in lines]
    assert actions[0] == "beside_user_creating"
    assert {
        "beside_user_updating",
        "beside_role_creating",
        "beside_right_given",
        "beside_right_taken",
    } <= set(actions)
    assert lines[0].facts["name"] == "side"
    said = json.dumps([dict(one.facts) for one in lines], ensure_ascii=False)
    assert "2026x" not in said
    assert "scrypt" not in said
    with store.reading() as session:
        assert session.execute(select(Role.c.id).where(Role.c.name == "beside")).first()


def _beside(store: Store) -> list[str]:
    with store.reading() as session:
        return [one.action for one in read_audit(session, limit=500) if one.action.startswith("beside_")]


def test_a_change_that_is_given_up_leaves_no_line(app: Flask, store: Store, security: object) -> None:
    with app.app_context():
        security.add_role("village")  # type: ignore[attr-defined]
        security.session.rollback()  # type: ignore[attr-defined]
    assert "beside_role_creating" not in _beside(store)


def test_a_log_in_through_the_framework_s_own_door_is_noted(
    app: Flask, store: Store, security: object
) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "10.9.8.7"}):
        app.preprocess_request()
        assert security.auth_user_db("poplar", WRONG) is None  # type: ignore[attr-defined]
        assert security.auth_user_db("poplar", PASSWORD)  # type: ignore[attr-defined]
    assert [(one.user_name, one.address, one.facts) for one in trail(store, "login_failed", "login")] == [
        ("王文书", "10.9.8.7", {"through": "FAB"}),
        ("王文书", "10.9.8.7", {"through": "FAB"}),
    ]
