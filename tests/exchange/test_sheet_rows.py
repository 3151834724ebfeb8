"""What the rows of sound workbooks say, whichever program wrote them."""

import io
from datetime import date, datetime

import python_calamine
import xlwt  # type: ignore[import-untyped]  # no stubs exist
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ffp_admin.exchange.merges import Span, column_letter
from ffp_admin.exchange.workbook import open_workbook
from tests.exchange.workbooks import (
    MAIN,
    ROSTER,
    book_of,
    merges,
    only_sheet,
    package,
    saved,
    values,
    worksheet,
)


def test_values_are_plain_python() -> None:
    moment = datetime(2026, 3, 5, 8, 30)  # noqa: DTZ001 - a sheet's dates have no zone
    sheet = only_sheet(book_of([["文", 3, 2.5, True, date(2026, 3, 5), moment, None, "=1"]]))
    found = values(sheet)
    assert found == {
        "A1": "文",
        "B1": 3,
        "C1": 2.5,
        "D1": True,
        "E1": date(2026, 3, 5),
        "F1": moment,
        "H1": None,
    }
    assert type(found["B1"]) is int
    assert type(found["E1"]) is date


def test_a_long_number_is_known_by_its_text() -> None:
    sheet = only_sheet(
        package(
            worksheet(
                '<row r="1"><c r="A1"><v>5.299011953062374E+17</v></c><c r="B1"><v>18055150183</v></c></row>'
            )
        )
    )
    (row,) = sheet.rows()
    assert (row.cells["A"].text, row.cells["A"].stored) == ("5.299011953062374E+17", "number")
    assert isinstance(row.cells["A"].value, float)
    assert row.cells["B"].value == 18055150183


def test_formulas_give_the_value_computed_last_and_say_so() -> None:
    sheet = only_sheet(
        package(
            worksheet(
                '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>X</f></c><c r="C1" t="str"><f>A</f><v>张三</v></c>'
                '<c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E1"><f>X</f><v></v></c></row>'
            )
        )
    )
    (row,) = sheet.rows()
    told = {letter: (cell.value, cell.stored, cell.is_formula) for letter, cell in row.cells.items()}
    assert told == {
        "A": (2, "number", True),
        "B": (None, "nothing", True),
        "C": ("张三", "text", True),
        "D": (None, "error", True),
        "E": (None, "nothing", True),
    }


def test_texts_lose_readings_and_escapes() -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><r><t>单</t></r><r><t>秀英</t></r><rPh sb="0" eb="1"><t>dan</t></rPh></si>'
        "<si><t>a_x000D_b_xD800_</t></si></sst>"
    )
    inline = '<c r="C1" t="inlineStr"><is><t>曾</t><rPh sb="0" eb="1"><t>zeng</t></rPh></is></c>'
    cells = f'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>{inline}</row>'
    sheet = only_sheet(package(worksheet(cells), more={"xl/sharedStrings.xml": shared}))
    assert values(sheet) == {"A1": "单秀英", "B1": "a\rb\ufffd", "C1": "曾"}


def test_number_formats_tell_dates_and_shares() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
        '<numFmt numFmtId="171" formatCode="0.0%"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/>'
        '<xf numFmtId="31"/><xf numFmtId="171"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    cells = "".join(f'<c r="{letter}1" s="{style}"><v>{number}</v></c>' for letter, style, number in (
        ("A", 0, 45292), ("B", 1, 45292), ("C", 2, 45292), ("D", 3, 0.35), ("E", 4, -5), ("F", 99, 1)
    ))  # fmt: skip
    (row,) = only_sheet(
        package(worksheet(f'<row r="1">{cells}</row>'), more={"xl/styles.xml": styles})
    ).rows()
    assert [(cell.value, cell.stored) for cell in row.cells.values()] == [
        (45292, "number"),
        (date(2024, 1, 1), "date"),
        (date(2024, 1, 1), "date"),
        (0.35, "percent"),
        (-5, "number"),
        (1, "number"),
    ]


def test_old_macintosh_workbooks_count_days_from_1904() -> None:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    assert book.active is not None
    book.active.append([date(2026, 3, 5)])
    assert values(only_sheet(saved(book))) == {"A1": date(2026, 3, 5)}


def test_cells_without_places_are_counted() -> None:
    sheet = only_sheet(
        package(
            worksheet(
                '<row><c><v>1</v></c><c><v>2</v></c></row><row><c r="C2"><v>3</v></c><c><v>4</v></c></row>'
            )
        )
    )
    assert values(sheet) == {"A1": 1, "B1": 2, "C2": 3, "D2": 4}


def test_prefixed_and_strict_xml_is_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    part = (
        f'<x:worksheet xmlns:x="{strict}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>甲</x:t></x:is>'
        '</x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:B2"/></x:mergeCells></x:worksheet>'
    )
    sheet = only_sheet(package(part))
    assert values(sheet) == {"A1": "甲"}
    assert sheet.merges.at(2, 2) == Span(1, 2, 1, 2)


def test_merged_ranges_and_what_is_hidden_are_known() -> None:
    part = worksheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>1</v></c></row>',
        before='<cols><col min="2" max="3" hidden="1"/><col min="x" max="99999999999999" hidden="1"/></cols>',
        after='<mergeCells><mergeCell ref="C5:D7"/><mergeCell ref="nonsense"/></mergeCells>',
    )
    sheet = only_sheet(package(part))
    assert sheet.hidden_columns >= {"B", "C"}
    assert [row.is_hidden for row in sheet.rows()] == [False, True]
    assert [sheet.merges.at(row, 4) is not None for row in (4, 5, 7, 8)] == [False, True, True, False]


def test_hidden_sheets_and_charts_are_told_apart() -> None:
    book = Workbook()
    book.create_chartsheet("图")
    book.create_sheet("旧表").sheet_state = "hidden"
    assert open_workbook(saved(book)).sheets == (("Sheet", "visible"), ("旧表", "hidden"))


def test_a_sheet_can_be_read_twice_at_once() -> None:
    sheet = only_sheet(book_of([[1], [2], [3]]))
    assert [(one.number, two.number) for one, two in zip(sheet.rows(), sheet.rows(), strict=True)] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


def test_old_binary_workbooks_say_the_same() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("1月")
    page.write_merge(0, 1, 0, 0, "户主")
    page.write(0, 1, 5.299011953062374e17)
    page.write(0, 2, date(2026, 3, 5), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    page.write(1, 1, 0.35, xlwt.easyxf(num_format_str="0%"))
    page.write(3, 2, True)
    page.row(3).hidden = True
    page.col(1).hidden = True
    stream = io.BytesIO()
    book.save(stream)
    sheet = only_sheet(stream.getvalue())
    assert values(sheet) == {
        "A1": "户主",
        "B1": 5.299011953062374e17,
        "C1": date(2026, 3, 5),
        "B2": 0.35,
        "C4": True,
    }
    rows = {row.number: row for row in sheet.rows()}
    assert rows[2].cells["B"].stored == "percent"
    assert rows[4].is_hidden
    assert sheet.hidden_columns == {"B"}
    assert sheet.merges.at(2, 1) == Span(1, 2, 1, 1)


def test_another_reader_reads_the_same_roster() -> None:
    other = python_calamine.CalamineWorkbook.from_path(str(ROSTER)).get_sheet_by_name("柳树村")
    theirs = {
        f"{column_letter(column)}{number}": value
        for number, row in enumerate(other.to_python(skip_empty_area=False), start=1)
        for column, value in enumerate(row, start=1)
        if value != ""
    }
    sheet = open_workbook(ROSTER).sheet("柳树村")
    ours = {place: value for place, value in values(sheet).items() if value is not None}
    assert ours == theirs
    spans = {
        Span(top + 1, bottom + 1, left + 1, right + 1)
        for (top, left), (bottom, right) in other.merged_cell_ranges or ()
    }
    assert set(sheet.merges.touching(1, 10_000)) == spans


CELLS = st.one_of(
    st.none(),
    st.text(
        st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8
    ).filter(lambda text: not text.startswith("=") and "_x" not in text and text.strip() == text),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 4)),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
)


@settings(max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_what_was_written_is_read(rows: list[list[object]]) -> None:
    written = {
        f"{column_letter(column)}{number}": value
        for number, row in enumerate(rows, start=1)
        for column, value in enumerate(row, start=1)
        if value is not None
    }
    assert values(only_sheet(book_of(rows))) == written


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(0, 5), st.integers(1, 6), st.integers(0, 3)), max_size=12
    )
)
def test_a_merged_range_is_found_from_each_of_its_cells(drawn: list[tuple[int, int, int, int]]) -> None:
    taken: set[tuple[int, int]] = set()
    spans = []
    for top, height, left, width in drawn:
        span = Span(top, top + height, left, left + width)
        cells = {
            (row, column) for row in range(top, top + height + 1) for column in range(left, left + width + 1)
        }
        if not cells & taken:
            taken |= cells
            spans.append(span)
    found = merges(
        *(
            f"{column_letter(s.first_column)}{s.first_row}:{column_letter(s.last_column)}{s.last_row}"
            for s in spans
        )
    )
    for span in spans:
        assert (
            found.at(span.first_row, span.last_column) == found.at(span.last_row, span.first_column) == span
        )
    assert all(
        (found.at(row, column) is None) == ((row, column) not in taken)
        for row in range(1, 40)
        for column in range(1, 12)
    )
    assert sorted(found.touching(1, 99)) == sorted(spans)
    assert found.area == len(taken)
