"""Packages between checking and putting in force: the worker may be quicker than the note of its order."""

from __future__ import annotations

from ffp_admin.store import SYSTEM, Store
from ffp_admin.store.packages import (
    DONE,
    ORDERED,
    STAGED,
    mark_package,
    order_package,
    release_ordered,
    stage_package,
    uploaded,
)


def staged(store: Store) -> int:
    with store.writing() as session:
        return stage_package(session, b"PK", "aid.zip", SYSTEM, store.clock.now())


def test_a_package_done_before_its_order_was_noted_stays_done(store: Store) -> None:
    number = staged(store)
    with store.writing() as session:
        mark_package(session, number, DONE, release=2)
    with store.writing() as session:
        order_package(session, number, 7)
    with store.reading() as session:
        package = uploaded(session, number)
    assert package is not None
    assert (package.state, package.job_id, package.release) == (DONE, 7, 2)


def test_a_package_whose_work_failed_waits_again(store: Store) -> None:
    number = staged(store)
    with store.writing() as session:
        order_package(session, number, 7)
        ordered = uploaded(session, number)
        release_ordered(session, 8)  # somebody else's job
        untouched = uploaded(session, number)
        release_ordered(session, 7)
        waiting = uploaded(session, number)
    assert ordered
    assert untouched
    assert waiting
    assert [one.state for one in (ordered, untouched, waiting)] == [ORDERED, ORDERED, STAGED]
    assert waiting.job_id is None
