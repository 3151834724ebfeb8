"""Pages in Debian's Chromium, at the two widths the screens are made for.

A test fails when its page reports an error, throws in a script, or asks another machine for anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

INSTALL = "apt-get install -y --no-install-recommends chromium"
FLAGS = (
    "--no-sandbox",  # root in a container has no user namespaces; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",  # no way out
)
OWN_HOSTS = ("127.0.0.1", "localhost", "::1")
WIDE: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 360, "height": 740}


@dataclass  # no slots: Playwright hangs its wrapper of a listening method on the object
class Faults:
    """What went wrong in the pages of one test; a test that provokes an error adds a part of its text to `expected`."""

    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def unexpected(self) -> list[str]:
        """The faults that no entry of `expected` covers."""
        return [fault for fault in self.seen if not any(part in fault for part in self.expected)]

    def watch(self, page: Page) -> None:
        """Collect what `page` complains about from now on."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("request", self._notice)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _notice(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in OWN_HOSTS:
            self.seen.append(f"asked another machine: {request.url}")


def find_chromium() -> str:
    """The path of the installed Chromium."""
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError(f"The browser tests need Chromium. Ask the administrator for: {INSTALL}")
    return path


@contextmanager
def open_page(browser: Browser, size: ViewportSize, faults: Faults, *, touch: bool) -> Iterator[Page]:
    """A page with empty cookies in a Chinese browser of the given size."""
    context = browser.new_context(
        viewport=size, has_touch=touch, is_mobile=touch, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    faults.watch(page)
    try:
        yield page
    finally:
        context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One running browser for the tests of this process."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - 0.2 s that runs without a browser need not pay

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def faults() -> Iterator[Faults]:
    """What the pages of this test complained about; anything unexpected fails the test at its end."""
    collected = Faults()
    yield collected
    if collected.unexpected():
        pytest.fail("The page reported:\n" + "\n".join(collected.unexpected()), pytrace=False)


@pytest.fixture
def wide_page(chromium: Browser, faults: Faults) -> Iterator[Page]:
    """A page as on an old office PC."""
    with open_page(chromium, WIDE, faults, touch=False) as page:
        yield page


@pytest.fixture
def phone_page(chromium: Browser, faults: Faults) -> Iterator[Page]:
    """A page as on a cadre's phone, with touch."""
    with open_page(chromium, PHONE, faults, touch=True) as page:
        yield page


def take_shot(page: Page, name: str) -> Path | None:
    """Save the whole page as `name`-<width>.png in the folder $FFP_SHOTS; without that variable nothing happens."""
    folder = os.environ.get("FFP_SHOTS")
    if not folder:
        return None
    size = page.viewport_size or WIDE
    path = Path(folder) / f"{name}-{size['width']}.png"
    page.screenshot(path=path, full_page=True)
    return path


@pytest.fixture
def shot() -> Callable[[Page, str], Path | None]:
    """The function `take_shot`, for tests that do not import it."""
    return take_shot
