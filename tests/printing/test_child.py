"""The child: stopped by its limits or by anybody, it leaves no process, no file and no half page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ffp_admin.printing.child import CHILD, PrintJob, draw
from ffp_admin.printing.failures import PrintCode, PrintFailed, PrintProblem
from ffp_admin.printing.settings import PrintLimits, PrintSettings
from tests.house.tree import HOUSE

#: a hundred million turns: hours
ENDLESS = "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}"
#: the text alone is larger than the memory allowed
HUNGRY = "{{ 'a'.center(3000000000) }}"
JOB = PrintJob(template="page.html", context={})

PARENT = """
import sys
from pathlib import Path
from ffp_admin.printing.child import PrintJob, draw
from ffp_admin.printing.settings import PrintSettings
settings = PrintSettings(data_dir=Path(sys.argv[1]), template_dirs=(Path(sys.argv[2]),))
draw(PrintJob(template="page.html", context={}), settings=settings)
"""


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """No test of this file may leave a child, an open file or a new file in the data folder."""
    before = set(os.listdir("/proc/self/fd"))
    yield
    assert children_of(os.getpid()) == []
    assert set(os.listdir("/proc/self/fd")) == before
    left = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert left <= {"templates", "fontconfig"}


@pytest.fixture
def settings(print_settings: PrintSettings, tmp_path: Path, template_folder: Path) -> PrintSettings:
    """A data folder of this test and its templates."""
    return replace(print_settings, data_dir=tmp_path, template_dirs=(template_folder,))


def children_of(parent: int) -> list[int]:
    """Living render children of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ppid = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if ppid == parent and CHILD.encode() in command:
            found.append(int(entry.name))
    return found


def child_of(parent: int) -> int:
    """The render child of a process, as soon as there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := children_of(parent):
            return found[0]
        time.sleep(0.01)
    raise AssertionError("no child was started")


def _refused(settings: PrintSettings, template: str) -> PrintProblem:
    (settings.template_dirs[0] / "page.html").write_text(template, encoding="utf-8")
    with pytest.raises(PrintFailed) as failed:
        draw(JOB, settings=settings)
    (problem,) = failed.value.problems
    return problem


def test_a_render_that_takes_too_long_is_killed(settings: PrintSettings) -> None:
    hasty = replace(settings, limits=PrintLimits(wall_seconds=0.5))
    started = time.monotonic()
    problem = _refused(hasty, ENDLESS)
    assert time.monotonic() - started < 5
    assert (problem.code, problem.facts["seconds"]) == (PrintCode.TOO_SLOW, "0.5")


def test_a_render_that_burns_its_cpu_seconds_is_killed(settings: PrintSettings) -> None:
    assert _refused(replace(settings, limits=PrintLimits(cpu_seconds=1)), ENDLESS).code is PrintCode.TOO_SLOW


def test_a_hungry_template_dies_with_a_sentence(settings: PrintSettings) -> None:
    problem = _refused(settings, HUNGRY)
    assert (problem.code, problem.facts["megabytes"]) == (PrintCode.TOO_BIG, 1500)
    assert "1500 MB" in problem.text()


def test_a_hungry_page_dies_with_a_sentence(settings: PrintSettings) -> None:
    tight = replace(settings, limits=PrintLimits(memory_bytes=300_000_000))
    page = "{% for a in range(30000) %}<p><b>王</b> <i>五</i></p>{% endfor %}"
    assert _refused(tight, page).code is PrintCode.TOO_BIG


def test_a_file_larger_than_allowed_is_not_written(settings: PrintSettings) -> None:
    tight = replace(settings, limits=PrintLimits(file_bytes=2000))
    assert _refused(tight, "<p>王五</p>").code is PrintCode.CRASHED


def test_a_killed_child_is_reported(settings: PrintSettings) -> None:
    killer = threading.Thread(target=lambda: os.kill(child_of(os.getpid()), signal.SIGKILL))
    killer.start()
    problem = _refused(settings, ENDLESS)
    killer.join()
    assert (problem.code, problem.facts["reason"]) == (PrintCode.CRASHED, "SIGKILL")


def test_a_child_dies_with_its_parent(settings: PrintSettings) -> None:
    folder = settings.template_dirs[0]
    (folder / "page.html").write_text(ENDLESS, encoding="utf-8")
    command = [sys.executable, "-c", PARENT, str(settings.data_dir), str(folder)]
    with subprocess.Popen(command, env={"PYTHONPATH": str(HOUSE)}) as parent:
        child = child_of(parent.pid)
        time.sleep(0.5)  # let it pass the line where it ties itself to the parent
        parent.kill()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()


def test_the_child_knows_nothing_of_the_program_s_settings(
    settings: PrintSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFP_KEY_FILE", "/secret")
    (settings.template_dirs[0] / "page.html").write_text(ENDLESS, encoding="utf-8")
    seen: list[bytes] = []

    def look() -> None:
        child = child_of(os.getpid())
        seen.append(Path(f"/proc/{child}/environ").read_bytes())
        os.kill(child, signal.SIGKILL)

    looker = threading.Thread(target=look)
    looker.start()
    with pytest.raises(PrintFailed):
        draw(JOB, settings=settings)
    looker.join()
    assert b"PYTHONPATH" in seen[0]
    assert b"FFP_" not in seen[0]
