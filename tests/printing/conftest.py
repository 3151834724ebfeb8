"""What print tests share: a data folder of their own, the fonts of this machine, the frame's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from ffp_admin import store as stores
from ffp_admin.calendar import FixedClock
from ffp_admin.commands.demo_fill import COUNTY_FILE, fill
from ffp_admin.commands.folders import declaration_files
from ffp_admin.keyring import Keyring
from ffp_admin.printing.child import PrintResult
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.press import render_roster
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.printing.words import FrameWords
from ffp_admin.store import SYSTEM, Store
from tests.house.tree import HOUSE
from tests.printing.village import pay_roster

#: 青龙村 of the demo county
VILLAGE = "529901101202"


@pytest.fixture(scope="session")
def print_settings(tmp_path_factory: pytest.TempPathFactory) -> PrintSettings:
    """The shipped templates and fonts, a fresh data folder."""
    return PrintSettings(
        data_dir=tmp_path_factory.mktemp("print"), template_dirs=(HOUSE / "print_templates",)
    )


@pytest.fixture(scope="session")
def shelf(print_settings: PrintSettings) -> FontShelf:
    """The fonts of this machine, read once."""
    return FontShelf(print_settings)


@pytest.fixture(scope="session")
def words() -> FrameWords:
    """The frame's words, independent of the catalogue."""
    return FrameWords(
        page_of="第{page}页 共{pages}页",
        page_subtotal="本页小计",
        total="合计",
        households="{count}户",
        lines="{count}人",
        in_capitals="{column}合计（大写）：人民币{amount}",
        blank_below="以下空白",
        continued="（续）",
        left_sheet="（左页）",
        right_sheet="（右页）",
        signatures=("填表人(签字)：", "审核人(签字)：", "单位负责人(签字)：", "联系电话："),
    )


@pytest.fixture(scope="session")
def pay_roster_pdf(print_settings: PrintSettings, shelf: FontShelf, words: FrameWords) -> PrintResult:
    """The pay roster of a whole village: 40 households, about 140 people."""
    return render_roster(pay_roster(), settings=print_settings, shelf=shelf, words=words)


@pytest.fixture
def template_folder(tmp_path: Path) -> Path:
    """A folder for templates of one test."""
    folder = tmp_path / "templates"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """青龙村 with 12 households."""
    folder = tmp_path_factory.mktemp("village")
    url = f"sqlite:///{folder / 'county.db'}"
    stores.migrate(url)
    clock = FixedClock(datetime(2026, 3, 6, 2, 0, tzinfo=UTC))
    store = Store(url, Keyring.create(folder / "keyring.json"), clock)
    stores.publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM)
    words = yaml.safe_load(COUNTY_FILE.read_text(encoding="utf-8"))
    for one in (one for town in words["towns"] for one in town["villages"]):
        one["households"] = 12 if one["code"] == VILLAGE else 0
    fill(store, words)
    yield store
    store.dispose()
