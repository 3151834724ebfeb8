"""The checked workbook: faults shown in the cadre's own file, nothing else touched."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlwt  # type: ignore[import-untyped]  # no stubs exist
from defusedxml.ElementTree import fromstring
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from ffp_admin.exchange import checked
from ffp_admin.exchange.blocks import read_blocks
from ffp_admin.exchange.checked import Checked, write_checked
from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.layout import Layout, choose_layout
from ffp_admin.exchange.reasons import COLOURS
from ffp_admin.exchange.workbook import open_workbook
from ffp_admin.i18n import speaking
from tests.exchange.workbooks import ROSTER, ROSTER_SHARED, WORDS, answers, book_of, saved

RED, YELLOW = COLOURS[Weight.ERROR], COLOURS[Weight.DOUBT]
HEAD: list[object] = ["序号", "户主姓名", "姓名", "联系电话"]
SMALL: list[list[object]] = [
    ["花名册"],
    HEAD,
    [1, "张三", "张三", "1"],
    [None, None, "李四", "2"],
    [2, "王五", "王五", "=1+1"],
]
MERGED = ["A1:D1", "A3:A4", "B3:B4"]


def finding(
    row: int, column: str, reason: str = "错了", weight: Weight = Weight.ERROR, suggestion: str = ""
) -> CellFinding:
    """A finding about a cell."""
    return CellFinding(
        row=row,
        column=column,
        heading="联系电话",
        found="",
        code="c",
        reason=reason,
        weight=weight,
        suggestion=suggestion,
    )


def layout_of(source: bytes | Path) -> Layout:
    """The layout of the best sheet."""
    return choose_layout(open_workbook(source), WORDS)


def check(source: bytes | Path, findings: Sequence[CellFinding]) -> tuple[Checked, bytes]:
    """Result and content of the checked workbook, in the language of the msgids."""
    out = io.BytesIO()
    with speaking("en"):
        result = write_checked(source, layout_of(source), findings, out)
    return result, out.getvalue()


def page_of(content: bytes) -> Worksheet:
    """The sheet with the table, after a look at the XML of every part."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                fromstring(archive.read(name))
    return page_in(load_workbook(io.BytesIO(content)))


def page_in(book: Workbook) -> Worksheet:
    """The sheet a workbook opens with."""
    page = book.active
    assert isinstance(page, Worksheet)
    return page


def colour(page: Worksheet, place: str) -> str | None:
    """The colour of a cell, None without one."""
    fill = page[place].fill
    return str(fill.start_color.rgb) if fill.fill_type else None


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


def test_an_old_binary_workbook_comes_back_with_its_values() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("3月")
    sheet.write_merge(0, 0, 0, 3, "花名册")
    for column, heading in enumerate(HEAD):
        sheet.write(1, column, heading)
    for row, values in ((2, [1, "张三", "张三", "=不是公式"]), (4, [2, "王五", "王五", "0851"])):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    stream = io.BytesIO()
    book.save(stream)
    result, content = check(stream.getvalue(), [finding(5, "D"), finding(5, "C", weight=Weight.DOUBT)])
    page = page_of(content)
    assert result.is_whole
    assert page.title == "3月"
    assert [page["A5"].value, page["D5"].value, page["D3"].value] == [2, "0851", "=不是公式"]
    assert page["D3"].data_type == "s"
    assert [str(area) for area in page.merged_cells.ranges] == ["A1:D1"]
    assert [colour(page, place) for place in ("D5", "C5")] == [RED, YELLOW]
    assert page["E2"].value == "Reasons"
    assert [page["F3"].value, page["F5"].value] == [3, 5]


def with_part(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with some bytes of one part replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            kept = source.read(name)
            assert name != part or old in kept
            copy.writestr(name, kept.replace(old, new) if name == part else kept)
    return out.getvalue()


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b'</sheetData><mergeCells count="1"><mergeCell ref="A9:CV30008"/></mergeCells>',
        ),
        ("xl/styles.xml", b'fontId="0"', b'fontId="nobody knows"'),
        ("[Content_Types].xml", b"sheet.main+xml", b"unheard+xml"),
    ],
)
def test_what_cannot_be_edited_is_copied_with_its_faults(part: str, old: bytes, new: bytes) -> None:
    result, content = check(with_part(book_of(SMALL), part, old, new), [finding(4, "D")])
    page = page_of(content)
    assert result.is_whole
    assert colour(page, "D4") == RED
    assert [page[place].value for place in ("E2", "F2", "C4", "F5")] == [
        "Reasons",
        "Row in the original",
        "李四",
        5,
    ]


def long_roster(merged: bool) -> bytes:
    """A table of 12 rows, two to a household."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(HEAD)
    for household in range(1, 7):
        page.append([household, f"户{household}", f"甲{household}", "1"])
        page.append([None, None, f"乙{household}", "2"])
        if merged:
            page.merge_cells(start_row=household * 2, end_row=household * 2 + 1, start_column=1, end_column=1)
            page.merge_cells(start_row=household * 2, end_row=household * 2 + 1, start_column=2, end_column=2)
    return saved(book)


@pytest.mark.parametrize("merged", [True, False])
def test_a_long_workbook_comes_back_as_its_faulty_households(
    merged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "IN_PLACE_ROWS", 10)
    source = long_roster(merged)
    out = io.BytesIO()
    with speaking("en"):
        result = write_checked(
            source,
            layout_of(source),
            [finding(5, "D"), finding(9, "C")],
            out,
            households=() if merged else [(4, 5), (8, 9)],
        )
    assert result == Checked(is_whole=False, faulty_rows=2)
    page = page_of(out.getvalue())
    assert [cell.value for cell in page["C"]] == ["姓名", "甲2", "乙2", "甲4", "乙4"]
    assert [cell.value for cell in page["F"]] == ["Row in the original", 4, 5, 8, 9]
    assert {str(area) for area in page.merged_cells.ranges} == (
        {"A2:A3", "B2:B3", "A4:A5", "B4:B5"} if merged else set()
    )
    assert [colour(page, place) for place in ("D3", "C5", "D2")] == [RED, RED, None]
    again = open_workbook(out.getvalue())
    layout = choose_layout(again, WORDS)
    blocks = list(
        read_blocks(
            again.sheet(layout.sheet), layout, WORDS, shared=ROSTER_SHARED, starts=("序号", "户主姓名")
        )
    )
    assert [(block.shared["B"].value, len(block.lines)) for block in blocks] == [("户2", 2), ("户4", 2)]


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    source, out = tmp_path / "花名册.xlsx", tmp_path / "checked.xlsx"
    content = book_of(SMALL, merged=MERGED)
    source.write_bytes(content)
    write_checked(source, layout_of(source), [finding(4, "D")], out)
    assert source.read_bytes() == content
    assert colour(page_of(out.read_bytes()), "D4") == RED
