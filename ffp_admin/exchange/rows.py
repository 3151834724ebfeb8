"""Which rows under the headings are data, and why the others are not."""

from __future__ import annotations

from typing import Literal

from ffp_admin.exchange.cells import Cell, Row
from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import Layout
from ffp_admin.exchange.merges import Merges, column_number
from ffp_admin.values.text import half_width, without_spaces

Reason = Literal["blank", "sum", "closing", "heading", "note", "numbering"]
#: a row of column numbers has at least as many
FEWEST_NUMBERS = 5


class RowReader:
    """Tells the rows of one sheet apart."""

    def __init__(self, layout: Layout, words: LayoutWords, merges: Merges) -> None:
        self._words = words
        self._merges = merges
        self._title = without_spaces(layout.title)
        self._paths = {column.letter: frozenset(column.path) for column in layout.columns}

    def reason(self, row: Row) -> Reason | None:
        """Why a row is no data; None when it is."""
        filled = [cell for cell in row.cells.values() if _is_filled(cell)]
        if not filled:
            return "blank"
        first = filled[0].value
        if isinstance(first, str):
            text = without_spaces(half_width(first)).casefold()
            if self._is_sum(text):
                return "sum"
            if text.startswith(tuple(self._words.closings)):
                return "closing"
            if self._is_note(row, filled, text):
                return "note"
        if self._is_heading(row):
            return "heading"
        return "numbering" if _is_numbering(filled) else None

    def _is_sum(self, text: str) -> bool:
        """小计, 合计：, 合计(元), 总计300户, but not a name that happens to begin so."""
        for word in self._words.sums:
            rest = text.removeprefix(word)
            if rest != text and not (rest[:1].isalpha()):
                return True
        return False

    def _is_note(self, row: Row, filled: list[Cell], text: str) -> bool:
        if len(filled) > 2:
            return False
        if text.startswith(tuple(self._words.notes)) or (self._title and text == self._title.casefold()):
            return True
        letter = next(letter for letter, cell in row.cells.items() if cell is filled[0])
        span = self._merges.at(row.number, column_number(letter))
        return (
            len(filled) == 1 and span is not None and self._is_wide(span.last_column - span.first_column + 1)
        )

    def _is_wide(self, columns: int) -> bool:
        return columns > 1 and columns * 2 > len(self._paths)

    def _is_heading(self, row: Row) -> bool:
        """Whether nearly every cell repeats a heading of its column."""
        cells = [(letter, cell) for letter, cell in row.cells.items() if _is_filled(cell)]
        same = sum(
            isinstance(cell.value, str) and without_spaces(cell.value) in self._paths.get(letter, ())
            for letter, cell in cells
        )
        return same >= 2 and same * 5 >= len(cells) * 4


def _is_filled(cell: Cell) -> bool:
    return bool(without_spaces(cell.text)) or cell.is_formula or cell.stored == "error"


def _is_numbering(filled: list[Cell]) -> bool:
    """A row 1 2 3 4 … under the headings."""
    numbers = [cell.value for cell in filled]
    return len(numbers) >= FEWEST_NUMBERS and numbers == list(range(1, len(numbers) + 1))
