"""Where the table of a sheet is: title, notes, heading rows, columns, first row of data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ffp_admin.exchange.cells import Row, Sheet, Workbook
from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.merges import Merges, column_letter, column_number
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.values.text import half_width, one_line, without_spaces

#: rows with something in them among which the headings must be
HEAD_ROWS = 40
MOST_HEADING_ROWS = 3
#: fewer known headings are chance
FEWEST_MATCHES = 2
_GAP = re.compile(r"[ \t\u3000\u00a0]{2,}|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundColumn:
    """A column under the headings; `key` is None for a heading nobody declared.

    `ordinal` is the number in a heading that repeats (2 for 成员2姓名).
    """

    index: int
    letter: str
    path: tuple[str, ...]
    key: str | None = None
    ordinal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The structure of one sheet; rows count from 1."""

    sheet: str
    title: str
    notes: tuple[str, ...]
    heading_rows: tuple[int, ...]
    first_data_row: int
    columns: tuple[FoundColumn, ...]

    @property
    def known(self) -> tuple[FoundColumn, ...]:
        """The columns with a key."""
        return tuple(column for column in self.columns if column.key is not None)

    def letters(self, keys: Sequence[str]) -> tuple[str, ...]:
        """The letters of the columns with these keys, in the order of the keys; missing ones left out."""
        return tuple(column.letter for key in keys for column in self.columns if column.key == key)


def choose_layout(workbook: Workbook, words: LayoutWords, sheet_name: str | None = None) -> Layout:
    """The layout of the named sheet, or of the one with most known headings; WorkbookRefused no_headings."""
    names = (sheet_name,) if sheet_name else tuple(name for name, _state in workbook.sheets)
    layouts = find_layouts(workbook, words, names)
    if not layouts:
        sample = list(dict.fromkeys(words.headings.values()))[:6]
        raise WorkbookRefused("no_headings", needed=_needed(words), headings=", ".join(sample))
    return layouts[0]


def find_layouts(workbook: Workbook, words: LayoutWords, names: Sequence[str] = ()) -> tuple[Layout, ...]:
    """Layouts of all sheets that have one: most known headings first, visible before hidden."""
    states = dict(workbook.sheets)
    chosen = [name for name in names or states if name in states]
    found = [layout for name in chosen if (layout := find_layout(workbook.sheet(name), words))]
    return tuple(sorted(found, key=lambda one: (states[one.sheet] == "hidden", -len(one.known))))


def find_layout(sheet: Sheet, words: LayoutWords) -> Layout | None:
    """The layout of a sheet; None when its first rows have no headings that are known."""
    head = {row.number: row for row in islice(sheet.rows(), HEAD_ROWS)}
    scores = {number: _matches(row, words) for number, row in head.items()}
    main = max(scores, key=lambda number: scores[number], default=0)
    nearby = range(main - MOST_HEADING_ROWS + 1, main + MOST_HEADING_ROWS)
    if sum(scores.get(number, 0) for number in nearby) < _needed(words):
        return None
    grid = _Grid(head, sheet.merges)
    rows = _heading_rows(main, scores, grid, words)
    columns = tuple(_columns(grid, rows, words))
    above = [text for number, row in head.items() if number < rows[0] for text in _texts(row)]
    title = next((text for text in above if not _begins(text, words.notes)), "")
    return Layout(
        sheet=sheet.name,
        title=one_line(title),
        notes=tuple(note for text in above if text != title for note in _split(text)),
        heading_rows=rows,
        first_data_row=rows[-1] + 1,
        columns=columns,
    )


class _Grid:
    """The texts of the first rows, each merged range filled with the text of its first cell."""

    def __init__(self, head: dict[int, Row], merges: Merges) -> None:
        self._head = head
        self._merges = merges
        self.width = max(column_number(letter) for row in head.values() for letter in row.cells)

    def own(self, row: int, column: int) -> str:
        """The text in the cell itself."""
        found = self._head.get(row)
        cell = found.cells.get(column_letter(column)) if found else None
        return (
            without_spaces(cell.value)
            if cell and isinstance(cell.value, str)
            else str(cell.text)
            if cell
            else ""
        )

    def shown(self, row: int, column: int) -> str:
        """The text seen at the cell, from its merged range when it is in one."""
        span = self._merges.at(row, column)
        return self.own(span.first_row, span.first_column) if span else self.own(row, column)

    def bottom(self, row: int) -> int:
        """The last row of ranges that begin in this row and hold a text."""
        spans = self._merges.touching(row, row)
        return max([row, *(span.last_row for span in spans if self.own(row, span.first_column))])

    def has_groups(self, row: int, words: LayoutWords) -> bool:
        """Whether a row names groups of columns: several texts, one of them over some columns, none of them a note."""
        found = self._head.get(row)
        texts = list(_texts(found)) if found else []
        if len(texts) < 2 or any(_begins(text, words.notes) or ":" in half_width(text) for text in texts):
            return False
        return any(
            span.first_column < span.last_column and self.own(row, span.first_column)
            for span in self._merges.touching(row, row)
        )

    def is_covered(self, row: int, column: int) -> bool:
        """Whether the cell lies in a merged range."""
        return self._merges.at(row, column) is not None

    def is_continued(self, row: int, column: int) -> bool:
        """Whether the heading in the lowest row began in a column further left: its cells are under that one."""
        span = self._merges.at(row, column)
        return span is not None and span.first_column < column


def _needed(words: LayoutWords) -> int:
    return min(FEWEST_MATCHES, len(set(words.headings.values())))


def _texts(row: Row) -> Iterator[str]:
    return (cell.value for cell in row.cells.values() if isinstance(cell.value, str) and cell.value.strip())


def _begins(text: str, starts: frozenset[str]) -> bool:
    return without_spaces(half_width(text)).casefold().startswith(tuple(starts))


def _split(text: str) -> Iterator[str]:
    """The notes in one cell, which are set apart by wide gaps."""
    return (part.strip() for part in _GAP.split(text) if part.strip())


def _matches(row: Row, words: LayoutWords) -> int:
    """How many different known headings stand in a row."""
    return len({found for text in _texts(row) if (found := words.knows(text))})


def _heading_rows(main: int, scores: dict[int, int], grid: _Grid, words: LayoutWords) -> tuple[int, ...]:
    """The row with most known headings and its neighbours that are headings too."""
    first, last = main, main
    while last - first + 1 < MOST_HEADING_ROWS and (
        scores.get(first - 1) or grid.has_groups(first - 1, words)
    ):
        first -= 1
    bottom = max(grid.bottom(row) for row in range(first, last + 1))
    last = max(last, min(bottom, first + MOST_HEADING_ROWS - 1))
    while last - first + 1 < MOST_HEADING_ROWS and _continues(last + 1, scores, grid):
        last += 1
    return tuple(range(first, last + 1))


def _continues(row: int, scores: dict[int, int], grid: _Grid) -> bool:
    """Whether most of a row below the headings is headings too."""
    filled = sum(bool(grid.own(row, column)) for column in range(1, grid.width + 1))
    return scores.get(row, 0) >= FEWEST_MATCHES and scores[row] * 2 > filled


def _columns(grid: _Grid, rows: tuple[int, ...], words: LayoutWords) -> Iterator[FoundColumn]:
    above: list[str] = [""] * len(rows)
    for index in range(1, grid.width + 1):
        texts = [grid.shown(row, index) for row in rows]
        for place, row in enumerate(rows[:-1]):
            lower = any(texts[place + 1 :])
            if not texts[place] and lower and above[place] and not grid.is_covered(row, index):
                texts[place] = above[place]
        above = [text if any(texts[place + 1 :]) else "" for place, text in enumerate(texts)]
        path = tuple(text for place, text in enumerate(texts) if text and text not in texts[:place])
        if not path:
            continue
        found = None if grid.is_continued(rows[-1], index) else words.match(path)
        yield FoundColumn(
            index=index,
            letter=column_letter(index),
            path=path,
            key=found[0] if found else None,
            ordinal=found[1] if found else None,
        )
