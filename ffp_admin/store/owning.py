"""Whose own a record is: full numbers are shown, for a reason, to those who look after that very household."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.compile import LEVELS
from ffp_admin.store.actor import Actor
from ffp_admin.store.record import Record

#: digits of a village's code; who works for a wider region needs the right to see numbers in full
_VILLAGE = 12


def may_reveal(session: Session, tables: FormTables, record: Record, actor: Actor) -> bool:
    """Whether hidden values of a record may be opened with a reason: always with the right to see them in full.

    Otherwise only those of one's own village or group, and of assigned households; an inspection or a dispatch to a
    unit makes nobody's household one's own.
    """
    if actor.unmasked or actor.everywhere:
        return True
    villages = (code for code in actor.own_regions(tables.form.key) if len(code) >= _VILLAGE)
    if any(record.codes.get(LEVELS[len(code)]) == code for code in villages if len(code) in LEVELS):
        return True
    households = actor.household_ids(tables.form.key)
    if not households or tables.household is None:
        return False
    main = tables.main
    own = select(main.c.id).where(main.c.id == record.id, tables.household.matches(main, households))
    return session.execute(own).first() is not None
