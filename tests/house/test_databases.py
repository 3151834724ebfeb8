"""The fixtures for databases: fresh, apart from each other, and gone with the process that asked for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from ffp_admin.testing.postgres import Cluster, find_programs

KILLED_MIDWAY = """
import time
from ffp_admin.testing.postgres import running_cluster
with running_cluster() as cluster:
    print(cluster.folder, flush=True)
    time.sleep(600)
"""


def _tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    names = sa.inspect(engine).get_table_names()
    engine.dispose()
    return names


def _run(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    assert _tables(database_url) == []
    _run(database_url, "CREATE TABLE household (id INTEGER)")
    assert _tables(database_url) == ["household"]


def test_a_database_can_be_copied_from_another(postgres_cluster: Cluster, postgres_url: str) -> None:
    _run(postgres_url, "CREATE TABLE person (name TEXT)")
    _run(postgres_url, "INSERT INTO person VALUES ('㴔某')")
    copy = postgres_cluster.create(template=postgres_url)
    try:
        engine = sa.create_engine(copy)
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT name, length(name) FROM person")).one() == ("㴔某", 2)
        engine.dispose()
    finally:
        postgres_cluster.drop(copy)


def test_a_killed_run_leaves_no_server(tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", KILLED_MIDWAY], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_a_machine_without_postgresql_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"apt-get install .* postgresql"):
        find_programs(tmp_path)


def test_the_newest_server_is_taken(tmp_path: Path) -> None:
    for version in ("9", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert find_programs(tmp_path) == tmp_path / "17" / "bin"
