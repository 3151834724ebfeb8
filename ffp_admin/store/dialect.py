"""The only place with words of one database: locks, ids in advance, inserts that skip what is there, triggers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Table,
    Text,
    bindparam,
    case,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

#: numbers of our advisory locks
MIGRATION_LOCK = 529_901_001
PUBLISH_LOCK = 529_901_002
SEAL_LOCK = 529_901_003

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
#: from so many rows on they are handed to the driver at once (PostgreSQL: as a stream), not statement by statement
MANY = 50
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


def keep_writers_out(connection: Connection, tables: Iterable[Table]) -> None:
    """Until the transaction ends nobody changes these tables; on SQLite the write lock already sees to that."""
    if connection.dialect.name != "sqlite":
        quote = connection.dialect.identifier_preparer.quote
        names = ", ".join(sorted(quote(table.name) for table in tables))
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


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


def insert_columns(session: Session, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, given column by column (all of one length), the quickest way the database has."""
    rows = zip(*columns.values(), strict=True)
    if len(next(iter(columns.values()), ())) < MANY:
        some = [dict(zip(columns, row, strict=True)) for row in rows]
        if some:
            session.execute(insert(table), some)
        return
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    bound = zip(
        *(_bound(table.c[name].type, connection.dialect, cells) for name, cells in columns.items()),
        strict=True,
    )
    if is_sqlite(session):
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(
            f"INSERT INTO {quote(table.name)} ({names}) VALUES ({places})",  # noqa: S608 - our own names
            list(bound),
        )
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in bound:
            copy.write_row(row)


def _bound(kind: TypeEngine[Any], dialect: Dialect, cells: Sequence[Any]) -> Sequence[Any]:
    """A column as the driver wants it."""
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return cells
    first = cells[0]
    if isinstance(first, datetime) and all(cell is first for cell in cells):
        return [process(first)] * len(cells)  # the moment of a save
    return [process(cell) for cell in cells]


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


def insert_claims(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> bool:
    """`insert_missing` for a table of texts and numbers, quick for many; whether all keys were free: all is ours."""
    if not rows:
        return True
    options = {"preserve_rowcount": True}
    if is_sqlite(session):
        statement = sqlite.insert(table).on_conflict_do_nothing()
        made = session.execute(statement, list(rows), execution_options=options)
    else:
        made = session.execute(_insert_arrays(table, rows), execution_options=options)
    return made.rowcount == len(rows)  # type: ignore[attr-defined,no-any-return]


def _insert_arrays(table: Table, rows: Sequence[Mapping[str, Any]]) -> postgresql.Insert:
    """One statement for all rows, in their order: a column's values travel as one array."""
    names = list(rows[0])
    arrays = []
    for name in names:
        kind = BigInteger() if table.c[name].type.python_type is int else Text()
        arrays.append(func.unnest(bindparam(name, [row[name] for row in rows], type_=postgresql.ARRAY(kind))))
    return postgresql.insert(table).from_select(names, select(*arrays)).on_conflict_do_nothing()


def count_up(
    connection: Connection, table: Table, key: str, by: int, now: datetime, ends_at: datetime
) -> int:
    """Add to the counter of `key`, or begin it anew when its window is over; returns its value, in one statement."""
    insert_ = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = insert_(table).values(key=key, count=by, ends_at=ends_at)
    over = table.c.ends_at <= now
    statement = fresh.on_conflict_do_update(
        index_elements=[table.c.key],
        set_={
            "count": case((over, fresh.excluded.count), else_=table.c.count + fresh.excluded.count),
            "ends_at": case((over, fresh.excluded.ends_at), else_=table.c.ends_at),
        },
    ).returning(table.c.count)
    return int(connection.execute(statement).scalar_one())


def prepare_counting(connection: Any) -> None:
    """Settings of a new driver connection to a file of counters: quick, and lost at worst."""
    for pragma in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF"):
        connection.execute(pragma)


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


def beyond_tricks(table: str, key: Iterable[str], dialect_name: str) -> tuple[str, ...]:
    """After `append_only`: INSERT OR REPLACE changes no row on SQLite; on PostgreSQL a replica's session neither."""
    if dialect_name == "sqlite":
        same = " AND ".join(f"{name} = NEW.{name}" for name in key)
        there = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608 - our own names
        return (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({there}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        )
    return (f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",)


def transactions(session: Session) -> tuple[int, int]:
    """The oldest transaction that may still be writing, and the first that has not begun; on SQLite there is no other."""
    if is_sqlite(session):
        return 0, 0
    snapshot = text(
        "SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text FROM (SELECT pg_current_snapshot() AS s) AS now"
    )
    oldest, coming = session.execute(snapshot).one()
    return int(oldest), int(coming)


def puts_nulls_first(session: Session, *, descending: bool) -> bool:
    """Where an ORDER BY puts NULL: SQLite takes it for the smallest value, PostgreSQL for the largest."""
    return is_sqlite(session) != descending
