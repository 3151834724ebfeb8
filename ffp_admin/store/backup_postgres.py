"""Copies of a PostgreSQL database with pg_dump while it is in use, and putting them back with pg_restore."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import OperationalError

from ffp_admin.i18n import _
from ffp_admin.store import postgres_client
from ffp_admin.store.backup_parts import REVISION_TABLE, BackupFailed, Keeper, TableCount, Taken
from ffp_admin.store.engine import make_engine

PART = "database.dump"
#: schemas of this name hold what was set aside; they are no part of a backup
ASIDE = "ffp_"

_TABLES = text(
    'SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename COLLATE "C"'
)
#: sequences that are no part of a table (Flask-AppBuilder makes such)
_SEQUENCES = text(
    "SELECT c.relname FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))"
)
_FUNCTIONS = text(
    "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
#: the sum of the rows' hashes, whatever their order
_DIGEST = "to_hex(mod(coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0), 1::bigint << 60)::bigint)"


@contextmanager
def _connected(url: URL, isolation: str = "AUTOCOMMIT") -> Iterator[Connection]:
    engine = make_engine(url).execution_options(isolation_level=isolation)
    try:
        with engine.connect() as connection:
            connection.execute(text("SET statement_timeout = 0"))
            yield connection
    except OperationalError as error:
        said = str(error.orig).strip().splitlines()[-1]
        raise BackupFailed(
            _(
                "The database {name} cannot be reached: {said}. A database to restore into must exist and may be empty.",
                name=url.database,
                said=said,
            )
        ) from error
    finally:
        engine.dispose()


def _major(connection: Connection) -> int:
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def size(url: URL) -> int:
    """Nothing is known beforehand of a dump: it is compressed."""
    return 0


def room(url: URL) -> Path:
    """Where a copy is unpacked."""
    return Path(tempfile.gettempdir())


def take(url: URL, part: Path) -> Taken:
    """One state of the database as pg_dump's custom format, counted in the same snapshot; writers go on."""
    with _connected(url, "REPEATABLE READ") as connection:
        program = postgres_client.find("pg_dump", _major(connection))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        taken = _look(connection)
        postgres_client.run(
            program,
            url,
            [
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--exclude-schema={ASIDE}*",
                f"--snapshot={snapshot}",
                f"--file={part}",
            ],
        )
    return taken


def _look(connection: Connection) -> Taken:
    names = list(connection.execute(_TABLES).scalars())
    if not {REVISION_TABLE, "release"} <= set(names):
        raise BackupFailed(_("The database is empty. Run: ffp-admin init"))
    return Taken(
        schema=connection.execute(text(f"SELECT version_num FROM {REVISION_TABLE}")).scalar_one(),  # noqa: S608
        release=connection.execute(text("SELECT coalesce(max(number), 0) FROM release")).scalar_one(),
        tables={name: _count(connection, name) for name in names},
        server=connection.execute(text("SHOW server_version")).scalar_one(),
    )


def _count(connection: Connection, table: str) -> TableCount:
    quoted = connection.dialect.identifier_preparer.quote(table)
    counted = f"SELECT count(*), {_DIGEST} FROM {quoted} t"  # noqa: S608 - a name out of the database itself
    rows, digest = connection.exec_driver_sql(counted).one()
    return TableCount(rows=rows, digest=digest)


def is_filled(url: URL) -> bool:
    """Whether the database has any table."""
    with _connected(url) as connection:
        return connection.execute(_TABLES).first() is not None


def put(url: URL, part: Path, aside: str, check: Callable[[Taken, URL], None]) -> str | None:
    """Bring the copy into the database; what stood there goes to a schema of its own and comes back on failure."""
    former = f"{ASIDE}{aside.replace('-', '_')}"
    with _connected(url) as connection:
        program = postgres_client.find("pg_restore", _major(connection))
        filled = connection.execute(_TABLES).first() is not None
        if filled and _is_in_use(connection):
            raise BackupFailed(_("The program is still running on this database. Stop it, then restore."))
        here = str(connection.execute(text("SELECT current_schema()")).scalar_one())
        if filled:
            _move(connection, here, former)
    try:
        _fill(program, url, part, check)
    except BaseException:
        with _connected(url) as connection:
            _clear(connection)
            if filled:
                _move_back(connection, former, here)
        raise
    return former if filled else None


def _is_in_use(connection: Connection) -> bool:
    """Whether others are connected; one that has just hung up may be seen for a moment."""
    deadline = time.monotonic() + 2
    while connection.execute(_OTHERS).scalar_one():
        if time.monotonic() > deadline:
            return True
        time.sleep(0.1)
    return False


def _fill(program: Path, url: URL, part: Path, check: Callable[[Taken, URL], None]) -> None:
    only_whole = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    postgres_client.run(program, url, [*only_whole, str(part)])
    with _connected(url) as connection:
        connection.execute(text("ANALYZE"))
        found = _look(connection)
    check(found, url)


def _move(connection: Connection, here: str, there: str) -> None:
    """All tables and functions of the schema `here` into the new schema `there`, or nothing."""
    quote = connection.dialect.identifier_preparer.quote
    steps = [f"CREATE SCHEMA {quote(there)}", *_moving(connection, quote(there))]
    connection.exec_driver_sql(f"DO $$ BEGIN {'; '.join(steps)}; END $$")


def _moving(connection: Connection, there: str) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    for name in connection.execute(_TABLES).scalars():
        yield f"ALTER TABLE {quote(name)} SET SCHEMA {there}"
    for name in connection.execute(_SEQUENCES).scalars():
        yield f"ALTER SEQUENCE {quote(name)} SET SCHEMA {there}"
    for signature in connection.execute(_FUNCTIONS).scalars():
        yield f"ALTER FUNCTION {signature} SET SCHEMA {there}"


def _move_back(connection: Connection, former: str, here: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"SET search_path = {quote(former)}"))
    steps = [*_moving(connection, quote(here)), f"DROP SCHEMA {quote(former)}"]
    connection.exec_driver_sql(f"DO $$ BEGIN {'; '.join(steps)}; END $$")


def _clear(connection: Connection) -> None:
    """Remove what a failed restore brought."""
    quote = connection.dialect.identifier_preparer.quote
    for name in connection.execute(_TABLES).scalars().all():
        connection.execute(text(f"DROP TABLE IF EXISTS {quote(name)} CASCADE"))
    for name in connection.execute(_SEQUENCES).scalars().all():
        connection.execute(text(f"DROP SEQUENCE IF EXISTS {quote(name)}"))
    for signature in connection.execute(_FUNCTIONS).scalars().all():
        connection.execute(text(f"DROP FUNCTION IF EXISTS {signature} CASCADE"))


KEEPER = Keeper(part=PART, is_compressed=True, size=size, room=room, take=take, is_filled=is_filled, put=put)
