"""The fixtures for the browser: both widths, in Chinese, and no fault goes unnoticed."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ffp_admin.testing.browser import Faults, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<title>青山县</title></head><body><h1>柳树村</h1><p id="out"></p>
<script>
  const touch = matchMedia('(pointer: coarse)').matches ? '触屏' : '鼠标';
  document.getElementById('out').textContent = [innerWidth, touch, navigator.language].join(' ');
</script>%s</body></html>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Quiet, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def _write(folder: Path, extra: str = "") -> None:
    (folder / "index.html").write_text(PAGE % extra, encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fixture", "seen"),
    [("wide_page", "1366 鼠标 zh-CN"), ("phone_page", "360 触屏 zh-CN")],
    ids=["wide", "phone"],
)
def test_pages_have_the_two_widths(
    request: pytest.FixtureRequest, site: tuple[Path, str], fixture: str, seen: str
) -> None:
    page: Page = request.getfixturevalue(fixture)
    _write(site[0])
    page.goto(site[1])
    assert page.inner_text("h1") == "柳树村"
    assert page.inner_text("#out") == seen


@pytest.mark.browser
@pytest.mark.parametrize(
    ("extra", "complaint"),
    [
        ("<script>console.error('坏了')</script>", "坏了"),
        ("<script>throw new Error('没有这个字段')</script>", "没有这个字段"),
        ("<img src='missing.png'>", "missing.png"),
        (
            "<script>fetch('http://192.0.2.1/x').catch(() => 0)</script>",
            "asked another machine: http://192.0.2.1/x",
        ),
    ],
    ids=["console", "script", "missing file", "other machine"],
)
def test_faults_of_a_page_are_collected(
    wide_page: Page, faults: Faults, site: tuple[Path, str], extra: str, complaint: str
) -> None:
    _write(site[0], extra)
    wide_page.goto(site[1], wait_until="load")
    assert any(complaint in fault for fault in faults.unexpected())
    faults.expected += [complaint, "ERR_NAME_NOT_RESOLVED"]  # the browser has no way out of this machine


def test_expected_faults_are_let_through() -> None:
    faults = Faults(seen=["console: 422 (/ledger)", "script error: x"], expected=["422"])
    assert faults.unexpected() == ["script error: x"]


@pytest.mark.browser
def test_shots_are_taken_only_on_request(
    phone_page: Page,
    site: tuple[Path, str],
    shot: Callable[[Page, str], Path | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _write(site[0])
    phone_page.goto(site[1])
    monkeypatch.delenv("FFP_SHOTS", raising=False)
    assert shot(phone_page, "village") is None
    monkeypatch.setenv("FFP_SHOTS", str(tmp_path / "shots"))
    path = shot(phone_page, "village")
    assert path == tmp_path / "shots" / "village-360.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_machine_without_chromium_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"apt-get install .* chromium"):
        find_chromium()
