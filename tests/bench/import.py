"""Import of a large roster (design §14): dry run and commit on SQLite and PostgreSQL, beside
reading the same file with python-calamine.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
import yaml

from ffp_admin import store as stores
from ffp_admin.commands.demo_fill import COUNTY_FILE, fill
from ffp_admin.commands.demo_people import People
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.exchange import Importer
from ffp_admin.keyring import Keyring
from ffp_admin.spec.model import Catalog, ImportProfile
from ffp_admin.store import SYSTEM, Store
from ffp_admin.testing.postgres import running_cluster

PEOPLE = 100_000
VILLAGE = "529901101202"
PROFILE = "household_roster"
BUDGET_SECONDS, BUDGET_MB = 90, 500


def measure(size: int | None) -> Iterator[str]:
    """One line of figures per database for `size` people (100,000)."""
    people = size or PEOPLE
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        path = Path(folder) / "roster.xlsx"
        databases = {"sqlite": f"sqlite:///{Path(folder) / 'county.db'}", "postgresql": cluster.create()}
        for name, url in databases.items():
            yield _alone(_measure, name, url, path, people)


def _alone(work: Callable[..., str], *arguments: object) -> str:
    """What `work` gives in a process of its own, whose memory nothing else has filled."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=lambda: answers.put(work(*arguments)))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError("the measured process failed; its own words stand above")
    return str(answers.get())


def _measure(name: str, url: str, path: Path, people: int) -> str:
    keyring = Keyring.create(path.with_name(f"{name}.json"))
    words = _publish(url, keyring)
    if not path.exists():
        _alone(_write, path, Store(url, keyring).catalog(), words, people)
    return _line(name, path, people, Store(url, keyring))


def _line(name: str, path: Path, people: int, store: Store) -> str:
    began = time.perf_counter()
    rows = sum(1 for _row in _calamine(path))
    yardstick = time.perf_counter() - began
    importer = Importer(store)
    _forget_peak()
    began = time.perf_counter()
    staged = importer.stage(PROFILE, path.read_bytes(), path.name, VILLAGE, 2025, SYSTEM)
    dry = time.perf_counter() - began
    done = importer.commit(staged.id, "good", SYSTEM)
    ours = time.perf_counter() - began
    store.dispose()
    return (
        f"import-{people}-{name}/calamine ours={ours:.1f}s yardstick={yardstick:.1f}s ratio={yardstick / ours:.3f} "
        f"dry={dry:.1f}s commit={ours - dry:.1f}s rows={rows} people={staged.people} "
        f"added={done.counts['added']} errors={staged.counts['error']} peak={_peak_mb()}MB "
        f"budget={BUDGET_SECONDS}s,{BUDGET_MB}MB"
    )


def _forget_peak() -> None:
    """Let the process's highest memory begin anew: publishing and the yardstick are not what is measured."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_mb() -> int:
    """The most memory this process has held since `_forget_peak`."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def _publish(url: str, keyring: Keyring) -> dict[str, object]:
    """Our own declarations and the regions of the demonstration county; its words."""
    stores.migrate(url)
    store = Store(url, keyring)
    stores.publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM)
    words: dict[str, object] = yaml.safe_load(COUNTY_FILE.read_text(encoding="utf-8"))
    towns: Any = words["towns"]
    for village in (one for town in towns for one in town["villages"]):
        village["households"] = 0
    fill(store, words)
    store.dispose()
    return words


def _calamine(path: Path) -> Iterator[Sequence[object]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    yield from book.get_sheet_by_index(0).iter_rows()


def _write(path: Path, catalog: Catalog, words: dict[str, object], count: int) -> str:
    """A roster with one row per person; the household's cells stand in its first row."""
    profile = catalog.imports[PROFILE]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("roster")
    sheet.append([column.headings[0] for column in profile.columns])
    groups = [f"{VILLAGE}{number:03d}" for number in (1, 2, 3)]
    names = {f"{VILLAGE}{number:03d}": name for number, name in enumerate(_groups(words), start=1)}
    people, written, serial = People(words, 1), 0, 0
    while written < count:
        serial += 1
        region = groups[serial % 3]
        [home] = people.households(region, 1, 2025)
        for place, member in enumerate(home.members):
            shared = {"household": home.household, "finance": home.finance} if place == 0 else {}
            records = {**shared, "person": member.person, "member": member.membership}
            sheet.append(_cells(catalog, profile, records, serial if place == 0 else None, names[region]))
            written += 1
    book.save(path)
    return path.name


def _groups(words: dict[str, object]) -> list[str]:
    towns: Any = words["towns"]
    groups: list[str] = next(
        one["groups"] for town in towns for one in town["villages"] if one["code"] == VILLAGE
    )
    return groups


def _cells(
    catalog: Catalog,
    profile: ImportProfile,
    records: dict[str, dict[str, object]],
    serial: int | None,
    group: str,
) -> list[object]:
    cells: list[object] = []
    for column in profile.columns:
        form, _dot, key = column.target.partition(".")
        if not form:
            cells.append(serial if column.key in profile.block_by else None)
        elif catalog.forms[form].field(key).kind == "region":
            cells.append(group if serial else None)
        else:
            cells.append(_word(catalog, form, key, records.get(form, {}).get(key)))
    return cells


def _word(catalog: Catalog, form: str, key: str, value: object) -> object:
    codes = catalog.codes.get(catalog.forms[form].field(key).codes)
    if codes is None or value is None:
        return value
    many = value if isinstance(value, tuple) else (value,)
    return "、".join(word.label for code in many if (word := codes.by_code(str(code))))
