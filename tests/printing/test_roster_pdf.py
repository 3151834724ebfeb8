"""Rosters as PDF: what a village really takes to the printer, read back word by word."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from ffp_admin.printing.child import PrintResult
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.press import render_roster
from ffp_admin.printing.roster import Roster, RosterGroup, cell_text
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.printing.words import FrameWords
from tests.printing.paper import Word, text_of, words_by_page
from tests.printing.village import COLUMNS, HANAMIN_NAME, LONG_NAME, ledger, pay_roster, village

#: A4 landscape: the binding edge is on top; where the grid begins
BINDING_MM, SIDE_MM = 25, 12
IDENTITY = re.compile(r"5299011\d{11}")
STROKE = re.compile(rb"(?:^|\s)([\d.]+) w\b")
PAINT = re.compile(rb"(?:^|\s)([\d.]+(?: [\d.]+)*) (?:rg|RG|g|G|k|K)\b")


@pytest.fixture(scope="module")
def pages(pay_roster_pdf: PrintResult, tmp_path_factory: pytest.TempPathFactory) -> list[list[Word]]:
    """The words of the village's pay roster."""
    return words_by_page(pay_roster_pdf.pdf, tmp_path_factory.mktemp("read"))


def _identities(group: RosterGroup) -> list[str]:
    return [text for line in group.lines for text in map(cell_text, line) if IDENTITY.fullmatch(text)]


def _resources(page: pypdf.PageObject) -> Any:
    return page["/Resources"]


def test_every_person_is_printed_once(pages: list[list[Word]]) -> None:
    printed = Counter(IDENTITY.findall(" ".join(word.text for page in pages for word in page)))
    assert printed == Counter(one for group in village() for one in _identities(group))


def test_names_come_out_whole_also_rare_and_long_ones(pages: list[list[Word]]) -> None:
    text = "".join(map(text_of, pages))
    names = {line[0] for group in village() for line in group.lines}
    assert {LONG_NAME, HANAMIN_NAME} <= names
    assert {character for character in "𬭩䶮堃" if character not in text} == set()
    one_line = {str(name) for name in names if len(str(name)) <= 4}
    assert {name for name in one_line if name not in text} == set()


def test_no_household_is_split_over_two_pages(pages: list[list[Word]]) -> None:
    texts = [text_of(page) for page in pages]
    for group in village():
        holding = {number for number, text in enumerate(texts) for one in _identities(group) if one in text}
        assert len(holding) == 1


def test_title_heading_and_signatures_stand_on_every_page(pages: list[list[Word]]) -> None:
    for page in pages:
        text = text_of(page)
        expected = (
            "发放花名册",
            "填报单位(盖章)",
            "家庭成员情况",
            "公民身份号码",
            "复核人(签字)",
            "本页小计",
        )
        assert [part for part in expected if part not in text] == []


def test_pages_are_numbered_and_the_end_is_on_the_last_only(pages: list[list[Word]]) -> None:
    texts = [text_of(page) for page in pages]
    assert [f"第{number}页共{len(pages)}页" in text for number, text in enumerate(texts, start=1)] == [
        True
    ] * len(pages)
    for closing in ("以下空白", "合计金额（大写）", "本表一式三份"):
        assert [number for number, text in enumerate(texts) if closing in text] == [len(pages) - 1]


def test_nothing_is_printed_into_the_binding_edge_or_the_margins(pages: list[list[Word]]) -> None:
    words = [word for page in pages for word in page]
    assert min(word.top for word in words) >= BINDING_MM - 1  # a line box reaches a little above its glyphs
    assert min(word.left for word in words) >= SIDE_MM - 0.1
    assert max(word.right for word in words) <= 297 - SIDE_MM + 0.1
    assert max(word.bottom for word in words) <= 210 - 5
    assert any("批次" in word.text and word.left > 200 for word in pages[0])


def test_text_stays_inside_its_column(pages: list[list[Word]]) -> None:
    """What the layout measured is what the engine drew: columns of numbers have one left and one right edge."""
    numbers = [word for page in pages for word in page if IDENTITY.fullmatch(word.text)]
    assert max(word.left for word in numbers) - min(word.left for word in numbers) < 0.1
    assert max(word.right for word in numbers) - min(word.right for word in numbers) < 0.1
    assert {round(word.right - word.left, 1) for word in numbers} == {28.6}  # 18 × ½ × 9 pt


def test_only_chosen_fonts_are_embedded_and_subset(pay_roster_pdf: PrintResult) -> None:
    assert pay_roster_pdf.families == ("HanaMinA", "Noto Sans CJK SC", "Noto Serif CJK SC")
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(pay_roster_pdf.pdf)).pages
        for font in _resources(page)["/Font"].values()
    }
    assert all(re.match(r"/[A-Z]{6}\+(Noto-S|HanaMin)", name) for name in fonts)
    assert len(pay_roster_pdf.pdf) < 1_500_000


def test_an_old_laser_printer_can_print_it(pay_roster_pdf: PrintResult) -> None:
    """Black only, no transparency, no line under 0.4 pt, a frame of 1 pt (design.md §16.10)."""
    for page in pypdf.PdfReader(io.BytesIO(pay_roster_pdf.pdf)).pages:
        content = page.get_contents()
        assert content is not None
        scale = 0.75  # WeasyPrint draws in CSS pixels
        strokes = {round(float(width) * scale, 2) for width in STROKE.findall(content.get_data())}
        assert strokes == {0.5, 0.75, 1.0}
        assert set(PAINT.findall(content.get_data())) <= {b"0 0 0", b"0"}
        states = _resources(page).get("/ExtGState", {}).values()
        assert {
            float(v) for state in states for k, v in state.get_object().items() if k in ("/ca", "/CA")
        } <= {1}


def test_the_same_roster_gives_the_same_file(
    print_settings: PrintSettings, shelf: FontShelf, words: FrameWords
) -> None:
    roster = pay_roster(village(2))
    first, second = (
        render_roster(roster, settings=print_settings, shelf=shelf, words=words) for _ in range(2)
    )
    assert first.sha256 == second.sha256


@pytest.mark.parametrize(
    ("roster", "size"),
    [
        (ledger(village(12)), (420, 297)),
        (ledger(village(12), paper="A4", two_sheets=True), (297, 210)),
        (pay_roster(village(6), landscape=False, columns=COLUMNS), (210, 297)),
    ],
    ids=["A3", "two sheets", "portrait"],
)
def test_other_papers(
    roster: Roster,
    size: tuple[int, int],
    print_settings: PrintSettings,
    shelf: FontShelf,
    words: FrameWords,
    tmp_path: Path,
) -> None:
    result = render_roster(roster, settings=print_settings, shelf=shelf, words=words)
    box = pypdf.PdfReader(io.BytesIO(result.pdf)).pages[0].mediabox
    assert (round(box.width * 25.4 / 72), round(box.height * 25.4 / 72)) == size
    pages = words_by_page(result.pdf, tmp_path)
    signed = [
        number for number, page in enumerate(pages) if "审核人" in text_of(page) or "复核人" in text_of(page)
    ]
    last = len(pages) - (2 if roster.two_sheets else 1)
    assert signed == list(range(0 if roster.footer_every_page else last, len(pages)))


def test_markup_in_a_value_is_printed_as_it_stands(
    print_settings: PrintSettings, shelf: FontShelf, words: FrameWords, tmp_path: Path
) -> None:
    group = village(1)[0]
    line = ("王<b>五</b>{{1}}", *group.lines[0][1:])
    roster = pay_roster((replace(group, lines=(line,)),))
    result = render_roster(roster, settings=print_settings, shelf=shelf, words=words)
    assert "王<b>五</b>{{1}}" in text_of(words_by_page(result.pdf, tmp_path)[0])
