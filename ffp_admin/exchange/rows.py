"""Which rows under the headings are data, and why the others are not."""

from __future__ import annotations

from typing import Literal

from ffp_admin.exchange.cells import Cell, Row
from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import Layout
from ffp_admin.exchange.merges import Merges, column_number
from ffp_admin.values.text import half_width, without_spaces

#: the cells of a row that say anything, with their letters
Filled = list[tuple[str, Cell]]
Reason = Literal["blank", "sum", "closing", "heading", "note", "numbering"]
#: a row of column numbers has at least as many
FEWEST_NUMBERS = 5


class RowReader:
    """Tells the rows of one sheet apart."""

    def __init__(self, layout: Layout, words: LayoutWords, merges: Merges) -> None:
        self._merges = merges
        self._title = without_spaces(layout.title).casefold()
        self._sums = tuple(words.sums)
        self._closings = tuple(words.closings)
        self._notes = tuple(words.notes)
        self._paths = {column.letter: frozenset(column.path) for column in layout.columns}

    def reason(self, row: Row) -> Reason | None:
        """Why a row is no data; None when it is."""
        filled = [(letter, cell) for letter, cell in row.cells.items() if _is_filled(cell)]
        if not filled:
            return "blank"
        first = filled[0][1].value
        if isinstance(first, str):
            text = without_spaces(half_width(first)).casefold()
            if self._is_sum(text):
                return "sum"
            if text.startswith(self._closings):
                return "closing"
            if self._is_note(row, filled, text):
                return "note"
        if self._is_heading(filled):
            return "heading"
        return "numbering" if _is_numbering(filled) else None

    def _is_sum(self, text: str) -> bool:
        """小计, 合计：, 合计(元), 总计300户, but not a name that happens to begin so."""
        if not text.startswith(self._sums):
            return False
        for word in self._sums:
            rest = text.removeprefix(word)
            if rest != text and not (rest[:1].isalpha()):
                return True
        return False

    def _is_note(self, row: Row, filled: Filled, text: str) -> bool:
        if len(filled) > 2:
            return False
        if text.startswith(self._notes) or (self._title and text == self._title):
            return True
        span = self._merges.at(row.number, column_number(filled[0][0]))
        return (
            len(filled) == 1 and span is not None and self._is_wide(span.last_column - span.first_column + 1)
        )

    def _is_wide(self, columns: int) -> bool:
        return columns > 1 and columns * 2 > len(self._paths)

    def _is_heading(self, filled: Filled) -> bool:
        """Whether nearly every cell repeats a heading of its column."""
        others_allowed = len(filled) // 5
        others = 0
        for letter, cell in filled:
            text = cell.value
            if not isinstance(text, str) or without_spaces(text) not in self._paths.get(letter, ()):
                others += 1
                if others > others_allowed:
                    return False
        return len(filled) - others >= 2


def _is_filled(cell: Cell) -> bool:
    text = cell.text
    # an ordinary first character: no need to look for spaces
    if text and text[0].isalnum():
        return True
    return bool(without_spaces(text)) or cell.is_formula or cell.stored == "error"


def _is_numbering(filled: Filled) -> bool:
    """A row 1 2 3 4 … under the headings."""
    if len(filled) < FEWEST_NUMBERS or filled[0][1].value != 1:
        return False
    numbers = [cell.value for _letter, cell in filled]
    return numbers == list(range(1, len(numbers) + 1))
