"""`backup`: one archive with the database and a manifest, checked after writing; half of one never has its name.

The archive is a .zip of manifest.json and one part per kind of database. The key file is never in it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import URL

from ffp_admin import __version__
from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import _
from ffp_admin.store import backup_postgres, backup_sqlite
from ffp_admin.store.backup_parts import FORMAT, BackupFailed, Keeper, Manifest, Part, Taken, sync
from ffp_admin.store.resealing import keys_in_use
from ffp_admin.store.store import Store

#: kind of database → how it is copied and put back
KEEPERS: Mapping[str, Keeper] = MappingProxyType(
    {"sqlite": backup_sqlite.KEEPER, "postgresql": backup_postgres.KEEPER}
)
MANIFEST = "manifest.json"
#: a manifest is a few kilobytes
MANIFEST_LIMIT = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
_HALF = ".ffp-backup-"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def make_backup(store: Store, folder: Path) -> tuple[Path, Manifest]:
    """A new archive in `folder`, checked; BackupFailed, and nothing left behind, when that cannot be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keeper = KEEPERS[store.engine.url.get_backend_name()]
    with _alone(folder), room_in_words(folder):
        _clear_halves(folder)
        _check_room(folder, keeper.size(store.engine.url))
        half = Path(tempfile.mkdtemp(prefix=_HALF, dir=folder))
        try:
            manifest = _write(store, keeper, half)
            verify(half / "archive.zip")
            return _publish(half / "archive.zip", folder, store), manifest
        finally:
            shutil.rmtree(half, ignore_errors=True)


def verify(archive: Path) -> Manifest:
    """The manifest of an archive whose every part is what the manifest says; BackupFailed otherwise."""
    with opened(archive) as (package, manifest):
        for name, part in manifest.parts.items():
            digest, size = hashlib.sha256(), 0
            with package.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
            if (size, digest.hexdigest()) != (part.bytes, part.sha256):
                raise _damaged(archive)
    return manifest


@contextmanager
def opened(archive: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive and its manifest; whatever is wrong with the file itself is a BackupFailed."""
    try:
        with zipfile.ZipFile(archive) as package:
            if package.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
                raise _damaged(archive)
            yield package, Manifest.of_json(package.read(MANIFEST))
    except FileNotFoundError:
        raise BackupFailed(_("There is no file {file}.", file=archive)) from None
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, zlib.error) as error:
        raise _damaged(archive) from error


def prune(store: Store, folder: Path, keep: int) -> Sequence[Path]:
    """Remove all archives of this database but the newest `keep` (at least one); returns what was removed."""
    pattern = re.compile(rf"{re.escape(_name(store.engine.url))}-backup-\d{{8}}-\d{{6}}(-\d+)?\.zip")
    found = (one for one in folder.iterdir() if pattern.fullmatch(one.name))
    archives = sorted(found, key=lambda one: one.stem)
    old = archives[: -max(keep, 1)]
    for one in old:
        one.unlink()
    return old


def _write(store: Store, keeper: Keeper, half: Path) -> Manifest:
    """archive.zip in the folder `half`."""
    keys = keys_in_use(store)
    taken = keeper.take(store.engine.url, half / keeper.part)
    keys |= keys_in_use(store)  # values may have been sealed again between the two looks
    manifest = _manifest(store, keeper, half, taken, keys)
    with (
        os.fdopen(os.open(half / "archive.zip", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
    ):
        package.writestr(MANIFEST, manifest.as_json())
        kind = zipfile.ZIP_STORED if keeper.is_compressed else zipfile.ZIP_DEFLATED
        package.write(half / keeper.part, keeper.part, kind)
    (half / keeper.part).unlink()
    sync(half / "archive.zip")
    return manifest


def _manifest(store: Store, keeper: Keeper, half: Path, taken: Taken, keys: set[str]) -> Manifest:
    marks = store.keyring.fingerprints()
    part = half / keeper.part
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(
        format=FORMAT,
        made_at=store.clock.now().isoformat(timespec="seconds"),
        program=__version__,
        database=store.engine.url.get_backend_name(),
        server=taken.server,
        schema=taken.schema,
        release=taken.release,
        keys={name: marks[name] for name in (*sorted(keys), "hash")},
        tables=taken.tables,
        parts={keeper.part: Part(bytes=part.stat().st_size, sha256=digest)},
    )


def _publish(written: Path, folder: Path, store: Store) -> Path:
    """Give the finished archive its name."""
    moment = store.clock.now().astimezone(COUNTY_ZONE).strftime("%Y%m%d-%H%M%S")
    stem = f"{_name(store.engine.url)}-backup-{moment}"
    names = (f"{stem}.zip", *(f"{stem}-{number}.zip" for number in range(2, 100)))
    final = next(folder / name for name in names if not (folder / name).exists())
    os.rename(written, final)
    sync(final)
    return final


def _name(url: URL) -> str:
    """The database's name as part of a file's name."""
    return re.sub(r"[^\w.]+", "_", Path(url.database or "").stem) or "ffp"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup into a folder at a time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupFailed(_("Another backup into {folder} is under way.", folder=folder)) from None
    finally:
        os.close(handle)


def _clear_halves(folder: Path) -> None:
    """What killed backups left."""
    for one in folder.glob(f"{_HALF}*/"):
        shutil.rmtree(one, ignore_errors=True)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFailed(
            _(
                "{folder} has {free} MB free, the backup needs about {needed} MB. Make room or choose another folder with --out.",
                folder=folder,
                free=free // 2**20,
                needed=needed // 2**20 + 1,
            )
        )


@contextmanager
def room_in_words(folder: Path) -> Iterator[None]:
    """A full disk is told as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise _full(folder) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise
        raise _full(folder) from error


def _full(folder: Path) -> BackupFailed:
    return BackupFailed(
        _(
            "The disk of {folder} is full or cannot be written; nothing was changed. Make room, or choose another folder.",
            folder=folder,
        )
    )


def _damaged(archive: Path) -> BackupFailed:
    return BackupFailed(
        _(
            "The backup {file} is damaged: its contents are not what was written. Take another copy of it.",
            file=archive.name,
        )
    )
