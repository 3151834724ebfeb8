"""The worker process: claims due jobs one after the other until it is told to stop."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import Event

from ffp_admin.jobs.chores import Chore
from ffp_admin.jobs.queue import Job, claim, ensure, finish, postpone
from ffp_admin.store import SYSTEM, Store

#: seconds between two looks at an empty queue
PAUSE = 2.0
#: a job that failed so often is left for a person to look at
MOST_TRIES = 5

log = logging.getLogger(__name__)


class JobWorker:
    """Runs chores for one store; several workers may run beside each other."""

    def __init__(self, store: Store, chores: Mapping[str, Chore], name: str) -> None:
        self._store = store
        self._chores = chores
        self._name = name
        self._stopping = Event()

    def stop(self) -> None:
        """End after the job in hand."""
        self._stopping.set()

    def run(self, *, once: bool = False) -> None:
        """Work until stopped; with `once` until nothing is due."""
        with self._store.writing() as session:
            for kind in self._chores:
                ensure(session, kind, self._store.clock.now(), SYSTEM)
        while not self._stopping.is_set():
            if self._step():
                continue
            if once:
                return
            self._stopping.wait(PAUSE)

    def _step(self) -> bool:
        with self._store.writing() as session:
            job = claim(session, self._name, self._store.clock.now())
        if job is None:
            return False
        self._do(job)
        return True

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
