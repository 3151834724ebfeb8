"""What is not edited in place comes back as a copy: .xls, long workbooks, what openpyxl cannot open."""

import io
import zipfile

import pytest
import xlwt  # type: ignore[import-untyped]  # no stubs exist
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ffp_admin.exchange import checked
from ffp_admin.exchange.blocks import read_blocks
from ffp_admin.exchange.checked import Checked, write_checked
from ffp_admin.exchange.findings import Weight
from ffp_admin.exchange.layout import choose_layout
from ffp_admin.exchange.workbook import open_workbook
from ffp_admin.i18n import speaking
from tests.exchange.checks import HEAD, RED, SMALL, YELLOW, check, colour, finding, page_of
from tests.exchange.workbooks import ROSTER_SHARED, WORDS, book_of, layout_of, saved


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
