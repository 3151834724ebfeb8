"""Ordering work and following it: what a page asks of the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import current_locale
from ffp_admin.jobs.queue import CANCELLED, RUNNING, WAITING, fresh
from ffp_admin.keyring import Keyring
from ffp_admin.store import Actor, Store, static
from ffp_admin.store.dialect import insert_missing

ARGUMENTS, RESULT, MESSAGE = "job.arguments", "job.result", "job.message"
#: a job that nobody takes for so long, while no worker is busy, waits for a worker that does not run
UNATTENDED = timedelta(seconds=5)

_job = static.job


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job as its owner sees it; `total` None: nobody knows yet how much there is to do."""

    id: int
    kind: str
    #: "waiting", "running", "done", "failed" or "cancelled"
    state: str
    owner_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int | None
    #: where the work is, or why it failed, in the owner's language
    message: str
    result: Mapping[str, Any]
    #: its owner has called it off, and it has not stopped yet
    cancelled: bool = False
    #: jobs that will be taken before this one
    ahead: int = 0
    #: it waits, or was left in the middle, and no worker process seems to run
    unattended: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (WAITING, RUNNING)

    def belongs_to(self, actor: Actor) -> bool:
        """Whether the actor ordered it; the number of a job in an address is no right."""
        return self.owner_id == actor.user_id


def enqueue(
    store: Store, kind: str, arguments: Mapping[str, Any], owner: Actor, *, locale: str | None = None
) -> int:
    """Order work of a kind, in a transaction of its own; the job's id.

    `arguments` are values JSON knows and are stored sealed. The same order of the same owner that still waits or
    runs is joined: its id comes back and nothing is ordered twice. Messages will be in `locale`, or the current one.
    """
    text = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    key = store.keyring.hash("job", "\0".join((kind, str(owner.user_id), text)))
    row = {
        "kind": kind,
        "arguments": store.keyring.seal(text, ARGUMENTS),
        "locale": locale or current_locale(),
        "alive_key": key,
    }

    def work(session: Session) -> int | None:
        insert_missing(session, _job, [{**row, **fresh(store.clock.now(), owner)}])
        # gone already when the job that was joined has just ended: then it is ordered anew
        return session.execute(select(_job.c.id).where(_job.c.alive_key == key)).scalar_one_or_none()

    while True:
        found = store.write(work)
        if found is not None:
            return found


def look(session: Session, store: Store, job_id: int) -> Order | None:
    """The job as it stands; None when there is none."""
    columns = ("id", "kind", "state", "owner_id", "created_at", "started_at", "finished_at", "done")
    more = (_job.c.total, _job.c.cancelled, _job.c.message, _job.c.result, _job.c.due_at, _job.c.lease_until)
    row = session.execute(
        select(*(_job.c[name] for name in columns), *more).where(_job.c.id == job_id)
    ).first()
    if row is None:
        return None
    now = store.clock.now()
    return Order(
        **{name: row._mapping[name] for name in (*columns, "total", "cancelled")},
        message=_opened(store.keyring, row.message, MESSAGE),
        result=json.loads(_opened(store.keyring, row.result, RESULT) or "{}"),
        ahead=_ahead(session, row, now) if row.state == WAITING else 0,
        unattended=_is_unattended(session, row, now),
    )


def ordered(session: Session, store: Store, job_id: int) -> Mapping[str, Any]:
    """What a job that waits or runs was asked to do; nothing once it has ended."""
    sealed = session.execute(select(_job.c.arguments).where(_job.c.id == job_id)).scalar_one_or_none()
    found: Mapping[str, Any] = json.loads(_opened(store.keyring, sealed, ARGUMENTS) or "{}")
    return found


def cancel(store: Store, job_id: int) -> None:
    """Call a job off: at once while it waits, at its next look while it runs; one that has ended stays."""
    now = store.clock.now()
    values = {"state": CANCELLED, "finished_at": now, "arguments": None, "alive_key": None}

    def work(session: Session) -> None:
        mine = _job.c.id == job_id
        session.execute(update(_job).where(mine, _job.c.state == WAITING).values(cancelled=True, **values))
        session.execute(update(_job).where(mine, _job.c.state == RUNNING).values(cancelled=True))
        dead = and_(_job.c.state == RUNNING, _job.c.lease_until < now)
        session.execute(update(_job).where(mine, dead).values(**values))

    store.write(work)


def _opened(keyring: Keyring, sealed: str | None, context: str) -> str:
    return keyring.open(sealed, context) if sealed and ":" in sealed else ""


def _ahead(session: Session, row: Any, now: datetime) -> int:
    earlier = or_(_job.c.due_at < row.due_at, and_(_job.c.due_at == row.due_at, _job.c.id < row.id))
    waiting = and_(_job.c.state == WAITING, _job.c.due_at <= now, earlier)
    busy = and_(_job.c.state == RUNNING, _job.c.lease_until >= now)
    return session.execute(select(func.count()).where(or_(waiting, busy))).scalar_one()


def _is_unattended(session: Session, row: Any, now: datetime) -> bool:
    if row.state == RUNNING:
        return bool(row.lease_until and row.lease_until < now - UNATTENDED)
    if row.state != WAITING or row.due_at > now - UNATTENDED:
        return False
    busy = select(_job.c.id).where(_job.c.state == RUNNING, _job.c.lease_until >= now)
    return session.execute(busy.limit(1)).first() is None
