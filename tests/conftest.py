"""Rules for every test: no network, no settings of this machine, nothing left behind, repeatable examples."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.house.tree import HOUSE, ignored_patterns, is_ignored, project_files

IN_CI = bool(os.environ.get("CI"))
KEPT_SETTINGS = ("FFP_SHOTS",)
#: lines to be printed after the tests
CLOSING_TABLE = pytest.StashKey[list[str]]()
_HANDED = "closing_table"

hypothesis.settings.register_profile("ffp", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("ffp")


# ---- no network -------------------------------------------------------------------------------


def _is_own_machine(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    return text in (None, "", "localhost", "::1", "0.0.0.0", "::") or str(text).startswith("127.")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket's address is a path
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    if not _is_own_machine(host):
        raise RuntimeError(f"A test reached for the network: {event} {host!r}")


# An audit hook sees every socket of the process, whichever library opens it.
sys.addaudithook(_refuse_network)


# ---- no settings of this machine --------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Forget the installation's settings: a test must never reach a real database or data folder."""
    for name in [name for name in os.environ if name.startswith("FFP_") and name not in KEPT_SETTINGS]:
        del os.environ[name]
    config.stash[CLOSING_TABLE] = []
    # where tests are shared out, a worker hands its table to the process that prints
    getattr(config, "workeroutput", {})[_HANDED] = config.stash[CLOSING_TABLE]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the table over from a worker."""
    node.config.stash[CLOSING_TABLE].extend(getattr(node, "workeroutput", {}).get(_HANDED, []))


# ---- nothing left behind ----------------------------------------------------------------------

FOUND_AT_START = pytest.StashKey[frozenset[Path]]()
LEFT_BEHIND = pytest.StashKey[list[Path]]()


def _present() -> frozenset[Path]:
    """All files in CI; elsewhere only the top level, since people edit while a suite runs."""
    if IN_CI:
        return frozenset(project_files())
    patterns = ignored_patterns()
    return frozenset(path for path in HOUSE.iterdir() if not is_ignored(path, patterns))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Note what is there."""
    if not _is_worker(session.config):
        session.config.stash[FOUND_AT_START] = _present()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that leaves files in the checkout has failed."""
    if _is_worker(session.config):
        return
    before: frozenset[Path] = session.config.stash[FOUND_AT_START]
    left = sorted(_present() - before)
    session.config.stash[LEFT_BEHIND] = left
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of the walk; name what was left."""
    if lines := config.stash[CLOSING_TABLE]:
        terminalreporter.section("the walk: rules × actors, allowed/refused/hidden")
        for line in lines:
            terminalreporter.line(line)
    left = config.stash.get(LEFT_BEHIND, [])
    if left:
        terminalreporter.section("files left behind", red=True)
        for path in left:
            terminalreporter.line(str(path.relative_to(HOUSE)))
