"""Uploaded packages: kept from the check until they are put in force or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.store.actor import Actor
from ffp_admin.store.publish_tables import publish_batch

STAGED, ORDERED, DONE, DISCARDED = "staged", "ordered", "done", "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """One uploaded package; `content` is the .zip as it came."""

    id: int
    at: datetime
    user_name: str
    filename: str
    content: bytes
    state: str
    job_id: int | None
    release: int | None


def stage_package(session: Session, content: bytes, filename: str, actor: Actor, now: datetime) -> int:
    """Keep an uploaded package; its number."""
    made = session.execute(
        insert(publish_batch)
        .values(
            at=now,
            user_id=actor.user_id,
            user_name=actor.name,
            filename=filename,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            state=STAGED,
        )
        .returning(publish_batch.c.id)
    )
    return int(made.scalar_one())


def uploaded(session: Session, number: int) -> Uploaded | None:
    """One uploaded package; None when there is none."""
    names = ("id", "at", "user_name", "filename", "content", "state", "job_id", "release")
    query = select(*(publish_batch.c[name] for name in names)).where(publish_batch.c.id == number)
    row = session.execute(query).first()
    return None if row is None else Uploaded(**row._mapping)


def waiting_packages(session: Session) -> Sequence[tuple[int, datetime, str, str]]:
    """Packages checked but neither in force nor given up: (number, when, who, file name), newest first."""
    table = publish_batch
    query = select(table.c.id, table.c.at, table.c.user_name, table.c.filename)
    rows = session.execute(query.where(table.c.state == STAGED).order_by(table.c.id.desc()).limit(20))
    return [(row.id, row.at, row.user_name, row.filename) for row in rows]


def mark_package(session: Session, number: int, state: str, release: int | None = None) -> None:
    """Say what became of a package."""
    values = {"state": state, "release": release}
    given = {name: value for name, value in values.items() if value is not None}
    session.execute(update(publish_batch).where(publish_batch.c.id == number).values(**given))


def order_package(session: Session, number: int, job_id: int) -> None:
    """A job works on the package from now on; a worker quicker than this note has the last word on the state."""
    mine = publish_batch.c.id == number
    session.execute(update(publish_batch).where(mine).values(job_id=job_id))
    session.execute(
        update(publish_batch).where(mine & (publish_batch.c.state == STAGED)).values(state=ORDERED)
    )


def release_ordered(session: Session, job_id: int) -> None:
    """The work on a package failed: the package waits again."""
    mine = (publish_batch.c.job_id == job_id) & (publish_batch.c.state == ORDERED)
    session.execute(update(publish_batch).where(mine).values(state=STAGED, job_id=None))
