"""Job rows: made once, claimed under a lease, finished or put off; a killed worker's job is claimed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from ffp_admin.store import Actor, static

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
#: a worker that has not said anything for so long counts as dead
LEASE = timedelta(minutes=5)

_job = static.job


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed job: its row's id and what it is to do."""

    id: int
    kind: str
    tries: int


def ensure(session: Session, kind: str, due_at: datetime, actor: Actor) -> None:
    """Make the job of this kind unless one is waiting or running."""
    alive = select(_job.c.id).where(_job.c.kind == kind, _job.c.state.in_((WAITING, RUNNING)))
    if session.execute(alive.limit(1)).first() is not None:
        return
    session.execute(
        insert(_job).values(
            kind=kind,
            state=WAITING,
            owner_id=actor.user_id,
            owner_name=actor.name,
            created_at=due_at,
            due_at=due_at,
            tries=0,
            done=0,
            cancelled=False,
        )
    )


def claim(session: Session, worker: str, now: datetime) -> Job | None:
    """Take the oldest due job, or one whose worker died; None when there is nothing to do.

    The condition is repeated in the update: of two workers only one gets the row.
    """
    free = _free(now)
    found = session.execute(
        select(_job.c.id, _job.c.kind, _job.c.tries).where(free).order_by(_job.c.due_at, _job.c.id).limit(1)
    ).first()
    if found is None:
        return None
    taken = session.execute(
        update(_job)
        .where(_job.c.id == found.id, free, _job.c.tries == found.tries)
        .values(
            state=RUNNING, started_at=now, lease_until=now + LEASE, leased_by=worker, tries=found.tries + 1
        )
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return Job(id=found.id, kind=found.kind, tries=found.tries + 1)


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(
        _job.c.due_at <= now,
        or_(_job.c.state == WAITING, and_(_job.c.state == RUNNING, _job.c.lease_until < now)),
    )


def finish(session: Session, job: Job, now: datetime, message: str | None = None) -> None:
    """Close the job; with a message it has failed."""
    session.execute(
        update(_job)
        .where(_job.c.id == job.id)
        .values(
            state=FAILED if message else DONE,
            message=message,
            finished_at=now,
            lease_until=None,
            leased_by=None,
        )
    )


def postpone(session: Session, job: Job, due_at: datetime, done: int) -> None:
    """A recurring job waits until it is due again; `done` is what this run dealt with."""
    session.execute(
        update(_job)
        .where(_job.c.id == job.id)
        .values(state=WAITING, due_at=due_at, lease_until=None, leased_by=None, done=done, tries=0)
    )
