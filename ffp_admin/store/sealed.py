"""Where sealed values lie: the one list of the platform's sealed columns, and those of every form ever published.

A static column of type `Text` holds sealed values and stands in `STATIC`; plain words are `Words`. A test refuses a
`Text` column that is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, MetaData, Row, Table, Text, select
from sqlalchemy.orm import Session

from ffp_admin.models.compile import main_table_name
from ffp_admin.models.kinds import HASH, SEALED_TEXT, STORAGES
from ffp_admin.models.types import Id
from ffp_admin.store import static
from ffp_admin.store.account_tables import account_card
from ffp_admin.store.change_tables import change_request
from ffp_admin.store.draft_tables import screen_draft
from ffp_admin.store.history import history_context
from ffp_admin.store.security_tables import second_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """One column of sealed texts; `bound_to` has a place for each column the values' context depends on."""

    key: Column[Any]
    column: Column[Any]
    bound_to: str
    #: columns whose values fill the places
    places: tuple[Column[Any], ...] = ()
    #: how many values are held in memory at once: few where a value is a whole file
    batch: int = 500

    @property
    def name(self) -> str:
        """How it is called in reports: table.column."""
        return f"{self.column.table.name}.{self.column.name}"

    def context(self, row: Row[Any]) -> str:
        """What the value of a row was bound to when it was sealed."""
        return self.bound_to.format(*(getattr(row, one.name) for one in self.places))


def _of(table: Table, *names: str, batch: int = 500) -> Iterator[SealedColumn]:
    """Columns bound to their own name, as most are."""
    [key] = table.primary_key.columns
    for name in names:
        yield SealedColumn(key=key, column=table.c[name], bound_to=f"{table.name}.{name}", batch=batch)


def _by_row(
    column: Column[Any], bound_to: str, *places: Column[Any], batch: int = 500
) -> Iterator[SealedColumn]:
    """A column whose values are bound to their rows."""
    [key] = column.table.primary_key.columns
    yield SealedColumn(key=key, column=column, bound_to=bound_to, places=places, batch=batch)


_history, _draft, _file, _factor = static.history.c, screen_draft.c, static.print_file.c, second_factor.c
#: every sealed column of the platform's own tables
STATIC: Sequence[SealedColumn] = (
    *_by_row(_history.old, history_context("{}"), _history.form),
    *_by_row(_history.new, history_context("{}"), _history.form),
    *_of(static.job, "arguments", "result", "message"),
    *_of(static.import_batch, "content", "result", batch=4),
    *_of(static.print_log, "snapshot", batch=50),
    *_by_row(_file.content, "print_file.content.{}", _file.print_id, batch=4),
    *_by_row(_file.records, "print_file.records.{}", _file.print_id, batch=50),
    *_by_row(_draft.content, "draft:{}:{}:{}", _draft.user_id, _draft.form, _draft.record_id),
    *_of(account_card, "phone"),
    *_of(change_request, "wanted", "base", "reason", "answer"),
    *_by_row(_factor.secret, "second factor:{}", _factor.user_id),
)

_GROUPS = frozenset(
    storage.group for storage in (*STORAGES.values(), SEALED_TEXT) if storage and HASH in storage.derived
)


def sealed_columns(session: Session) -> tuple[SealedColumn, ...]:
    """Every column in which sealed values may lie, also of forms and fields that are no longer declared."""
    return (*_of_forms(session), *STATIC)


def _of_forms(session: Session) -> Iterator[SealedColumn]:
    table = static.form_column
    rows = session.execute(
        select(table.c.form, table.c.path, table.c.name, table.c.storage).order_by(table.c.form, table.c.path)
    ).all()
    names = {(row.form, row.path): row.name for row in rows}
    for row in rows:
        if row.storage not in _GROUPS:
            continue
        owner = row.path.rpartition(".")[0]
        main = main_table_name(row.form)
        place = f"{main}__{names[row.form, owner]}" if owner else main
        made = Table(place, MetaData(), Column("id", Id, primary_key=True), Column(row.name, Text))
        yield from _of(made, row.name)
