"""A declared form → its tables: a fresh registry each time, so that nothing of an older version stays behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from ffp_admin.keyring import Keyring
from ffp_admin.models.kinds import derived_of, storage_of
from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.spec.model import Field, Form

if TYPE_CHECKING:
    from ffp_admin.models.trails import Trail

#: one more whenever the same declaration gives other tables than before, so that publishing plans again
LAYOUT = 1
#: PostgreSQL cuts longer names without a word
LONGEST_NAME = 60
#: records are never deleted: one that should not exist is void
CURRENT, VOID = "current", "void"
#: the columns of the levels, widest first; a region code's length tells which one holds it
LEVELS: Mapping[int, str] = MappingProxyType(
    {6: "county_code", 9: "town_code", 12: "village_code", 15: "group_code"}
)
_PAGED_BY = ("village_code", "town_code", "county_code")
#: what a count asks of the records a keyword finds; behind the searched column, the index answers alone
#: (not behind pinyin: every wide index makes imports on PostgreSQL some percent slower)
_COUNTED_BY = ("status", *reversed(_PAGED_BY), "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTables:
    """The tables of one form: `main` for records, one per declared table for its rows, a mapped class for FAB."""

    form: Form
    main: Table
    #: key of the field of kind table → its table
    rows: Mapping[str, Table]
    #: mapped class over `main`, one attribute per column
    entity: type[Any]
    #: field path → physical name
    names: Mapping[str, str]
    #: the way to a record's household, and the ways to the unit that deals with it (see `models.trails`)
    household: Trail | None = None
    units: tuple[Trail, ...] = ()

    def table(self, path: str) -> Table:
        """The table that holds the field."""
        owner = path.rpartition(".")[0]
        return self.rows[owner] if owner else self.main

    def column(self, path: str) -> Column[Any]:
        """The column of a field ("金额", "药费票据.金额"); KeyError when it has none."""
        return self.table(path).c[self.names[path]]

    def derived(self, path: str, suffix: str) -> Column[Any] | None:
        """The plain column beside a field's column (h, birth, sex, class, level, py, pi); None without one."""
        found: Column[Any] | None = self.table(path).c.get(f"{self.names[path]}_{suffix}")
        return found

    def tables(self) -> tuple[Table, ...]:
        """The main table first, then the tables of rows."""
        return (self.main, *self.rows.values())


def main_table_name(form_key: str) -> str:
    """The name of the table that holds a form's records."""
    return f"r_{form_key}"


def compile_form(form: Form, columns: Mapping[str, str], keyring: Keyring) -> FormTables:
    """The tables of `form` with the physical names of `assign_columns`."""
    metadata = MetaData()
    name = main_table_name(form.key)
    main = Table(
        name, metadata, *_common_columns(), *_field_columns(form.fields(), "", name, columns, keyring)
    )
    for index in _main_indexes(form, main, columns):
        main.append_constraint(index)
    rows = {
        field.key: _row_table(field, main, columns, keyring)
        for field in form.fields()
        if field.kind == "table"
    }
    base = type(f"Base_{form.key}", (DeclarativeBase,), {"metadata": metadata})
    entity = type(f"Record_{form.key}", (base,), {"__table__": main})
    return FormTables(
        form=form,
        main=main,
        rows=MappingProxyType(rows),
        entity=entity,
        names=MappingProxyType(dict(columns)),
    )


def _common_columns() -> Iterator[Column[Any]]:
    yield Column("id", Id, Identity(), primary_key=True)
    for level in LEVELS.values():
        yield Column(level, Words)
    yield Column("status", Words, nullable=False)
    yield Column("version", Integer, nullable=False)
    yield Column("row_version", Integer, nullable=False)
    for moment in ("created", "updated"):
        yield Column(f"{moment}_by", BigInteger)
        yield Column(f"{moment}_name", Words, nullable=False)
        yield Column(f"{moment}_at", UtcTime, nullable=False)
    yield Column("source", Words, nullable=False)
    yield Column("void_reason", Words)
    yield Column("import_id", BigInteger)


def _field_columns(
    fields: Iterator[Field], owner: str, table: str, columns: Mapping[str, str], keyring: Keyring
) -> Iterator[Column[Any]]:
    for field in fields:
        storage = storage_of(field)
        if storage is None:
            continue
        name = columns[f"{owner}{field.key}"]
        yield Column(name, storage.make_type(keyring, f"{table}.{name}"))
        for derived in derived_of(field):
            yield Column(f"{name}_{derived.suffix}", derived.type)


def _row_table(field: Field, main: Table, columns: Mapping[str, str], keyring: Keyring) -> Table:
    # two underscores: "r_a_b" may be the main table of a form "a_b"
    name = f"{main.name}__{columns[field.key]}"
    owner = f"{field.key}."
    table = Table(
        name,
        main.metadata,
        Column("id", Id, Identity(), primary_key=True),
        Column("parent_id", Id, ForeignKey(main.c.id), nullable=False),
        Column("position", Integer, nullable=False),
        *_field_columns(iter(field.fields), owner, name, columns, keyring),
    )
    table.append_constraint(_index(table, "parent_id", "position"))
    for index in _field_indexes(field.fields, owner, table, columns):
        table.append_constraint(index)
    return table


def _main_indexes(form: Form, main: Table, columns: Mapping[str, str]) -> Iterator[Index]:
    if form.scope:
        yield from (_index(main, level, "id") for level in _PAGED_BY)
    yield from _field_indexes(tuple(form.fields()), "", main, columns, _COUNTED_BY if form.scope else ())
    listed = {*form.list.filters, form.list.order.removeprefix("-")}
    if "updated" in listed:
        yield _index(main, "updated_at", "id")
    for field in form.fields():
        storage = storage_of(field)
        # sealed values are found by their hash, sets of codes by no index at all
        plain = storage is not None and not storage.derived and field.kind != "multi_choice"
        if field.key in listed and storage and plain and not storage.indexed:
            yield _index(main, columns[field.key], "id")


def _field_indexes(
    fields: tuple[Field, ...],
    owner: str,
    table: Table,
    columns: Mapping[str, str],
    beside: tuple[str, ...] = (),
) -> Iterator[Index]:
    """Indexes of references and of what the keyword box finds; `beside` are columns that a count reads with it."""
    for field in fields:
        storage = storage_of(field)
        if storage is None:
            continue
        name = columns[f"{owner}{field.key}"]
        if storage.indexed:
            yield _index(table, name, "id")
        elif field.searchable and not storage.derived:
            yield _index(table, name, *beside)
        for derived in derived_of(field):
            if derived.indexed:
                yield _index(table, f"{name}_{derived.suffix}")


def _index(table: Table, *names: str) -> Index:
    full = f"ix_{table.name.removeprefix('r_')}_{'_'.join(names)}"
    if len(full) > LONGEST_NAME:
        full = f"{full[: LONGEST_NAME - 9]}_{hashlib.sha256(full.encode()).hexdigest()[:8]}"
    return Index(full, *(table.c[name] for name in names))
