"""How the records of a form lead to households and to units: the way visibility goes beside the regions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, column, or_, select, table

from ffp_admin.models.compile import CURRENT, main_table_name
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Form

HOUSEHOLD, UNIT = "household", "unit"
_Values = Collection[int] | Select[Any]
_ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """`column` holds one of the ids, or one of what the rows of `table` hold in `wanted` where `rest` leads on."""

    column: str
    table: str = ""
    wanted: str = _ID
    rest: Trail | None = None
    #: only current rows of `table` lead on
    current: bool = False

    def matches(self, source: FromClause, ids: Collection[int]) -> ColumnElement[bool]:
        """The rows of `source` that lead to one of the ids; every step is answered by an index."""
        return source.c[self.column].in_(self._found(ids))

    def misses(self, source: FromClause, ids: Collection[int]) -> ColumnElement[bool]:
        """All other rows, those without a value among them."""
        own = source.c[self.column]
        return or_(own.is_(None), own.not_in(self._found(ids)))

    def step(self, values: _Values) -> Select[Any]:
        """What the column holds when the next step's column holds one of `values`."""
        assert self.rest is not None
        names = {self.wanted, self.rest.column, "status"}
        behind = table(self.table, *(column(name) for name in sorted(names)))
        conditions: list[ColumnElement[bool]] = [
            behind.c[self.wanted].is_not(None),
            behind.c[self.rest.column].in_(values),
        ]
        if self.current:
            conditions.append(behind.c.status == CURRENT)
        return select(behind.c[self.wanted]).where(and_(*conditions))

    def _found(self, ids: Collection[int]) -> _Values:
        return ids if self.rest is None else self.step(self.rest._found(ids))


#: form → field path → physical name
Names = Mapping[str, Mapping[str, str]]


def household_trail(catalog: Catalog, names: Names, key: str, seen: tuple[str, ...] = ()) -> Trail | None:
    """The way from a form's records to their household: they are it, belong to it, or are led to by such a record."""
    if key == HOUSEHOLD:
        return Trail(column=_ID)
    form = catalog.forms.get(key)
    if form is None or key in seen:
        return None
    if form.household_by:
        other, _dot, path = form.household_by.partition(".")
        rest = household_trail(catalog, names, other, (*seen, key))
        if rest:
            return _back(other, names[other][path], rest)
    owner = _owner(form)
    if owner == HOUSEHOLD:
        return Trail(column=names[key][form.scope])
    rest = household_trail(catalog, names, owner, (*seen, key)) if owner else None
    return Trail(column=names[key][form.scope], table=main_table_name(owner), rest=rest) if rest else None


def unit_trails(catalog: Catalog, names: Names, key: str, seen: tuple[str, ...] = ()) -> tuple[Trail, ...]:
    """The ways from a form's records to the unit that deals with them.

    A form that names the unit itself goes by that alone. Others are seen with what they belong to, and a household
    with every current record about it that the unit deals with.
    """
    form = catalog.forms.get(key)
    if form is None or key in seen:
        return ()
    if form.handled_by:
        return (Trail(column=names[key][form.handled_by]),)
    return tuple(_unit_ways(catalog, names, form, (*seen, key)))


def _unit_ways(catalog: Catalog, names: Names, form: Form, seen: tuple[str, ...]) -> Iterator[Trail]:
    owner = _owner(form)
    if owner == UNIT:
        yield Trail(column=names[form.key][form.scope])
        return
    for other in catalog.forms.values():
        if other.handled_by and _owner(other) == form.key:
            yield _back(
                other.key, names[other.key][other.scope], Trail(column=names[other.key][other.handled_by])
            )
    if form.household_by:
        link, _dot, path = form.household_by.partition(".")
        for rest in unit_trails(catalog, names, link, seen):
            yield _back(link, names[link][path], rest)
    if owner:
        for rest in unit_trails(catalog, names, owner, seen):
            own = names[form.key][form.scope]
            # what leads to the owner's id leads to the reference that holds it: one step less
            shorter = rest.rest is not None and rest.column == _ID
            yield (
                replace(rest, column=own)
                if shorter
                else Trail(column=own, table=main_table_name(owner), rest=rest)
            )


def _owner(form: Form) -> str:
    """The register a form's 归属 points into; "" when it has none."""
    return KINDS[form.field(form.scope).kind].register if form.scope else ""


def _back(form: str, wanted: str, rest: Trail) -> Trail:
    """From a record to the current records of `form` that lead to it."""
    return Trail(column=_ID, table=main_table_name(form), wanted=wanted, rest=rest, current=True)
