"""Small forms, compiled, and the database state that follows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from ffp_admin.keyring import Keyring
from ffp_admin.models import Built, FormTables, assign_columns, compile_form
from ffp_admin.models.plan import groups_of
from ffp_admin.problems import Place
from ffp_admin.spec.model import Field, Form, ListView, Section

HERE = Place(file="form.yaml")
DIALECTS: tuple[Dialect, ...] = (SQLiteDialect_pysqlite(), PGDialect_psycopg())  # type: ignore[no-untyped-call]
#: tables are compiled with it, nothing is sealed
NO_KEYS = Keyring({}, "", b"", Path("none"))


def field(key: str, kind: str = "text", **more: object) -> Field:
    """A text field, or one of another kind."""
    return Field(key=key, kind=kind, label=key, place=HERE, **more)  # type: ignore[arg-type]


def form(
    *fields: Field, key: str = "clue", filters: tuple[str, ...] = (), scope: str = "", order: str = ""
) -> Form:
    """A form with one section."""
    section = Section(key="s", label="s", place=HERE, fields=fields)
    view = ListView(columns=(), filters=filters, order=order)
    return Form(key=key, label=key, place=HERE, language="zh", sections=(section,), list=view, scope=scope)


def compiled(declared: Form, keyring: Keyring, taken: Mapping[str, str] | None = None) -> FormTables:
    """The tables of a form, with the columns of an earlier version when given."""
    return compile_form(declared, assign_columns(declared, taken or {}), keyring)


def built(tables: FormTables) -> Built:
    """The state after the plan of these tables ran."""
    return Built(
        columns={table.name: frozenset(table.columns.keys()) for table in tables.tables()},
        indexes=frozenset(str(index.name) for table in tables.tables() for index in table.indexes),
        groups=groups_of(tables),
    )
