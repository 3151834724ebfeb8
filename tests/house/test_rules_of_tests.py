"""The rules that hold for every test: no network, no leftovers, no warnings of our own, no settings of the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import HOUSE


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A checkout with the rules and no tests."""
    for name in (".gitignore", "pyproject.toml", "tests/conftest.py", "tests/house/tree.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOUSE / name, tmp_path / name)
    return tmp_path


def _run(house: Path, test: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (house / "tests" / "test_it.py").write_text(test, encoding="utf-8")
    environment = {**os.environ, **environment}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(house)]
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_no_test_reaches_another_machine(address: tuple[str, int]) -> None:
    with pytest.raises(RuntimeError, match="reached for the network"):
        socket.create_connection(address, timeout=1)


def test_no_test_asks_for_a_name() -> None:
    with pytest.raises(RuntimeError, match="reached for the network"):
        socket.getaddrinfo("county.example", 80)


def test_the_own_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.parametrize(("ci", "place"), [("true", "docs/left.txt"), ("", "left.txt")], ids=["ci", "desk"])
def test_a_file_left_behind_fails_the_run(small_house: Path, ci: str, place: str) -> None:
    (small_house / "docs").mkdir()
    done = _run(small_house, f"def test_it(): open({place!r}, 'w').close()", CI=ci)
    assert done.returncode == 1
    assert "files left behind" in done.stdout
    assert place in done.stdout


def test_ignored_files_may_be_left(small_house: Path) -> None:
    done = _run(small_house, "import os\ndef test_it(): os.mkdir('var')", CI="true")
    assert done.returncode == 0, done.stdout


def test_a_warning_of_our_own_fails_the_test(small_house: Path) -> None:
    done = _run(small_house, "import warnings\ndef test_it(): warnings.warn('old', DeprecationWarning)")
    assert done.returncode == 1
    assert "DeprecationWarning: old" in done.stdout


def test_settings_of_the_machine_are_forgotten(small_house: Path) -> None:
    test = "import os\ndef test_it(): assert [n for n in os.environ if n.startswith('FFP_')] == ['FFP_SHOTS']"
    done = _run(small_house, test, FFP_DATABASE_URL="postgresql://the-real-one", FFP_SHOTS="shots")
    assert done.returncode == 0, done.stdout
