"""The layout: pages, heights and widths are known before anything is drawn."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.printing.columns import column_widths, sheets_of
from ffp_admin.printing.failures import PrintCode, PrintFailed
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.pagination import paginate
from ffp_admin.printing.paper import sheet_of
from ffp_admin.printing.placing import PlacedRow, height_of
from ffp_admin.printing.roster import Roster, RosterColumn, RosterGroup
from ffp_admin.printing.settings import PrintFonts
from ffp_admin.printing.table import LaidRoster, PlacedPage, lay_out
from ffp_admin.printing.words import FrameWords
from tests.printing.village import AMOUNT, COLUMNS, ledger, pay_roster, total_of, village

HEIGHTS = st.lists(st.integers(min_value=1, max_value=60).map(Decimal), max_size=40)


@pytest.fixture(scope="session")
def laid(shelf: FontShelf, words: FrameWords) -> LaidRoster:
    """The village's pay roster."""
    return lay_out(pay_roster(), words=words, fonts=PrintFonts(), shelf=shelf)


def _texts(row: PlacedRow) -> list[str]:
    return ["".join(cell.text.lines) for cell in row.cells]


def _subtotal(page: PlacedPage) -> Decimal:
    (row,) = [row for row in page.rows if _texts(row)[0] == "本页小计"]
    return Decimal(_texts(row)[1])


@given(heights=HEIGHTS, tail=st.integers(0, 60).map(Decimal))
def test_pages_hold_every_block_once_and_never_overflow(heights: list[Decimal], tail: Decimal) -> None:
    room = Decimal(60)
    pages = paginate(heights, room, tail)
    assert [number for page in pages for number in page] == list(range(len(heights)))
    used = [sum((heights[number] for number in page), Decimal(0)) for page in pages]
    assert max(used) <= room
    assert used[-1] + tail <= room
    assert all(page for page in pages[:-1])
    following = [heights[page.start] for page in pages[1:-1]]
    assert all(height + more > room for height, more in zip(used, following, strict=False))


def test_pages_are_filled_as_far_as_households_allow(laid: LaidRoster) -> None:
    largest = Decimal(6 * 10)
    used = [height_of(page.heading) + height_of(page.rows) for page in laid.pages]
    kept = [page.grid_height for page in laid.pages]
    assert all(height <= room for height, room in zip(used, kept, strict=True))
    # the last page takes a household from the one before it when the closing lines need company
    assert all(height > room - largest for height, room in zip(used[:-2], kept, strict=False))


def test_the_closing_lines_take_the_last_household_with_them() -> None:
    assert paginate([Decimal(20)] * 3, Decimal(60), Decimal(30)) == (range(2), range(2, 3))


def test_columns_fill_the_paper_exactly() -> None:
    for paper, across in (("A4", 273), ("A3", 396)):
        assert sum(column_widths(COLUMNS, sheet_of(paper, landscape=True))) == across


def test_a_signature_has_its_25_mm_and_its_10_mm(laid: LaidRoster) -> None:
    assert laid.pages[0].widths[-1] >= 25
    assert min(row.height for page in laid.pages for row in page.rows) >= 10


def test_without_a_signature_lines_are_lower(shelf: FontShelf, words: FrameWords) -> None:
    pages = lay_out(ledger(), words=words, fonts=PrintFonts(), shelf=shelf).pages
    assert pages[0].rows[0].height == 8


def test_too_many_columns_are_refused_with_advice() -> None:
    columns = [RosterColumn(label=f"第{number}列", width_mm=20) for number in range(60)]
    with pytest.raises(PrintFailed) as failed:
        column_widths(columns, sheet_of("A4", landscape=True))
    (problem,) = failed.value.problems
    assert (problem.code, problem.facts["paper"]) == (PrintCode.COLUMNS_TOO_WIDE, "A4")


def test_a_value_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="group 1: 1 values for 0 household columns"):
        Roster(
            title="册",
            columns=(RosterColumn(label="姓名", width_mm=20),),
            groups=(RosterGroup(values=("户",), lines=(("甲",),)),),
        )


def test_columns_of_one_group_stand_under_one_heading(laid: LaidRoster) -> None:
    upper, lower = laid.pages[0].heading
    merged = [cell for cell in upper.cells if cell.columns > 1]
    assert [("".join(cell.text.lines), cell.columns) for cell in merged] == [("家庭成员情况", 6)]
    assert _texts(lower) == ["姓名", "与户主关系", "性别", "民族", "公民身份号码", "联系电话"]
    assert sum(cell.columns for cell in upper.cells) == len(COLUMNS)


def test_subtotals_of_all_pages_make_the_total(laid: LaidRoster) -> None:
    assert len(laid.pages) > 3
    assert sum(_subtotal(page) for page in laid.pages) == total_of(village())


def test_a_household_longer_than_a_page_is_continued_and_counts_once(
    shelf: FontShelf, words: FrameWords
) -> None:
    groups = village(3, sizes=(2, 30, 2))
    pages = lay_out(pay_roster(groups), words=words, fonts=PrintFonts(), shelf=shelf).pages
    heads = [_texts(row)[2] for page in pages for row in page.rows if len(row.cells) == len(COLUMNS)]
    name = groups[1].lines[0][0]
    assert heads[1:-1] == [name, *[f"{name}（续）"] * (len(heads) - 3)]
    assert len(heads) > 4
    assert sum(_subtotal(page) for page in pages) == total_of(groups)


def test_a_single_line_higher_than_a_page_is_refused(shelf: FontShelf, words: FrameWords) -> None:
    roster = Roster(
        title="册",
        columns=(RosterColumn(label="甲", width_mm=10), RosterColumn(label="乙", width_mm=300)),
        groups=(RosterGroup(lines=(("很长的说明" * 100, ""),)),),
    )
    with pytest.raises(PrintFailed) as failed:
        lay_out(roster, words=words, fonts=PrintFonts(), shelf=shelf)
    assert failed.value.problems[0].code is PrintCode.ROW_TOO_HIGH


def test_a_merged_cell_that_needs_more_height_stretches_its_lines(
    shelf: FontShelf, words: FrameWords
) -> None:
    columns = (
        RosterColumn(label="事由", width_mm=20, per="household"),
        RosterColumn(label="姓名", width_mm=300),
    )
    group = RosterGroup(values=("因病住院自付费用较高" * 6,), lines=(("甲",), ("乙",)))
    roster = Roster(title="册", columns=columns, groups=(group,), blank_below=False)
    (page,) = lay_out(roster, words=words, fonts=PrintFonts(), shelf=shelf).pages
    needed = page.rows[0].cells[0].text.height(1.25)
    assert needed > 16
    assert height_of(page.rows) >= Decimal(repr(needed))
    assert page.rows[0].height == page.rows[1].height


def test_left_and_right_sheets_belong_together(shelf: FontShelf, words: FrameWords) -> None:
    roster = ledger(paper="A4", two_sheets=True)
    pages = lay_out(roster, words=words, fonts=PrintFonts(), shelf=shelf).pages
    lefts, rights = pages[::2], pages[1::2]
    assert [page.folio[-4:] for page in pages[:2]] == ["（左页）", "（右页）"]
    for left, right in zip(lefts, rights, strict=True):
        assert height_of(left.rows) == height_of(right.rows)
        assert height_of(left.heading) == height_of(right.heading)
        assert sum(left.widths) == sum(right.widths) == 273
    left_numbers, right_numbers = sheets_of(roster)
    assert set(left_numbers) & set(right_numbers) == {0, 2}
    assert set(left_numbers) | set(right_numbers) == set(range(len(roster.columns)))
    assert AMOUNT in right_numbers


def test_an_empty_roster_is_one_struck_page(shelf: FontShelf, words: FrameWords) -> None:
    roster = pay_roster((), totals=(), page_subtotals=False)
    (page,) = lay_out(roster, words=words, fonts=PrintFonts(), shelf=shelf).pages
    assert [_texts(row) for row in page.rows] == [["以下空白"]]
