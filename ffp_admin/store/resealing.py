"""After `key rotate`: what older keys sealed is sealed again with the newest one, while people work.

A value is read, sealed again and put back only if nobody changed it in between, in short transactions; a run that was
killed is simply started again. Hashes stay: they have a key of their own, which never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    bindparam,
    false,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring, KeyringError
from ffp_admin.store import dialect
from ffp_admin.store.sealed import SealedColumn, sealed_columns
from ffp_admin.store.store import Store

#: a value sealed with the old key just before the new one was made is written at most this much later
SETTLED = timedelta(minutes=10)

#: is told how many values have been dealt with
Tell = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class Resealed:
    """What a pass did."""

    done: int = 0
    #: "table.column id" of values that no key in the file opens; they were left as they are
    shut: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysKept:
    """Why the old keys stay in the file: values that need them, or too little time since the new key was made."""

    left: int = 0
    not_before: datetime | None = None


def count_old(store: Store) -> int:
    """How many values are sealed with a key that is not the newest."""
    with store.reading() as session:
        return sum(_count(session, one, store.keyring) for one in sealed_columns(session))


def keys_in_use(store: Store) -> set[str]:
    """The newest key, and every older one in the file that some value still needs."""
    found = {store.keyring.current}
    with store.reading() as session:
        columns = sealed_columns(session) if len(store.keyring.facts()) > 1 else ()
        for name in store.keyring.facts():
            if any(_has(session, column, name) for column in columns if name not in found):
                found.add(name)
    return found


def _has(session: Session, column: SealedColumn, key: str) -> bool:
    needs = select(column.key).where(_stored(column).like(f"{key}:%")).limit(1)
    return session.execute(needs).first() is not None


def reseal(store: Store, tell: Tell = lambda _done: None) -> Resealed:
    """Seal everything again that an older key sealed, until a whole pass finds nothing it could do."""
    outcome = Resealed()
    while True:
        before, outcome.shut = outcome.done, []
        with store.reading() as session:
            columns = sealed_columns(session)
        for column in columns:
            for rows in _batches(store, column):
                outcome.done += _reseal_batch(store, column, rows, outcome.shut)
                tell(outcome.done)
        if outcome.done == before:
            return outcome


def drop_old_keys(store: Store, key_file: Path) -> KeysKept | None:
    """Take every key but the newest out of the file; None when it is done, otherwise why it was not.

    Writers wait while the last look is taken, so that none can bring in another value of an old key.
    """
    store.keyring.refresh()
    made_at = store.keyring.facts()[store.keyring.current][1]
    not_before = datetime.fromisoformat(made_at) + SETTLED if made_at else None
    if not_before is not None and store.clock.now() < not_before:
        return KeysKept(not_before=not_before)

    def work(session: Session) -> KeysKept | None:
        columns = sealed_columns(session)
        dialect.keep_writers_out(session.connection(), {one.column.table for one in columns})
        left = sum(_count(session, one, store.keyring) for one in columns)
        if left:
            return KeysKept(left=left)
        store.keyring.without_old(key_file)
        return None

    kept = store.write(work)
    store.keyring.refresh()
    return kept


def _stored(column: SealedColumn) -> ColumnElement[str]:
    return type_coerce(column.column, Text)


def _is_old(column: SealedColumn, keyring: Keyring) -> ColumnElement[bool]:
    """Rows whose value was sealed with a key of the file that is not the newest."""
    old = [name for name in keyring.facts() if name != keyring.current]
    return or_(false(), *(_stored(column).like(f"{name}:%") for name in old))


def _count(session: Session, column: SealedColumn, keyring: Keyring) -> int:
    counted = select(func.count()).select_from(column.column.table).where(_is_old(column, keyring))
    return session.execute(counted).scalar_one()


def _batches(store: Store, column: SealedColumn) -> Iterator[Sequence[Row[Any]]]:
    """The column's old values in the order of their rows, each batch in a reading session of its own."""
    after = None
    while True:
        statement = (
            select(column.key.label("row_key"), _stored(column).label("sealed"), *column.places)
            .where(_is_old(column, store.keyring))
            .order_by(column.key)
            .limit(column.batch)
        )
        if after is not None:
            statement = statement.where(column.key > after)
        with store.reading() as session:
            rows = session.execute(statement).all()
        if not rows:
            return
        yield rows
        after = rows[-1].row_key


def _reseal_batch(store: Store, column: SealedColumn, rows: Sequence[Row[Any]], shut: list[str]) -> int:
    again = []
    for row in rows:
        context = column.context(row)
        try:
            opened = store.keyring.open_bytes(row.sealed, context)
        except KeyringError:
            shut.append(f"{column.name} {row.row_key}")
            continue
        new = store.keyring.seal(opened, context)
        again.append({"its_key": row.row_key, "its_old": row.sealed, "its_new": new})
    if again:
        store.write(lambda session: _put_back(session, column, again))
    return len(again)


def _put_back(session: Session, column: SealedColumn, again: Sequence[dict[str, Any]]) -> None:
    session.connection().execute(
        update(column.column.table)
        .where(column.key == bindparam("its_key"), _stored(column) == bindparam("its_old"))
        .values({column.column.name: bindparam("its_new")}),
        again,
    )
