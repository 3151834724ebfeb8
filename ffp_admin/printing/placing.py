"""Rows of cells with their lines, sizes and heights: the drawing that any engine can carry out.

Lengths are mm as Decimal with two places, so that templates see plain values and sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from itertools import groupby

from ffp_admin.printing.fitting import Fitted, Setter
from ffp_admin.printing.roster import Align, Cell, Per, Roster, RosterGroup, RosterTotal, cell_text

HUNDREDTH = Decimal("0.01")
LEADING = 1.25
#: white space beside a cell's text, and above and below it
CELL_PAD = Decimal("0.90")
ROW_PAD = Decimal("0.60")
HEADING_ROW = Decimal("6.50")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCell:
    """One cell: its text in lines, how it is set, how many columns and rows it covers."""

    text: Fitted
    role: str = "body"
    align: Align = "center"
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRow:
    """One row of the grid with its height in mm; cells that reach in from above are not repeated."""

    height: Decimal
    cells: tuple[PlacedCell, ...]


def mm(value: float) -> Decimal:
    """A length rounded up to a hundredth of a millimetre."""
    return Decimal(repr(value)).quantize(HUNDREDTH, rounding=ROUND_CEILING)


def height_of(rows: Iterable[PlacedRow]) -> Decimal:
    """The height of rows on top of each other."""
    return sum((row.height for row in rows), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placer:
    """Places the rows of a roster on one sheet: `numbers` are the columns it shows, `widths` theirs in mm."""

    roster: Roster
    numbers: tuple[int, ...]
    widths: tuple[Decimal, ...]
    body: Setter
    heading: Setter
    row_height: Decimal

    def heading_rows(self) -> tuple[PlacedRow, ...]:
        """One row of labels, or two when columns stand under an upper heading."""
        shown = [self.roster.columns[number] for number in self.numbers]
        deep = 2 if any(column.group for column in self.roster.columns) else 1
        upper: list[PlacedCell] = []
        lower: list[PlacedCell] = []
        for group, run in groupby(enumerate(shown), key=lambda item: item[1].group):
            members = list(run)
            labels = [
                self._label(column.label, place, rows=1 if group else deep) for place, column in members
            ]
            if group is None:
                upper += labels
            else:
                upper.append(self._label(group, members[0][0], columns=len(members)))
                lower += labels
        rows = tuple(_row(cells, HEADING_ROW) for cells in (upper, lower)[:deep])
        return _stretched(rows, [cell for cell in upper if cell.rows == deep])

    def group_rows(self, group: RosterGroup) -> tuple[PlacedRow, ...]:
        """The lines of a household, its own cells merged over all of them."""
        merged = self._cells("household", group.values, rows=len(group.lines))
        lines = [self._cells("member", line) for line in group.lines]
        lines[0] |= merged
        rows = tuple(_row([cells[number] for number in sorted(cells)], self.row_height) for cells in lines)
        return _stretched(rows, merged.values())

    def total_row(self, total: RosterTotal) -> PlacedRow:
        """A closing row: the label up to the first value, then one cell per column; a lone label fills the row."""
        values = dict(total.values)
        first = next(
            (place for place, number in enumerate(self.numbers) if number in values), len(self.numbers)
        )
        if first == 0:  # no column is left for the label: it stands before the first value
            values[self.numbers[0]] = f"{total.label} {values[self.numbers[0]]}"
        lead = self._wide(total.label, first, "center" if values else "left")
        rest = (self._cell(values.get(number, ""), number) for number in self.numbers[first:])
        return _row([*lead, *rest], self.row_height)

    def struck_row(self, text: str) -> PlacedRow:
        """The row that says that nothing follows."""
        return _row([*self._wide(text, len(self.numbers), "center")], self.row_height)

    def _cells(self, per: Per, values: Sequence[Cell], rows: int = 1) -> dict[int, PlacedCell]:
        filled = zip(self.roster.columns_per(per), values, strict=True)
        return {
            number: self._cell(cell_text(cell), number, rows=rows)
            for (number, _column), cell in filled
            if number in self.numbers
        }

    def _cell(self, text: str, number: int, rows: int = 1) -> PlacedCell:
        width = self.widths[self.numbers.index(number)] - 2 * CELL_PAD
        return PlacedCell(text=self.body.fit(text, width), align=self.roster.columns[number].align, rows=rows)

    def _wide(self, text: str, columns: int, align: Align) -> Iterator[PlacedCell]:
        if columns:
            width = sum(self.widths[:columns], Decimal(0)) - 2 * CELL_PAD
            yield PlacedCell(text=self.body.fit(text, width), align=align, columns=columns)

    def _label(self, label: str, place: int, *, columns: int = 1, rows: int = 1) -> PlacedCell:
        width = sum(self.widths[place : place + columns], Decimal(0)) - 2 * CELL_PAD
        return PlacedCell(text=self.heading.fit(label, width), role="heading", columns=columns, rows=rows)


def levelled(sheets: Iterable[tuple[PlacedRow, ...]]) -> tuple[tuple[PlacedRow, ...], ...]:
    """The same rows on several sheets, each as high as the highest of them."""
    sides = tuple(sheets)
    heights = [max(row.height for row in rows) for rows in zip(*sides, strict=True)]
    return tuple(
        tuple(replace(row, height=height) for row, height in zip(side, heights, strict=True))
        for side in sides
    )


def folded(rows: Iterable[PlacedRow]) -> tuple[PlacedRow, ...]:
    """The rows without empty ones: a row all of whose columns reach in from above is added to the row above.

    Such rows come up on a right sheet without member columns; engines would draw them with no height.
    """
    kept: list[PlacedRow] = []
    for row in rows:
        if row.cells:
            kept.append(row)
        else:
            cells = tuple(replace(cell, rows=cell.rows - 1) for cell in kept[-1].cells)
            kept[-1] = replace(kept[-1], height=kept[-1].height + row.height, cells=cells)
    return tuple(kept)


def _row(cells: Sequence[PlacedCell], lowest: Decimal) -> PlacedRow:
    height = max([lowest, *(_needed(cell) for cell in cells if cell.rows == 1)])
    return PlacedRow(height=height, cells=tuple(cells))


def _needed(cell: PlacedCell) -> Decimal:
    return mm(cell.text.height(LEADING)) + 2 * ROW_PAD


def _stretched(rows: tuple[PlacedRow, ...], merged: Iterable[PlacedCell]) -> tuple[PlacedRow, ...]:
    """The rows, grown evenly where a cell merged over all of them needs more height than they have."""
    lacking = max((_needed(cell) for cell in merged), default=Decimal(0)) - height_of(rows)
    if lacking <= 0:
        return rows
    share = (lacking / len(rows)).quantize(HUNDREDTH, rounding=ROUND_CEILING)
    return tuple(replace(row, height=row.height + share) for row in rows)
