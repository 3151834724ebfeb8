"""Pages of records: by key, never by offset; counted up to 10,000; several regions merged from one page each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, false, func, literal, or_, select, true, tuple_, union
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.store import dialect
from ffp_admin.store.actor import Actor
from ffp_admin.store.record import Record, fetch_records, select_records
from ffp_admin.store.searching import COUNTED, Query, Search, require_open, search_of
from ffp_admin.store.store import Store

LARGEST_PAGE = 500
_TOWN = 9  # digits of a township's code
_NEWEST = "-created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Records in order, without the rows of their tables; `next` and `previous` are cursors or None."""

    records: tuple[Record, ...]
    next: int | None
    previous: int | None
    #: number of records found, at most 10,000; `capped` when there are more
    total: int
    capped: bool


def page(session: Session, store: Store, form_key: str, actor: Actor, query: Query) -> Page:
    """One page of the current records the actor may see.

    KeyError for an unknown field, ValueError for an order by a field without index, NotAllowed for a filter or order
    by a field that is kept from the actor.
    """
    edition = store.edition()
    tables = edition.tables(form_key)
    order = _order(session, tables, _asked_order(tables, actor, query))
    limits = actor.limits_on(form_key)
    search = search_of(session, edition, tables, actor, query)
    backwards = query.before is not None
    start = _start(session, order, query.before if backwards else query.after, backwards=backwards)
    size = max(1, min(query.size, LARGEST_PAGE))
    statement = (
        select_records(tables)
        .where(search.condition, start)
        .order_by(*order.clauses(backwards=backwards))
        .limit(size + 1)
    )
    found = [
        record
        for scope in search.scopes
        for record in fetch_records(session, tables, statement.where(scope), limits, with_rows=False)
    ]
    found.sort(key=order.key, reverse=order.descending != backwards)
    return _page(found, size, query, _count(session, tables, search))


def _asked_order(tables: FormTables, actor: Actor, query: Query) -> str:
    """The order asked for, else the declared one unless the actor may not know it."""
    if query.order:
        if query.order.removeprefix("-") not in _BY_RECORD:
            require_open(tables.form, actor, query.order.removeprefix("-"))
        return query.order
    declared = tables.form.list.order
    closed = declared.removeprefix("-") in actor.limits_on(tables.form.key).closed
    return _NEWEST if closed or not declared else declared


def _page(found: Sequence[Record], size: int, query: Query, total: int) -> Page:
    has_more = len(found) > size
    records = tuple(found[:size])
    if query.before is not None:
        records = records[::-1]
        has_next, has_previous = bool(records), has_more
    else:
        has_next, has_previous = has_more, query.after is not None and bool(records)
    return Page(
        records=records,
        next=records[-1].id if has_next else None,
        previous=records[0].id if has_previous else None,
        total=min(total, COUNTED),
        capped=total > COUNTED,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    column: Column[Any]
    id: Column[int]
    value: Callable[[Record], Any]
    descending: bool
    #: where the database puts NULL in this direction
    nulls_first: bool

    def key(self, record: Record) -> tuple[int, Any, int]:
        """Sorts records as the database does when ascending."""
        value = self.value(record)
        if value is None:
            return (0 if self.nulls_first != self.descending else 2, 0, record.id)
        return (1, value, record.id)

    def clauses(self, *, backwards: bool) -> list[ColumnElement[Any]]:
        columns = [self.id] if self.column is self.id else [self.column, self.id]
        return [one.desc() if self.descending != backwards else one.asc() for one in columns]

    def beyond(self, value: Any, id_: int, *, backwards: bool) -> ColumnElement[bool]:
        """Records behind the cursor in the direction of travel."""
        down = self.descending != backwards
        behind = self.id < id_ if down else self.id > id_
        if self.column is self.id:
            return behind
        empty, nulls_behind = self.column.is_(None), self.nulls_first == backwards
        if value is None:
            among_empty = and_(empty, behind)
            return among_empty if nulls_behind else or_(among_empty, self.column.is_not(None))
        pair = tuple_(self.column, self.id)
        cursor = tuple_(literal(value, self.column.type), literal(id_))
        further = pair < cursor if down else pair > cursor
        return or_(further, empty) if nulls_behind else further


_BY_RECORD: Mapping[str, tuple[str, Callable[[Record], Any]]] = MappingProxyType(
    {
        "created": ("id", lambda record: record.id),
        "updated": ("updated_at", lambda record: record.meta.updated_at),
    }
)


def _order(session: Session, tables: FormTables, order: str) -> _Order:
    descending, key = order.startswith("-"), order.removeprefix("-")
    main = tables.main
    if key in _BY_RECORD:
        name, value = _BY_RECORD[key]
        column = main.c[name]
    else:
        column = tables.column(key)
        value = _value_of(key)
    indexed = any(next(iter(index.columns)) is column for index in main.indexes)
    if not indexed and column is not main.c.id:
        raise ValueError(f"{tables.form.key} is not sorted by {key}: it has no index")
    return _Order(
        column=column,
        id=main.c.id,
        value=value,
        descending=descending,
        nulls_first=dialect.puts_nulls_first(session, descending=descending),
    )


def _value_of(key: str) -> Callable[[Record], Any]:
    return lambda record: record.values[key]


def _start(session: Session, order: _Order, cursor: int | None, *, backwards: bool) -> ColumnElement[bool]:
    """Everything behind the cursor's record; its value is looked up, so that no value stands in an address."""
    if cursor is None:
        return true()
    if order.column is order.id:
        return order.beyond(None, cursor, backwards=backwards)
    row = session.execute(select(order.column).where(order.id == cursor)).first()
    return order.beyond(row[0], cursor, backwards=backwards) if row else false()


def _count(session: Session, tables: FormTables, search: Search) -> int:
    """How many there are, counting no further than one above `COUNTED`."""
    if search.total is not None:
        return search.total
    total = 0
    for scope in search.counted:
        most = COUNTED + 1 - total
        each = [select(tables.main.c.id).where(scope, part).limit(most).subquery() for part in search.parts]
        some = union(*(select(one.c.id) for one in each)).limit(most).subquery()
        total += session.execute(select(func.count()).select_from(some)).scalar_one()
        if total > COUNTED:
            break
    return total
