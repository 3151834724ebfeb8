"""PostgreSQL's own programs: found in a fitting version, run with the password out of sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from ffp_admin.i18n import _
from ffp_admin.store.backup_parts import BackupFailed

#: where distributions put the programs of each version
FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
_VERSION = re.compile(r"\(PostgreSQL\)\s+(\d+)")


def find(name: str, server: int, root: Path = Path("/")) -> Path:
    """The program of the lowest version that serves a server of version `server`; BackupFailed without one."""
    on_path = shutil.which(name)
    found = {Path(on_path).resolve()} if on_path else set()
    found.update(folder / name for pattern in FOLDERS for folder in root.glob(pattern))
    versions = {path: _version(path) for path in found if os.access(path, os.X_OK)}
    fitting = {path: version for path, version in versions.items() if version >= server}
    if fitting:
        return min(fitting, key=lambda path: (fitting[path], str(path)))
    there = ", ".join(str(version) for version in sorted(set(versions.values())) if version)
    raise BackupFailed(
        _(
            "The database is PostgreSQL {server}; its program {name} is missing on this machine (found: {there}). Ask the administrator for: apt install postgresql-client-{server}",
            server=server,
            name=name,
            there=there or _("none"),
        )
    )


def _version(path: Path) -> int:
    """The major version; 0 for a program that does not say."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    matched = _VERSION.search(said.stdout)
    return int(matched[1]) if matched else 0


def connection_words(url: URL) -> tuple[str, Mapping[str, str]]:
    """How to reach the database: words for --dbname without the password, and the password for the environment."""
    words = url.translate_connect_args(username="user", database="dbname")
    password = words.pop("password", None)
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    return make_conninfo(**{**words, **query}), {"PGPASSWORD": str(password)} if password else {}


def run(program: Path, url: URL, arguments: Sequence[str]) -> None:
    """Run a program on the database; BackupFailed with its own last words when it fails."""
    words, secret = connection_words(url)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [program, f"--dbname={words}", "--no-password", *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        env={**os.environ, **secret, "LC_ALL": "C"},
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        said = next((line for line in lines if "error:" in line), "\n".join(lines[-2:]))
        raise BackupFailed(_("{name} failed: {said}", name=program.name, said=said))
