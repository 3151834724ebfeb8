"""Installations to be backed up: the demo county on either database, with an account that can log in."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import make_url

from ffp_admin.cli import main
from ffp_admin.config import Settings, read_settings
from ffp_admin.keyring import Keyring
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.store import Store
from tests.screens.county import PASSWORD

ACCOUNT = "liushu"


@dataclass(frozen=True)
class House:
    """One installation: a data folder, a database, a key file."""

    folder: Path
    url: str

    @property
    def key_file(self) -> Path:
        return self.folder / "keys" / "keyring.json"

    @property
    def environment(self) -> dict[str, str]:
        return {"FFP_DATA_DIR": str(self.folder), "FFP_DATABASE_URL": self.url}

    @property
    def settings(self) -> Settings:
        return read_settings(self.environment)

    @property
    def archives(self) -> list[Path]:
        """Everything that looks like a finished backup."""
        return sorted((self.folder / "backups").glob("*.zip"))

    def run(self, *arguments: object, typed: str = "") -> Result:
        """A command with this installation's settings."""
        words = [str(one) for one in arguments]
        return CliRunner().invoke(main, words, env=self.environment, input=typed)

    def done(self, *arguments: object, typed: str = "") -> str:
        """The output of a command that must succeed."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    def refused(self, *arguments: object, typed: str = "") -> str:
        """The output of a command that must say in words why it does nothing."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit), result.exception
        return result.output

    def store(self) -> Store:
        return Store(self.url, Keyring.load(self.key_file))

    def backed_up(self) -> Path:
        """A new backup."""
        before = set(self.archives)
        self.done("backup")
        [made] = set(self.archives) - before
        return made

    def moved(self, folder: Path, url: str) -> House:
        """An empty installation with the same key file."""
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        shutil.copy(self.key_file, folder / "keys" / "keyring.json")
        return replace(self, folder=folder, url=url)


def build(folder: Path, url: str) -> House:
    """A new demo county; `ACCOUNT` logs in with the tests' password."""
    house = House(folder, url)
    # in a process of its own, so that nobody stays connected
    program = (
        "from ffp_admin.cli import main; [main([one], standalone_mode=False) for one in ('init', 'demo')]"
    )
    environment = {**os.environ, **house.environment}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    store = house.store()
    with store.writing() as session:
        account = find_account(session, ACCOUNT)
        assert account is not None
        set_password(session, store, account.id, PASSWORD, must_change=False)
    store.dispose()
    return house


def copied(house: House, folder: Path) -> House:
    """The same installation once more, for a test that changes it; only for SQLite."""
    shutil.copytree(house.folder, folder)
    file = Path(make_url(house.url).database or "")
    return House(folder, f"sqlite:///{folder / file.name}")


def in_a_process(house: House, *arguments: str, limit: int = 0) -> subprocess.Popen[str]:
    """The command as a program of its own; no file may grow beyond `limit` bytes."""

    def set_limit() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "ffp_admin", *arguments],
        env={**os.environ, **house.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=set_limit,
    )
