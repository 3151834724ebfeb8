"""After `key rotate`: what older keys sealed is sealed again with the newest one. Old keys stay in the key file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, bindparam, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.models.columns import paths_of
from ffp_admin.models.kinds import is_sealed
from ffp_admin.store import static
from ffp_admin.store.edition import Edition
from ffp_admin.store.history import history_context
from ffp_admin.store.store import Store

BATCH = 1_000


def reseal_some(store: Store) -> int:
    """Seal one batch of records and one of history lines again; 0 when nothing is left. Call it until then.

    Hashes stay: they have a key of their own, which never changes.
    """
    edition = store.edition()

    def work(session: Session) -> int:
        for table, columns in _sealed_columns(edition):
            done = _reseal_columns(session, table, columns, store.keyring)
            if done:
                return done
        return _reseal_history(session, store.keyring)

    return store.write(work)


def _sealed_columns(edition: Edition) -> Iterator[tuple[Table, list[Column[Any]]]]:
    for form in edition.catalog.forms.values():
        tables = edition.tables(form.key)
        by_table: dict[str, list[Column[Any]]] = {}
        for path, field in paths_of(form):
            if is_sealed(field):
                by_table.setdefault(tables.table(path).name, []).append(tables.column(path))
        for table in tables.tables():
            if table.name in by_table:
                yield table, by_table[table.name]


def _is_old(columns: Sequence[Column[Any]], keyring: Keyring) -> ColumnElement[bool]:
    """Rows in which one of the columns was sealed with another key than the newest."""
    return or_(
        *(
            type_coerce(column, Text).is_not(None)
            & type_coerce(column, Text).not_like(f"{keyring.current}:%")
            for column in columns
        )
    )


def _reseal_columns(session: Session, table: Table, columns: Sequence[Column[Any]], keyring: Keyring) -> int:
    # the column type opens with whichever key it was and seals with the newest
    rows = session.execute(
        select(table.c.id, *columns).where(_is_old(columns, keyring)).order_by(table.c.id).limit(BATCH)
    ).all()
    if rows:
        values = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in columns}
        names = [f"new_{column.name}" for column in columns]
        session.connection().execute(
            update(table).where(table.c.id == bindparam("row_id")).values(values),
            [{"row_id": row[0], **dict(zip(names, row[1:], strict=True))} for row in rows],
        )
    return len(rows)


def _reseal_history(session: Session, keyring: Keyring) -> int:
    table = static.history
    sides = (table.c.old, table.c.new)
    rows = session.execute(
        select(table.c.id, table.c.form, *sides)
        .where(table.c.sealed, _is_old(sides, keyring))
        .order_by(table.c.id)
        .limit(BATCH)
    ).all()
    for id_, form, old, new in rows:
        again = {"old": _again(old, form, keyring), "new": _again(new, form, keyring)}
        session.execute(update(table).where(table.c.id == id_).values(again))
    return len(rows)


def _again(sealed: str | None, form: str, keyring: Keyring) -> str | None:
    context = history_context(form)
    return None if sealed is None else keyring.seal(keyring.open(sealed, context), context)
