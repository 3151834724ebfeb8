"""The child that draws one job: limits first, then sandbox and WeasyPrint; it reports and never decides.

Started as `python -m ffp_admin.printing.render_child REPORT_FD PARENT_PID TALLY_FD`: the job comes on stdin, the
PDF goes to stdout, the report to REPORT_FD, the number of pages laid out so far to TALLY_FD. All are unnamed memory
files of the parent: names, ID numbers and half-written pages never touch a disk, and nothing is left wherever the
child dies.
"""

from __future__ import annotations

import ctypes
import gc
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from ffp_admin.printing.plain import loads
from ffp_admin.printing.sandbox import asset_reader, paper_environment

PR_SET_PDEATHSIG = 1


class PangoMissing(Exception):
    """WeasyPrint's libraries are not installed."""


#: what a template or the drawing may raise → the parent's word for it; the first that fits counts
FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (TemplateNotFound, "TEMPLATE_MISSING"),
    (TemplateSyntaxError, "TEMPLATE_SYNTAX"),
    (SecurityError, "TEMPLATE_FORBIDDEN"),
    (OverflowError, "TEMPLATE_FORBIDDEN"),
    (UndefinedError, "TEMPLATE_UNDEFINED"),
    (MemoryError, "TOO_BIG"),
    (PangoMissing, "PANGO_MISSING"),
    (Exception, "TEMPLATE_BROKEN"),
)


def main(arguments: Sequence[str]) -> int:
    """Draws the job on stdin; exit status 0 means that a report was written."""
    report_to, parent, tally = (int(one) for one in arguments)
    _die_with(parent)
    job = loads(sys.stdin.buffer.read())
    assert isinstance(job, dict)
    _limit(job["limits"])
    pdf_to = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not run into the PDF
    progress = logging.getLogger("weasyprint.progress")
    progress.addHandler(_Tally(tally))
    progress.setLevel(logging.INFO)
    progress.propagate = False
    report, pdf = drawn(job)
    _write(pdf_to, pdf)
    _write(report_to, json.dumps(report).encode("ascii"))
    return 0


def drawn(job: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The report and the PDF; a job that fails has a report with the word of its failure and no PDF."""
    try:
        return _draw(_html(job), job)
    except Exception as error:  # noqa: BLE001 - the process edge: the parent turns it into a message
        word = next(word for kind, word in FAILURES if isinstance(error, kind))
        reason = str(error) if word != "TEMPLATE_BROKEN" else f"{type(error).__name__}: {error}"
        return {"failed": word, "reason": reason, "line": getattr(error, "lineno", 0)}, b""


def _html(job: Mapping[str, Any]) -> str:
    environment = paper_environment([Path(folder) for folder in job["folders"]])
    return environment.get_template(job["template"]).render(job["context"])


def _draw(html: str, job: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    os.environ["FONTCONFIG_FILE"] = job["fontconfig"]  # read when WeasyPrint is imported
    records = _Records()
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).addHandler(records)
        logging.getLogger(name).setLevel(logging.WARNING)
    weasyprint = _weasyprint()
    fetcher = _fetcher(asset_reader([Path(folder) for folder in job["folders"]], job["assets"]))
    gc.collect()
    gc.freeze()
    gc.disable()  # a quarter of the time goes into looking for garbage this short life never has (print.md §2)
    try:
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render()
        pdf = document.write_pdf()
    except import_module("weasyprint.urls").FatalURLFetchingError as error:
        raise SecurityError(str(error)) from None
    fonts = document.fonts.values()
    report = {
        "pages": len(document.pages),
        "families": sorted({font.family for font in fonts}),
        "missing": sorted({code for font in fonts for code in font.missing}),
        "log": records.lines,
        "subset_library": import_module("weasyprint.text.ffi").harfbuzz_subset is not None,
    }
    return report, pdf


def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except OSError as error:
        raise PangoMissing(str(error).splitlines()[0]) from None


class _Records(logging.Handler):
    """Keeps every warning: a page that is not drawn as written is not handed out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class _Tally(logging.Handler):
    """Writes the page WeasyPrint has laid out last where the parent can read it."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(logging.INFO)
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).endswith("Page %d") and isinstance(record.args, tuple):
            os.pwrite(self._descriptor, f"{record.args[0]:>9}".encode("ascii"), 0)


def _fetcher(read: Callable[[str], tuple[bytes, str]]) -> Any:
    """A fetcher that serves our own assets; any other address ends the render."""
    urls: Any = import_module("weasyprint.urls")

    def fetch(_self: object, url: str, _headers: Mapping[str, str] | None = None) -> Any:
        try:
            body, kind = read(url)
        except ValueError as error:
            raise urls.FatalURLFetchingError(str(error)) from None
        return urls.URLFetcherResponse(url, body, {"Content-Type": kind})

    return type("AssetFetcher", (urls.URLFetcher,), {"fetch": fetch})()


def _die_with(parent: int) -> None:
    """A child outlives nobody: the kernel kills it with the parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)


def _limit(limits: Mapping[str, int]) -> None:
    for name, value in (("CORE", 0), ("NOFILE", limits["open_files"]), ("FSIZE", limits["file_bytes"])):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))


def _write(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
