"""What the worker does again and again: nothing personal may lie about longer than needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import update
from sqlalchemy.orm import Session

from ffp_admin.store import static

#: an uploaded workbook that was neither taken nor given up is emptied after this time
STAGED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """A recurring piece of work: how often, and what; the function returns how many rows it dealt with."""

    every: timedelta
    do: Callable[[Session, datetime], int]


def empty_staged(session: Session, now: datetime) -> int:
    """Forget workbooks staged more than a day ago: ID numbers of a whole village stand in them."""
    batch = static.import_batch
    done = session.execute(
        update(batch)
        .where(batch.c.state == "staged", batch.c.at < now - STAGED_FOR)
        .values(state="expired", content=None, result=None, finished_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def housekeeping() -> Mapping[str, Chore]:
    """All chores by the kind of their job."""
    return MappingProxyType({"empty_staged": Chore(every=timedelta(minutes=30), do=empty_staged)})
