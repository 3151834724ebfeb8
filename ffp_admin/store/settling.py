"""Small shares of what an actor sees, looked up first: a list over few households never walks the whole table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.trails import Trail
from ffp_admin.store.visible import Share

#: a share with no more records than this is known by their ids
FEW = 2_000


def settled(session: Session, tables: FormTables, shares: tuple[Share, ...]) -> tuple[Share, ...]:
    """The shares, those of households and units as the ids of their records where these are few."""
    return tuple(share if share.code is not None else _settled(session, tables, share) for share in shares)


def _settled(session: Session, tables: FormTables, share: Share) -> Share:
    own = tables.units if share.units else (tables.household,)
    asked = share.units or share.households
    main, ways = tables.main, []
    for trail in own:
        values = _values(session, trail, asked) if trail is not None else ()
        if trail is None or values is None:
            return share
        ways.append(main.c[trail.column].in_(values))
    # without an order the database has no reason to walk along one
    found = select(main.c.id).where(or_(*ways), share.apart(tables)).limit(FEW + 1)
    ids = session.execute(found).scalars().all()
    return share if len(ids) > FEW else replace(share, ids=tuple(sorted(ids)))


def _values(session: Session, trail: Trail, asked: Collection[int]) -> Collection[int] | None:
    """What the trail's column may hold, step by step from its far end; None when that is much."""
    if trail.rest is None:
        return asked
    inner = _values(session, trail.rest, asked)
    if inner is None:
        return None
    found = session.execute(trail.step(inner).limit(FEW + 1)).scalars().all()
    return None if len(found) > FEW else sorted(set(found))
