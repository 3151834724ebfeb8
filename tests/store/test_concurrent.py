"""Several processes at once: one conflict, one winner, numbers without gaps, publishers one after the other."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ffp_admin.calendar import FixedClock
from ffp_admin.keyring import Keyring
from ffp_admin.spec.packaging import Package
from ffp_admin.store import (
    SYSTEM,
    Conflict,
    Draft,
    Rejected,
    Store,
    load,
    migrate,
    publish,
    publish_package,
    save,
    save_many,
)
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
    numbers = [id_number(n) for n in range(300)]

    def batch(own: Store, number: int) -> str:
        mine = numbers if number % 2 else numbers[::-1]
        drafts = [Draft("person", values={"姓名": "甲", "区划": WILLOW, "证件号码": one}) for one in mine]
        with own.writing() as session:
            answers = save_many(session, own, "person", drafts, SYSTEM)
        return str(sum(not isinstance(one, Rejected) for one in answers))

    assert sorted(map(int, together(4, batch))) == [0, 0, 0, 300]


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


def test_packages_put_in_force_at_once_do_not_undo_each_other(
    store: Store, together: Callable[[int, Deed], list[str]]
) -> None:
    def put_in_force(own: Store, number: int) -> str:
        text = FILES["form_specs/notice.yaml"].decode().replace("notice", f"notice{number}", 1)
        package = Package(files={f"plugins/p{number}/form.yaml": text.encode()})
        return str(publish_package(own, package, SYSTEM).release)

    assert sorted(together(4, put_in_force)) == ["2", "3", "4", "5"]
    store.refresh()
    assert {f"notice{number}" for number in range(4)} <= store.catalog().forms.keys()


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


def test_a_member_added_while_the_household_moves_lands_where_the_household_is(store: Store) -> None:
    home, who = household(store), person(store)
    added: list[int] = []
    member = threading.Thread(target=lambda: added.append(put(store, "member", SYSTEM, 户=home, 人员=who).id))
    with store.writing() as session:
        save(session, store, Draft("household", home, 1, {"区划": POPLAR}), SYSTEM)
        member.start()
        member.join(timeout=0.3)
        assert added == []  # it waits
    member.join(timeout=30)
    with store.reading() as session:
        record = load(session, store, "member", added[0], SYSTEM)
    assert record is not None
    assert record.codes["village_code"] == POPLAR


def test_moving_households_and_editing_members_do_not_lock_each_other(
    store: Store, together: Callable[[int, Deed], list[str]]
) -> None:
    home = household(store)
    members = [put(store, "member", SYSTEM, 户=home, 人员=person(store)).id for _ in range(3)]

    def work(own: Store, number: int) -> str:
        for step in range(8):
            if number % 2:
                put(own, "household", SYSTEM, home, None, 区划=(WILLOW, POPLAR)[step % 2])
            else:
                put(own, "member", SYSTEM, members[step % 3], None, 排行=f"{number}-{step}")
        return "done"

    assert together(4, work) == ["done"] * 4
    with store.reading() as session:
        place = load(session, store, "household", home, SYSTEM)
        assert place is not None
        for id_ in members:
            record = load(session, store, "member", id_, SYSTEM)
            assert record is not None
            assert record.codes == place.codes


def test_work_that_was_in_the_way_of_others_is_done_again(store: Store) -> None:
    id_ = household(store)
    attempts: list[int] = []

    def work(session: Session) -> int:
        attempts.append(1)
        if len(attempts) < 3:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return save(session, store, Draft("household", id_, 1, {"户主姓名": "新名"}), SYSTEM).row_version

    assert store.write(work) == 2
    assert len(attempts) == 3
    with pytest.raises(OperationalError, match="no such table"):
        store.write(lambda session: _fail("no such table"))


def _fail(reason: str) -> None:
    raise OperationalError("SELECT", {}, Exception(reason))
