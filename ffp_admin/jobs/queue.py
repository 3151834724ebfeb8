"""Job rows as workers see them: claimed under a lease, finished or put off; a killed worker's job is claimed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from ffp_admin.store import Actor, static

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
#: a chore that has not ended after so long belonged to a dead worker
LEASE = timedelta(minutes=5)
#: a handler's worker says so often that it lives; silent for as long as this, it counts as dead
HANDLER_LEASE = timedelta(seconds=30)

_job = static.job


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed job: its row's id and what it is to do; `arguments` are sealed."""

    id: int
    kind: str
    tries: int
    worker: str = ""
    arguments: str | None = None
    owner_id: int | None = None
    owner_name: str = ""
    locale: str | None = None
    cancelled: bool = False


def ensure(session: Session, kind: str, due_at: datetime, actor: Actor) -> None:
    """Make the job of this kind unless one is waiting or running."""
    alive = select(_job.c.id).where(_job.c.kind == kind, _job.c.state.in_((WAITING, RUNNING)))
    if session.execute(alive.limit(1)).first() is not None:
        return
    session.execute(insert(_job).values(kind=kind, **fresh(due_at, actor)))


def fresh(due_at: datetime, actor: Actor) -> Mapping[str, Any]:
    """The columns of a job nobody has touched yet."""
    return {
        "state": WAITING,
        "owner_id": actor.user_id,
        "owner_name": actor.name,
        "created_at": due_at,
        "due_at": due_at,
        "tries": 0,
        "done": 0,
        "cancelled": False,
    }


def is_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to claim; a look without a lock, cheap enough for several a second."""
    return session.execute(select(_job.c.id).where(_free(now)).limit(1)).first() is not None


def claim(session: Session, worker: str, now: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take the oldest due job, or one whose worker died; None when there is nothing to do.

    The condition is repeated in the update: of two workers only one gets the row.
    """
    free = _free(now)
    columns = (_job.c[name] for name in ("id", "kind", "tries", "arguments", "owner_id", "owner_name"))
    statement = select(*columns, _job.c.locale, _job.c.cancelled).where(free)
    found = session.execute(statement.order_by(_job.c.due_at, _job.c.id).limit(1)).first()
    if found is None:
        return None
    taken = session.execute(
        update(_job)
        .where(_job.c.id == found.id, free, _job.c.tries == found.tries)
        .values(
            state=RUNNING, started_at=now, lease_until=now + lease, leased_by=worker, tries=found.tries + 1
        )
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return Job(**{**found._mapping, "tries": found.tries + 1, "worker": worker})


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(
        _job.c.due_at <= now,
        or_(_job.c.state == WAITING, and_(_job.c.state == RUNNING, _job.c.lease_until < now)),
    )


def alter(session: Session, job: Job, **values: Any) -> bool:
    """Write columns of a job that is still this worker's; False when another worker has taken it over."""
    mine = and_(_job.c.id == job.id, _job.c.state == RUNNING, _job.c.tries == job.tries)
    done = session.execute(update(_job).where(mine, _job.c.leased_by == job.worker).values(**values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def finish(session: Session, job: Job, now: datetime, message: str | None = None) -> None:
    """Close the job; with a message it has failed."""
    close(session, job, now, FAILED if message else DONE, message=message)


def close(session: Session, job: Job, now: datetime, state: str, **values: Any) -> bool:
    """Close the job in this state; its arguments are forgotten. False when it is another worker's by now."""
    return alter(
        session,
        job,
        state=state,
        finished_at=now,
        arguments=None,
        alive_key=None,
        lease_until=None,
        leased_by=None,
        **values,
    )


def put_back(session: Session, job: Job, due_at: datetime, *, counts: bool) -> None:
    """Let the job wait for another try; one that was only interrupted does not count as a try."""
    tries = job.tries if counts else job.tries - 1
    alter(session, job, state=WAITING, due_at=due_at, lease_until=None, leased_by=None, tries=tries)


def postpone(session: Session, job: Job, due_at: datetime, done: int) -> None:
    """A recurring job waits until it is due again; `done` is what this run dealt with."""
    alter(session, job, state=WAITING, due_at=due_at, lease_until=None, leased_by=None, done=done, tries=0)
