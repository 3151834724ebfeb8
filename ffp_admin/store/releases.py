"""The history of releases: who put what in force when, and what each says otherwise than the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin import spec
from ffp_admin.i18n import N_, _
from ffp_admin.spec.differences import ADDED, CHANGED, REMOVED, Difference, differences
from ffp_admin.store import static
from ffp_admin.store.reader import read_files
from ffp_admin.store.store import Store

_TITLES = {ADDED: N_("New: {what}"), REMOVED: N_("Removed: {what}"), CHANGED: N_("Changed: {what}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """One release in the history."""

    number: int
    at: datetime
    user_name: str
    note: str


def read_releases(session: Session, limit: int, before: int | None = None) -> Sequence[ReleaseLine]:
    """Releases from newest to oldest, from the one before number `before`."""
    table = static.release
    query = select(table.c.number, table.c.at, table.c.user_name, table.c.note)
    if before is not None:
        query = query.where(table.c.number < before)
    rows = session.execute(query.order_by(table.c.number.desc()).limit(limit))
    return [ReleaseLine(**row._mapping) for row in rows]


def changes_of(store: Store, number: int) -> tuple[Difference, ...]:
    """What release `number` says otherwise than the one before; KeyError when there is none."""
    return changes_between(store, number - 1, number)


def changes_between(store: Store, older: int, newer: int) -> tuple[Difference, ...]:
    """The differences of two releases in words; KeyError when `newer` does not exist, release 0 is empty."""
    with store.reading() as session:
        old, new = read_files(session, older), read_files(session, newer)
    if not new:
        raise KeyError(newer)
    return differences(spec.collect(old)[0], spec.collect(new)[0])


def change_title(difference: Difference) -> str:
    """What happens to which declaration."""
    return _(_TITLES[difference.change], what=difference.title)
