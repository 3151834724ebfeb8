"""Rows grouped into households: one block per household, streamed, so that only one is in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ffp_admin.exchange.cells import Cell, Row, Sheet
from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import Layout
from ffp_admin.exchange.merges import Merges, column_number
from ffp_admin.exchange.rows import Reason, RowReader

__all__ = ["Block", "BlockReader", "Cell", "read_blocks"]

#: gaps longer than this are the unused end of a sheet, not blank lines worth telling
LONGEST_GAP = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One household: cells by column letter.

    `shared` holds the cells that belong to all of it, `lines` one mapping per person with the other cells; a row
    that has only shared cells gives no line. `odd_columns` are shared columns with a second, different value.
    """

    first_row: int
    last_row: int
    shared: Mapping[str, Cell]
    lines: tuple[Mapping[str, Cell], ...]
    odd_columns: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A block that may still grow."""

    first_row: int
    last_row: int
    shared: dict[str, Cell] = field(default_factory=dict)
    lines: list[Mapping[str, Cell]] = field(default_factory=list)
    odd: dict[str, None] = field(default_factory=dict)
    #: start columns that were left empty in a later row: a new value there is a new household
    emptied: set[str] = field(default_factory=set)
    #: start columns whose value came from a merged range
    merged: set[str] = field(default_factory=set)

    def finished(self) -> Block:
        return Block(
            first_row=self.first_row,
            last_row=self.last_row,
            shared=self.shared,
            lines=tuple(self.lines),
            odd_columns=tuple(self.odd),
        )


class BlockReader:
    """Iterates over the blocks of a sheet once; `ignored` tells, row by row, what was passed over so far."""

    def __init__(
        self, sheet: Sheet, layout: Layout, words: LayoutWords, shared: Sequence[str], starts: Sequence[str]
    ) -> None:
        self.ignored: dict[int, Reason] = {}
        self._sheet = sheet
        self._merges: Merges = sheet.merges
        self._rows = RowReader(layout, words, sheet.merges)
        self._first = layout.first_data_row
        self._letters = {column.letter: column.index for column in layout.columns}
        self._starts = tuple((letter, column_number(letter)) for letter in layout.letters(starts))
        self._shared = frozenset(layout.letters(shared)) | {letter for letter, _column in self._starts}
        self._carried: dict[str, tuple[Cell, int]] = {}

    def __iter__(self) -> Iterator[Block]:
        draft: _Draft | None = None
        for row in self._data_rows():
            cells = self._filled(row)
            if draft is None or self._begins(draft, row.number, cells):
                if draft is not None:
                    yield draft.finished()
                draft = _Draft(first_row=row.number, last_row=row.number)
            self._add(draft, row.number, cells)
        if draft is not None:
            yield draft.finished()

    def _data_rows(self) -> Iterator[Row]:
        expected = self._first
        for row in self._sheet.rows():
            if row.number < self._first:
                continue
            if row.number - expected <= LONGEST_GAP:
                self.ignored.update(dict.fromkeys(range(expected, row.number), "blank"))
            expected = row.number + 1
            reason = self._rows.reason(row)
            if reason:
                self.ignored[row.number] = reason
            else:
                yield row

    def _filled(self, row: Row) -> dict[str, Cell]:
        """The row's cells under headings, with the values of ranges that began in rows above."""
        if not self._merges.area:
            return {letter: cell for letter, cell in row.cells.items() if letter in self._letters}
        cells = {}
        for letter, column in self._letters.items():
            cell = row.cells.get(letter)
            if cell is None:
                cell = self._carried_to(letter, row.number)
            else:
                span = self._merges.at(row.number, column)
                if span and span.first_row == row.number < span.last_row and span.first_column == column:
                    self._carried[letter] = (cell, span.last_row)
            if cell is not None:
                cells[letter] = cell
        return cells

    def _carried_to(self, letter: str, row: int) -> Cell | None:
        carried = self._carried.get(letter)
        if carried is None or carried[1] < row:
            return None
        return carried[0]._replace(row=row) if letter not in self._shared else carried[0]

    def _begins(self, draft: _Draft, row: int, cells: Mapping[str, Cell]) -> bool:
        """Whether a row begins a new household: by merged ranges first, else by a new value."""
        for _letter, column in self._starts:
            span = self._merges.at(row, column)
            if span and span.first_row < span.last_row:
                return span.first_row == row or span.first_row > draft.last_row
        for letter, _column in self._starts:
            cell, known = cells.get(letter), draft.shared.get(letter)
            if cell is None:
                continue
            if (
                known is None
                or cell.value != known.value
                or letter in draft.emptied
                or letter in draft.merged
            ):
                return True
        return not self._starts

    def _add(self, draft: _Draft, row: int, cells: Mapping[str, Cell]) -> None:
        draft.last_row = row
        for letter, column in self._starts:
            if letter not in cells:
                draft.emptied.add(letter)
            span = self._merges.at(row, column)
            if span and span.first_row < span.last_row:
                draft.merged.add(letter)
        for letter, cell in cells.items():
            if letter in self._shared and draft.shared.setdefault(letter, cell).value != cell.value:
                draft.odd[letter] = None
        line = {letter: cell for letter, cell in cells.items() if letter not in self._shared}
        if line:
            draft.lines.append(line)


def read_blocks(
    sheet: Sheet, layout: Layout, words: LayoutWords, *, shared: Sequence[str], starts: Sequence[str]
) -> BlockReader:
    """The blocks of a sheet.

    `shared`: keys of the columns that belong to the household; `starts`: those whose merged range or new value
    begins one, most telling first. Without `starts` every row is a block of its own.
    """
    return BlockReader(sheet, layout, words, shared, starts)
