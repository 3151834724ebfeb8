"""The small county on both databases, copied from a template for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ffp_admin.calendar import FixedClock
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Saved, Store, migrate, publish, save_many
from ffp_admin.testing.postgres import Cluster
from tests.store.county import FILES, NOON, REGIONS


@dataclass(frozen=True)
class Templates:
    """Databases with the county published, to be copied for each test."""

    folder: Path
    keyring: Keyring
    urls: dict[str, str]


def _fill(url: str, keyring: Keyring) -> None:
    migrate(url)
    store = Store(url, keyring, FixedClock(NOON))
    publish(store, FILES, SYSTEM)
    with store.writing() as session:
        assert all(isinstance(one, Saved) for one in save_many(session, store, "region", REGIONS, SYSTEM))
    store.dispose()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Templates:
    """Made once per run, on each database when it is first asked for."""
    folder = tmp_path_factory.mktemp("county")
    return Templates(folder=folder, keyring=Keyring.create(folder / "keyring.json"), urls={})


@pytest.fixture
def keyring(templates: Templates) -> Keyring:
    """The keys of all test databases."""
    return templates.keyring


@pytest.fixture(params=("sqlite", "postgresql"))
def county_url(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh copy of the county."""
    if request.param == "sqlite":
        source = templates.folder / "county.db"
        if not source.exists():
            _fill(f"sqlite:///{source}", templates.keyring)
        shutil.copy(source, tmp_path / "county.db")
        yield f"sqlite:///{tmp_path / 'county.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    if "postgresql" not in templates.urls:
        templates.urls["postgresql"] = cluster.create()
        _fill(templates.urls["postgresql"], templates.keyring)
    url = cluster.create(template=templates.urls["postgresql"])
    yield url
    cluster.drop(url)


@pytest.fixture
def store(county_url: str, keyring: Keyring) -> Iterator[Store]:
    """The county, opened; the clock stands at noon of 2026-03-05."""
    opened = Store(county_url, keyring, FixedClock(NOON))
    yield opened
    opened.dispose()


def _fill_registers(url: str, keyring: Keyring) -> None:
    migrate(url)
    store = Store(url, keyring, FixedClock(NOON))
    publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM)
    with store.writing() as session:
        assert all(isinstance(one, Saved) for one in save_many(session, store, "region", REGIONS, SYSTEM))
    store.dispose()


@pytest.fixture(params=("sqlite", "postgresql"))
def registers(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """The same regions under our own registers (form_specs)."""
    cluster: Cluster | None = None
    if request.param == "sqlite":
        source = templates.folder / "registers.db"
        if not source.exists():
            _fill_registers(f"sqlite:///{source}", templates.keyring)
        shutil.copy(source, tmp_path / "registers.db")
        url = f"sqlite:///{tmp_path / 'registers.db'}"
    else:
        cluster = request.getfixturevalue("postgres_cluster")
        assert cluster is not None
        if "registers" not in templates.urls:
            templates.urls["registers"] = cluster.create()
            _fill_registers(templates.urls["registers"], templates.keyring)
        url = cluster.create(template=templates.urls["registers"])
    opened = Store(url, templates.keyring, FixedClock(NOON))
    yield opened
    opened.dispose()
    if cluster is not None:
        cluster.drop(url)
