"""Import of a large roster (design §14): dry run and commit, beside reading the same file with python-calamine."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

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

PEOPLE = 100_000
VILLAGE = "529901101202"
PROFILE = "household_roster"
BUDGET_SECONDS, BUDGET_MB = 90, 500


def measure(size: int | None) -> Iterator[str]:
    """One line of figures for `size` people (100,000)."""
    people = size or PEOPLE
    with tempfile.TemporaryDirectory() as folder:
        store, words = _county(Path(folder))
        path = Path(folder) / "roster.xlsx"
        _write(path, store.catalog(), words, people)
        began = time.perf_counter()
        rows = sum(1 for _row in _calamine(path))
        yardstick = time.perf_counter() - began
        importer = Importer(store)
        began = time.perf_counter()
        staged = importer.stage(PROFILE, path.read_bytes(), path.name, VILLAGE, 2025, SYSTEM)
        dry = time.perf_counter() - began
        done = importer.commit(staged.id, "good", SYSTEM)
        ours = time.perf_counter() - began
        store.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield (
        f"import-{people}/calamine ours={ours:.1f}s yardstick={yardstick:.1f}s ratio={yardstick / ours:.3f} "
        f"dry={dry:.1f}s commit={ours - dry:.1f}s rows={rows} people={staged.people} "
        f"added={done.counts['added']} errors={staged.counts['error']} peak={peak}MB "
        f"budget={BUDGET_SECONDS}s,{BUDGET_MB}MB"
    )


def _county(folder: Path) -> tuple[Store, dict[str, object]]:
    url = f"sqlite:///{folder / 'county.db'}"
    stores.migrate(url)
    store = Store(url, Keyring.create(folder / "keyring.json"))
    stores.publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM)
    words = yaml.safe_load(COUNTY_FILE.read_text(encoding="utf-8"))
    for village in (one for town in words["towns"] for one in town["villages"]):
        village["households"] = 0
    fill(store, words)
    return store, words


def _calamine(path: Path) -> Iterator[list[object]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    yield from book.get_sheet_by_index(0).iter_rows()


def _write(path: Path, catalog: Catalog, words: dict[str, object], count: int) -> None:
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


def _groups(words: dict[str, object]) -> list[str]:
    towns: list[dict[str, list[dict[str, list[str]]]]] = words["towns"]  # type: ignore[assignment]
    return next(one["groups"] for town in towns for one in town["villages"] if one["code"] == VILLAGE)


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
