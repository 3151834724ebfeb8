"""The county of the import tests serves the commands too; whole installations for what keeps them safe."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ffp_admin.testing.postgres import Cluster
from tests.commands.keeping import House, build, copied
from tests.exchange.conftest import county, mould

__all__ = ["county", "mould"]


@pytest.fixture(scope="session")
def sqlite_county(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("keeping-sqlite")
    return build(folder, f"sqlite:///{folder / 'ffp.db'}")


@pytest.fixture(scope="session")
def postgres_county(tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Cluster) -> House:
    return build(tmp_path_factory.mktemp("keeping-pg"), postgres_cluster.create())


@pytest.fixture(params=("sqlite", "postgresql"))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A demo county of the test's own, on each kind of database."""
    if request.param == "sqlite":
        yield copied(request.getfixturevalue("sqlite_county"), tmp_path / "house")
        return
    built: House = request.getfixturevalue("postgres_county")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create(template=built.url)
    yield built.moved(tmp_path / "house", url)
    cluster.drop(url)


@pytest.fixture
def small(sqlite_county: House, tmp_path: Path) -> House:
    """The demo county on SQLite, where the kind of database makes no difference."""
    return copied(sqlite_county, tmp_path / "house")
