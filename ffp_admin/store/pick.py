"""Choosing a record by typing, and what a chosen record is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import false, or_
from sqlalchemy.orm import Session

from ffp_admin.models.compile import CURRENT
from ffp_admin.store.actor import Actor
from ffp_admin.store.cells import Looker
from ffp_admin.store.keyword import keyword_condition, starts_with
from ffp_admin.store.record import fetch_records, select_records
from ffp_admin.store.references import holds_codes, key_column
from ffp_admin.store.store import Store
from ffp_admin.store.visible import visible


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
    statement = visible(select_records(tables), tables, actor).where(tables.main.c.status == CURRENT)
    if text.strip():
        near = (
            len(actor.regions) > 0
            and all(len(code) >= 9 for code in actor.regions)
            and bool(tables.form.scope)
        )
        statement = statement.where(keyword_condition(edition, tables, text, actor, contains=near))
    if inside and holds_codes(register) and not actor.everywhere:
        own = actor.widest_regions()
        statement = statement.where(or_(false(), *(starts_with(column, code) for code in own)))
    statement = statement.order_by(column if holds_codes(register) else tables.main.c.id).limit(limit)
    records = fetch_records(session, tables, statement, with_rows=False)
    by_code = next((path for path, name in tables.names.items() if name == column.name), "")
    keys: list[Any] = [record.values[by_code] if by_code else record.id for record in records]
    captions = caption(session, store, register, keys, actor)
    return [(key, captions.get(key) or str(key)) for key in keys]


def caption(
    session: Session, store: Store, register: str, ids: Iterable[Any], actor: Actor
) -> dict[Any, str]:
    """Id (regions: code) → caption, of the records the actor may see; void ones too, regions for everybody."""
    looker = Looker(session=session, edition=store.edition(), actor=actor)
    return looker.captions(register, ids)
