"""The drill: a county is backed up while people work, brought back elsewhere, counted, opened; and what may go wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from ffp_admin.app import create_app
from ffp_admin.i18n import _
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Deed, Store, load, migrate, note, static
from ffp_admin.store.backup import KEEPERS, make_backup
from ffp_admin.store.backup_parts import BackupFailed, Manifest
from ffp_admin.store.engine import make_engine, writing_connection
from ffp_admin.store.migrate import SCRIPTS
from ffp_admin.store.postgres_client import find
from ffp_admin.testing.postgres import Cluster
from tests.commands.keeping import ACCOUNT, House, in_a_process
from tests.screens.visitor import Visitor

NewUrl = Callable[[Path], str]
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def new_url(house: House, request: pytest.FixtureRequest) -> Iterator[NewUrl]:
    """Makes URLs of new databases of the same kind."""
    made: list[str] = []

    def make(folder: Path) -> str:
        if house.url.startswith("sqlite"):
            return f"sqlite:///{folder / 'ffp.db'}"
        made.append(request.getfixturevalue("postgres_cluster").create())
        return made[-1]

    yield make
    for url in made:
        request.getfixturevalue("postgres_cluster").drop(url)


def rows_of(url: str) -> Rows:
    """Every row of every table."""
    engine = create_engine(url)
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        rows = {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in found.tables.values()
        }
    engine.dispose()
    return rows


def manifest_of(archive: Path) -> Manifest:
    with zipfile.ZipFile(archive) as package:
        return Manifest.of_json(package.read("manifest.json"))


def rewritten(archive: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The archive with changed contents, whole as a .zip."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


class Clerk:
    """Somebody who writes while the backup runs: two lines in each transaction."""

    def __init__(self, house: House) -> None:
        self.house, self.pairs, self.failure = house, 0, ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Clerk:
        self._thread.start()
        while not self.pairs and not self.failure:
            time.sleep(0.01)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        store = self.house.store()
        try:
            while not self._stop.is_set():
                with store.writing() as session:
                    for _line in range(2):
                        note(session, SYSTEM, store.clock.now(), "drill", [Deed(action="drill")])
                        time.sleep(0.002)
                self.pairs += 1
        except DBAPIError as error:
            self.failure = repr(error)
        finally:
            store.dispose()


def test_the_drill(house: House, new_url: NewUrl, tmp_path: Path) -> None:
    with Clerk(house) as clerk:
        started = clerk.pairs
        archive = house.backed_up()
        assert clerk.pairs > started
    assert clerk.failure == ""
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    manifest = manifest_of(archive)

    elsewhere = house.moved(tmp_path / "elsewhere", new_url(tmp_path / "elsewhere"))
    elsewhere.done("restore", archive)

    before, after = rows_of(house.url), rows_of(elsewhere.url)
    assert set(before) == set(after) == set(manifest.tables)
    drilled = [row for row in after["audit"] if "drill" in row]
    assert len(drilled) % 2 == 0, "half of a transaction is in the backup"
    assert set(drilled) <= set(before["audit"])
    assert len(after["audit"]) == manifest.tables["audit"].rows + 1  # the restore's own line
    del before["audit"], after["audit"]
    assert after == before
    assert {name: len(rows) for name, rows in after.items()} == {
        name: one.rows for name, one in manifest.tables.items() if name != "audit"
    }

    store = elsewhere.store()
    app = create_app(elsewhere.settings, store)
    assert Visitor(app.test_client()).log_in(ACCOUNT).path == "/"
    with store.reading() as session:
        somebody = load(session, store, "person", 1, SYSTEM)
        assert somebody is not None
        assert any(str(value).startswith("529901") for value in somebody.values.values())
    store.dispose()


def test_the_key_is_not_in_the_archive_and_is_named_in_it(small: House) -> None:
    archive = small.backed_up()
    stored = json.loads(small.key_file.read_text())
    with zipfile.ZipFile(archive) as package:
        content = b"".join(package.read(name) for name in package.namelist())
    assert stored["keys"]["k1"]["key"].encode() not in content
    assert stored["hash_key"].encode() not in content
    assert dict(manifest_of(archive).keys) == Keyring.load(small.key_file).fingerprints()


def test_data_is_replaced_only_when_the_words_are_typed(house: House) -> None:
    archive = house.backed_up()
    store = house.store()
    with store.writing() as session:
        session.execute(text("UPDATE release SET note = 'later'"))
    store.dispose()
    as_it_is = rows_of(house.url)
    house.refused("restore", archive)
    house.refused("restore", archive, "--replace", typed="yes\n")
    assert rows_of(house.url) == as_it_is
    output = house.done("restore", archive, "--replace", typed=_("replace all data") + "\n")
    assert "later" not in repr(rows_of(house.url)["release"])
    assert "before" in output
    if house.url.startswith("sqlite"):
        [former] = [one for one in house.folder.iterdir() if ".before-" in one.name]
        assert "later" in repr(rows_of(f"sqlite:///{former}")["release"])
    else:
        engine = create_engine(house.url)
        [schema] = [one for one in inspect(engine).get_schema_names() if one.startswith("ffp_before")]
        with engine.connect() as connection:
            assert connection.execute(text(f"SELECT note FROM {schema}.release")).scalar_one() == "later"
        engine.dispose()
        assert not any("before" in name for name in manifest_of(house.backed_up()).tables)


def test_a_database_in_use_is_not_replaced(house: House) -> None:
    archive = house.backed_up()
    as_it_is = rows_of(house.url)
    serving = house.store()
    with serving.reading() as session:
        session.execute(text("SELECT 1"))
    house.refused("restore", archive, "--replace", typed=_("replace all data") + "\n")
    serving.dispose()
    assert rows_of(house.url) == as_it_is


def test_what_stood_there_comes_back_when_a_restore_fails(house: House, tmp_path: Path) -> None:
    archive = house.backed_up()
    as_it_is = rows_of(house.url)
    url = make_url(house.url)
    keeper = KEEPERS[url.get_backend_name()]
    part = tmp_path / keeper.part
    with zipfile.ZipFile(archive) as package:
        part.write_bytes(package.read(keeper.part))

    def check(_found: object, _url: object) -> None:
        raise BackupFailed("counted otherwise")

    with pytest.raises(BackupFailed, match="counted otherwise"):
        keeper.put(url, part, "before-20260305-120000", check)
    assert rows_of(house.url) == as_it_is


def test_rows_that_are_not_those_of_the_manifest_are_refused(
    house: House, new_url: NewUrl, tmp_path: Path
) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        told = json.loads(content)
        told["tables"]["r_household"]["digest"] = "0"
        return json.dumps(told).encode()

    archive = rewritten(house.backed_up(), tmp_path / "changed.zip", change)
    elsewhere = house.moved(tmp_path / "elsewhere", new_url(tmp_path / "elsewhere"))
    assert "r_household" in elsewhere.refused("restore", archive)
    assert rows_of(elsewhere.url) == {}


def _cut(archive: Path, target: Path) -> None:
    target.write_bytes(archive.read_bytes()[:-1000])


def _flip(archive: Path, target: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 0xFF
    target.write_bytes(content)


def _other_part(archive: Path, target: Path) -> None:
    rewritten(archive, target, lambda name, content: content if name == "manifest.json" else content + b"x")


def _no_manifest(archive: Path, target: Path) -> None:
    rewritten(archive, target, lambda name, content: b"{}" if name == "manifest.json" else content)


def _no_archive(_archive: Path, target: Path) -> None:
    target.write_text("花名册")


@pytest.mark.parametrize("damage", [_cut, _flip, _other_part, _no_manifest, _no_archive])
def test_a_damaged_archive_is_refused(
    small: House, tmp_path: Path, damage: Callable[[Path, Path], None]
) -> None:
    broken = tmp_path / "broken.zip"
    damage(small.backed_up(), broken)
    elsewhere = small.moved(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'elsewhere' / 'ffp.db'}")
    elsewhere.refused("restore", broken)
    assert [one.name for one in elsewhere.folder.iterdir()] == ["keys"]


def test_another_installations_key_file_is_named_before_anything_is_touched(
    small: House, tmp_path: Path
) -> None:
    archive = small.backed_up()
    elsewhere = small.moved(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'elsewhere' / 'ffp.db'}")
    elsewhere.key_file.unlink()
    Keyring.create(elsewhere.key_file)
    assert "hash, k1" in elsewhere.refused("restore", archive)
    assert [one.name for one in elsewhere.folder.iterdir()] == ["keys"]


def test_a_dropped_key_is_missed_only_by_backups_that_need_it(small: House, tmp_path: Path) -> None:
    earlier = small.backed_up()
    small.done("key", "rotate")
    later = small.backed_up()
    ring = Keyring.load(small.key_file)
    ring.without_old(small.key_file)
    assert "k1" in small.refused("restore", earlier, "--check")
    small.done("restore", later, "--check")


def test_a_newer_programs_backup_is_refused(small: House, tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b'"schema": "', b'"schema": "99') if name == "manifest.json" else content

    newer = rewritten(small.backed_up(), tmp_path / "newer.zip", change)
    small.refused("restore", newer, "--check")


def test_an_older_schema_is_brought_up(house: House, new_url: NewUrl, tmp_path: Path) -> None:
    old = house.moved(tmp_path / "old", new_url(tmp_path / "old"))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = make_engine(old.url)
    with writing_connection(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            static.release.insert().values(
                number=3, at=old.store().clock.now(), user_name="", fingerprint="", note=""
            )
        )
    engine.dispose()
    store = old.store()
    archive, manifest = make_backup(store, tmp_path)
    store.dispose()
    assert (manifest.schema, manifest.release) == ("0001", 3)
    elsewhere = house.moved(tmp_path / "elsewhere", new_url(tmp_path / "elsewhere"))
    elsewhere.done("restore", archive)
    migrate(old.url)
    fresh, restored = rows_of(old.url), rows_of(elsewhere.url)
    assert restored["platform_version"] == fresh["platform_version"]
    assert set(restored) == set(fresh)


def test_old_backups_go_and_others_stay(small: House) -> None:
    folder = small.folder / "backups"
    made = [small.backed_up() for _time in range(3)]
    for name in ("other-backup-20260101-000000.zip", "notes.zip"):
        (folder / name).touch()
    small.done("backup", "--keep", "2")
    left = {one.name for one in small.archives}
    assert {"other-backup-20260101-000000.zip", "notes.zip"} <= left
    assert [one.exists() for one in made] == [False, False, True]
    assert len(left) == 4


def test_a_full_disk_leaves_nothing_behind(house: House) -> None:
    run = in_a_process(house, "backup", limit=60_000)
    output, _nothing = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "Traceback" not in output
    assert list((house.folder / "backups").iterdir()) == []
    house.backed_up()


def test_a_killed_backup_leaves_no_archive_and_the_next_one_clears_up(small: House) -> None:
    store = small.store()
    with store.writing() as session:  # so much that it takes a while
        session.execute(
            static.package.insert().values(fingerprint="x", path="x", content=os.urandom(20_000_000))
        )
    store.dispose()
    folder = small.folder / "backups"
    run = in_a_process(small, "backup")
    deadline = time.monotonic() + 60
    while not (list(folder.glob(".ffp-backup-*/archive.zip")) if folder.exists() else []):
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    assert small.archives == []
    assert list(folder.iterdir()) != []
    made = small.backed_up()
    assert list(folder.iterdir()) == [made]


def test_one_backup_into_a_folder_at_a_time(small: House) -> None:
    import fcntl

    folder = small.folder / "backups"
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    small.refused("backup")
    os.close(handle)
    assert list(folder.iterdir()) == []


def test_an_installation_without_a_database_has_nothing_to_back_up(small: House, tmp_path: Path) -> None:
    empty = small.moved(tmp_path / "empty", f"sqlite:///{tmp_path / 'empty' / 'none.db'}")
    assert "none.db" in empty.refused("backup")
    assert not (empty.folder / "none.db").exists()


def _program(root: Path, version: str) -> Path:
    program = root / "usr/lib/postgresql" / version / "bin" / "pg_dump"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.3 (Debian)'\n")
    program.chmod(0o755)
    return program


def test_the_client_that_fits_the_server_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    programs = {version: _program(tmp_path, version) for version in ("13", "15", "17")}
    assert find("pg_dump", 14, tmp_path) == programs["15"]
    assert find("pg_dump", 17, tmp_path) == programs["17"]
    with pytest.raises(BackupFailed, match=r"13, 15, 17.*postgresql-client-18"):
        find("pg_dump", 18, tmp_path)
    shutil.rmtree(tmp_path / "usr")
    with pytest.raises(BackupFailed, match="postgresql-client-15"):
        find("pg_dump", 15, tmp_path)


def test_a_database_that_cannot_be_reached_is_told_in_words(small: House, postgres_cluster: Cluster) -> None:
    nowhere = House(small.folder, postgres_cluster.url("ffp_nowhere"))
    assert "ffp_nowhere" in nowhere.refused("backup")


def test_a_store_on_the_restored_place_knows_its_release(small: House, tmp_path: Path) -> None:
    archive = small.backed_up()
    into = tmp_path / "new" / "county.db"
    small.done("restore", archive, "--into", into)
    store = Store(f"sqlite:///{into}", Keyring.load(small.key_file))
    assert store.release_number == manifest_of(archive).release == 1
    assert [one.name for one in into.parent.iterdir() if not one.name.startswith(into.name)] == []
    store.dispose()
