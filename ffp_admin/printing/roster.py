"""What a roster is made of: columns, groups of lines (a household and its members), totals, frame.

Plain words only: which field stands in which column is the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Per = Literal["household", "member"]
Align = Literal["left", "center", "right"]
#: what closes a column: nothing, its amounts added up, how many households, how many lines
Closing = Literal["", "sum", "households", "lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A cell that counts in totals: how it is printed and what it is worth."""

    text: str
    value: Decimal


Cell = str | Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterColumn:
    """One column; widths are wishes in mm, scaled so that the columns fill the page."""

    label: str
    width_mm: float
    #: heading above several columns that stand side by side
    group: str | None = None
    align: Align = "center"
    #: one cell for the whole household, merged over its lines, or one per member line
    per: Per = "member"
    #: names the person of a row in messages
    is_name: bool = False
    #: printed empty, at least 25 mm wide, rows at least 10 mm high
    is_signature: bool = False
    #: stands on the left and on the right sheet when the roster is cut in two
    on_every_sheet: bool = False
    #: what stands under it in subtotals and totals
    total: Closing = ""
    #: decimals of its sums; None = as many as its amounts have
    decimals: int | None = None
    #: its sum stands once more in capital figures below the totals
    capitals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterGroup:
    """One household: a value for each household column, and for each line one for each member column."""

    values: tuple[Cell, ...] = ()
    lines: tuple[tuple[Cell, ...], ...]
    #: the rest of a household that did not fit on a page: it does not count as a household again
    is_continued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterTotal:
    """A closing row: the label from the left edge up to the first value, values by column number from 0."""

    label: str
    values: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A whole roster (花名册) or ledger (台账)."""

    title: str
    columns: tuple[RosterColumn, ...]
    groups: tuple[RosterGroup, ...]
    subtitle_left: str = ""
    subtitle_middle: str = ""
    subtitle_right: str = ""
    #: batch number or the like, top right; a QR takes the same place later
    print_mark: str = ""
    totals: tuple[RosterTotal, ...] = ()
    #: signature line under the table, for example 填表人(签字)：
    footer: tuple[str, ...] = ()
    #: pay rosters sign every page, ledgers the last one
    footer_every_page: bool = False
    #: 本表一式×份 and the like, on the last page
    copies: str = ""
    page_subtotals: bool = False
    #: strike what is unused after the last line with 以下空白
    blank_below: bool = True
    paper: Literal["A4", "A3"] = "A4"
    landscape: bool = True
    #: each page as a left and a right sheet, for offices that cannot print A3
    two_sheets: bool = False
    #: height of a line; None = 8 mm, or 10 mm when something is signed
    row_mm: float | None = None

    def __post_init__(self) -> None:
        """A value too many or too few would shift every cell after it: refused (ValueError)."""
        household, member = len(self.columns_per("household")), len(self.columns_per("member"))
        for number, group in enumerate(self.groups, start=1):
            if len(group.values) != household:
                raise ValueError(
                    f"group {number}: {len(group.values)} values for {household} household columns"
                )
            if not group.lines or any(len(line) != member for line in group.lines):
                raise ValueError(f"group {number}: every line needs {member} values, at least one line")

    def columns_per(self, per: Per) -> tuple[tuple[int, RosterColumn], ...]:
        """The columns filled per household or per member, with their numbers."""
        return tuple((number, column) for number, column in enumerate(self.columns) if column.per == per)


def cell_text(cell: Cell) -> str:
    """What is printed for a cell."""
    return cell.text if isinstance(cell, Amount) else cell


def person_of(roster: Roster, group: RosterGroup, line: tuple[Cell, ...]) -> str:
    """Who a row is about: the member's name, else the household's, else empty."""
    per_line = zip(roster.columns_per("member"), line, strict=True)
    per_group = zip(roster.columns_per("household"), group.values, strict=True)
    names = (cell_text(cell) for (_number, column), cell in (*per_line, *per_group) if column.is_name)
    return next(names, "")


def numbered_lines(roster: Roster) -> Iterator[tuple[int, RosterGroup, tuple[Cell, ...], bool]]:
    """Every line: its number on paper counted from 1, its group, its values, whether it opens the group."""
    lines = ((group, line, place == 0) for group in roster.groups for place, line in enumerate(group.lines))
    yield from ((number, *line) for number, line in enumerate(lines, start=1))
