"""The opened database of one process: sessions, and the release that is in force."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ffp_admin.calendar import Clock, SystemClock
from ffp_admin.config import Settings
from ffp_admin.keyring import Keyring
from ffp_admin.models import FormTables
from ffp_admin.rules import Program
from ffp_admin.spec import KnownFiles
from ffp_admin.spec.model import Catalog
from ffp_admin.store import dialect
from ffp_admin.store import engine as engines
from ffp_admin.store.edition import Edition
from ffp_admin.store.reader import read_edition, read_release_number

#: a release made by another process is seen after at most this many seconds
FRESH_FOR = 0.2
#: how often a transaction is tried when other writers were in its way
ATTEMPTS = 5

T = TypeVar("T")


@dataclass(slots=True)
class _Held:
    """The edition at hand and the moment (monotonic seconds) until which it counts as fresh."""

    edition: Edition | None = None
    fresh_until: float = 0.0


class Store:
    """One per process; threads share it."""

    def __init__(self, where: Settings | str, keyring: Keyring, clock: Clock | None = None) -> None:
        self.engine: Engine = engines.make_engine(where if isinstance(where, str) else where.database_url)
        self.keyring = keyring
        self.clock: Clock = clock or SystemClock()
        self.known = KnownFiles()
        self._held = _Held()
        self._lock = threading.Lock()

    def reading(self) -> AbstractContextManager[Session]:
        """A session for reading; it sees one state and leaves nothing behind."""
        return engines.reading(self.engine)

    def writing(self) -> AbstractContextManager[Session]:
        """A session for writing; commits at the end of the block, rolls back when it raises."""
        return engines.writing(self.engine)

    def write(self, work: Callable[[Session], T]) -> T:
        """Do `work` in a writing session, and again from the start when others were in the way.

        `work` must read what it needs in the session it is given.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                with self.writing() as session:
                    return work(session)
            except DBAPIError as error:
                if not dialect.is_contention(error):
                    raise
                time.sleep(0.05 * attempt)
        with self.writing() as session:
            return work(session)

    def edition(self) -> Edition:
        """The release in force, at most `FRESH_FOR` seconds old."""
        held = self._held
        if held.edition is not None and time.monotonic() < held.fresh_until:
            return held.edition
        # one thread looks; the others go on with what there is
        if not self._lock.acquire(blocking=held.edition is None):
            assert held.edition is not None
            return held.edition
        try:
            return self._renewed(self._held)
        finally:
            self._lock.release()

    def _renewed(self, held: _Held) -> Edition:
        now = time.monotonic()
        if held.edition is not None and now < held.fresh_until:
            return held.edition
        with self.reading() as session:
            number = read_release_number(session)
            edition = held.edition
            if edition is None or edition.release != number:
                edition = read_edition(session, number, self.keyring, self.known)
                if held.edition is not None:
                    edition.adopt(held.edition)
                    self.engine.clear_compiled_cache()  # it would pin the tables of the old edition
        self._held = _Held(edition=edition, fresh_until=now + FRESH_FOR)
        return edition

    def refresh(self) -> Edition:
        """Look for a newer release now."""
        with self._lock:
            self._held.fresh_until = 0.0
            return self._renewed(self._held)

    def catalog(self) -> Catalog:
        """The catalog in force."""
        return self.edition().catalog

    @property
    def release_number(self) -> int:
        """The number of the release in force; 0 before anything was published."""
        return self.edition().release

    def tables(self, form_key: str) -> FormTables:
        """The tables of a form of the release in force; KeyError when there is none."""
        return self.edition().tables(form_key)

    def program(self, form_key: str) -> Program:
        """The rules of a form of the release in force; KeyError when there is none."""
        return self.edition().program(form_key)

    def dispose(self) -> None:
        """Close all connections (before a fork, or at the end)."""
        self.engine.dispose()
