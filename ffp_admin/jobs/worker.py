"""The worker process: claims due jobs one after the other until it is told to stop."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from threading import Event
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.i18n import DEFAULT_LOCALE, _, speaking
from ffp_admin.jobs.chores import Chore
from ffp_admin.jobs.handling import ActorFor, Handler, JobContext, JobFailed, JobStopped, alive
from ffp_admin.jobs.orders import ARGUMENTS, MESSAGE, RESULT
from ffp_admin.jobs.queue import (
    CANCELLED,
    DONE,
    FAILED,
    HANDLER_LEASE,
    Job,
    alter,
    claim,
    close,
    ensure,
    finish,
    is_due,
    postpone,
    put_back,
)
from ffp_admin.store import SYSTEM, Actor, Store

#: seconds between two looks at an empty queue: whoever waits for one page of paper must not notice them
PAUSE = 0.15
#: a chore that failed so often is left for a person to look at
MOST_TRIES = 5
#: a handler that broke is tried again after this much longer each time
AGAIN_AFTER = timedelta(seconds=2)

NO_HANDLERS: Mapping[str, Handler] = MappingProxyType({})

log = logging.getLogger(__name__)


class JobWorker:
    """Runs chores and jobs for one store; several workers may run beside each other."""

    def __init__(
        self,
        store: Store,
        chores: Mapping[str, Chore],
        name: str,
        handlers: Mapping[str, Handler] = NO_HANDLERS,
        actor_for: ActorFor | None = None,
    ) -> None:
        self._store = store
        self._chores = chores
        self._name = name
        self._handlers = handlers
        self._actor_for = actor_for
        self._stopping = Event()

    def stop(self) -> None:
        """End: a chore in hand is finished, a job in hand goes back to the queue."""
        self._stopping.set()

    def run(self, *, once: bool = False) -> None:
        """Work until stopped; with `once` until nothing is due."""

        def begin(session: Session) -> None:
            for kind in self._chores:
                ensure(session, kind, self._store.clock.now(), SYSTEM)

        self._store.write(begin)
        while not self._stopping.is_set():
            if self._step():
                continue
            if once:
                return
            self._stopping.wait(PAUSE)

    def _step(self) -> bool:
        now = self._store.clock.now()
        with self._store.reading() as session:
            if not is_due(session, now):
                return False
        job = self._store.write(self._claim)
        if job is None:
            return False
        if job.kind in self._handlers:
            self._handle(job, self._handlers[job.kind])
        else:
            self._do(job)
        return True

    def _claim(self, session: Session) -> Job | None:
        now = self._store.clock.now()
        job = claim(session, self._name, now)
        if job is not None and job.kind in self._handlers:
            alter(session, job, lease_until=now + HANDLER_LEASE)
        return job

    def _do(self, job: Job) -> None:
        chore = self._chores.get(job.kind)
        now = self._store.clock.now()
        if chore is None or job.tries > MOST_TRIES:
            with self._store.writing() as session:
                finish(session, job, now, "unknown kind" if chore is None else "given up")
            return
        try:
            with self._store.writing() as session:
                done = chore.do(session, now)
                postpone(session, job, now + chore.every, done)
        except Exception:
            log.exception("job %s (%s) failed", job.id, job.kind)

    def _handle(self, job: Job, handler: Handler) -> None:
        """One try of an ordered job; whatever a handler raises ends here."""
        with speaking(job.locale or DEFAULT_LOCALE):
            if job.cancelled:
                self._close(job, CANCELLED)
                return
            if job.tries > handler.tries:
                self._close(job, FAILED, message=_given_up(job))
                return
            try:
                self._run(job, handler)
            except JobFailed as failed:
                self._close(job, FAILED, message=str(failed))
            except Exception:
                log.exception("job %s (%s) broke off", job.id, job.kind)
                self._broke(job, handler)

    def _run(self, job: Job, handler: Handler) -> None:
        context = JobContext(
            store=self._store,
            job=job,
            arguments=json.loads(self._store.keyring.open(job.arguments or "", ARGUMENTS)),
            owner=self._owner(job),
            stopping=self._stopping,
        )
        try:
            with alive(context):
                result = handler.do(context)
        except JobStopped:
            if context.is_called_off():
                self._close(job, CANCELLED)
            else:
                now = self._store.clock.now()
                self._store.write(lambda session: put_back(session, job, now, counts=False))
            return
        self._close(job, DONE, result=json.dumps(result or {}, ensure_ascii=False))

    def _owner(self, job: Job) -> Actor:
        if job.owner_id is None:
            return SYSTEM
        if self._actor_for is None:
            raise RuntimeError("this worker knows no accounts")
        with self._store.reading() as session:
            return self._actor_for(session, self._store, job.owner_id, job.owner_name)

    def _broke(self, job: Job, handler: Handler) -> None:
        if job.tries >= handler.tries:
            self._close(job, FAILED, message=_given_up(job))
            return
        due = self._store.clock.now() + AGAIN_AFTER * job.tries
        self._store.write(lambda session: put_back(session, job, due, counts=True))

    def _close(self, job: Job, state: str, *, message: str | None = None, result: str | None = None) -> None:
        """Close the job unless another worker has it by now: then that one's word counts."""
        seal = self._store.keyring.seal
        values: dict[str, Any] = {"message": None if message is None else seal(message, MESSAGE)}
        if result is not None:
            values["result"] = seal(result, RESULT)
        self._store.write(lambda session: close(session, job, self._store.clock.now(), state, **values))


def _given_up(job: Job) -> str:
    return _(
        "The work broke off several times because of a fault of the program. Tell the administrator the number {number}.",
        number=job.id,
    )
