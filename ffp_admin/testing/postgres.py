"""Fresh, empty databases for tests: SQLite files, and a private PostgreSQL server of this test run.

The server listens on a Unix socket in a folder of its own, so no port can clash and no other account can enter.
It dies with the process that started it, also when that process is killed.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"
INSTALL = "apt-get install -y --no-install-recommends postgresql"
READY_WITHIN = 60.0  # seconds; a loaded machine needs a few
SHARED_FOLDERS = ("/var/tmp", "/tmp")  # noqa: S108 - a private folder is made inside
SOCKET_PATH_LIMIT = 107  # bytes, of the operating system

# speed before safety: the data lives for one run
SETTINGS = (
    ("listen_addresses", ""),
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "200"),
    ("timezone", "UTC"),
)

# The shell waits on a pipe that closes when our process ends in whatever way; then it stops the server
# at once and removes the folder.
WARDEN = (
    'folder=$1; shift; "$@" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$folder"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running PostgreSQL server that only this account can reach."""

    folder: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://{ACCOUNT}@/{database}?host={self.folder}"

    def create(self, *, template: str | None = None) -> str:
        """The URL of a new database: empty, or a copy of the one behind the URL `template` (nobody connected)."""
        name = f"ffp_{uuid.uuid4().hex[:16]}"
        source = database_of(template) if template else "template1"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database made by `create`, and whoever is still connected to it."""
        self._execute(f'DROP DATABASE "{database_of(url)}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        import psycopg  # noqa: PLC0415 - the plug-in is loaded by every pytest run, the driver is not

        with psycopg.connect(
            host=str(self.folder), user=ACCOUNT, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def database_of(url: str) -> str:
    """The database's name in a URL of `Cluster.url`."""
    return url.partition("?")[0].rpartition("/")[2]


def find_programs(root: Path = PROGRAMS) -> Path:
    """The folder with initdb and postgres, of the newest installed version."""
    found = [path.parent for path in root.glob("*/bin/initdb")]
    if not found:
        raise FileNotFoundError(f"The tests need a PostgreSQL server. Ask the administrator for: {INSTALL}")
    return max(found, key=lambda path: int(path.parent.name))


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A new server, ready for connections; gone without a trace after the block."""
    programs = find_programs()
    account = _server_account()
    folder = _make_folder(account)
    _run_initdb(programs / "initdb", folder, account)
    warden = _start(programs / "postgres", folder, account)
    try:
        _wait_until_ready(folder)
        yield Cluster(folder=folder)
    finally:
        warden.communicate()  # closes the pipe and waits for the end


def _server_account() -> str | None:
    """The account that runs the server, None for our own: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise LookupError(f"There is no account '{ACCOUNT}'. Ask the administrator for: {INSTALL}") from None
    return ACCOUNT


def _make_folder(account: str | None) -> Path:
    """A new private folder that `account` owns and can reach, with a path short enough for a socket."""
    parents = [Path(tempfile.gettempdir()).resolve(), *map(Path, SHARED_FOLDERS)]
    parent = next((path for path in parents if _is_suitable(path)), None)
    if parent is None:
        raise PermissionError(f"No temporary folder that all accounts can enter among {parents}")
    folder = Path(tempfile.mkdtemp(prefix="ffp-pg-", dir=parent))
    if account:
        entry = pwd.getpwnam(account)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


def _is_suitable(parent: Path) -> bool:
    """Whether every account can pass through `parent`, and a socket below it has a legal path."""
    if len(os.fsencode(parent)) > SOCKET_PATH_LIMIT - len("/ffp-pg-xxxxxxxx/.s.PGSQL.5432"):
        return False
    if not os.access(parent, os.W_OK | os.X_OK):
        return False
    return os.geteuid() != 0 or all(path.stat().st_mode & 0o001 for path in (parent, *parent.parents))


def _run_initdb(program: Path, folder: Path, account: str | None) -> None:
    command = [str(program), "-D", str(folder / "data"), "-U", ACCOUNT, "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(  # noqa: S603 - Debian's own program, our own arguments
        [*command, "--locale=C", "--no-sync", "--no-instructions"],
        capture_output=True,
        text=True,
        cwd=folder,
        user=account,
        group=account,
        extra_groups=_no_groups(account),
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(program: Path, folder: Path, account: str | None) -> subprocess.Popen[bytes]:
    options = [part for name, value in SETTINGS for part in ("-c", f"{name}={value}")]
    server = [str(program), "-D", str(folder / "data"), "-k", str(folder), *options]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - as above
            ["/bin/sh", "-c", WARDEN, "warden", str(folder), *server],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C reaches us, not the server under a running test
            user=account,
            group=account,
            extra_groups=_no_groups(account),
        )


def _no_groups(account: str | None) -> Sequence[str] | None:
    """Another account must not keep our supplementary groups; our own account keeps them."""
    return () if account else None


def _wait_until_ready(folder: Path) -> None:
    import psycopg  # noqa: PLC0415 - as above

    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            psycopg.connect(host=str(folder), user=ACCOUNT, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    log = (folder / "server.log").read_text(errors="replace")
    raise TimeoutError(f"PostgreSQL was not ready after {READY_WITHIN} s:\n{log}")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One server for the tests of this process."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """URL of an empty PostgreSQL database, removed after the test."""
    url = postgres_cluster.create()
    yield url
    postgres_cluster.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of an SQLite database whose file does not exist yet."""
    return f"sqlite:///{tmp_path / 'ffp.db'}"


@pytest.fixture(params=("sqlite", "postgresql"))
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database; the test runs once on each kind."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))
