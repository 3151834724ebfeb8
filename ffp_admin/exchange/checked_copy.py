"""A new workbook with rows of the old one, streamed: for long workbooks, .xls, and what cannot be edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.worksheet.cell_range import CellRange

from ffp_admin.exchange.cells import Cell, Row, Sheet
from ffp_admin.exchange.findings import Weight
from ffp_admin.exchange.layout import Layout
from ffp_admin.exchange.merges import Span, column_letter, column_number
from ffp_admin.exchange.reasons import AUTHOR, Marks, fill_of, neutral, sentence
from ffp_admin.i18n import _

#: digits beyond these must stay text
TEXT_FORMAT = "@"
REASON_WIDTH = 60
_TITLE_SIGNS = str.maketrans(dict.fromkeys("\\/*?:[]", "_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where the added columns stand."""

    reason: int
    original_row: int


def write_copy(
    sheet: Sheet,
    layout: Layout,
    marks: Marks,
    out: Path | BinaryIO,
    *,
    width: int,
    heading: str,
    households: Sequence[tuple[int, int]] | None,
) -> None:
    """Write headings and the faulty households (`households` None: every row), formulas as the values they gave."""
    wanted = None if households is None else _wanted_rows(sheet, layout, marks, households)
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(layout.sheet.translate(_TITLE_SIGNS)[:31])  # the stubs lack half of it
    columns = _Columns(reason=width + 1, original_row=width + 2)
    page.column_dimensions[column_letter(columns.reason)].width = REASON_WIDTH
    places: dict[int, int] = {}
    for row in _padded(sheet.rows(), layout, wanted):
        places[row.number] = len(places) + 1
        page.append(_cells(page, row, layout, marks, columns, heading))
    _merge(page, sheet, layout, places)
    book.save(out)


def _wanted_rows(
    sheet: Sheet, layout: Layout, marks: Marks, households: Sequence[tuple[int, int]]
) -> frozenset[int]:
    """The rows of every household with a fault."""
    wanted: set[int] = set()
    for first, last in households:
        wanted.update(range(first, last + 1))
    for row in marks.by_row:
        spans = [span for column in layout.columns if (span := sheet.merges.at(row, column.index))]
        first, last = (
            min([row, *(span.first_row for span in spans)]),
            max([row, *(span.last_row for span in spans)]),
        )
        wanted.update(range(first, last + 1))
    return frozenset(wanted)


def _padded(rows: Iterator[Row], layout: Layout, wanted: frozenset[int] | None) -> Iterator[Row]:
    """The wanted rows; empty ones come back where the whole sheet is wanted, so that row numbers stay."""
    expected = 1
    for row in rows:
        if wanted is None or row.number < layout.first_data_row:
            yield from (Row(number, {}) for number in range(expected, row.number))
            yield row
        elif row.number in wanted:
            yield row
        expected = row.number + 1


def _cells(
    page: Any, row: Row, layout: Layout, marks: Marks, columns: _Columns, heading: str
) -> list[SheetCell | None]:
    cells: list[SheetCell | None] = [None] * columns.original_row
    for letter, cell in row.cells.items():
        cells[column_number(letter) - 1] = _plain_cell(page, cell)
    for finding in marks.of_row(row.number):
        if finding.column:
            place = column_number(finding.column) - 1
            marked = cells[place] = cells[place] or WriteOnlyCell(page)
            marked.fill = fill_of(finding.weight if not marked.comment else Weight.ERROR)
            said = f"{marked.comment.text}\n" if marked.comment else ""
            marked.comment = Comment(neutral(said + sentence(finding)), AUTHOR, height=120, width=320)
    if row.number == layout.heading_rows[0]:
        cells[columns.reason - 1] = WriteOnlyCell(page, heading)
        cells[columns.original_row - 1] = WriteOnlyCell(page, _("Row in the original"))
    elif row.number >= layout.first_data_row:
        reason = WriteOnlyCell(page, marks.reason(row.number) or None)
        reason.alignment = Alignment(wrap_text=True, vertical="center")
        cells[columns.reason - 1] = reason
        cells[columns.original_row - 1] = WriteOnlyCell(page, row.number)
    return cells


def _plain_cell(page: Any, cell: Cell) -> SheetCell:
    """The value; texts stay texts, even those of digits or with a leading =."""
    if not isinstance(cell.value, str):
        value: Any = cell.text if cell.stored == "error" else cell.value  # the stubs do not know plain dates
        return WriteOnlyCell(page, value)
    copied = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", cell.value))
    copied.data_type = "s"
    copied.number_format = TEXT_FORMAT
    copied.quotePrefix = True
    return copied


def _merge(page: Any, sheet: Sheet, layout: Layout, places: dict[int, int]) -> None:
    """The merged ranges whose rows were all copied."""
    if not places:
        return
    for span in sheet.merges.touching(1, max(places)):
        if span.first_row in places and span.last_row in places and _is_kept(span, places):
            page.merged_cells.ranges.add(
                CellRange(
                    min_col=span.first_column,
                    max_col=span.last_column,
                    min_row=places[span.first_row],
                    max_row=places[span.last_row],
                )
            )


def _is_kept(span: Span, places: dict[int, int]) -> bool:
    return places[span.last_row] - places[span.first_row] <= span.last_row - span.first_row
