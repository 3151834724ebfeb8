"""What a handler is given: its arguments, its owner, a way to tell how far it is and to hear that it shall stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ffp_admin.jobs.orders import MESSAGE
from ffp_admin.jobs.queue import HANDLER_LEASE, Job, alter
from ffp_admin.store import Actor, Store, static

#: seconds between two writings of progress, and between two signs of life
PROGRESS_EVERY = 0.3
HEARTBEAT_EVERY = HANDLER_LEASE.total_seconds() / 4

#: the account an owner is today: rights and regions are looked up when the work begins, not when it was ordered
ActorFor = Callable[[Session, Store, int, str], Actor]

log = logging.getLogger(__name__)


class JobFailed(Exception):
    """The work cannot be done; the text is for its owner and it is not tried again."""


class JobStopped(Exception):
    """The work was called off, or the worker has to end; raised by `JobContext.check`."""


@dataclass(slots=True, kw_only=True)
class JobContext:
    """One run of a handler, outside any transaction."""

    store: Store
    job: Job
    arguments: Mapping[str, Any]
    #: whoever ordered the work, with the rights of this moment
    owner: Actor
    stopping: Event
    _called_off: Event = field(default_factory=Event)
    _written: float = 0.0

    @property
    def id(self) -> int:
        """The job's number."""
        return self.job.id

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Tell how far the work is, as often as you like: it is written a few times a second.

        A message is for the owner and may name people: it is stored sealed.
        """
        if time.monotonic() - self._written < PROGRESS_EVERY and done != total:
            return
        values: dict[str, Any] = {"done": done, "total": total}
        if message:
            values["message"] = self.store.keyring.seal(message, MESSAGE)
        self._alter(values)

    def cancelled(self) -> bool:
        """Whether to leave off: called off, taken over by another worker, or the worker has to end."""
        if time.monotonic() - self._written >= PROGRESS_EVERY:
            self._alter({})
        return self._called_off.is_set() or self.stopping.is_set()

    def check(self) -> None:
        """JobStopped when the work shall not go on; call it where leaving off does no harm."""
        if self.cancelled():
            raise JobStopped

    def is_called_off(self) -> bool:
        """Whether its owner has called it off."""
        return self._called_off.is_set()

    def _alter(self, values: Mapping[str, Any]) -> None:
        self._written = time.monotonic()

        def work(session: Session) -> bool:
            held = not values or alter(session, self.job, **values)
            asked = select(static.job.c.cancelled).where(static.job.c.id == self.job.id)
            return not held or bool(session.execute(asked).scalar_one_or_none())

        if values:
            off = self.store.write(work)
        else:
            with self.store.reading() as session:
                off = work(session)
        if off:
            self._called_off.set()

    def beat(self) -> None:
        """One sign of life: the lease runs from now."""
        until = self.store.clock.now() + HANDLER_LEASE
        if not self.store.write(lambda session: alter(session, self.job, lease_until=until)):
            self._called_off.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """How one kind of job is done; the result is what JSON knows and is kept sealed."""

    do: Callable[[JobContext], Mapping[str, Any] | None]
    #: a job whose worker died or whose handler broke so often is given up
    tries: int = 3


@contextmanager
def alive(context: JobContext) -> Iterator[None]:
    """Signs of life inside the block, from a thread of its own."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_EVERY):
            try:
                context.beat()
            except DBAPIError:  # the database is busy or away: the lease outlasts three missed signs
                log.warning("job %s: no sign of life", context.id, exc_info=True)

    thread = Thread(target=beat, name=f"job-{context.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
