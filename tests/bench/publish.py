"""Publishing one form while 60 are present and people work (design §14): live in both web workers, nothing fails."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ffp_admin.app import open_store
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.spec.packaging import Package
from ffp_admin.store import SYSTEM, Store, publish_package
from ffp_admin.testing.forms import form_file
from ffp_admin.testing.serving import Browser, Served, served

FORMS = 60
ROUNDS = 10
CLIENTS = 4
BUDGET_MS = 500


@dataclass
class Watch:
    """What the clients saw: answers by the label that stood on the page, and failures."""

    seen: list[tuple[float, str]] = field(default_factory=list)
    failed: int = 0
    stop: bool = False


def measure(size: int | None) -> Iterator[str]:
    """One line per figure for `size` rounds (10)."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), environment={"FFP_RATE_LIMITS": "off"}) as server,
    ):
        store = open_store(server.settings)
        _put(
            store,
            {
                f"plugins/ledger{n}/form.yaml": form_file(f"ledger{n}", f"Ledger {n} version 0.")
                for n in range(FORMS)
            },
        )
        server.add_account("bench", "county")
        watch = Watch()
        clients = [threading.Thread(target=_work, args=(server, watch)) for _one in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(2)
        live = [_round(store, watch, number) for number in range(1, (size or ROUNDS) + 1)]
        watch.stop = True
        for client in clients:
            client.join()
        store.dispose()
    took = sorted(one[0] for one in live)
    last = sorted(one[1] for one in live)
    yield (
        f"publish-{FORMS}-forms/budget ours={last[-1] * 1000:.0f}ms yardstick={BUDGET_MS}ms "
        f"ratio={BUDGET_MS / (last[-1] * 1000):.2f} (from pressing to the last old page, worst of {len(live)}; "
        f"median {last[len(last) // 2] * 1000:.0f}ms; the transaction itself {took[len(took) // 2] * 1000:.0f}ms)"
    )
    yield f"publish-{FORMS}-forms/failed ours={watch.failed} yardstick=0 of {len(watch.seen)} requests"


def _put(store: Store, files: dict[str, bytes]) -> None:
    publish_package(store, Package(files=files), SYSTEM, beside=write_permissions)


def _work(server: Served, watch: Watch) -> None:
    """One person who looks at a list again and again."""
    browser = Browser(server.port)
    browser.log_in("bench")
    while not watch.stop:
        began = time.monotonic()
        try:
            status, page = browser.get("/ledger/ledger0/")
        except OSError:
            watch.failed += 1
            continue
        if status != 200:
            watch.failed += 1
        label = page.partition("Ledger 0 version ")[2].partition(".")[0]
        watch.seen.append((began, label))


def _round(store: Store, watch: Watch, number: int) -> tuple[float, float]:
    """Seconds the publish took, and until the last request that was still answered with the old page began."""
    before = len(watch.seen)
    began = time.monotonic()
    _put(store, {"plugins/ledger0/form.yaml": form_file("ledger0", f"Ledger 0 version {number}.")})
    took = time.monotonic() - began
    time.sleep(1.5)
    old = [at for at, label in watch.seen[before:] if label != str(number)]
    new = [at for at, label in watch.seen[before:] if label == str(number)]
    assert new, "the new version was never seen"
    return took, max([at - began for at in old] + [0.0])
