"""The one engine of a process: transactions begin explicitly, writers on SQLite with the write lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from ffp_admin.store import dialect

_WRITING = "ffp_writing"


def make_engine(url: str | URL) -> Engine:
    """An engine for an SQLite file or a PostgreSQL database; a process makes one and keeps it."""
    target = make_url(url)
    return _sqlite_engine(target) if target.get_backend_name() == "sqlite" else _postgres_engine(target)


def _postgres_engine(url: URL) -> Engine:
    # Prepared statements survive publishing: statements name their columns, and a column never changes its type
    # (stack 6, trap 1 is about those that do).
    arguments = {"options": dialect.POSTGRES_OPTIONS}
    return create_engine(
        url.set(drivername="postgresql+psycopg"), connect_args=arguments, pool_pre_ping=True, pool_size=8
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": dialect.BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        pool_size=8,
        max_overflow=24,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in dialect.SQLITE_ON_CONNECT:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING)
        connection.exec_driver_sql(dialect.BEGIN_WRITING if writing else dialect.BEGIN_READING)

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database and is rolled back at the end."""
    with Session(engine, autoflush=False, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end of the block, or rolls back when the block raises."""
    with (
        Session(
            engine.execution_options(**{_WRITING: True}), autoflush=False, expire_on_commit=False
        ) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """The same as a bare connection, for migrations and publishing."""
    with engine.execution_options(**{_WRITING: True}).begin() as connection:
        yield connection
