"""One walk for all of its tests, and its table at the end of the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ffp_admin.screens import publishing
from tests.conftest import CLOSING_TABLE
from tests.walk.calls import Atlas, Call
from tests.walk.walking import Walk, table, walk
from tests.walk.world import World, build


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The county; nobody waits for a worker that is not there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "PATIENCE", 0.0)
        made = build(tmp_path_factory.mktemp("walk"))
        yield made
        made.close()


@pytest.fixture(scope="session")
def calls(world: World) -> list[Call]:
    """Every call there is."""
    return list(Atlas(world).calls())


@pytest.fixture(scope="session")
def walked(world: World, calls: list[Call], pytestconfig: pytest.Config) -> Walk:
    """Everybody made every call."""
    done = walk(world, world.walkers, calls)
    pytestconfig.stash[CLOSING_TABLE].extend(table(done, world.walkers))
    return done
