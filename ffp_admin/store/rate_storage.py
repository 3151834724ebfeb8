"""Where rates are counted: a storage for the `limits` library that all workers share through the database.

Every count is one statement with a transaction of its own. On SQLite the counters lie in a file beside the database,
so that nobody who only looks waits for the write lock of somebody who imports; they need not survive a power cut.
"""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from limits.storage import Storage
from sqlalchemy import Engine, create_engine, delete, event, select
from sqlalchemy.exc import DBAPIError

from ffp_admin.calendar import Clock
from ffp_admin.store import dialect
from ffp_admin.store.security_tables import rate_window

#: rows of windows that ended are looked for at most this often by one process (monotonic seconds)
SWEEP_EVERY = 60.0
SWEPT_AT_ONCE = 1_000
#: seconds a count waits for another one
PATIENCE = 2
SCHEME = "ffp"


def counting_engine(engine: Engine) -> Engine:
    """The engine for counting beside `engine`: the same database, or on SQLite a file of its own."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file:
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    beside = Path(file).with_suffix(".limits.db")
    made = create_engine(
        engine.url.set(database=str(beside)),
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
        isolation_level="AUTOCOMMIT",
    )

    @event.listens_for(made, "connect")
    def configure(connection: object, _record: object) -> None:
        dialect.prepare_counting(connection)

    with made.connect() as connection:
        rate_window.metadata.create_all(connection, [rate_window])
    return made


class DatabaseStorage(Storage):
    """Fixed windows in the table `rate_window`; `storage_from_string("ffp://", engine=…, clock=…)` makes one too."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - so named and typed by the library

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, *, engine: Engine, clock: Clock
    ) -> None:
        super().__init__(uri, wrap_exceptions)
        self._engine = counting_engine(engine)
        self._clock = clock
        self._swept = time.monotonic()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return DBAPIError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more in the window of `key`, which ends `expiry` seconds after its first count."""
        if time.monotonic() - self._swept > SWEEP_EVERY:
            self._swept = time.monotonic()
            self.sweep()
        now = self._clock.now()
        with self._engine.connect() as connection:
            return dialect.count_up(
                connection, rate_window, key, amount, now, now + timedelta(seconds=expiry)
            )

    def get(self, key: str) -> int:
        """How often in the present window."""
        window = rate_window.c
        query = select(window.count).where(window.key == key, window.ends_at > self._clock.now())
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When the present window ends, in seconds since 1970; now, when there is none."""
        now = self._clock.now()
        window = rate_window.c
        query = select(window.ends_at).where(window.key == key, window.ends_at > now)
        with self._engine.connect() as connection:
            return float((connection.execute(query).scalar() or now).timestamp())

    def check(self) -> bool:
        """Whether the counters can be read."""
        self.get("")
        return True

    def reset(self) -> int:
        """Forget all counts; returns how many there were."""
        with self._engine.connect() as connection:
            return connection.execute(delete(rate_window)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._engine.connect() as connection:
            connection.execute(delete(rate_window).where(rate_window.c.key == key))

    def sweep(self) -> int:
        """Forget windows that ended, some at a time, without waiting for whoever counts in them; returns how many."""
        ended = (
            select(rate_window.c.key)
            .where(rate_window.c.ends_at <= self._clock.now())
            .limit(SWEPT_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        with self._engine.connect() as connection:
            return connection.execute(delete(rate_window).where(rate_window.c.key.in_(ended))).rowcount

    def dispose(self) -> None:
        """Close the connections of the counting."""
        self._engine.dispose()
