"""An installation served as people run it: gunicorn with web workers and a worker process, in a folder of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ffp_admin.app import create_app, open_store
from ffp_admin.config import Settings, read_settings
from ffp_admin.screens import accounts
from ffp_admin.screens.acting import WHOLE_COUNTY
from ffp_admin.screens.logins import find_account, set_password

#: password of accounts a test makes; never that of an installation
PASSWORD = "Qingshan#2026"  # noqa: S105 - a made-up county's
START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running installation: where it answers, and how to reach its database."""

    port: int
    settings: Settings
    process: subprocess.Popen[bytes]

    def add_account(self, username: str, role: str, region: str = WHOLE_COUNTY) -> None:
        """An account with PASSWORD, its first log-in behind it."""
        store = open_store(self.settings)
        app = create_app(self.settings, store)
        accounts.create_user(app, username, username, role, (region,))
        with store.writing() as session:
            account = find_account(session, username)
            assert account is not None
            set_password(session, store, account.id, PASSWORD, must_change=False)
        store.dispose()


@dataclass(slots=True)
class Browser:
    """One person's browser over one kept connection: cookies, forms, no script."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, str]:
        """Status and page, redirects followed."""
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """Send a form; the token is that of the page before."""
        return self._ask("POST", path, urllib.parse.urlencode(fields))

    def close(self) -> None:
        """Give up the kept connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def log_in(self, username: str, password: str = PASSWORD) -> None:
        """Fill in the log-in page."""
        _status, page = self.get("/login/")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        status, page = self.post(
            "/login/", {"csrf_token": found[1], "username": username, "password": password}
        )
        assert status == 200, page

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        for _attempt in range(5):
            status, headers, page = self._once(method, path, body)
            for value in headers.get_all("Set-Cookie") or ():
                name, _equals, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            if status not in (301, 302, 303):
                return status, page
            parts = urllib.parse.urlsplit(headers["Location"])
            method, body = "GET", None
            path = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        raise AssertionError(f"redirected for ever at {path}")

    def _once(self, method: str, path: str, body: str | None) -> tuple[int, http.client.HTTPMessage, str]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._line.close()  # a kept line the server has closed meanwhile: as browsers do, once more
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        page = answer.read().decode("utf-8", errors="replace")
        if answer.getheader("Connection") == "close":
            self._line.close()
            self._line = None
        return answer.status, answer.headers, page


@contextmanager
def served(
    folder: Path, database_url: str = "", workers: int = 2, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Init and run an installation in `folder`; ended with the block."""
    env = {**os.environ, "FFP_DATA_DIR": str(folder), **(environment or {})}
    if database_url:
        env["FFP_DATABASE_URL"] = database_url
    program = [sys.executable, "-m", "ffp_admin"]
    subprocess.run([*program, "init"], env=env, check=True, capture_output=True)  # noqa: S603 - our own program
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with (folder / "serving.log").open("wb") as log:
        command = [*program, "run", "--port", str(port), "--workers", str(workers)]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)  # noqa: S603
    try:
        _wait(port, process)
        yield Served(port=port, settings=read_settings(env), process=process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended at once; see serving.log"
        try:
            browser = Browser(port)
            if browser.get("/login/")[0] == 200:
                browser.close()
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer in time; see serving.log")
