"""The one place that decides which records an actor sees."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, and_, false, or_, true

from ffp_admin.models.compile import LEVELS, FormTables
from ffp_admin.store.actor import Actor

S = TypeVar("S", Select[tuple[object, ...]], Update, Delete)


def visible(statement: S, tables: FormTables, actor: Actor) -> S:
    """`statement` limited to what the actor may view: the right on the form, and its regions' subtrees."""
    return statement.where(visible_condition(tables, actor))


def visible_condition(tables: FormTables, actor: Actor) -> ColumnElement[bool]:
    """The condition behind `visible`; never true without the right to view the form."""
    if not actor.may(tables.form.key, "view"):
        return false()
    return inside_condition(tables, actor)


def inside_condition(tables: FormTables, actor: Actor) -> ColumnElement[bool]:
    """The regions alone: everything for forms without scope, nothing for an actor without region."""
    if actor.everywhere or not tables.form.scope:
        return true()
    return or_(false(), *(region_condition(tables.main, region) for region in actor.widest_regions()))


def loose_condition(tables: FormTables, actor: Actor) -> ColumnElement[bool]:
    """As `visible_condition`, leaving the choice of index to the other conditions."""
    if not actor.may(tables.form.key, "view"):
        return false()
    if actor.everywhere or not tables.form.scope:
        return true()
    return or_(false(), *(loose_region_condition(tables.main, one) for one in actor.widest_regions()))


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
