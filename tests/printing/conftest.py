"""What print tests share: a data folder of their own, the fonts of this machine, the frame's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ffp_admin.printing.child import PrintResult
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.press import render_roster
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.printing.words import FrameWords
from tests.house.tree import HOUSE
from tests.printing.village import pay_roster


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
