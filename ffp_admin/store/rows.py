"""Writing values into their columns: the plain ones, the sealed ones, and what is derived beside them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.models import FormTables
from ffp_admin.models.kinds import HASH, INITIALS, PINYIN, derived_of, storage_of
from ffp_admin.spec.model import Field
from ffp_admin.store import dialect
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.record import Values, chunks, read_rows, stored_fields
from ffp_admin.values import pinyin

_Make = Callable[[Any], Any]
# people's names repeat within a county
_name_pinyin = lru_cache(maxsize=20_000)(pinyin.of_name)
_name_initials = lru_cache(maxsize=20_000)(pinyin.initials_of_name)
#: rows per INSERT round trip
BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How one field's value becomes its columns."""

    key: str
    name: str
    #: name of a derived column → how it is made from the value
    derived: tuple[tuple[str, _Make], ...]
    #: derived columns by the kind's own reading, all at once
    facts: tuple[tuple[str, str], ...]
    field: Field


class RowWriter:
    """Turns values by field key into columns; made once per batch and form."""

    def __init__(self, tables: FormTables, keyring: Keyring, table: str = "") -> None:
        spell_as_name = bool(tables.form.scope)
        self._columns = tuple(
            _columns(field, column.name, keyring, spell_as_name=spell_as_name)
            for field, column in stored_fields(tables, table)
        )

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns that are not empty, for `insert_rows`."""
        row: dict[str, Any] = {}
        for one in self._columns:
            value = values.get(one.key)
            if value is not None:
                row[one.name] = value
                for name, make in one.derived:
                    row[name] = make(value)
                if one.facts:
                    known = kind_of(one.field).derive(value)
                    row.update((name, known.get(suffix)) for name, suffix in one.facts)
        return row

    def row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """All columns of the fields, derived ones too."""
        return self.changed(values, None)

    def changed(self, values: Mapping[str, Any], keys: Iterable[str] | None) -> dict[str, Any]:
        """The columns of the named fields; None names all."""
        wanted = None if keys is None else frozenset(keys)
        row: dict[str, Any] = {}
        for one in self._columns:
            if wanted is None or one.key in wanted:
                value = values.get(one.key)
                row[one.name] = value
                for name, make in one.derived:
                    row[name] = None if value is None else make(value)
                if one.facts:
                    known = {} if value is None else kind_of(one.field).derive(value)
                    for name, suffix in one.facts:
                        row[name] = known.get(suffix)
        return row


def _columns(field: Field, name: str, keyring: Keyring, *, spell_as_name: bool) -> Columns:
    storage = storage_of(field)
    assert storage is not None
    purpose = storage.group
    generic: dict[str, _Make] = {
        HASH.suffix: lambda value: keyring.hash(purpose, value),
        PINYIN.suffix: _name_pinyin if spell_as_name else pinyin.of_text,
        INITIALS.suffix: _name_initials if spell_as_name else pinyin.initials_of_text,
    }
    suffixes = [one.suffix for one in derived_of(field)]
    return Columns(
        key=field.key,
        name=name,
        derived=tuple((f"{name}_{suffix}", generic[suffix]) for suffix in suffixes if suffix in generic),
        facts=tuple((f"{name}_{suffix}", suffix) for suffix in suffixes if suffix not in generic),
        field=field,
    )


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """INSERT in batches; a row may lack what is empty, columns that are empty in a whole batch are left out."""
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        named: set[str] = set().union(*some)
        columns: dict[str, list[Any]] = {}
        for name in (column.name for column in table.columns if column.name in named):
            cells = [row.get(name) for row in some]
            if any(cell is not None for cell in cells):
                columns[name] = cells
        dialect.insert_columns(session, table, columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One difference between two lists of rows; `old` or `new` is None for an added or removed row."""

    old_position: int
    new_position: int
    old: Values | None
    new: Values | None


def align(before: Sequence[Values], after: Sequence[Values]) -> Iterator[RowChange]:
    """Rows paired so that an inserted row does not make all rows below it look changed; equal pairs too."""
    old, new = [_comparable(row) for row in before], [_comparable(row) for row in after]
    for _tag, a, a_end, b, b_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for offset in range(max(a_end - a, b_end - b)):
            is_old, is_new = a + offset < a_end, b + offset < b_end
            yield RowChange(
                old_position=a + offset,
                new_position=b + offset,
                old=before[a + offset] if is_old else None,
                new=after[b + offset] if is_new else None,
            )


def _comparable(row: Values) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, repr(value)) for key, value in row.items() if value is not None))


def write_table(
    session: Session, tables: FormTables, key: str, keyring: Keyring, records: Mapping[int, Sequence[Values]]
) -> None:
    """Make the rows of one declared table what `records` (record id → rows) say; unchanged rows keep their id."""
    table = tables.rows[key]
    writer = RowWriter(tables, keyring, key)
    before = dict(read_rows(session, tables, key, records))
    gone: list[int] = []
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for record_id, rows in records.items():
        stored = before.get(record_id, [])
        for change in align([values for _id, values in stored], rows):
            id_ = stored[change.old_position][0] if change.old is not None else None
            if change.new is None:
                gone.append(id_ or 0)
                continue
            row = {"parent_id": record_id, "position": change.new_position, **writer.row(change.new)}
            if id_ is None:
                new.append(row)
            elif change.old != change.new or change.old_position != change.new_position:
                changed.append({"row_id": id_, **row})
    for some in chunks(gone):
        session.execute(delete(table).where(table.c.id.in_(some)))
    _update_rows(session, table, changed)
    ids = dialect.reserve_ids(session, table, len(new))
    insert_rows(session, table, [{"id": id_, **row} for id_, row in zip(ids, new, strict=True)])


def _update_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        values = {name: value for name, value in row.items() if name != "row_id"}
        session.execute(table.update().where(table.c.id == row["row_id"]).values(values))
