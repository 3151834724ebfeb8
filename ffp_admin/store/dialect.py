"""The only place with words of one database: locks, ids in advance, inserts that skip what is there, triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

#: numbers of our advisory locks
MIGRATION_LOCK = 529_901_001
PUBLISH_LOCK = 529_901_002

SQLITE_ON_CONNECT = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # a power cut loses nothing that was confirmed
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",  # KiB
)
BEGIN_READING = "BEGIN"
#: the write lock at once: a transaction that reads first and writes later fails when another wrote in between
BEGIN_WRITING = "BEGIN IMMEDIATE"
#: from so many rows on PostgreSQL is given a stream instead of statements
COPIED = 50
#: milliseconds; the other writers' transactions are short
BUSY_TIMEOUT_MS = 30_000
#: deadlock, lock not to be had in time, serialization failure
_CONTENTION = frozenset({"40P01", "55P03", "40001"})
POSTGRES_OPTIONS = "-c lock_timeout=15000 -c timezone=UTC"


def is_sqlite(bind: Connection | Session) -> bool:
    """Whether the database is SQLite."""
    connection = bind.connection() if isinstance(bind, Session) else bind
    return connection.dialect.name == "sqlite"


def lock_for(connection: Connection, number: int) -> None:
    """Wait until no other transaction holds the lock; on SQLite the write lock already keeps others out."""
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def hurry(connection: Connection) -> None:
    """Give up soon when a table is in use: everybody who comes later queues behind a waiting change of a table."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET LOCAL lock_timeout = 2000"))


def is_contention(error: DBAPIError) -> bool:
    """Whether the transaction failed only because others were at work: the same again may succeed."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _CONTENTION if state else "database is locked" in str(error.orig)


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """`count` ids nobody else gets, for rows of `table` that this transaction inserts."""
    if not count:
        return ()
    if is_sqlite(session):  # the write lock is ours, so the highest id stays the highest
        highest = session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return range(highest + 1, highest + count + 1)
    ids = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return session.execute(ids, {"table": table.name, "count": count}).scalars().all()


def insert_many(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, the quickest way the database has."""
    if is_sqlite(session) or len(rows) < COPIED:
        session.execute(insert(table), list(rows))
        return
    names = list(rows[0])
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    processors = [_bind_processor(table.c[name].type, connection.dialect) for name in names]
    columns = ", ".join(quote(name) for name in names)
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([process(row[name]) for name, process in zip(names, processors, strict=True)])


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    return kind.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


def insert_missing(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert the rows whose key is not taken; waits for other transactions that are taking the same key."""
    statement = (
        sqlite.insert(table).on_conflict_do_nothing()
        if is_sqlite(session)
        else postgresql.insert(table).on_conflict_do_nothing()
    )
    values = [dict(row) for row in rows]
    if values:
        session.execute(statement, values)


def append_only(table: str, dialect_name: str) -> tuple[str, ...]:
    """Statements after which rows of `table` can be added and read, but neither changed nor deleted."""
    if dialect_name == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        )
    return (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    )


def puts_nulls_first(session: Session, *, descending: bool) -> bool:
    """Where an ORDER BY puts NULL: SQLite takes it for the smallest value, PostgreSQL for the largest."""
    return is_sqlite(session) != descending
