""".ci/run: both halves of the suite, and an honest answer when one of them has nothing to run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import HOUSE

LONG_TEST = "@pytest.mark.long\ndef test_it(): pass\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose ./ffp answers as the environment says."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / "tests").mkdir()
    shutil.copy(HOUSE / ".ci" / "run", tmp_path / ".ci" / "run")
    script = tmp_path / "ffp"
    script.write_text(
        '#!/bin/sh\n[ "$*" = test ] && echo "7 passed in 1.00s" && exit "$SHORT"\n'
        '[ "$*" = "test --long" ] && echo "2 passed in 9.00s" && exit "$LONG"\n'
    )
    script.chmod(0o755)
    return tmp_path


def _run(checkout: Path, *, short: int = 0, long: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "SHORT": str(short), "LONG": str(long)}
    return subprocess.run(
        ["bash", str(checkout / ".ci" / "run")],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_both_halves_run_and_the_whole_closes_the_output(checkout: Path) -> None:
    done = _run(checkout)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == ["2 passed in 9.00s", "7 passed in 1.00s"]


def test_a_failed_suite_fails_at_once(checkout: Path) -> None:
    done = _run(checkout, short=1)
    assert done.returncode == 1
    assert "9.00s" not in done.stdout


def test_a_failed_long_test_fails_the_run(checkout: Path) -> None:
    assert _run(checkout, long=1).returncode == 1


def test_no_long_tests_is_said_and_is_no_failure(checkout: Path) -> None:
    done = _run(checkout, long=5)
    assert done.returncode == 0
    assert "There are no long tests yet." in done.stdout
    assert done.stdout.splitlines()[-1] == "7 passed in 1.00s"


def test_long_tests_that_were_not_found_are_a_failure(checkout: Path) -> None:
    (checkout / "tests" / "test_it.py").write_text(LONG_TEST)
    assert _run(checkout, long=5).returncode == 1
