"""The county of the screens' tests, and programs that call it with a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.keyring import Keyring
from ffp_admin.screens.accounts import create_user
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import find_account
from ffp_admin.screens.security import sync_permissions
from ffp_admin.store import (
    SYSTEM,
    TOKEN_VERBS,
    Actor,
    Store,
    Wish,
    make_token,
    migrate,
    publish,
    save_many,
)
from ffp_admin.store.static import login_state
from tests.screens.conftest import app, clock, settings, store, template, visitor
from tests.screens.county import ACCOUNTS, FILES, REGIONS, Hands

__all__ = ["app", "clock", "settings", "store", "template", "visitor"]

RECORDS = "/api/v1/records"


@dataclass(frozen=True)
class Program:
    """Another system: sends its token with everything."""

    app: Flask
    secret: str
    id: int = 0

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        """An answer."""
        headers = {"Authorization": f"Bearer {self.secret}", **more.pop("headers", {})}
        return self.app.test_client(use_cookies=False).open(path, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read."""
        return self.send("GET", path, **more)


def owner_of(store: Store, username: str) -> Actor:
    """The actor an account is."""
    with store.reading() as session:
        account = find_account(session, username)
        assert account is not None
        return make_actor(session, store, account.id, account.name)


def everything(store: Store, actor: Actor) -> frozenset[tuple[str, str]]:
    """All rights an account could hand on."""
    return frozenset((f, v) for f in store.catalog().forms for v in TOKEN_VERBS if actor.may(f, v))


@pytest.fixture
def program(app: Flask, store: Store) -> Callable[..., Program]:
    """A program with a token of an account, for some rights or all it has."""

    def make(username: str = "willow", *grants: tuple[str, str], **more: Any) -> Program:
        owner = owner_of(store, username)
        wish = Wish(name="统计系统", grants=frozenset(grants) or everything(store, owner), days=30, **more)
        with store.writing() as session:
            ident, secret = make_token(session, store, owner, wish, owner)
        return Program(app, secret, ident)

    return make


def county(settings: Settings, keyring: Keyring) -> Store:
    """The county with its accounts in an empty database of either kind."""
    migrate(settings.database_url)
    opened = Store(settings, keyring, Hands())
    publish(opened, FILES, SYSTEM)
    sync_permissions(opened)
    with opened.writing() as session:
        save_many(session, opened, "region", REGIONS, SYSTEM)
    made = create_app(settings, opened)
    for username, (name, role, region) in ACCOUNTS.items():
        create_user(made, username, name, role, (region,))
    with opened.writing() as session:
        session.execute(update(login_state).values(must_change=False))
    return opened
