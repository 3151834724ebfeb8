"""The one place that decides which records an actor sees.

Visible is a record that lies in one of the actor's regions or inspections, belongs to one of the assigned households,
or is dealt with by one of the actor's units; and only where a role gives the right to view that form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, and_, false, or_, true

from ffp_admin.models.compile import LEVELS, FormTables
from ffp_admin.models.trails import UNIT
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Form
from ffp_admin.store.actor import Actor, Codes

S = TypeVar("S", Select[tuple[object, ...]], Update, Delete)
#: digits of a county's code
_COUNTY = 6
_VIEW = "view"


def visible(statement: S, tables: FormTables, actor: Actor, verb: str = _VIEW) -> S:
    """`statement` limited to what the actor may view; with another verb, to where that is granted as well."""
    return statement.where(visible_condition(tables, actor, verb))


def visible_condition(tables: FormTables, actor: Actor, verb: str = _VIEW) -> ColumnElement[bool]:
    """The condition behind `visible`; never true without the right to view the form."""
    shares = (share.condition(tables) for share in shares_of(tables, actor, verb))
    return and_(or_(false(), *shares), also_viewed(tables, actor, verb))


def loose_condition(tables: FormTables, actor: Actor) -> ColumnElement[bool]:
    """As `visible_condition`, leaving the choice of index to the other conditions."""
    return or_(false(), *(share.loose_condition(tables) for share in shares_of(tables, actor)))


def also_viewed(tables: FormTables, actor: Actor, verb: str) -> ColumnElement[bool]:
    """That a share of `verb` is viewed as well; true where the verb is granted only where the form may be viewed."""
    key = tables.form.key
    granted = (actor.region_codes(key, verb), actor.household_ids(key, verb), actor.unit_ids(key, verb))
    viewed = (actor.region_codes(key), actor.household_ids(key), actor.unit_ids(key))
    if actor.everywhere or all(set(one) <= set(other) for one, other in zip(granted, viewed, strict=True)):
        return true()
    return visible_condition(tables, actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One part of what an actor sees; the shares of an actor do not overlap.

    With `code` a region's subtree ("" is everything). Otherwise the records `within` a region that lie outside the
    subtrees `outside` and lead to the households; with units: that lead to them and to none of the households.
    """

    code: str | None = None
    within: str = ""
    outside: tuple[str, ...] = ()
    households: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    #: the records themselves, once they were looked up
    ids: tuple[int, ...] | None = None

    def condition(self, tables: FormTables) -> ColumnElement[bool]:
        """The records of the share, found through an index."""
        if self.code is None:
            return self._others(tables)
        return region_condition(tables.main, self.code) if self.code else true()

    def loose_condition(self, tables: FormTables) -> ColumnElement[bool]:
        """The same, written so that no index of regions is taken."""
        if self.code is None:
            return self._others(tables)
        return loose_region_condition(tables.main, self.code) if self.code else true()

    def _others(self, tables: FormTables) -> ColumnElement[bool]:
        main, trail = tables.main, tables.household
        if self.ids is not None:
            return main.c.id.in_(self.ids)
        if self.units:
            ways = (way.matches(main, self.units) for way in tables.units)
            return and_(or_(false(), *ways), self.apart(tables))
        assert trail is not None
        return and_(trail.matches(main, self.households), self.apart(tables))

    def apart(self, tables: FormTables) -> ColumnElement[bool]:
        """That a record belongs to none of the actor's other shares, and lies in the region asked for."""
        main, trail = tables.main, tables.household
        rest = [_lies_outside(main, code) for code in self.outside]
        if self.within:
            rest.append(loose_region_condition(main, self.within))
        if self.units and self.households and trail is not None:
            rest.append(trail.misses(main, self.households))
        return and_(true(), *rest)


def shares_of(
    tables: FormTables, actor: Actor, verb: str = _VIEW, region: str = "", *, viewed: bool = True
) -> tuple[Share, ...]:
    """Where an actor may do `verb`, limited to a region if one is given; nothing without the right to view."""
    form = tables.form
    if not actor.may(form.key, verb) or (viewed and not actor.may(form.key, _VIEW)):
        return ()
    if not (form.scope or form.handled_by):
        return (Share(code=""),)
    return tuple(_shares(tables, actor, verb, region))


def _shares(tables: FormTables, actor: Actor, verb: str, region: str) -> Iterator[Share]:
    form = tables.form
    codes = region_reach(form, actor, verb)
    for code in sorted({one for code in codes if (one := _narrower(code, region)) is not None}):
        yield Share(code=code)
    if "" in codes:
        return
    households = actor.household_ids(form.key, verb) if tables.household else ()
    if households:
        yield Share(within=region, outside=codes, households=households)
    units = actor.unit_ids(form.key, verb) if tables.units else ()
    if units:
        yield Share(within=region, outside=codes, households=households, units=units)


def region_reach(form: Form, actor: Actor, verb: str) -> tuple[str, ...]:
    """Region codes in whose subtrees the verb is granted; "" for everything.

    Records without a region are the county's: who holds the role for a whole county does the verb with all of them.
    """
    if actor.everywhere:
        return ("",)
    codes = actor.region_codes(form.key, verb)
    if has_regions(form):
        return codes
    return ("",) if any(len(code) == _COUNTY for code in codes) else ()


def has_regions(form: Form) -> bool:
    """Whether the records of a form lie in regions: not those that belong to nobody, or to a unit."""
    return bool(form.scope) and KINDS[form.field(form.scope).kind].register != UNIT


def lies_within(form: Form, codes: Codes, actor: Actor, verb: str) -> bool:
    """Whether a place is in one of the regions where the verb is granted."""
    reach = region_reach(form, actor, verb)
    return "" in reach or any(codes.get(LEVELS[len(code)]) == code for code in reach)


def region_condition(main: Table, region: str) -> ColumnElement[bool]:
    """Records of one region's subtree: equality on the ancestor code of its level, which an index answers.

    Groups have no index of their own; their village narrows them.
    """
    level = LEVELS.get(len(region))
    if level is None:
        return false()
    exact = main.c[level] == region
    return and_(main.c.village_code == region[:12], exact) if level == "group_code" else exact


def loose_region_condition(main: Table, region: str) -> ColumnElement[bool]:
    """The same, written so that no index of regions is taken: for when something else finds fewer records."""
    level = LEVELS.get(len(region))
    return main.c[level].concat("") == region if level else false()


def _lies_outside(main: Table, region: str) -> ColumnElement[bool]:
    """Records outside one region's subtree, those without a region among them."""
    own = main.c[LEVELS[len(region)]]
    return or_(own.is_(None), own != region)


def _narrower(one: str, other: str) -> str | None:
    """The smaller of two subtrees when one contains the other; None when they are apart."""
    if one.startswith(other):
        return one
    return other if other.startswith(one) else None
