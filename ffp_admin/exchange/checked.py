"""The checked workbook: the cadre's own file back, with coloured cells, comments and a column of reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from ffp_admin.exchange.cells import Sheet, Workbook
from ffp_admin.exchange.checked_copy import write_copy
from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.layout import Layout
from ffp_admin.exchange.merges import column_letter, column_number
from ffp_admin.exchange.package import MEGABYTE, Format, Limits, Source, format_of, opened, unpacking
from ffp_admin.exchange.reasons import AUTHOR, COLOURS, Marks, fill_of, marks_of, neutral, sentence
from ffp_admin.exchange.workbook import open_workbook
from ffp_admin.i18n import N_, _

#: workbooks beyond these are not opened for editing: openpyxl needs some 50 times a part's size in memory
IN_PLACE_ROWS = 20_000
IN_PLACE_BYTES = 60 * MEGABYTE
IN_PLACE_MERGED_CELLS = 2_000_000
REASON_HEADING = N_("Reasons")
REASON_WIDTH = 60
#: what openpyxl raises on styles and parts it cannot read; the rows are then copied instead
_UNREADABLE = (AttributeError, IndexError, KeyError, OSError, ParseError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was written: whether it is the whole workbook, and how many rows have a reason."""

    is_whole: bool
    faulty_rows: int


def write_checked(
    source: Source,
    layout: Layout,
    findings: Iterable[CellFinding],
    out: Path | BinaryIO,
    *,
    households: Sequence[tuple[int, int]] = (),
    limits: Limits | None = None,
) -> Checked:
    """Write the workbook of `source` with its faults shown; the source itself stays as it is.

    Up to 20,000 rows it is the original with everything in it; an .xls comes back as .xlsx with its values. Longer
    workbooks come back with the faulty households only: `households` are first and last rows of the blocks with
    faults, else merged cells tell what belongs together.
    """
    bounds = limits or Limits()
    workbook = open_workbook(source, bounds)
    sheet = workbook.sheet(layout.sheet)
    marks = marks_of(findings)
    rows, width = _extent(sheet)
    if rows > IN_PLACE_ROWS:
        write_copy(sheet, layout, marks, out, width=width, heading=_(REASON_HEADING), households=households)
        return Checked(is_whole=False, faulty_rows=len(marks.by_row))
    if not (
        _may_be_edited(source, workbook, bounds) and _mark_original(source, sheet, layout, marks, width, out)
    ):
        write_copy(sheet, layout, marks, out, width=width, heading=_(REASON_HEADING), households=None)
    return Checked(is_whole=True, faulty_rows=len(marks.by_row))


def _extent(sheet: Sheet) -> tuple[int, int]:
    """How many rows and columns have something in them."""
    rows = 0
    letters: set[str] = set()
    for row in sheet.rows():
        rows += 1
        letters.update(row.cells)
    return rows, max((column_number(letter) for letter in letters), default=1)


def _may_be_edited(source: Source, workbook: Workbook, limits: Limits) -> bool:
    """Whether openpyxl, which keeps every cell and every cell of a merged range, may open the workbook."""
    if format_of(source, limits) is not Format.XLSX:
        return False
    with unpacking(source) as package:
        if sum(entry.file_size for entry in package.infolist()) > IN_PLACE_BYTES:
            return False
    return sum(sheet.merges.area for sheet in workbook.all()) <= IN_PLACE_MERGED_CELLS


def _mark_original(
    source: Source, sheet: Sheet, layout: Layout, marks: Marks, width: int, out: Path | BinaryIO
) -> bool:
    """Whether the original could be opened, marked and written."""
    try:
        with opened(source) as handle:
            book = load_workbook(handle)
        page = book[layout.sheet]
    except _UNREADABLE:
        return False
    assert isinstance(page, Worksheet)
    _forget_last_round(page)
    column = _reason_column(layout, width)
    _write_heading(page, layout, column)
    for row in marks.by_row:
        _mark_row(page, sheet, marks, row)
        cell = _free_cell(page, row, column)
        cell.value = marks.reason(row)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    page.column_dimensions[column_letter(column)].width = REASON_WIDTH
    book.active = page
    book.save(out)
    return True


def _forget_last_round(page: Any) -> None:  # the stubs do not know cells and fills by their number
    """Take away the colours and comments of an earlier check."""
    ours = {place for place, fill in enumerate(page.parent._fills) if _is_ours(fill)}
    if not ours:
        return
    for cell in page._cells.values():  # iter_rows would make every cell up to the farthest one
        if cell.has_style and cell._style.fillId in ours:
            cell.fill = PatternFill()
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment = None


def _is_ours(fill: Any) -> bool:
    solid = getattr(fill, "fill_type", None) == "solid"
    return solid and fill.start_color.rgb in COLOURS.values()


def _reason_column(layout: Layout, width: int) -> int:
    """The column of the last round, else the first free one."""
    for column in layout.columns:
        if column.path[-1] == _(REASON_HEADING):
            return column.index
    return width + 1


def _write_heading(page: Any, layout: Layout, column: int) -> None:  # the stubs know no copied styles
    for (row, place), cell in page._cells.items():
        if place == column and row >= layout.first_data_row and not isinstance(cell, MergedCell):
            cell.value = None
    heading = _free_cell(page, layout.heading_rows[0], column)
    heading.value = _(REASON_HEADING)
    neighbour = page.cell(layout.heading_rows[0], layout.columns[0].index)
    heading.font, heading.border = copy(neighbour.font), copy(neighbour.border)
    heading.alignment = copy(neighbour.alignment)


def _free_cell(page: Worksheet, row: int, column: int) -> Any:
    """A cell that can hold a text; a decorative range that reaches over it is taken apart."""
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        over = [area for area in page.merged_cells.ranges if cell.coordinate in area]
        for area in over:
            page.unmerge_cells(area.coord)
    return page.cell(row, column)


def _mark_row(page: Worksheet, sheet: Sheet, marks: Marks, row: int) -> None:
    """Colour and comment the cells of a row; of a merged range its first cell, the only one that shows."""
    by_cell: dict[tuple[int, int], list[CellFinding]] = {}
    for finding in marks.of_row(row):
        if finding.column:
            span = sheet.merges.at(row, column_number(finding.column))
            place = (span.first_row, span.first_column) if span else (row, column_number(finding.column))
            by_cell.setdefault(place, []).append(finding)
    for (top, left), found in by_cell.items():
        cell = page.cell(top, left)
        if not isinstance(cell, SheetCell):
            continue
        weight = Weight.ERROR if any(one.weight is Weight.ERROR for one in found) else Weight.DOUBT
        cell.fill = fill_of(weight)
        said = [cell.comment.text] if cell.comment else []
        cell.comment = Comment(
            neutral("\n".join([*said, *map(sentence, found)])), AUTHOR, height=120, width=320
        )
