"""The sealed trail: append-only, chained, and every way of tampering with it is found and named."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from ffp_admin.calendar import FixedClock
from ffp_admin.store import SYSTEM, Deed, Store, note
from ffp_admin.store.audit_sealing import seal_block
from ffp_admin.store.audit_tables import audit_block, audit_seen
from ffp_admin.store.audit_verify import Verdict, verify_trail
from ffp_admin.store.static import audit
from tests.store.county import NOON


def write(store: Store, *actions: str) -> None:
    with store.writing() as session:
        note(session, SYSTEM, store.clock.now(), "test", [Deed(action=one) for one in actions])


def seal(store: Store, size: int = 5_000, later: timedelta = timedelta()) -> int:
    now = store.clock.now() + later
    return store.write(lambda session: seal_block(session, store.keyring, now, size))


def verify(store: Store, head: str = "") -> Verdict:
    with store.reading() as session:
        return verify_trail(session, store.keyring, head)


def kinds(verdict: Verdict) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(one.kind, one.block, one.ids) for one in verdict.faults]


def count(store: Store, table: object = audit) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def is_sqlite(store: Store) -> bool:
    return store.engine.dialect.name == "sqlite"


@pytest.fixture
def chain(store: Store) -> Store:
    """Three blocks of three lines, ids 1 to 9 counted from the county's own lines on; all sealed."""
    while seal(store):
        pass
    for name in "abc":
        write(store, *(f"{name}{n}" for n in range(3)))
        assert seal(store) == 3
    assert verify(store).is_whole
    return store


def tamper(store: Store, *statements: str) -> None:
    """What somebody does who owns the database: triggers away, then at the rows."""
    with store.writing() as session:
        if is_sqlite(store):
            for (name,) in session.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit", "audit_block", "audit_seen"):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for one in statements:
            assert session.execute(text(one)).rowcount  # type: ignore[attr-defined]


def ident(store: Store, action: str) -> int:
    with store.reading() as session:
        return session.execute(select(audit.c.id).where(audit.c.action == action)).scalar_one()


ATTEMPTS = [
    f"{verb} {table}{rest}"
    for table, rest in (
        ("audit", " SET action = 'x'"),
        ("audit_block", " SET head = 'x'"),
        ("audit_seen", " SET bits = 0"),
    )
    for verb, rest in (("UPDATE", rest), ("DELETE FROM", ""), ("TRUNCATE", ""))
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_is_changed_deleted_or_emptied(chain: Store, attempt: str) -> None:
    with chain.writing() as session:
        note(session, SYSTEM, NOON, "test", [Deed(action="look", form="person", seen={"person": [1, 2]})])
    before = [count(chain, table) for table in (audit, audit_block, audit_seen)]
    with pytest.raises(DBAPIError), chain.writing() as session:
        session.execute(text(attempt))
    assert [count(chain, table) for table in (audit, audit_block, audit_seen)] == before
    if not attempt.startswith("TRUNCATE") or not is_sqlite(chain):
        with pytest.raises(DBAPIError, match="append-only"), chain.writing() as session:
            session.execute(text(attempt))


def test_no_trick_of_the_database_gets_round_the_triggers(chain: Store) -> None:
    trick = (
        ["REPLACE INTO audit SELECT id, at, user_id, user_name, 'x', form, record_id, source, facts, address, "
         "region_code FROM audit WHERE id = 1"]
        if is_sqlite(chain)
        else ["SET session_replication_role = replica", "DELETE FROM audit"]
    )  # fmt: skip
    with chain.writing() as session:
        for one in trick[:-1]:
            session.execute(text(one))
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(trick[-1]))
        session.rollback()
    assert verify(chain).is_whole


def test_a_changed_line_is_named(chain: Store) -> None:
    one = ident(chain, "b1")
    tamper(chain, f"UPDATE audit SET user_name = '别人' WHERE id = {one}")
    verdict = verify(chain)
    [(kind, block, ids)] = kinds(verdict)
    assert (kind, ids) == ("changed", (one,))
    assert re.search(rf"{block}.*{one}", verdict.faults[0].text())


@pytest.mark.parametrize(
    "column", ["at", "user_id", "user_name", "action", "form", "record_id", "source", "facts", "address", "region_code"]
)  # fmt: skip
def test_every_column_of_a_line_is_covered(chain: Store, column: str) -> None:
    value = {"at": "'2026-01-01 00:00:00+00:00'", "user_id": "7", "record_id": "7"}.get(column, "'{}7'")
    one = ident(chain, "c1")
    tamper(chain, f"UPDATE audit SET {column} = {value} WHERE id = {one}")
    assert [(kind, ids) for kind, _block, ids in kinds(verify(chain))] == [("changed", (one,))]
    assert [one.name for one in audit.c] == ["id", *(c.name for c in audit.c if c.name != "id")]


def test_a_removed_line_is_named(chain: Store) -> None:
    one = ident(chain, "a2")
    tamper(chain, f"DELETE FROM audit WHERE id = {one}")
    assert [(kind, ids) for kind, _block, ids in kinds(verify(chain))] == [("removed", (one,))]


def test_a_line_put_back_under_a_gap_is_named(chain: Store) -> None:
    with chain.writing() as session:  # a gap, where the database leaves one
        note(session, SYSTEM, NOON, "test", [Deed(action="lost")])
        session.rollback()
    write(chain, "d0")
    seal(chain)
    write(chain, "d1")
    seal(chain, later=timedelta(hours=1))
    gap = 0 if is_sqlite(chain) else ident(chain, "d0") - 1
    tamper(
        chain,
        "INSERT INTO audit (id, at, user_name, action, form, source, facts) "
        f"SELECT {gap}, at, user_name, 'forged', form, source, facts FROM audit WHERE action = 'd0'",
    )
    assert [(kind, ids) for kind, _block, ids in kinds(verify(chain))] == [("added", (gap,))]


def test_exchanged_lines_are_named(chain: Store) -> None:
    one, other = ident(chain, "b0"), ident(chain, "b2")
    tamper(
        chain,
        f"UPDATE audit SET id = -1 WHERE id = {one}",
        f"UPDATE audit SET id = {one} WHERE id = {other}",
        f"UPDATE audit SET id = {other} WHERE id = -1",
    )
    assert [(kind, ids) for kind, _block, ids in kinds(verify(chain))] == [("moved", (one, other))]


def last(store: Store) -> int:
    with store.reading() as session:
        return session.execute(select(func.max(audit_block.c.number))).scalar_one()


def test_a_block_that_is_gone_is_named(chain: Store) -> None:
    number = last(chain) - 1
    tamper(chain, f"DELETE FROM audit_block WHERE number = {number}")
    assert ("block_gone", number, ()) in kinds(verify(chain))


def test_the_first_block_that_is_gone_is_named(chain: Store) -> None:
    tamper(chain, "DELETE FROM audit_block WHERE number = 1")
    assert ("block_gone", 1, ()) in kinds(verify(chain))


@pytest.mark.parametrize(
    "change",
    [
        "count = count + 1",
        "absent = '[[1,1]]'",
        "late = '[1]'",
        "settled = 7",
        "horizon = 9",
        "sealed_at = '2026-01-01 00:00:00+00:00'",
        "marks = {half}",
        "head = {ones}",
    ],
)
def test_a_changed_block_is_named(chain: Store, change: str) -> None:
    number = last(chain)
    change = change.format(half="x'00'" if is_sqlite(chain) else "'\\x00'::bytea", ones="'" + "1" * 64 + "'")
    tamper(chain, f"UPDATE audit_block SET {change} WHERE number = {number}")
    assert ("block_changed", number, ()) in kinds(verify(chain))


def test_exchanged_blocks_are_named(chain: Store) -> None:
    number = last(chain)
    tamper(
        chain,
        f"UPDATE audit_block SET number = -1 WHERE number = {number}",
        f"UPDATE audit_block SET number = {number} WHERE number = {number - 1}",
        f"UPDATE audit_block SET number = {number - 1} WHERE number = -1",
    )
    found = {(kind, block) for kind, block, _ids in kinds(verify(chain))}
    assert {("block_order", number), ("block_order", number - 1)} <= found


def test_a_block_made_without_the_key_does_not_pass(chain: Store) -> None:
    number = last(chain)
    write(chain, "forged")
    tamper(
        chain,
        "INSERT INTO audit_block (number, after_id, last_id, count, absent, late, horizon, settled, marks, previous, "
        f"head, sealed_at) SELECT {number + 1}, last_id, last_id + 1, 1, '[]', '[]', horizon, settled, "
        f"substr(marks, 1, 16), head, head, sealed_at FROM audit_block WHERE number = {number}",
    )
    assert ("block_changed", number + 1, ()) in kinds(verify(chain))


def test_the_records_a_line_showed_cannot_be_changed_unseen(store: Store) -> None:
    with store.writing() as session:
        note(session, SYSTEM, NOON, "test", [Deed(action="look", seen={"person": [1, 59, 60, 7000]})])
    while seal(store):
        pass
    assert verify(store).is_whole
    one = ident(store, "look")
    tamper(store, f"UPDATE audit_seen SET bits = 1 WHERE audit_id = {one} AND bucket = 0")
    assert [(kind, ids) for kind, _block, ids in kinds(verify(store))] == [("seen", (one,))]


def test_a_head_on_paper_finds_its_block_and_tells_a_chain_cut_off(chain: Store) -> None:
    paper = verify(chain).head
    number = last(chain)
    write(chain, "later")
    seal(chain)
    assert verify(chain, paper).found == (number, chain.clock.now())
    assert verify(chain, paper[:20]).found == (number, chain.clock.now())
    tamper(chain, f"DELETE FROM audit_block WHERE number >= {number}", "DELETE FROM audit WHERE action IN ('c2', 'later')")  # fmt: skip
    verdict = verify(chain, paper)
    assert verdict.is_whole, "whoever cuts the end off leaves a chain that is whole in itself"
    assert verdict.found is None, "only the paper tells"


def test_what_is_not_sealed_yet_is_counted_with_its_age(chain: Store) -> None:
    write(chain, "one", "two")
    verdict = verify(chain)
    assert verdict.is_whole
    assert (verdict.unsealed, verdict.unsealed_since) == (2, NOON)


def test_blocks_are_no_longer_than_asked(store: Store) -> None:
    write(store, *(str(n) for n in range(25)))
    rows = count(store)
    sealed = []
    while done := seal(store, size=10):
        sealed.append(done)
    assert sum(sealed) == rows
    assert max(sealed) == 10
    assert (verify(store).lines, verify(store).is_whole) == (rows, True)


def test_a_line_that_is_committed_late_is_sealed_later_and_once(chain: Store) -> None:
    """On PostgreSQL ids are given before transactions end; SQLite lets only one write at a time."""
    if is_sqlite(chain):
        write(chain, "early", "late")
        assert (seal(chain), seal(chain)) == (2, 0)
        return
    with chain.writing() as slow:
        note(slow, SYSTEM, NOON, "test", [Deed(action="late")])
        write(chain, "early")
        assert seal(chain) == 1
        write(chain, "another")
        assert seal(chain, later=timedelta(hours=1)) == 1, "it is waited for, however long it takes"
        assert verify(chain).is_whole
    waiting = verify(chain)
    assert (waiting.is_whole, waiting.unsealed) == (True, 1), "committed and not sealed yet is no damage"
    assert seal(chain, later=timedelta(hours=1)) == 1
    assert seal(chain, later=timedelta(hours=2)) == 0, "none twice"
    late = ident(chain, "late")
    assert late < ident(chain, "early")
    verdict = verify(chain)
    assert (verdict.is_whole, verdict.lines, verdict.unsealed) == (True, count(chain), 0)
    tamper(chain, f"UPDATE audit SET user_name = 'x' WHERE id = {late}")
    assert [(kind, ids) for kind, _block, ids in kinds(verify(chain))] == [("changed", (late,))]


def test_a_transaction_that_was_given_up_leaves_a_gap_for_ever(chain: Store) -> None:
    with chain.writing() as session:
        note(session, SYSTEM, NOON, "test", [Deed(action="lost")])
        session.rollback()
    write(chain, "kept")
    seal(chain)
    for hours in (1, 2):
        write(chain, f"kept{hours}")
        seal(chain, later=timedelta(hours=hours))
    with chain.reading() as session:
        settled = session.execute(
            select(audit_block.c.settled).order_by(audit_block.c.number.desc()).limit(1)
        ).scalar_one()
    assert settled >= last(chain) - 2, "nobody waits for it any more"
    assert verify(chain).is_whole


def race(*works: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_sealers_and_many_writers_make_one_chain(store: Store) -> None:
    other = Store(store.engine.url.render_as_string(hide_password=False), store.keyring, FixedClock(NOON))
    stop = threading.Event()

    def sealer(one: Store) -> None:
        while not stop.is_set():
            seal(one, size=7)

    def writer() -> None:
        for n in range(40):
            write(store, f"w{n}")

    def writers() -> None:
        race(writer, writer, writer)
        stop.set()

    race(writers, lambda: sealer(store), lambda: sealer(other))
    while seal(store):
        pass
    other.dispose()
    verdict = verify(store)
    assert (verdict.is_whole, verdict.unsealed) == (True, 0)
    with store.reading() as session:
        assert session.execute(select(func.sum(audit_block.c.count))).scalar_one() == count(store)
        assert verdict.lines == count(store)
        assert verdict.blocks == last(store) == count(store, audit_block)


def test_many_lines_are_checked_in_little_memory(store: Store) -> None:
    import tracemalloc

    row = {
        "at": NOON,
        "user_name": "x",
        "action": "look",
        "form": "person",
        "source": "s",
        "facts": "{}" + " " * 400,
    }
    with store.writing() as session:
        session.execute(insert(audit), [row] * 30_000)
    while seal(store):
        pass
    tracemalloc.start()
    assert verify(store).is_whole
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000, peak


def test_a_jump_of_the_ids_costs_nothing(chain: Store) -> None:
    far = 10**12
    with chain.writing() as session:
        row = {
            "id": far,
            "at": NOON,
            "user_name": "x",
            "action": "far",
            "form": "",
            "source": "s",
            "facts": "{}",
        }
        session.execute(insert(audit).values(row))
    assert seal(chain) == 1
    verdict = verify(chain)
    assert (verdict.is_whole, verdict.unsealed) == (True, 0)
    tamper(chain, f"DELETE FROM audit WHERE id = {far}")
    assert [(kind, ids) for kind, _block, ids in kinds(verify(chain))] == [("removed", (far,))]
