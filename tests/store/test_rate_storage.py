"""Counting for all workers: nothing lost between them, windows that end, ended ones swept away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import create_engine, func, select

from ffp_admin.calendar import FixedClock
from ffp_admin.store import DatabaseStorage, migrate
from ffp_admin.store.engine import make_engine, writing
from ffp_admin.store.security_tables import rate_window

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


def _storage(url: str, later: timedelta = timedelta()) -> DatabaseStorage:
    """What one worker opens."""
    return DatabaseStorage(engine=make_engine(url), clock=FixedClock(NOON + later))


@pytest.fixture
def ready(database_url: str) -> str:
    """A database with the platform's tables."""
    migrate(database_url)
    return database_url


def test_eight_workers_at_once_lose_no_count(ready: str) -> None:
    workers = [_storage(ready) for _i in range(8)]

    def count(storage: DatabaseStorage) -> list[int]:
        return [storage.incr("door", 60) for _i in range(25)]

    with ThreadPoolExecutor(8) as threads:
        seen = [value for values in threads.map(count, workers) for value in values]
    assert sorted(seen) == list(range(1, 201))
    assert workers[0].get("door") == 200
    for storage in workers:
        storage.dispose()


def test_a_window_ends_and_begins_anew_and_only_its_own_key_is_cleared(ready: str) -> None:
    first = _storage(ready)
    assert [first.incr("a", 60), first.incr("a", 60), first.incr("b", 600)] == [1, 2, 1]
    assert first.get_expiry("a") == (NOON + timedelta(seconds=60)).timestamp()
    later = _storage(ready, timedelta(seconds=61))
    assert later.get("a") == 0
    assert later.incr("a", 60) == 1
    later.clear("a")
    assert (later.get("a"), later.get("b")) == (0, 1)
    for storage in (first, later):
        storage.dispose()


def test_sweeping_takes_ended_windows_only(ready: str) -> None:
    first, later = _storage(ready), _storage(ready, timedelta(seconds=61))
    for number in range(5):
        first.incr(f"short {number}", 60)
    first.incr("long", 600)
    assert later.sweep() == 5
    assert later.get("long") == 1
    for storage in (first, later):
        storage.dispose()


def test_the_library_makes_the_storage_by_its_scheme_and_counts_with_it(ready: str) -> None:
    storage = storage_from_string("ffp://", engine=make_engine(ready), clock=FixedClock(NOON))  # type: ignore[arg-type]
    assert isinstance(storage, DatabaseStorage)
    limiter = FixedWindowRateLimiter(storage)
    assert [limiter.hit(parse("2 per minute"), "somebody") for _i in range(3)] == [True, True, False]
    storage.dispose()


def test_on_sqlite_counting_does_not_wait_for_a_long_import(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url)
    engine = make_engine(sqlite_url)
    storage = _storage(sqlite_url)
    with writing(engine) as session:  # the write lock is held
        session.execute(rate_window.insert().values(key="x", count=1, ends_at=NOON))
        assert storage.incr("pick", 60) == 1
    beside = create_engine(f"sqlite:///{tmp_path / 'ffp.limits.db'}")
    with beside.connect() as connection:
        assert connection.execute(select(func.count()).select_from(rate_window)).scalar_one() == 1
    storage.dispose()
