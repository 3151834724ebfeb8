"""Files read before, so that a publish reads only what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ffp_admin.spec.nodes import Limits
from ffp_admin.spec.reader import FileDrafts, read_file

Key = tuple[str, bytes]


class KnownFiles:
    """Drafts of the last two sets of files, by name and content; threads may share it.

    Two, because a package that is looked at before it is put in force alternates with what is in force.
    """

    def __init__(self) -> None:
        self._held: tuple[Mapping[Key, FileDrafts], Mapping[Key, FileDrafts]] = ({}, {})

    def read(self, files: Mapping[str, bytes], limits: Limits) -> list[FileDrafts]:
        """The drafts of `files` in the order of their names."""
        last, older = self._held
        read: dict[Key, FileDrafts] = {}
        for name in sorted(files):
            key = (name, hashlib.sha256(files[name]).digest())
            read[key] = last.get(key) or older.get(key) or read_file(name, files[name], limits)
        if read.keys() != last.keys():
            self._held = (read, last)
        return list(read.values())
