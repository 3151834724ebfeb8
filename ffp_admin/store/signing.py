"""Whose name a deed bears: what an account can do only in somebody's stead is signed with both names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.models import FormTables
from ffp_admin.store.actor import Actor, Codes
from ffp_admin.store.visible import lies_within, visible_condition

#: where a record lies, and its id if it was there before
Spot = tuple[Codes, int | None]


def signing(session: Session, tables: FormTables, actor: Actor, verb: str, spots: Sequence[Spot]) -> Actor:
    """The actor as a deed on these records names it: "李文书（代王文书）" when its own scopes do not cover them all."""
    if not actor.acts_for or not spots or _covers(session, tables, actor.by_own_right(), verb, spots):
        return actor
    others = [one for one in actor.holdings if one.behalf and one.may(tables.form.key, verb)]
    near = [one for one in others if any(_lies_in(codes, one.regions) for codes, _id in spots)]
    names = "、".join(dict.fromkeys(one.behalf for one in near or others))
    return replace(actor, name=_("{name} (for {other})", name=actor.name, other=names))


def _covers(session: Session, tables: FormTables, own: Actor, verb: str, spots: Sequence[Spot]) -> bool:
    if not own.may(tables.form.key, verb):
        return False
    if not (tables.form.scope or tables.form.handled_by):
        return True
    left = [(codes, id_) for codes, id_ in spots if not lies_within(tables.form, codes, own, verb)]
    ids = {id_ for _codes, id_ in left if id_ is not None}
    if len(ids) < len(left):
        return False  # a new record outside the own regions
    main = tables.main
    covered = select(main.c.id).where(main.c.id.in_(ids), visible_condition(tables, own, verb))
    return not ids or len(session.execute(covered).all()) == len(ids)


def _lies_in(codes: Codes, regions: Sequence[str]) -> bool:
    return any(region in codes.values() for region in regions)
