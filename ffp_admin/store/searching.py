"""What a list asks for → the conditions that find it, each region's share answered by the best index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT
from ffp_admin.store.actor import Actor
from ffp_admin.store.edition import Edition
from ffp_admin.store.filtering import filter_condition, indexed_conditions
from ffp_admin.store.keyword import few_hits, keyword_conditions
from ffp_admin.store.visible import loose_region_condition, region_condition

#: digits of a township's and a village's code
TOWN, VILLAGE = 9, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list asks for.

    `filters`: field key → value, (from, to) for numbers, dates and months with None for an open end, or a list of
    values of which one must hold. A region filters its whole subtree. `after` and `before` are cursors of a page
    (record ids). `order` is a field key, "created" or "updated", with "-" for descending; "" takes the declared
    order, else newest first.
    """

    keyword: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    #: region whose subtree the list is limited to, beside the actor's own
    region: str = ""
    after: int | None = None
    before: int | None = None
    size: int = 20
    order: str = ""
    #: "current", "void", or "" for both
    status: str = CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The conditions of a query; scopes do not overlap, each gives a page of its own."""

    condition: ColumnElement[bool]
    scopes: tuple[ColumnElement[bool], ...]
    #: the same scopes for counting
    counted: tuple[ColumnElement[bool], ...]


def search_of(session: Session, edition: Edition, tables: FormTables, actor: Actor, query: Query) -> Search:
    """The conditions of `query` for an actor.

    Records that a keyword or an indexed filter finds in small number are looked up first. What is frequent is met
    soon enough on the way through the records of the regions.
    """
    codes = _codes(tables, actor, query.region)
    exact = tuple(region_condition(tables.main, code) if code else true() for code in codes)
    loose = tuple(loose_region_condition(tables.main, code) if code else true() for code in codes)
    conditions = [filter_condition(edition, tables, query.filters)]
    if query.status:
        conditions.append(tables.main.c.status == query.status)
    ways: tuple[ColumnElement[bool], ...] = ()
    if query.keyword.strip():
        ways = keyword_ways(edition, tables, query.keyword, actor, codes, exact)
        conditions.append(or_(false(), *ways))
    hits = _few(session, edition, tables, query, codes, ways)
    if hits is not None:
        if ways:
            conditions.pop()  # the hits are what the keyword finds
        narrowed = and_(tables.main.c.id.in_(hits), *conditions)
        return Search(condition=narrowed, scopes=loose, counted=loose)
    in_county = any(len(code) < TOWN for code in codes)
    return Search(
        condition=and_(*conditions),
        scopes=loose if query.filters and not ways and in_county else exact,
        counted=loose if in_county and (ways or query.filters) else exact,
    )


def keyword_ways(
    edition: Edition,
    tables: FormTables,
    word: str,
    actor: Actor,
    codes: tuple[str, ...],
    exact: tuple[ColumnElement[bool], ...],
) -> tuple[ColumnElement[bool], ...]:
    """The ways a keyword finds records; Chinese words are looked for in the middle of texts within townships."""
    if word.isascii() or not is_near(tables, codes):
        return tuple(keyword_conditions(edition, tables, word, actor, contains=False))
    ways = keyword_conditions(edition, tables, word, actor, contains=True)
    return (and_(or_(*exact), or_(false(), *ways)),)


def _few(
    session: Session,
    edition: Edition,
    tables: FormTables,
    query: Query,
    codes: tuple[str, ...],
    ways: tuple[ColumnElement[bool], ...],
) -> list[int] | None:
    """The ids of few records among which all that are asked for must be; None when there are many."""
    if ways:
        return few_hits(session, tables, ways)
    if all(len(code) >= VILLAGE for code in codes):
        return None
    for condition in indexed_conditions(edition, tables, query.filters):
        hits = few_hits(session, tables, [condition])
        if hits is not None:
            return hits
    return None


def is_near(tables: FormTables, codes: tuple[str, ...]) -> bool:
    """Whether so few records come into question that looking inside texts is quick."""
    return bool(tables.form.scope) and bool(codes) and all(len(code) >= TOWN for code in codes)


def _codes(tables: FormTables, actor: Actor, region: str) -> tuple[str, ...]:
    """Region codes whose subtrees are listed, "" for everything; none without the right to view."""
    form = tables.form
    if not actor.may(form.key, "view"):
        return ()
    if not form.scope:
        return ("",)
    own = ("",) if actor.everywhere else actor.widest_regions()
    return tuple(sorted({code for one in own if (code := _narrower(one, region)) is not None}))


def _narrower(one: str, other: str) -> str | None:
    """The smaller of two subtrees when one contains the other; None when they are apart."""
    if one.startswith(other):
        return one
    return other if other.startswith(one) else None
