"""The county with its accounts, copied from a template for each test, and browsers to visit it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.security import generate_password_hash

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.keyring import Keyring
from ffp_admin.screens import accounts
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.screens.security import sync_permissions
from ffp_admin.screens.tables import User, password_past
from ffp_admin.store import SYSTEM, Saved, Store, migrate, publish, save_many
from tests.screens.county import ACCOUNTS, FILES, PASSWORD, REGIONS, Hands
from tests.screens.visitor import Visitor


@dataclass(frozen=True)
class Template:
    """A database with declarations, regions and accounts."""

    file: Path
    keyring: Keyring


def _settings(folder: Path) -> Settings:
    return Settings(
        data_dir=folder, database_url=f"sqlite:///{folder / 'county.db'}", key_file=folder / "keyring.json"
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Made once per run."""
    folder = tmp_path_factory.mktemp("screens")
    keyring = Keyring.create(folder / "keyring.json")
    settings = _settings(folder)
    migrate(settings.database_url)
    store = Store(settings, keyring, Hands())
    publish(store, FILES, SYSTEM)
    sync_permissions(store)
    with store.writing() as session:
        assert all(isinstance(one, Saved) for one in save_many(session, store, "region", REGIONS, SYSTEM))
    app = create_app(settings, store)
    for username, (name, role, region) in ACCOUNTS.items():
        accounts.create_user(app, username, name, role, (region,))
        with store.writing() as session:
            account = find_account(session, username)
            assert account is not None
            set_password(session, store, account.id, PASSWORD, must_change=False)
    # the slow hash is tested where passwords are; every other log-in takes a quick one of the same password
    quick = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
    with store.writing() as session:
        session.execute(update(User).values(password=quick))
        session.execute(update(password_past).values(hash=quick))
    store.dispose()
    return Template(file=folder / "county.db", keyring=keyring)


@pytest.fixture
def clock() -> Hands:
    """Noon of 2026-03-05 in the county, until a test turns it on."""
    return Hands()


@pytest.fixture
def store(template: Template, settings: Settings, clock: Hands) -> Iterator[Store]:
    """A county of the test's own."""
    shutil.copy(template.file, settings.data_dir / "county.db")
    opened = Store(settings, template.keyring, clock)
    yield opened
    opened.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the test's installation."""
    return _settings(tmp_path)


@pytest.fixture
def app(store: Store, settings: Settings) -> Flask:
    """The application over it."""
    made = create_app(settings, store)
    made.testing = False  # errors become pages, as for people
    return made


@pytest.fixture
def visitor(app: Flask) -> Callable[[str], Visitor]:
    """A browser in which somebody is logged in."""

    def arrive(username: str = "willow") -> Visitor:
        browser = Visitor(app.test_client())
        assert browser.log_in(username).path == "/"
        return browser

    return arrive
