"""Publishing while people work: two web workers, nothing fails, memory stays, whoever comes next sees it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ffp_admin.app import create_app, open_store
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE, Settings
from ffp_admin.keyring import Keyring
from ffp_admin.screens import accounts
from ffp_admin.screens.acting import WHOLE_COUNTY
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.screens.tables import prepare_tables
from ffp_admin.spec.packaging import Package
from ffp_admin.store import SYSTEM, Store, migrate, publish, publish_package
from ffp_admin.testing.forms import form_file
from ffp_admin.testing.serving import PASSWORD, Browser, served
from tests.screens.visitor import Visitor


def put(store: Store, number: int) -> None:
    """Version `number` of a ledger, with a field of its own."""
    files = {"plugins/ledger/form.yaml": form_file("ledger", f"Ledger {number}.", f"matter{number % 7}")}
    publish_package(store, Package(files=files), SYSTEM, beside=write_permissions)


@pytest.mark.long
def test_two_workers_show_every_version_and_no_request_fails(tmp_path: Path, database_url: str) -> None:
    with served(tmp_path, database_url, environment={"FFP_RATE_LIMITS": "off"}) as server:
        store = open_store(server.settings)
        put(store, 0)
        server.add_account("clerk", "county")
        failures: list[object] = []
        stop = threading.Event()

        def work() -> None:
            browser = Browser(server.port)
            browser.log_in("clerk")
            while not stop.is_set():
                for path in ("/ledger/ledger/", "/ledger/ledger/add", "/"):
                    status, page = browser.get(path)
                    if status != 200 or "Ledger" not in page:
                        failures.append((path, status))
            browser.close()

        people = [threading.Thread(target=work) for _one in range(4)]
        for person in people:
            person.start()
        known = Browser(server.port)
        known.log_in("clerk")
        try:
            for number in range(1, 21):
                put(store, number)
                _await_version(known, number)
        finally:
            stop.set()
            for person in people:
                person.join()
            known.close()
        assert failures == []
        store.dispose()


def _await_version(known: Browser, number: int) -> None:
    """So many new pages in a row come from both workers, each over a line of its own."""
    until = time.monotonic() + 10
    fresh = 0
    while fresh < 12:
        browser = Browser(known.port, cookies=dict(known.cookies))
        _status, page = browser.get("/ledger/ledger/add")
        browser.close()
        fresh = fresh + 1 if f"Ledger {number}." in page and f"matter{number % 7}" in page else 0
        assert time.monotonic() < until, f"version {number} was not shown"


@pytest.mark.long
def test_five_hundred_versions_do_not_grow_memory(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'ffp.db'}", key_file=tmp_path / "keyring.json"
    )
    migrate(settings.database_url)
    Keyring.create(settings.key_file)
    store = open_store(settings)
    prepare_tables(store.engine)
    publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM, beside=write_permissions)
    app = create_app(settings, store)
    accounts.create_user(app, "clerk", "clerk", "county", (WHOLE_COUNTY,))
    with store.writing() as session:
        account = find_account(session, "clerk")
        assert account is not None
        set_password(session, store, account.id, PASSWORD, must_change=False)
    browser = Visitor(app.test_client())
    assert browser.log_in("clerk", PASSWORD).path == "/"
    sizes = []
    for number in range(501):
        put(store, number)
        for path in ("/ledger/ledger/", "/ledger/ledger/add"):
            assert f"Ledger {number}." in browser.get(path).text
        if number in (100, 500):
            sizes.append(resident())
    store.dispose()
    assert sizes[1] - sizes[0] < 25, f"MB after 100 and 500 versions: {sizes}"


def resident() -> float:
    """MB this process holds now."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
