"""Draws a template in a killable child and hands out only what passed the gates (print.md §5, §9)."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import ffp_admin
from ffp_admin.printing.failures import PrintCode, PrintFailed, PrintProblem, failure
from ffp_admin.printing.fonts import write_fonts_conf
from ffp_admin.printing.plain import dumps, plain
from ffp_admin.printing.settings import PrintSettings

CHILD = "ffp_admin.printing.render_child"
NOT_SUBSET = "Unable to subset"
NOTDEF = ".notdef glyph rendered"
#: seconds between two looks at how far the child is
LOOK_EVERY = 0.1

#: is told how many pages are laid out; what it raises ends the drawing
Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One document to draw: a template and the plain values it sees."""

    template: str
    context: Mapping[str, object]
    #: style sheets and pictures made for this job, by name; templates ask for them as `asset:NAME`
    assets: Mapping[str, str] = field(default_factory=dict)
    #: how many pages must come out; None when the text flows freely
    expected_pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintResult:
    """A PDF that passed every gate."""

    pdf: bytes
    pages: int
    sha256: str
    families: tuple[str, ...]


def _unwatched(_pages: int) -> None:
    """Nobody wants to know."""


def draw(job: PrintJob, *, settings: PrintSettings, watch: Watch = _unwatched) -> PrintResult:
    """The job as a PDF; PrintFailed with every reason otherwise. Leaves no file and no process behind."""
    pdf, report = _run(job, settings, watch)
    problems = list(_refusals(job, report, settings))
    if problems:
        raise PrintFailed(problems)
    digest = hashlib.sha256(pdf).hexdigest()
    return PrintResult(pdf=pdf, pages=report["pages"], sha256=digest, families=tuple(report["families"]))


def _run(job: PrintJob, settings: PrintSettings, watch: Watch) -> tuple[bytes, dict[str, Any]]:
    with ExitStack() as files:
        order, pdf, report, tally, errors = (files.enter_context(_memory_file()) for _ in range(5))
        order.write(_order(job, settings))
        order.seek(0)
        told = [str(report.fileno()), str(os.getpid()), str(tally.fileno())]
        command = [sys.executable, "-P", "-X", "utf8", "-m", CHILD, *told]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no text of a user
            command,
            stdin=order,
            stdout=pdf,
            stderr=errors,
            pass_fds=(report.fileno(), tally.fileno()),
            env=_environment(),
            start_new_session=True,
        )
        _await(process, settings, lambda: watch(int(os.pread(tally.fileno(), 9, 0) or 0)))
        if process.returncode != 0:
            raise _death(process.returncode, _content(errors), settings)
        return _content(pdf), json.loads(_content(report))


def _order(job: PrintJob, settings: PrintSettings) -> bytes:
    """The job as the child reads it."""
    limits = settings.limits
    try:
        conf = write_fonts_conf(settings)
    except OSError as error:
        folder = settings.data_dir / "fontconfig"
        raise failure(PrintCode.FOLDER_NOT_WRITABLE, folder=folder, reason=error.strerror) from None
    order = {
        "template": job.template,
        "context": dict(job.context),
        "assets": dict(job.assets),
        "folders": [str(folder) for folder in settings.template_dirs],
        "fontconfig": str(conf),
        "limits": {
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
        },
    }
    return dumps(plain(order, "job"))


def _await(process: subprocess.Popen[bytes], settings: PrintSettings, look: Callable[[], None]) -> None:
    """Waits for the child's end; on the limit, and on whatever interrupts the parent, the child is killed."""
    end = time.monotonic() + settings.limits.wall_seconds
    try:
        while not _has_ended(process, min(LOOK_EVERY, end - time.monotonic())):
            if time.monotonic() >= end:
                raise failure(PrintCode.TOO_SLOW, seconds=f"{settings.limits.wall_seconds:g}")
            look()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(max(0.0, seconds))
    except subprocess.TimeoutExpired:
        return False
    return True


def _death(status: int, said: bytes, settings: PrintSettings) -> PrintFailed:
    """Why a child ended without a report: out of time, out of memory, or killed by somebody."""
    if status == -signal.SIGXCPU:
        return failure(PrintCode.TOO_SLOW, seconds=f"{settings.limits.cpu_seconds:g}")
    if b"MemoryError" in said or status in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV):
        return failure(PrintCode.TOO_BIG, megabytes=settings.limits.memory_bytes // 1_000_000)
    reason = signal.Signals(-status).name if status < 0 else f"exit {status}"
    return failure(PrintCode.CRASHED, reason=reason)


def _refusals(job: PrintJob, report: Mapping[str, Any], settings: PrintSettings) -> Iterator[PrintProblem]:
    """The gates after the render: tofu, foreign fonts, whole fonts embedded, warnings, pages not foreseen."""
    if word := report.get("failed"):
        facts = {"template": job.template, "reason": report.get("reason", ""), "line": report.get("line", 0)}
        megabytes = settings.limits.memory_bytes // 1_000_000
        yield PrintProblem(code=PrintCode[word], facts=facts | {"megabytes": megabytes})
        return
    if report["missing"]:
        characters = " ".join(f"U+{code:04X}" for code in report["missing"])
        yield PrintProblem(code=PrintCode.TOFU, facts={"characters": characters})
    if foreign := sorted(set(report["families"]) - set(settings.fonts.families())):
        yield PrintProblem(code=PrintCode.FOREIGN_FONT, facts={"families": ", ".join(foreign)})
    if not report["subset_library"]:
        yield PrintProblem(code=PrintCode.SUBSET_MISSING)
    for line in dict.fromkeys(report["log"]):
        if line.startswith(NOT_SUBSET):
            yield PrintProblem(code=PrintCode.NOT_SUBSET, facts={"family": line.split('"')[1]})
        elif not line.startswith(NOTDEF):
            yield PrintProblem(code=PrintCode.WARNED, facts={"reason": line})
    if job.expected_pages not in (None, report["pages"]):
        facts = {"expected": job.expected_pages, "found": report["pages"]}
        yield PrintProblem(code=PrintCode.PAGE_COUNT, facts=facts)


def _environment() -> dict[str, str]:
    """A bare environment: the program's own keys and addresses are none of a template's business."""
    home = str(Path(ffp_admin.__file__).resolve().parent.parent)
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": home}


def _memory_file() -> BinaryIO:
    return os.fdopen(os.memfd_create("ffp-print"), "w+b")


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
