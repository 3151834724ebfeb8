"""What a list asks for → the conditions that find it, each region's share answered by the best index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT
from ffp_admin.spec.model import Form
from ffp_admin.store.actor import Actor, NotAllowed
from ffp_admin.store.edition import Edition
from ffp_admin.store.filtering import filter_condition, indexed_conditions
from ffp_admin.store.keyword import FEW, few_hits, is_starred, keyword_conditions
from ffp_admin.store.settling import settled
from ffp_admin.store.visible import Share, also_viewed, shares_of

#: lists are counted exactly up to here, "1 万+" above
COUNTED = 10_000
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
    #: what is to be done with the records beside viewing them: "print", "export"
    verb: str = "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The conditions of a query; scopes do not overlap, each gives a page of its own."""

    condition: ColumnElement[bool]
    scopes: tuple[ColumnElement[bool], ...]
    #: the same scopes for counting
    counted: tuple[ColumnElement[bool], ...]
    #: the condition in parts for counting: a record counts once that meets any of them
    parts: tuple[ColumnElement[bool], ...]
    #: how many there are, at most one more than `COUNTED`, when looking for them told it
    total: int | None = None


def search_of(session: Session, edition: Edition, tables: FormTables, actor: Actor, query: Query) -> Search:
    """The conditions of `query` for an actor.

    Records that a keyword or an indexed filter finds in small number are looked up first. What is frequent is met
    soon enough on the way through the records of the regions. NotAllowed for a filter on what the actor may not see.
    """
    for key in query.filters:
        require_open(tables.form, actor, key)
    shares = settled(session, tables, shares_of(tables, actor, query.verb, query.region))
    codes = tuple(share.code for share in shares if share.code is not None)
    exact = tuple(share.condition(tables) for share in shares)
    loose = tuple(share.loose_condition(tables) for share in shares)
    conditions = [filter_condition(edition, tables, query.filters), also_viewed(tables, actor, query.verb)]
    if query.status:
        conditions.append(tables.main.c.status == query.status)
    ways: tuple[ColumnElement[bool], ...] = ()
    if query.keyword.strip() and is_inside(tables, query.keyword, shares):
        inside = keyword_inside(edition, tables, query.keyword, actor, shares)
        return _looked_through(session, tables, and_(inside, *conditions), exact, loose)
    if query.keyword.strip():
        ways = keyword_ways(edition, tables, query.keyword, actor, shares)
        conditions.append(or_(false(), *ways))
    hits = _few(session, edition, tables, query, codes, ways)
    if hits is not None:
        if ways:
            conditions.pop()  # the hits are what the keyword finds
        narrowed = and_(tables.main.c.id.in_(hits), *conditions)
        return Search(condition=narrowed, scopes=loose, counted=loose, parts=(narrowed,))
    in_county = any(len(code) < TOWN for code in codes)
    # one by one each way is counted inside its own index; joined by OR the records themselves are read
    parts = tuple(and_(*conditions[:-1], way) for way in ways) if len(ways) > 1 else (and_(*conditions),)
    return Search(
        condition=and_(*conditions),
        parts=parts,
        scopes=loose if query.filters and not ways and in_county else exact,
        counted=loose if in_county and (ways or query.filters) else exact,
    )


def is_inside(tables: FormTables, word: str, shares: tuple[Share, ...]) -> bool:
    """Whether a keyword is looked for in the middle of texts: Chinese words within townships."""
    return not word.isascii() and is_near(tables, shares)


def keyword_ways(
    edition: Edition, tables: FormTables, word: str, actor: Actor, shares: tuple[Share, ...]
) -> tuple[ColumnElement[bool], ...]:
    """The ways a keyword finds records."""
    if is_inside(tables, word, shares):
        return (keyword_inside(edition, tables, word, actor, shares),)
    return tuple(keyword_conditions(edition, tables, word, actor, contains=False))


def keyword_inside(
    edition: Edition, tables: FormTables, word: str, actor: Actor, shares: tuple[Share, ...]
) -> ColumnElement[bool]:
    """The keyword stands somewhere in a text of a record of these shares."""
    ways = keyword_conditions(edition, tables, word, actor, contains=True)
    return and_(or_(*(share.condition(tables) for share in shares)), or_(false(), *ways))


def _looked_through(
    session: Session,
    tables: FormTables,
    condition: ColumnElement[bool],
    exact: tuple[ColumnElement[bool], ...],
    loose: tuple[ColumnElement[bool], ...],
) -> Search:
    """The search of a condition that no index answers: the records are gone through once, and counted thereby."""
    scopes = exact
    found = session.execute(select(tables.main.c.id).where(condition).limit(COUNTED + 1)).scalars().all()
    if len(found) <= FEW:
        condition, scopes = tables.main.c.id.in_(found), loose
    return Search(condition=condition, scopes=scopes, counted=scopes, parts=(condition,), total=len(found))


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


def is_near(tables: FormTables, shares: tuple[Share, ...]) -> bool:
    """Whether so few records come into question that looking inside texts is quick."""
    near = all(not share.units if share.code is None else len(share.code) >= TOWN for share in shares)
    return bool(tables.form.scope) and bool(shares) and near


def is_open(form: Form, actor: Actor, key: str) -> bool:
    """Whether the actor may search and sort by a field."""
    return not is_starred(form.field(key), actor) and key not in actor.limits_on(form.key).closed


def require_open(form: Form, actor: Actor, key: str) -> None:
    """NotAllowed for a field whose values the actor sees as stars or not at all: what it finds would tell them."""
    if not is_open(form, actor, key):
        raise NotAllowed(_("You may not search or sort by '{label}'.", label=form.field(key).label))
