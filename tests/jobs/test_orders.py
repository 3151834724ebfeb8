"""Ordered work: joined, followed, called off, tried again, taken over from the dead, never done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ffp_admin import store as stores
from ffp_admin.config import HOUSE
from ffp_admin.i18n import current_locale
from ffp_admin.jobs import (
    Handler,
    JobContext,
    JobFailed,
    JobWorker,
    Order,
    cancel,
    claim,
    enqueue,
    handling,
    look,
    ordered,
)
from ffp_admin.jobs.queue import HANDLER_LEASE
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Actor, Store, static

NOW = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
CLERK = Actor(user_id=7, name="王丽娟")
KEYRING = "keyring.json"

DIES = """
import sys, time
from pathlib import Path
from ffp_admin.jobs import Handler, JobWorker
from ffp_admin.keyring import Keyring
from ffp_admin.store import Store
def work(context):
    context.progress(1, 9, "王小明")
    print("begun", flush=True)
    time.sleep(600)
JobWorker(Store(sys.argv[1], Keyring.load(Path(sys.argv[2]))), {}, "dies", {"slow": Handler(do=work)}).run()
"""


class Hands:
    """A clock whose hands a test can move."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def today(self) -> date:
        """The day."""
        return self.moment.date()

    def move(self, step: timedelta) -> None:
        """Turn the hands on."""
        self.moment += step


@pytest.fixture
def clock() -> Hands:
    """Stands still until moved."""
    return Hands()


@pytest.fixture
def store(database_url: str, tmp_path: Path, clock: Hands) -> Iterator[Store]:
    """The platform's tables only."""
    stores.migrate(database_url)
    opened = Store(database_url, Keyring.create(tmp_path / KEYRING), clock)
    yield opened
    opened.dispose()


def worker(store: Store, do: Callable[[JobContext], Mapping[str, Any] | None]) -> JobWorker:
    """A worker that knows one kind; every account is the clerk's."""
    return JobWorker(store, {}, "w", {"slow": Handler(do=do)}, lambda _s, _t, ident, name: Actor(ident, name))


def seen(store: Store, job: int) -> Order:
    with store.reading() as session:
        order = look(session, store, job)
    assert order is not None
    return order


def test_an_order_is_done_and_its_result_read_by_its_owner(store: Store) -> None:
    got: list[object] = []

    def do(context: JobContext) -> Mapping[str, Any]:
        got.extend((context.arguments, context.owner, current_locale()))
        return {"print": 5}

    job = enqueue(store, "slow", {"name": "王小明"}, CLERK, locale="en")
    assert (seen(store, job).state, seen(store, job).is_alive) == ("waiting", True)
    worker(store, do).run(once=True)
    order = seen(store, job)
    assert (order.state, order.result, order.is_alive) == ("done", {"print": 5}, False)
    assert got == [{"name": "王小明"}, CLERK, "en"]
    assert order.belongs_to(CLERK)
    assert not order.belongs_to(Actor(8, "陈白水"))


def test_nothing_of_an_order_can_be_read_in_the_database(store: Store) -> None:
    def do(context: JobContext) -> Mapping[str, Any]:
        context.progress(1, 2, "正在排王小明一户")
        assert seen(store, context.id).message == "正在排王小明一户"
        return {"name": "王小明"}

    job = enqueue(store, "slow", {"name": "王小明"}, CLERK)

    def stored() -> str:
        with store.reading() as session:
            return str(session.execute(select(static.job)).all())

    with store.reading() as session:
        assert ordered(session, store, job) == {"name": "王小明"}
    assert "王小明" not in stored()
    worker(store, do).run(once=True)
    assert seen(store, job).result == {"name": "王小明"}
    assert "王小明" not in stored()
    with store.reading() as session:
        assert ordered(session, store, job) == {}


def test_the_same_order_is_joined_while_it_lives(store: Store) -> None:
    first = enqueue(store, "slow", {"village": "1", "document": "a"}, CLERK)
    assert enqueue(store, "slow", {"document": "a", "village": "1"}, CLERK) == first
    others = {
        enqueue(store, "slow", {"village": "2", "document": "a"}, CLERK),
        enqueue(store, "other", {"village": "1", "document": "a"}, CLERK),
        enqueue(store, "slow", {"village": "1", "document": "a"}, Actor(8, "陈白水")),
    }
    assert len(others | {first}) == 4
    worker(store, lambda _context: {}).run(once=True)
    assert enqueue(store, "slow", {"village": "1", "document": "a"}, CLERK) not in others | {first}


def test_two_clicks_at_once_are_one_order(store: Store) -> None:
    found: list[int] = []
    clicks = [
        threading.Thread(target=lambda: found.append(enqueue(store, "slow", {"v": 1}, CLERK)))
        for _ in range(6)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_why_it_failed_is_said_and_it_is_not_tried_again(store: Store) -> None:
    tries: list[int] = []

    def do(context: JobContext) -> None:
        tries.append(context.id)
        raise JobFailed("第 3 行 赵某：缺字。")

    job = enqueue(store, "slow", {}, CLERK)
    worker(store, do).run(once=True)
    assert (seen(store, job).state, seen(store, job).message) == ("failed", "第 3 行 赵某：缺字。")
    assert tries == [job]


def test_a_broken_handler_is_tried_three_times_and_then_given_up(store: Store, clock: Hands) -> None:
    tries: list[int] = []

    def do(_context: JobContext) -> None:
        tries.append(1)
        raise RuntimeError("out of order")

    job = enqueue(store, "slow", {}, CLERK, locale="en")
    for _ in range(6):
        worker(store, do).run(once=True)
        clock.move(timedelta(minutes=1))
    assert len(tries) == 3
    order = seen(store, job)
    assert order.state == "failed"
    assert str(job) in order.message
    assert "out of order" not in order.message


def test_a_waiting_order_is_called_off_at_once_and_never_done(store: Store) -> None:
    done: list[int] = []
    job = enqueue(store, "slow", {}, CLERK)
    cancel(store, job)
    assert seen(store, job).state == "cancelled"
    worker(store, lambda context: done.append(context.id)).run(once=True)
    assert done == []


def test_running_work_hears_that_it_is_called_off(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "PROGRESS_EVERY", 0.0)
    reached: list[str] = []

    def do(context: JobContext) -> None:
        context.check()
        reached.append("before")
        cancel(store, context.id)
        assert seen(store, context.id).cancelled
        context.check()
        reached.append("after")

    job = enqueue(store, "slow", {}, CLERK)
    worker(store, do).run(once=True)
    assert reached == ["before"]
    assert seen(store, job).state == "cancelled"


def test_a_worker_that_has_to_end_gives_its_order_back_untried(store: Store) -> None:
    def do(context: JobContext) -> None:
        stopped.stop()
        context.check()

    job = enqueue(store, "slow", {}, CLERK)
    stopped = worker(store, do)
    stopped.run()
    assert seen(store, job).state == "waiting"
    with store.writing() as session:
        again = claim(session, "b", NOW)
    assert again is not None
    assert again.tries == 1


def test_signs_of_life_keep_an_order_from_other_workers(
    store: Store, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "HEARTBEAT_EVERY", 0.02)
    seconds = HANDLER_LEASE - timedelta(seconds=1)

    def do(_context: JobContext) -> None:
        for _ in range(3):
            clock.move(seconds)
            time.sleep(0.3)
            with store.writing() as session:
                assert claim(session, "greedy", clock.now()) is None

    job = enqueue(store, "slow", {}, CLERK)
    worker(store, do).run(once=True)
    assert seen(store, job).state == "done"


def test_who_was_taken_for_dead_does_not_close_the_order(store: Store, clock: Hands) -> None:
    def do(_context: JobContext) -> Mapping[str, Any]:
        clock.move(HANDLER_LEASE + timedelta(seconds=1))
        with store.writing() as session:
            assert claim(session, "quicker", clock.now()) is not None
        return {"by": "the dead"}

    job = enqueue(store, "slow", {}, CLERK)
    worker(store, do).run(once=True)
    assert (seen(store, job).state, seen(store, job).result) == ("running", {})


def test_an_order_nobody_takes_says_so_unless_a_worker_is_busy(store: Store, clock: Hands) -> None:
    first = enqueue(store, "slow", {"v": 1}, CLERK)
    assert not seen(store, first).unattended
    clock.move(timedelta(seconds=6))
    assert seen(store, first).unattended
    second = enqueue(store, "slow", {"v": 2}, CLERK)
    with store.writing() as session:
        claim(session, "busy", clock.now())
    clock.move(timedelta(seconds=6))
    assert (seen(store, second).unattended, seen(store, second).ahead) == (False, 1)
    clock.move(timedelta(minutes=6))
    assert seen(store, first).unattended  # its worker died and none came


def test_an_idle_worker_takes_an_order_at_once(store: Store) -> None:
    began = threading.Event()
    idle = worker(store, lambda _context: began.set())
    thread = threading.Thread(target=idle.run)
    thread.start()
    try:
        time.sleep(0.3)
        started = time.monotonic()
        enqueue(store, "slow", {}, CLERK)
        assert began.wait(5)
        assert time.monotonic() - started < 1
    finally:
        idle.stop()
        thread.join()


def test_a_worker_killed_in_the_middle_loses_nothing(database_url: str, tmp_path: Path) -> None:
    stores.migrate(database_url)
    store = Store(database_url, Keyring.create(tmp_path / KEYRING))
    job = enqueue(store, "slow", {"village": "1"}, SYSTEM)
    command = [sys.executable, "-c", DIES, database_url, str(tmp_path / KEYRING)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOUSE)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == b"begun\n"
        assert (seen(store, job).state, seen(store, job).done) == ("running", 1)
        dying.send_signal(signal.SIGKILL)
    later = Hands(store.clock.now())
    done: list[object] = []
    heir = JobWorker(
        Store(database_url, store.keyring, later),
        {},
        "heir",
        {"slow": Handler(do=lambda c: done.append(c.arguments))},
    )
    heir.run(once=True)
    assert done == []  # the dead one's lease still runs
    later.move(HANDLER_LEASE + timedelta(seconds=1))
    heir.run(once=True)
    heir.run(once=True)
    assert done == [{"village": "1"}]
    assert seen(store, job).state == "done"
    store.dispose()
