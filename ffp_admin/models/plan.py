"""What publishing a form does to the database: tables and columns are added, never changed, never dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Dialect, Index, Table
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from ffp_admin.i18n import N_, _
from ffp_admin.models.columns import paths_of
from ffp_admin.models.compile import FormTables
from ffp_admin.models.kinds import storage_of
from ffp_admin.problems import Place

TABLE, COLUMN, INDEX = "create_table", "add_column", "create_index"
_TEXTS = {
    TABLE: N_("Create the table {table} with {count} columns"),
    COLUMN: N_("Add the column {name} to the table {table}"),
    INDEX: N_("Create the index {name} on the table {table}"),
}
#: storage group of a table's entry, which has rows instead of a column
ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What is there already: physical columns by table, index names, and the recorded storage group by path."""

    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    indexes: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One additive change; `part` is the table, column or index to be made."""

    action: str
    table: str
    name: str
    part: Table | Column[Any] | Index

    def text(self) -> str:
        """The step in words."""
        count = len(self.part.columns) if isinstance(self.part, Table) else 1
        return _(_TEXTS[self.action], table=self.table, name=self.name, count=count)

    def sql(self, dialect: Dialect) -> str:
        """The statement, ready to run."""
        if isinstance(self.part, Table):
            return str(CreateTable(self.part).compile(dialect=dialect)).strip()
        if isinstance(self.part, Index):
            return str(CreateIndex(self.part).compile(dialect=dialect)).strip()
        preparer = dialect.identifier_preparer
        definition = CreateColumn(self.part).compile(dialect=dialect)
        return f"ALTER TABLE {preparer.quote(self.table)} ADD COLUMN {definition}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a form cannot be published over the data that is there, in a sentence."""

    form: str
    path: str
    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps of one form, the fields it no longer shows, and what forbids it."""

    form: str
    steps: tuple[Step, ...] = ()
    #: field paths that have data or a column but are declared no longer: hidden, kept
    hidden: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    def text(self) -> str:
        """The plan for people, one line per step."""
        kept = [_("The field '{path}' is hidden; its data stay.", path=path) for path in self.hidden]
        return "\n".join([*(step.text() for step in self.steps), *kept])

    def sql(self, dialect: Dialect) -> tuple[str, ...]:
        """The statements in order."""
        return tuple(step.sql(dialect) for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The plan as plain data, for the record."""
        steps = [{"action": s.action, "table": s.table, "name": s.name} for s in self.steps]
        return {"form": self.form, "steps": steps, "hidden": list(self.hidden)}


def groups_of(tables: FormTables) -> dict[str, str]:
    """Field path → storage group, as recorded at publish."""
    groups = {}
    for path, one in paths_of(tables.form):
        storage = storage_of(one)
        if path in tables.names:
            groups[path] = storage.group if storage else ROWS
    return groups


def plan_form(tables: FormTables, built: Built) -> Plan:
    """The additive steps from `built` to `tables`; with refusals when a field changed to a kind stored otherwise."""
    refusals = tuple(_refusals(tables, built))
    groups = groups_of(tables)
    return Plan(
        form=tables.form.key,
        steps=() if refusals else tuple(_steps(tables, built)),
        hidden=tuple(sorted(path for path in built.groups if path not in groups)),
        refusals=refusals,
    )


def _steps(tables: FormTables, built: Built) -> Iterator[Step]:
    for table in tables.tables():
        there = built.columns.get(table.name)
        if there is None:
            yield Step(action=TABLE, table=table.name, name=table.name, part=table)
        else:
            for column in table.columns:
                if column.name not in there:
                    yield Step(action=COLUMN, table=table.name, name=column.name, part=column)
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            if index.name not in built.indexes:
                yield Step(action=INDEX, table=table.name, name=str(index.name), part=index)


def _refusals(tables: FormTables, built: Built) -> Iterator[Refusal]:
    fields = dict(paths_of(tables.form))
    for path, group in groups_of(tables).items():
        recorded = built.groups.get(path, group)
        if recorded != group:
            yield Refusal(
                form=tables.form.key,
                path=path,
                place=fields[path].place,
                message=_(
                    "The field '{path}' already holds data stored as '{old}' and cannot become '{new}'. "
                    "Keep its kind, or declare a new field with another name.",
                    path=path,
                    old=_(_GROUP_NAMES[recorded]),
                    new=_(_GROUP_NAMES[group]),
                ),
            )


#: storage group → word
_GROUP_NAMES = {
    "text": N_("text"),
    "sealed_text": N_("encrypted text"),
    "integer": N_("whole number"),
    "amount": N_("number with decimals"),
    "percent": N_("percentage"),
    "date": N_("date"),
    "month": N_("month"),
    "boolean": N_("yes or no"),
    "choice": N_("one choice"),
    "multi_choice": N_("several choices"),
    "id_number": N_("ID number"),
    "disability_card": N_("disability card number"),
    "phone": N_("phone number"),
    "bank_account": N_("bank account"),
    "region": N_("region"),
    "unit": N_("unit"),
    "household": N_("household"),
    "person": N_("person"),
    "member": N_("household member"),
    "serial": N_("serial number"),
    ROWS: N_("table of rows"),
}
