"""Choosing a record by typing, and what a chosen record is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT
from ffp_admin.store.actor import Actor
from ffp_admin.store.cells import Looker
from ffp_admin.store.edition import Edition
from ffp_admin.store.keyword import few_hits, starts_with
from ffp_admin.store.record import fetch_records, select_records
from ffp_admin.store.references import holds_codes, key_column
from ffp_admin.store.searching import keyword_ways
from ffp_admin.store.settling import settled
from ffp_admin.store.store import Store
from ffp_admin.store.visible import shares_of


def pick(
    session: Session,
    store: Store,
    register: str,
    text: str,
    actor: Actor,
    limit: int = 20,
    *,
    inside: bool = False,
) -> list[tuple[int | str, str]]:
    """Up to `limit` current records the actor may see that begin with `text`: (id, regions: code; caption).

    An empty text gives the first ones. `inside` keeps regions to those the actor works in.
    """
    edition = store.edition()
    tables = edition.tables(register)
    column = key_column(tables)
    statement = select_records(tables).where(tables.main.c.status == CURRENT)
    if inside and holds_codes(register) and not actor.everywhere:
        own = actor.widest_regions()
        statement = statement.where(or_(false(), *(starts_with(column, code) for code in own)))
    statement = statement.order_by(column if holds_codes(register) else tables.main.c.id).limit(limit)
    by_code = next((path for path, name in tables.names.items() if name == column.name), "")
    keys: list[Any] = sorted(
        record.values[by_code] if by_code else record.id
        for found in _ways(session, edition, tables, text, actor)
        for record in fetch_records(session, tables, statement.where(found), with_rows=False)
    )[:limit]
    captions = caption(session, store, register, keys, actor)
    return [(key, captions.get(key) or str(key)) for key in keys]


def _ways(
    session: Session, edition: Edition, tables: FormTables, text: str, actor: Actor
) -> list[ColumnElement[bool]]:
    """What the typed text finds in each part of what the actor may see."""
    shares = settled(session, tables, shares_of(tables, actor))
    if not text.strip():
        return [share.condition(tables) for share in shares]
    ways = keyword_ways(edition, tables, text, actor, shares)
    hits = few_hits(session, tables, ways)
    if hits is None:
        return [and_(share.condition(tables), or_(false(), *ways)) for share in shares]
    return [and_(share.loose_condition(tables), tables.main.c.id.in_(hits)) for share in shares]


def caption(
    session: Session, store: Store, register: str, ids: Iterable[Any], actor: Actor
) -> dict[Any, str]:
    """Id (regions: code) → caption, of the records the actor may see; void ones too, regions for everybody."""
    looker = Looker(session=session, edition=store.edition(), actor=actor)
    return looker.captions(register, ids)
