"""The chores: nothing personal lies about longer than needed, and nothing goes before its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from ffp_admin import store as stores
from ffp_admin.calendar import FixedClock
from ffp_admin.jobs import JobWorker, housekeeping
from ffp_admin.jobs.chores import DRAFTS_FOR, UPLOADS_FOR
from ffp_admin.keyring import Keyring
from ffp_admin.store import Store, static
from ffp_admin.store.draft_tables import screen_draft

NOW = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    """The platform's tables only."""
    stores.migrate(database_url)
    opened = Store(database_url, Keyring.create(tmp_path / "keyring.json"), FixedClock(NOW))
    yield opened
    opened.dispose()


def put(store: Store, table: Table, **values: Any) -> None:
    """One row."""
    with store.writing() as session:
        session.execute(insert(table).values(values))


def work(store: Store) -> None:
    """A worker does what is due."""
    JobWorker(store, housekeeping(), "w").run(once=True)


def test_drafts_outlast_a_quarter_and_no_more(store: Store) -> None:
    for user, age in ((1, DRAFTS_FOR + HOUR), (2, DRAFTS_FOR - HOUR), (3, timedelta())):
        put(store, screen_draft, user_id=user, form="household", record_id=0, at=NOW - age, content="sealed")
    work(store)
    with store.reading() as session:
        assert session.execute(
            select(screen_draft.c.user_id).order_by(screen_draft.c.id)
        ).scalars().all() == [
            2,
            3,
        ]


@pytest.mark.parametrize("state", ["writing", "done", "given up"])
def test_the_workbook_of_an_import_goes_whatever_became_of_it(store: Store, state: str) -> None:
    for age in (UPLOADS_FOR + HOUR, UPLOADS_FOR - HOUR):
        put(
            store,
            static.import_batch,
            at=NOW - age,
            user_id=1,
            user_name="某村",
            profile="household",
            register="household",
            state=state,
            filename="花名册.xlsx",
            sha256="0" * 64,
            content="sealed",
            result="sealed",
            counts="{}",
        )
    work(store)
    batch = static.import_batch.c
    with store.reading() as session:
        kept = session.execute(select(batch.state, batch.content, batch.result).order_by(batch.id)).all()
    assert [tuple(row) for row in kept] == [(state, None, None), (state, "sealed", "sealed")]
