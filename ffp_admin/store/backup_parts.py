"""What a backup says of itself: the manifest, and the words for a backup that cannot be made or put back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import _

#: one more whenever older programs cannot read what is written
FORMAT = 1
#: the table Alembic keeps the schema's revision in
REVISION_TABLE = "platform_version"


class BackupFailed(Exception):
    """A backup could not be made, read or put back; the text is for whoever gave the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCount:
    """Rows of a table at the moment of the backup; `digest` is the same for the same rows in any order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the archive."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a database was when its copy was taken: revision of the schema, newest release, all tables."""

    schema: str
    release: int
    tables: Mapping[str, TableCount]
    #: version of the database program
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """manifest.json of an archive; the keys are named and can be told apart, they are not in it."""

    format: int
    made_at: str
    program: str
    #: "sqlite" or "postgresql"
    database: str
    server: str
    schema: str
    release: int
    #: key id → fingerprint of every key the data needs; "hash" is the key of the hash columns
    keys: Mapping[str, str]
    tables: Mapping[str, TableCount]
    parts: Mapping[str, Part]

    @property
    def moment(self) -> str:
        """When the backup was made, as the county's clocks showed it."""
        return datetime.fromisoformat(self.made_at).astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M")

    def as_json(self) -> bytes:
        """The file."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def of_json(cls, text: bytes) -> Manifest:
        """The manifest of a file; BackupFailed when it is none, or of a newer format."""
        try:
            stored: dict[str, Any] = json.loads(text)
            number = int(stored["format"])
            if number <= FORMAT:
                tables = {name: TableCount(**one) for name, one in stored.pop("tables").items()}
                parts = {name: Part(**one) for name, one in stored.pop("parts").items()}
                return cls(tables=tables, parts=parts, **stored)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupFailed(
                _("The backup is damaged: its manifest cannot be read. Take another copy of it.")
            ) from None
        raise BackupFailed(_("A newer program made this backup. Install that version, then restore."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """How one kind of database is copied and put back."""

    #: name of its part in the archive
    part: str
    #: whether the part is compressed by whoever writes it
    is_compressed: bool
    #: bytes the copy may take, as far as one can tell
    size: Callable[[URL], int]
    #: the folder in which a copy for this target is unpacked
    room: Callable[[URL], Path]
    #: copies a database that is in use to a new file
    take: Callable[[URL, Path], Taken]
    #: whether anything stands in the target
    is_filled: Callable[[URL], bool]
    #: puts an unpacked copy into the target and calls `check` with what it finds there; the former content, if any, is set
    #: aside and comes back when anything fails. Returns where it was set aside.
    put: Callable[[URL, Path, str, Callable[[Taken, URL], None]], str | None]


def sync(path: Path) -> None:
    """The file and its name are on disk when this returns."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
