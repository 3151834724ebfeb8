"""Workbooks in the old binary format (.xls), through xlrd: sparse rows, so that one far cell costs nothing."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Sheet as XlsSheet

from ffp_admin.exchange.cells import Cell, Row, Sheet, State, Workbook
from ffp_admin.exchange.merges import Merges, Span, column_letter
from ffp_admin.exchange.numerals import date_of, meaning_of, number_of
from ffp_admin.exchange.package import Limits, Source
from ffp_admin.exchange.refusals import WorkbookRefused

#: xlrd has no error class of its own for most broken files
_BROKEN = (
    CompDocError,
    struct.error,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    LookupError,
    OverflowError,
    TypeError,
    UnicodeError,
    ValueError,
)


def read_xls(source: Source, limits: Limits) -> Workbook:
    """The workbook of an OLE file that passed the guard."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    with _damage_refused():
        book = xlrd.open_workbook(
            file_contents=content,
            on_demand=True,
            formatting_info=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        )
        states = _states(book)
    if not states:
        raise WorkbookRefused("no_sheets")
    return Workbook(sheets=tuple(states.items()), sheet=lambda name: _sheet(book, name, states[name], limits))


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except XLRDError as error:
        encrypted = "encrypted" in str(error).casefold()
        raise WorkbookRefused("file_encrypted" if encrypted else "file_damaged") from error
    except _BROKEN as error:
        raise WorkbookRefused("file_damaged") from error


def _states(book: Book) -> dict[str, State]:
    """Name → state; xlrd knows the states before a sheet is loaded, but only in an attribute of its own."""
    visibilities: list[int] = vars(book)["_sheet_visibility"]
    return {
        name: "visible" if seen == 0 else "hidden"
        for name, seen in zip(book.sheet_names(), visibilities, strict=True)
    }


def _sheet(book: Book, name: str, state: State, limits: Limits) -> Sheet:
    with _damage_refused():
        sheet = book.sheet_by_name(name)
    spans = [Span(top + 1, bottom, left + 1, right) for top, bottom, left, right in sheet.merged_cells]
    hidden = frozenset(column_letter(place + 1) for place, info in sheet.colinfo_map.items() if info.hidden)
    return Sheet(
        name=name,
        state=state,
        merges=Merges(spans),
        rows=lambda: _rows(book, sheet, limits),
        hidden_columns=hidden,
    )


def _rows(book: Book, sheet: XlsSheet, limits: Limits) -> Iterator[Row]:
    read = _Cells(book)
    for place in range(sheet.nrows):
        cells = {}
        for column in range(sheet.row_len(place)):
            cell = read.cell(sheet, place, column)
            if cell is not None:
                cells[column_letter(column + 1)] = cell
        if len(cells) > limits.columns:
            raise WorkbookRefused(
                "sheet_too_wide", sheet=sheet.name, column=column_letter(column + 1), limit=limits.columns
            )
        if cells:
            info = sheet.rowinfo_map.get(place)
            yield Row(place + 1, cells, bool(info and info.hidden))


class _Cells:
    """Reads cells of one book; knows what each number format means."""

    def __init__(self, book: Book) -> None:
        custom = {key: form.format_str for key, form in book.format_map.items()}
        self._meanings = [meaning_of(one.format_key, custom) for one in book.xf_list]
        self._from_1904 = bool(book.datemode)

    def cell(self, sheet: XlsSheet, place: int, column: int) -> Cell | None:
        """One cell; xlrd does not tell formulas from what they gave."""
        kind, value, row = sheet.cell_type(place, column), sheet.cell_value(place, column), place + 1
        if kind == xlrd.XL_CELL_TEXT:
            return Cell(row, value, value) if value else None
        if kind == xlrd.XL_CELL_BOOLEAN:
            return Cell(row, bool(value), str(value), "boolean")
        if kind == xlrd.XL_CELL_ERROR:
            return Cell(row, None, xlrd.error_text_from_code.get(int(value), "#?"), "error")
        if kind not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
            return None
        text = repr(value)
        meaning = self._meanings[sheet.cell_xf_index(place, column)]
        day = date_of(float(value), self._from_1904) if meaning == "date" else None
        if day is not None:
            return Cell(row, day, text, "date")
        return Cell(row, number_of(text), text, "number" if meaning == "date" else meaning)
