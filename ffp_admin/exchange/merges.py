"""Merged ranges of one sheet, kept small: a village roster has four of them per person."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
#: wider ranges are decoration; they are known only in this many columns
WIDEST = 1_000


class Span(NamedTuple):
    """A merged range: rows and columns from 1, both ends inside."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class _Column:
    """The ranges that touch one column, in order of their first row: four numbers each."""

    firsts: array[int]
    rest: array[int]


def column_number(letter: str) -> int:
    """A is 1."""
    return column_index_from_string(letter)


def column_letter(number: int) -> str:
    """1 is A."""
    return get_column_letter(number)


def read_range(text: str) -> Span | None:
    """'A5:C7' as a span; None for anything else."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    left, right = column_number(found[1]), column_number(found[3])
    top, bottom = int(found[2]), int(found[4])
    return Span(min(top, bottom), max(top, bottom), min(left, right), max(left, right))


class Merges:
    """All merged ranges of a sheet, found by row and column."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        #: cells under all ranges together
        self.area = 0
        flat: dict[int, array[int]] = {}
        for span in spans:
            for column in range(span.first_column, min(span.last_column, span.first_column + WIDEST) + 1):
                flat.setdefault(column, array("i")).extend(span)
            self.area += (span.last_row - span.first_row + 1) * (span.last_column - span.first_column + 1)
        self._columns = {column: _sorted(numbers) for column, numbers in flat.items()}

    def at(self, row: int, column: int) -> Span | None:
        """The range that covers a cell; of ranges that overlap (no program makes them) the lowest start."""
        ranges = self._columns.get(column)
        if ranges is None:
            return None
        place = bisect_right(ranges.firsts, row) - 1
        if place < 0 or ranges.rest[place * 3] < row:
            return None
        last_row, first_column, last_column = ranges.rest[place * 3 : place * 3 + 3]
        return Span(ranges.firsts[place], last_row, first_column, last_column)

    def touching(self, first_row: int, last_row: int) -> Iterator[Span]:
        """Every range that begins in these rows, once."""
        for column, ranges in self._columns.items():
            place = bisect_right(ranges.firsts, first_row - 1)
            while place < len(ranges.firsts) and ranges.firsts[place] <= last_row:
                last, left, right = ranges.rest[place * 3 : place * 3 + 3]
                if left == column:
                    yield Span(ranges.firsts[place], last, left, right)
                place += 1


def _sorted(numbers: array[int]) -> _Column:
    order = sorted(range(0, len(numbers), 4), key=lambda place: numbers[place])
    firsts, rest = array("i"), array("i")
    for place in order:
        firsts.append(numbers[place])
        rest.extend(numbers[place + 1 : place + 4])
    return _Column(firsts, rest)
