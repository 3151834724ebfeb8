"""A published county on both databases, copied from a template for each test, into which workbooks are imported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from ffp_admin import store as stores
from ffp_admin.calendar import FixedClock
from ffp_admin.commands.demo_fill import COUNTY_FILE, fill
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Store
from ffp_admin.testing.postgres import Cluster

ROSTER = Path(__file__).parent.parent / "data" / "农户花名册-柳树村.xlsx"
VILLAGE = "529901101201"
CLOCK = FixedClock(datetime(2026, 3, 6, 2, 0, tzinfo=UTC))


@dataclass(frozen=True)
class Mould:
    """Databases with the county's regions in them (柳树村 without 下河组), no households."""

    folder: Path
    keyring: Keyring
    urls: dict[str, str] = field(default_factory=dict)

    def cast(self, url: str) -> None:
        """Publish our own declarations and fill in the regions."""
        stores.migrate(url)
        store = Store(url, self.keyring, CLOCK)
        stores.publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM)
        words = yaml.safe_load(COUNTY_FILE.read_text(encoding="utf-8"))
        for village in (village for town in words["towns"] for village in town["villages"]):
            village["households"] = 0
        fill(store, words)
        store.dispose()


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    """Made once per run, on each database when it is first asked for."""
    folder = tmp_path_factory.mktemp("qingshan")
    return Mould(folder=folder, keyring=Keyring.create(folder / "keyring.json"))


@pytest.fixture(params=("sqlite", "postgresql"))
def county(request: pytest.FixtureRequest, mould: Mould, tmp_path: Path) -> Iterator[Store]:
    """The county, opened; the clock stands at 2026-03-06."""
    if request.param == "sqlite":
        source = mould.folder / "county.db"
        if not source.exists():
            mould.cast(f"sqlite:///{source}")
        shutil.copy(source, tmp_path / "county.db")
        url = f"sqlite:///{tmp_path / 'county.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        if "template" not in mould.urls:
            mould.urls["template"] = cluster.create()
            mould.cast(mould.urls["template"])
        url = cluster.create(template=mould.urls["template"])
    store = Store(url, mould.keyring, CLOCK)
    yield store
    store.dispose()
    if request.param == "postgresql":
        cluster.drop(url)
