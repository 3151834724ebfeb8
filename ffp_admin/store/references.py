"""Fields that point to records of another register: what may be chosen, where it lies, what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT, LEVELS
from ffp_admin.rules.related import Link
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store.actor import Actor, Codes
from ffp_admin.store.dialect import is_sqlite
from ffp_admin.store.edition import Edition
from ffp_admin.store.limits import NO_LIMITS
from ffp_admin.store.record import chunks, fetch_records, select_records
from ffp_admin.store.related import Coming, RelatedRecords
from ffp_admin.store.visible import visible

#: register → physical column its references hold, where that is not the id
_REFERRED_BY: Mapping[str, str] = MappingProxyType({"region": "region_code"})


def register_of(field: Field) -> str:
    """The register a field points into; "" for other kinds."""
    return KINDS[field.kind].register


def key_column(tables: FormTables) -> Column[Any]:
    """The column of a register that references hold: its id, for regions the code."""
    return tables.main.c[_REFERRED_BY.get(tables.form.key, "id")]


def holds_codes(register: str) -> bool:
    """Whether references to the register are codes that tell their region by themselves."""
    return register in _REFERRED_BY


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A field that points to a register; `table` is the field of the rows it stands in, "" at the top."""

    field: Field
    table: str = ""

    @property
    def path(self) -> str:
        """ "户", or "药费票据.医院" inside a table."""
        return f"{self.table}.{self.field.key}" if self.table else self.field.key

    def found(self, values: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
        """Place ("药费票据[2].医院") and id or code of every filled one."""
        key = self.field.key
        if not self.table:
            if values.get(key) is not None:
                yield key, values[key]
            return
        for position, row in enumerate(values.get(self.table) or ()):
            if row.get(key) is not None:
                yield f"{self.table}[{position}].{key}", row[key]


def pointers_of(form: Form) -> tuple[Pointer, ...]:
    """Every field of a form, also inside its tables, that points to a register."""
    top = [Pointer(field=field) for field in form.fields() if register_of(field)]
    inner = [
        Pointer(field=cell, table=field.key)
        for field in form.fields()
        for cell in field.fields
        if register_of(cell)
    ]
    return (*top, *inner)


def referring_fields(edition: Edition, register: str) -> Iterator[tuple[Form, str]]:
    """Every form and field path of the catalog that points into `register`."""
    for form in edition.catalog.forms.values():
        for pointer in pointers_of(form):
            if register_of(pointer.field) == register:
                yield form, pointer.path


def codes_of_region(code: str) -> Codes:
    """The scope codes of a region: each ancestor's code, None below its own level."""
    return {column: code[:length] if len(code) >= length else None for length, column in LEVELS.items()}


class Surroundings:
    """What the records of one batch refer to, read in sets: the World of their rules.

    `today_of_record` is the day of the save: a register shows the present state, and the values computed from it are
    stored with the record. With a `viewer` only what that actor may see is known: nothing is learned from what a
    form would fill in or find.
    """

    def __init__(
        self,
        session: Session,
        edition: Edition,
        today: date,
        coming: Coming | None = None,
        viewer: Actor | None = None,
    ) -> None:
        self._session = session
        self._edition = edition
        self._viewer = viewer
        self._wanted: dict[str, set[object]] = {}
        #: what records point to themselves: asked for its place, too
        self._chosen_now: dict[str, set[object]] = {}
        self._values: dict[tuple[str, object], Mapping[str, Any] | None] = {}
        self._chosen: dict[tuple[str, object, Actor], Codes] = {}
        self._looked_up: set[tuple[str, object, Actor]] = set()
        self._related = RelatedRecords(session, edition, coming, self._heard)
        self._pointers: dict[str, tuple[Pointer, ...]] = {}
        self.today_of_record = today

    def expect(self, pointers: Iterable[Pointer], values: Mapping[str, Any]) -> None:
        """Note what a record refers to, so that one statement reads it for all records."""
        for pointer in pointers:
            register = register_of(pointer.field)
            wanted = self._wanted.setdefault(register, set())
            chosen = self._chosen_now.setdefault(register, set())
            for _place, value in pointer.found(values):
                wanted.add(value)
                chosen.add(value)

    def _expect_behind(self, pointers: Iterable[Pointer], values: Mapping[str, Any]) -> None:
        """The same for a record that was read: only rules ask for what it refers to."""
        for pointer in pointers:
            wanted = self._wanted.setdefault(register_of(pointer.field), set())
            wanted.update(value for _place, value in pointer.found(values))

    def expect_related(self, links: Iterable[Link], values: Mapping[str, Any], own: object | None) -> None:
        """Note which other records the checks of a record will look at, for one statement for all records."""
        self._related.expect(links, values, own)

    def related(self, register: str, field: str, id: object) -> Mapping[object, Mapping[str, Any]]:
        """The current records of `register` that point to `id`, by id, as they will be when all drafts are written."""
        return self._related.rows(register, field, id)

    def forget_related(self) -> None:
        """Read them again: a draft was refused."""
        self._related.forget()

    def _heard(self, register: str, values: Mapping[str, Any]) -> None:
        if register not in self._pointers:
            self._pointers[register] = pointers_of(self._edition.form(register))
        self._expect_behind(self._pointers[register], values)

    def fetch(self, register: str, id_or_code: object) -> Mapping[str, Any] | None:
        """The values of a record by field key; None when there is no current one."""
        if (register, id_or_code) not in self._values:
            self._wanted.setdefault(register, set()).add(id_or_code)
            self._read(register)
        return self._values[register, id_or_code]

    def _read(self, register: str) -> None:
        wanted = [one for one in self._wanted.pop(register) if (register, one) not in self._values]
        self._values.update(((register, one), None) for one in wanted)
        if register not in self._edition.catalog.forms:
            return
        tables = self._edition.tables(register)
        column = key_column(tables)
        statement = select_records(tables).where(tables.main.c.status == CURRENT)
        limits = self._viewer.limits_on(register) if self._viewer else NO_LIMITS
        if self._viewer is not None and not holds_codes(register):
            statement = visible(statement, tables, self._viewer)
        by_code = next((path for path, name in tables.names.items() if name == column.name), "")
        pointers = pointers_of(tables.form)
        for some in chunks(wanted):
            for record in fetch_records(
                self._session, tables, statement.where(column.in_(some)), limits, with_rows=False
            ):
                key = record.values[by_code] if by_code else record.id
                self._values[register, key] = record.values
                self._expect_behind(pointers, record.values)

    def codes_of(self, register: str, id_or_code: Any, actor: Actor) -> Codes | None:
        """The scope codes of a record the actor may choose; None when there is none or it is hidden from the actor."""
        key = (register, id_or_code, actor)
        if key not in self._looked_up:
            self._look_up(register, {*self._chosen_now.get(register, ()), id_or_code}, actor)
        return self._chosen.get(key)

    def _look_up(self, register: str, keys: Iterable[object], actor: Actor) -> None:
        new = [key for key in keys if (register, key, actor) not in self._looked_up]
        self._looked_up.update((register, key, actor) for key in new)
        for some in chunks(new):
            for key, codes in self._codes(register, some, actor):
                self._chosen[register, key, actor] = codes

    def _codes(self, register: str, keys: list[Any], actor: Actor) -> Iterator[tuple[object, Codes]]:
        if register not in self._edition.catalog.forms:
            # a reference without its register cannot be checked; only codes say something by themselves
            yield from ((key, codes_of_region(key)) for key in keys if holds_codes(register))
            return
        tables = self._edition.tables(register)
        column = key_column(tables)
        levels = LEVELS.values()
        statement = select(column, *(tables.main.c[name] for name in levels)).where(
            column.in_(keys), tables.main.c.status == CURRENT
        )
        if tables.form.scope:
            # held until we commit: it neither moves nor becomes void while a record is attached to it
            statement = visible(statement, tables, actor).with_for_update(read=True)
        for key, *found in self._session.execute(statement):
            codes = dict(zip(levels, found, strict=True))
            yield key, codes_of_region(key) if holds_codes(register) else codes


def lock_owners(session: Session, edition: Edition, form_key: str, ids: Iterable[int]) -> None:
    """Hold the records that say where these records lie (a member's household) before the records themselves.

    Who moves a household locks it first and its members afterwards; everybody keeps to this order.
    """
    tables = edition.tables(form_key)
    scope = tables.form.scope
    register = register_of(tables.form.field(scope)) if scope else ""
    if not register or holds_codes(register) or register not in edition.catalog.forms or is_sqlite(session):
        return
    column, owners = tables.column(scope), edition.tables(register).main
    for some in chunks(ids):
        keys = session.execute(select(column).where(tables.main.c.id.in_(some))).scalars().all()
        lock_owners(session, edition, register, keys)
        locked = select(owners.c.id).where(owners.c.id.in_(keys)).order_by(owners.c.id)
        session.execute(locked.with_for_update(read=True)).all()
