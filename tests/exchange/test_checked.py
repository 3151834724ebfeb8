"""The checked workbook: faults shown in the cadre's own file, nothing else touched."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from ffp_admin.exchange.checked import Checked, write_checked
from ffp_admin.exchange.findings import Weight
from ffp_admin.i18n import speaking
from tests.exchange.checks import MERGED, RED, SMALL, YELLOW, check, colour, finding, page_in, page_of
from tests.exchange.workbooks import ROSTER, answers, book_of, layout_of, saved


def test_errors_are_red_doubts_yellow_and_clean_ups_not_shown() -> None:
    _result, content = check(
        book_of(SMALL, merged=MERGED),
        [finding(4, "D"), finding(5, "D", weight=Weight.DOUBT), finding(5, "C", weight=Weight.MENDED)],
    )
    page = page_of(content)
    assert [colour(page, place) for place in ("D4", "D5", "C5", "D3")] == [RED, YELLOW, None, None]
    assert page["D4"].comment is not None
    assert "错了" in page["D4"].comment.text
    assert page["C5"].comment is None


def test_a_row_says_its_reasons_in_the_first_free_column() -> None:
    result, content = check(
        book_of(SMALL, merged=MERGED),
        [
            finding(4, "D", "疑点", weight=Weight.DOUBT),
            finding(4, "D", "号码少一位", suggestion="13"),
            finding(4, "", "整行有误"),
        ],
    )
    page = page_of(content)
    assert page["E2"].value == "Reasons"
    assert str(page["E4"].value).split("\n") == [
        "Column D (联系电话): 号码少一位 Perhaps: 13",
        "整行有误",
        "Column D (联系电话): 疑点",
    ]
    assert page["E3"].value is None
    assert colour(page, "D4") == RED
    assert result == Checked(is_whole=True, faulty_rows=1)


def test_everything_else_of_the_original_stays() -> None:
    book = load_workbook(io.BytesIO(book_of(SMALL, merged=MERGED)))
    page = page_in(book)
    page.column_dimensions["B"].width = 33
    page.row_dimensions[3].height = 44
    page.freeze_panes = "A3"
    page["C3"].comment = Comment("村里的批注", "会计")
    book.create_sheet("填表说明").append(["说明"])
    _result, content = check(saved(book), [finding(3, "C")])
    page = page_of(content)
    assert {str(area) for area in page.merged_cells.ranges} == set(MERGED)
    assert (page.column_dimensions["B"].width, page.row_dimensions[3].height, page.freeze_panes) == (
        33,
        44,
        "A3",
    )
    assert page["D5"].value == "=1+1"
    assert page["C3"].comment is not None
    assert page["C3"].comment.text.startswith("村里的批注\n")
    assert load_workbook(io.BytesIO(content))["填表说明"]["A1"].value == "说明"


def test_a_fault_in_a_merged_range_is_shown_where_it_can_be_seen() -> None:
    _result, content = check(book_of(SMALL, merged=MERGED), [finding(4, "B", "户主不对")])
    page = page_of(content)
    assert colour(page, "B3") == RED
    assert "户主不对" in str(page["E4"].value)


def test_a_range_that_reaches_over_the_reasons_gives_way() -> None:
    _result, content = check(book_of(SMALL, merged=[*MERGED, "C5:H5", "D2:F2"]), [finding(5, "C", "错字")])
    page = page_of(content)
    assert page["E2"].value == "Reasons"
    assert "错字" in str(page["E5"].value)
    assert {str(area) for area in page.merged_cells.ranges} == set(MERGED)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_reasons_are_never_formulas(start: str) -> None:
    _result, content = check(book_of(SMALL, merged=MERGED), [finding(4, "", f'{start}HYPERLINK("http://x")')])
    cell = page_of(content)["E4"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")


def test_a_second_round_forgets_the_first() -> None:
    _result, first = check(
        book_of(SMALL, merged=MERGED), [finding(4, "D"), finding(3, "C", weight=Weight.DOUBT)]
    )
    with speaking("en"):
        layout = layout_of(first)
    assert layout.columns[-1].path == ("Reasons",)
    _result, second = check(first, [finding(5, "D", "新错")])
    page = page_of(second)
    assert [colour(page, place) for place in ("D4", "C3", "D5")] == [None, None, RED]
    assert page["D4"].comment is None
    assert [page[place].value for place in ("E2", "E4", "F2")] == ["Reasons", None, None]
    assert "新错" in str(page["E5"].value)


def test_a_far_cell_costs_nothing_in_a_second_round() -> None:
    book = load_workbook(io.BytesIO(check(book_of(SMALL), [finding(4, "D")])[1]))
    page_in(book)["ALK1048576"] = "远"
    page = page_of(check(saved(book), [finding(5, "D")])[1])
    assert colour(page, "D4") is None
    assert page["ALK1048576"].value == "远"


def test_the_roster_comes_back_whole() -> None:
    findings = [
        finding(cell["row"], cell["column"], cell["code"])
        for cell in answers()["cells"]
        if cell["level"] == "error"
    ]
    result, content = check(ROSTER, findings)
    assert result.is_whole
    page = page_of(content)
    original = load_workbook(ROSTER)["柳树村"]
    assert page.merged_cells.ranges == original.merged_cells.ranges
    assert page.column_dimensions["K"].hidden
    assert page["P1058"].value == "=SUM(P5:P1057)"
    for one in findings:
        assert one.reason in str(page.cell(one.row, 25).value)
    red = {cell.coordinate for row in page.iter_rows() for cell in row if cell.fill.start_color.rgb == RED}
    shown = {f"{one.column}{one.row}" for one in findings}
    assert red == shown
    assert [cell.value for cell in page[600]][:24] == [cell.value for cell in original[600]]


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    source, out = tmp_path / "花名册.xlsx", tmp_path / "checked.xlsx"
    content = book_of(SMALL, merged=MERGED)
    source.write_bytes(content)
    write_checked(source, layout_of(source), [finding(4, "D")], out)
    assert source.read_bytes() == content
    assert colour(page_of(out.read_bytes()), "D4") == RED
