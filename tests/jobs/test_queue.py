"""Job rows: claimed by one, claimed again after a death, put off, given up; the chore that empties stale uploads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.calendar import FixedClock
from ffp_admin.jobs import Chore, JobWorker, claim, ensure, housekeeping, postpone
from ffp_admin.jobs.queue import LEASE
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Store, static

NOW = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    """The platform's tables only."""
    stores.migrate(database_url)
    opened = Store(database_url, Keyring.create(tmp_path / "keyring.json"), FixedClock(NOW))
    yield opened
    opened.dispose()


def test_a_due_job_goes_to_one_worker_only(store: Store) -> None:
    with store.writing() as session:
        ensure(session, "sweep", NOW, SYSTEM)
        ensure(session, "sweep", NOW, SYSTEM)
    with store.writing() as session:
        first = claim(session, "a", NOW)
    with store.writing() as session:
        assert claim(session, "b", NOW) is None
    assert first is not None
    assert (first.kind, first.tries) == ("sweep", 1)


def test_a_dead_workers_job_is_claimed_again(store: Store) -> None:
    with store.writing() as session:
        ensure(session, "sweep", NOW, SYSTEM)
        claim(session, "dies", NOW)
    with store.writing() as session:
        assert claim(session, "b", NOW + LEASE) is None
        again = claim(session, "b", NOW + LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.tries == 2


def test_a_chore_waits_until_it_is_due_again(store: Store) -> None:
    with store.writing() as session:
        ensure(session, "sweep", NOW, SYSTEM)
        job = claim(session, "a", NOW)
        assert job is not None
        postpone(session, job, NOW + timedelta(hours=1), 3)
    with store.writing() as session:
        assert claim(session, "a", NOW + timedelta(minutes=59)) is None
        assert claim(session, "a", NOW + timedelta(hours=1)) is not None


def test_worker_runs_every_chore_once_and_rolls_a_failing_one_back(store: Store) -> None:
    done: list[str] = []

    def good(_session: Session, _now: datetime) -> int:
        done.append("good")
        return 1

    def bad(session: Session, now: datetime) -> int:
        ensure(session, "left over", now, SYSTEM)
        raise RuntimeError("out of order")

    hour = timedelta(hours=1)
    JobWorker(store, {"bad": Chore(every=hour, do=bad), "good": Chore(every=hour, do=good)}, "w").run(
        once=True
    )
    assert done == ["good"]
    with store.reading() as session:
        states = dict(tuple(row) for row in session.execute(select(static.job.c.kind, static.job.c.state)))
    assert states == {"good": "waiting", "bad": "running"}


def stage(store: Store, at: datetime, state: str) -> None:
    with store.writing() as session:
        session.execute(
            insert(static.import_batch).values(
                at=at,
                user_id=1,
                user_name="王丽娟",
                profile="household_roster",
                register="household",
                state=state,
                filename="花名册.xlsx",
                sha256="0" * 64,
                content="sealed",
                counts="{}",
            )
        )


def test_uploads_older_than_a_day_are_emptied_and_others_left(store: Store) -> None:
    stage(store, NOW - timedelta(hours=25), "staged")
    stage(store, NOW - timedelta(hours=23), "staged")
    stage(store, NOW - timedelta(hours=25), "writing")
    JobWorker(store, housekeeping(), "w").run(once=True)
    with store.reading() as session:
        batch = static.import_batch
        rows = session.execute(select(batch.c.state, batch.c.content).order_by(batch.c.id)).all()
    assert [tuple(row) for row in rows] == [("expired", None), ("staged", "sealed"), ("writing", "sealed")]
