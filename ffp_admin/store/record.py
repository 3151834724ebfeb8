"""Records as other floors see them, and reading them from their tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, Select, select
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT, LEVELS
from ffp_admin.models.kinds import storage_of
from ffp_admin.spec.model import Field
from ffp_admin.store.actor import Actor
from ffp_admin.store.limits import NO_LIMITS, FieldLimits, seen
from ffp_admin.store.store import Store
from ffp_admin.store.visible import visible

Values = dict[str, Any]

_META = (
    "created_by",
    "created_name",
    "created_at",
    "updated_by",
    "updated_name",
    "updated_at",
    "source",
    "void_reason",
    "import_id",
)
_HEAD = ("id", "row_version", "status", "version", *LEVELS.values(), *_META)
#: ids per IN list; SQLite takes 32,766 values in a statement
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants saved: fields that are absent stay as they are (a new record: take their default).

    `row_version` is the one the edit began with; None saves over whatever is there.
    """

    form: str
    id: int | None = None
    row_version: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    #: why key data changes, where somebody else has to confirm it
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """Who made and changed a record, when, and from where; the names are those of that day."""

    created_by: int | None
    created_name: str
    created_at: datetime
    updated_by: int | None
    updated_name: str
    updated_at: datetime
    source: str
    void_reason: str | None
    import_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as stored; `values` holds every declared field by key, None where nothing is known."""

    form: str
    id: int
    row_version: int
    status: str
    #: version of the declaration it was last saved under
    version: int
    values: Values
    meta: Meta
    #: county_code, town_code, village_code, group_code
    codes: Mapping[str, str | None]

    @property
    def is_current(self) -> bool:
        """False for a void record."""
        return self.status == CURRENT


def load(session: Session, store: Store, form_key: str, id: int, actor: Actor) -> Record | None:
    """The record, void ones too; None when there is none or the actor may not see it.

    Fields that are kept from the actor are empty; `limits.stars_of` names those shown as stars.
    """
    tables = store.tables(form_key)
    statement = visible(select_records(tables), tables, actor).where(tables.main.c.id == id)
    return next(iter(fetch_records(session, tables, statement, actor.limits_on(form_key))), None)


def select_records(tables: FormTables) -> Select[Any]:
    """SELECT of everything a Record needs from the main table; conditions and order are added by the caller."""
    main = tables.main.c
    return select(*(main[name] for name in _HEAD), *(column for _field, column in stored_fields(tables)))


def stored_fields(tables: FormTables, table: str = "") -> tuple[tuple[Field, Column[Any]], ...]:
    """The fields with a column of their own, in paper order; those of one table's rows when `table` names it."""
    fields = tables.form.field(table).fields if table else tables.form.fields()
    prefix = f"{table}." if table else ""
    return tuple((one, tables.column(f"{prefix}{one.key}")) for one in fields if storage_of(one) is not None)


def fetch_records(
    session: Session,
    tables: FormTables,
    statement: Select[Any],
    limits: FieldLimits = NO_LIMITS,
    *,
    with_rows: bool = True,
) -> list[Record]:
    """The records of a `select_records` statement, in its order; without table rows when a list needs none.

    Fields that `limits` keep back are empty (see `limits.seen`).
    """
    keys = [one.key for one, _column in stored_fields(tables)]
    records = [_record(tables.form.key, keys, row) for row in session.execute(statement)]
    if with_rows:
        by_id = {record.id: record.values for record in records}
        for table in tables.rows:
            for values in by_id.values():
                values[table] = ()
            for parent, rows in read_rows(session, tables, table, by_id):
                by_id[parent][table] = tuple(values for _id, values in rows)
    return [seen_record(record, limits) for record in records] if limits.closed else records


def seen_record(record: Record, limits: FieldLimits) -> Record:
    """The record as somebody with these limits sees it."""
    return replace(record, values=seen(record.values, limits)) if limits.closed else record


def _record(form: str, keys: Sequence[str], row: Row[Any]) -> Record:
    cells = tuple(row)
    id_, row_version, status, version, *codes = cells[: 4 + len(LEVELS)]
    meta = Meta(**dict(zip(_META, cells[4 + len(LEVELS) : len(_HEAD)], strict=True)))
    return Record(
        form=form,
        id=id_,
        row_version=row_version,
        status=status,
        version=version,
        values=dict(zip(keys, cells[len(_HEAD) :], strict=True)),
        meta=meta,
        codes=dict(zip(LEVELS.values(), codes, strict=True)),
    )


def read_rows(
    session: Session, tables: FormTables, table: str, parents: Iterable[int]
) -> Iterator[tuple[int, list[tuple[int, Values]]]]:
    """The rows of one table by parent: (row id, values by field key) in order."""
    rows = tables.rows[table]
    fields = stored_fields(tables, table)
    keys = [one.key for one, _column in fields]
    for some in chunks(parents):
        found: dict[int, list[tuple[int, Values]]] = {}
        statement = (
            select(rows.c.parent_id, rows.c.id, *(column for _field, column in fields))
            .where(rows.c.parent_id.in_(some))
            .order_by(rows.c.parent_id, rows.c.position)
        )
        for parent, id_, *cells in session.execute(statement):
            found.setdefault(parent, []).append((id_, dict(zip(keys, cells, strict=True))))
        yield from found.items()


def chunks(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """Distinct ids in lists short enough for one statement."""
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
