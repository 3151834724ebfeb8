"""Copies of an SQLite database while it is in use, and putting them back."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL

from ffp_admin.i18n import _
from ffp_admin.store.backup_parts import REVISION_TABLE, BackupFailed, Keeper, TableCount, Taken, sync

PART = "database.sqlite"
WAIT_SECONDS = 30
_DIGEST_BYTES = 8
#: files SQLite keeps beside a database in use
_BESIDE = ("-wal", "-shm")


def _file(url: URL) -> Path:
    return Path(url.database or "").absolute()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """An existing database; closed at the end."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS)) as connection:
        connection.isolation_level = None
        yield connection


def size(url: URL) -> int:
    """Bytes of the database file and of what is not yet written into it."""
    path = _file(url)
    files = (path, *(path.with_name(path.name + ending) for ending in _BESIDE))
    return sum(one.stat().st_size for one in files if one.exists())


def take(url: URL, part: Path) -> Taken:
    """One state of the database as a file of its own; writers go on meanwhile (the copy is one read transaction)."""
    source = _file(url)
    if not source.exists():
        raise BackupFailed(_("There is no database at {place}. Run: ffp-admin init", place=source))
    with _opened(source) as reader, closing(sqlite3.connect(part)) as copy:
        reader.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        return _look(copy)


def _look(connection: sqlite3.Connection) -> Taken:
    """What stands in a database; BackupFailed when its pages do not fit together."""
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupFailed(_("The database file is damaged: {what}", what=found))
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    names = sorted(name for (name,) in connection.execute(query))
    if not {REVISION_TABLE, "release"} <= set(names):
        raise BackupFailed(_("The database is empty. Run: ffp-admin init"))
    return Taken(
        schema=connection.execute(f"SELECT version_num FROM {REVISION_TABLE}").fetchone()[0],  # noqa: S608
        release=connection.execute("SELECT coalesce(max(number), 0) FROM release").fetchone()[0],
        tables={name: _count(connection, name) for name in names},
        server=sqlite3.sqlite_version,
    )


def _count(connection: sqlite3.Connection, table: str) -> TableCount:
    rows = total = 0
    quoted = table.replace('"', '""')
    for row in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a name out of the database itself
        rows += 1
        digest = hashlib.blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES)
        total += int.from_bytes(digest.digest(), "big")
    return TableCount(rows=rows, digest=f"{total % 256**_DIGEST_BYTES:0{2 * _DIGEST_BYTES}x}")


def is_filled(url: URL) -> bool:
    """Whether there is a file with anything in it; a damaged one counts."""
    path = _file(url)
    return path.exists() and path.stat().st_size > 0


def room(url: URL) -> Path:
    """Where a copy is unpacked: beside its place, so that it gets there by a rename."""
    folder = _file(url).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def put(url: URL, part: Path, aside: str, check: Callable[[Taken, URL], None]) -> str | None:
    """Bring the unpacked copy to its place; it is checked where it is, until the last step nothing is touched."""
    target = _file(url)
    part.chmod(0o600)
    with _opened(part) as connection:
        found = _look(connection)
    check(found, url.set(database=str(part)))
    with _opened(part) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file again, after what `check` did
    former = _set_aside(target, target.with_name(f"{target.name}.{aside}")) if target.exists() else None
    os.rename(part, target)
    sync(target)
    return former


def _set_aside(target: Path, former: Path) -> str:
    """Rename the present file; BackupFailed while any program has it open."""
    try:
        with _opened(target) as connection:
            connection.execute("PRAGMA busy_timeout = 2000")
            connection.execute("PRAGMA journal_mode = DELETE")  # refused while another connection is open
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupFailed(
                _("The program is still running on this database. Stop it, then restore.")
            ) from error
    except sqlite3.DatabaseError:
        pass  # not a database any more: that is why it is replaced
    for ending in ("", *_BESIDE):
        one = target.with_name(target.name + ending)
        if one.exists():
            os.rename(one, former.with_name(former.name + ending))
    return str(former)


KEEPER = Keeper(part=PART, is_compressed=False, size=size, room=room, take=take, is_filled=is_filled, put=put)
