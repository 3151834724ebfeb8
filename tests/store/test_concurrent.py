"""Several processes at once: one conflict, one winner, numbers without gaps, publishers one after the other."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ffp_admin.calendar import FixedClock
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Conflict, Draft, Rejected, Store, load, migrate, publish, save, save_many
from tests.store.conftest import Templates
from tests.store.county import (
    CLERK,
    FILES,
    HOUSEHOLD,
    NOON,
    POPLAR,
    WILLOW,
    household,
    id_number,
    person,
    put,
)

Deed = Callable[[Store, int], str]
_FORK = multiprocessing.get_context("fork")


@pytest.fixture
def together(county_url: str, templates: Templates) -> Callable[[int, Deed], list[str]]:
    """Runs a deed in several processes, each with a store of its own, all starting at the same moment."""

    def run(count: int, deed: Deed) -> list[str]:
        answers = _FORK.Queue()
        gate = _FORK.Barrier(count)
        key_file = templates.folder / "keyring.json"
        processes = [
            _FORK.Process(target=_one, args=(county_url, key_file, deed, number, gate, answers))
            for number in range(count)
        ]
        for process in processes:
            process.start()
        found = sorted(answers.get(timeout=60) for _process in processes)
        for process in processes:
            process.join()
        return [answer for _number, answer in found]

    return run


def _one(url: str, key_file: Path, deed: Deed, number: int, gate: threading.Barrier, answers: object) -> None:
    store = Store(url, Keyring.load(key_file), FixedClock(NOON))
    store.catalog()
    gate.wait(timeout=30)
    try:
        answer = deed(store, number)
    except (Conflict, Rejected) as refusal:
        answer = type(refusal).__name__
    answers.put((number, answer))  # type: ignore[attr-defined]
    store.dispose()


def test_of_two_edits_of_one_record_one_is_a_conflict(
    store: Store, together: Callable[[int, Deed], list[str]]
) -> None:
    id_ = household(store)

    def edit(own: Store, number: int) -> str:
        put(own, "household", CLERK, id_, 1, 户主姓名=f"名{number}")
        return "saved"

    assert sorted(together(4, edit)) == ["Conflict", "Conflict", "Conflict", "saved"]
    with store.reading() as session:
        record = load(session, store, "household", id_, SYSTEM)
    assert record is not None
    assert record.row_version == 2


def test_exactly_one_gets_an_id_number(store: Store, together: Callable[[int, Deed], list[str]]) -> None:
    def claim(own: Store, number: int) -> str:
        person(own, f"人{number}", 证件号码=id_number(1))
        return "saved"

    assert sorted(together(4, claim)) == ["Rejected", "Rejected", "Rejected", "saved"]


def test_overlapping_batches_in_opposite_order_do_not_lock_each_other(
    store: Store, together: Callable[[int, Deed], list[str]]
) -> None:
    numbers = [id_number(n) for n in range(40)]

    def batch(own: Store, number: int) -> str:
        mine = numbers if number % 2 else numbers[::-1]
        drafts = [Draft("person", values={"姓名": "甲", "区划": WILLOW, "证件号码": one}) for one in mine]
        with own.writing() as session:
            answers = save_many(session, own, "person", drafts, SYSTEM)
        return str(sum(not isinstance(one, Rejected) for one in answers))

    assert sorted(map(int, together(4, batch))) == [0, 0, 0, 40]


def test_serials_have_neither_gaps_nor_twins(
    store: Store, together: Callable[[int, Deed], list[str]]
) -> None:
    def add(own: Store, number: int) -> str:
        for step in range(6):
            household(own, f"户{number}", WILLOW if step % 2 else POPLAR)
        drafts = [Draft("household", values={"户主姓名": "批", "区划": WILLOW}) for _ in range(5)]
        with own.writing() as session:
            save_many(session, own, "household", drafts, SYSTEM)
        with own.writing() as session:
            save(session, own, Draft("household", values={"户主姓名": "退", "区划": WILLOW}), SYSTEM)
            session.rollback()
        return "done"

    assert together(4, add) == ["done"] * 4
    main = store.tables("household").main
    with store.reading() as session:
        numbers = sorted(session.execute(main.select().with_only_columns(main.c.household_no)).scalars())
    assert numbers == sorted(
        [f"2026-{POPLAR}-{n:04d}" for n in range(1, 13)] + [f"2026-{WILLOW}-{n:04d}" for n in range(1, 33)]
    )


def test_publishers_at_once_end_one_after_the_other(
    store: Store, together: Callable[[int, Deed], list[str]]
) -> None:
    def put_in_force(own: Store, number: int) -> str:
        more = HOUSEHOLD.replace(
            "  票据:", f"      新增{number}: {{类型: 文本, 列名: extra_{number}}}\n  票据:"
        )
        return str(publish(own, {**FILES, "form_specs/household.yaml": more.encode()}, SYSTEM).release)

    assert sorted(together(3, put_in_force)) == ["2", "3", "4"]
    assert store.refresh().release == 4
    main = {column.name for column in store.tables("household").main.columns}
    assert len(main & {"extra_0", "extra_1", "extra_2"}) == 1


def test_processes_that_migrate_at_once_all_succeed(database_url: str) -> None:
    answers = _FORK.Queue()

    def bring_up() -> None:
        migrate(database_url)
        answers.put("done")

    processes = [_FORK.Process(target=bring_up) for _ in range(3)]
    for process in processes:
        process.start()
    assert [answers.get(timeout=60) for _ in processes] == ["done"] * 3
    for process in processes:
        process.join()
