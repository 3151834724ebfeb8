"""The audit administrator's browser."""

from __future__ import annotations

from flask import Flask

from ffp_admin.screens.accounts import create_user
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.store import SYSTEM, Store, publish
from tests.screens.county import FILES, PASSWORD, ROLES
from tests.screens.visitor import Visitor

NAME = "eye"


def auditor(app: Flask, store: Store) -> Visitor:
    """Somebody with the duty 审计 and no rights on records, logged in."""
    roles = ROLES + "\n---\n角色: audit\n名称: 审计管理员\n职责: [审计]\n"
    publish(store, {**FILES, "form_specs/roles.yaml": roles.encode()}, SYSTEM, beside=write_permissions)
    create_user(app, NAME, "钱审计", "audit", ())
    with store.writing() as session:
        account = find_account(session, NAME)
        assert account is not None
        set_password(session, store, account.id, PASSWORD, must_change=False)
    browser = Visitor(app.test_client())
    assert browser.log_in(NAME).path == "/"
    return browser
