"""Column widths that fill the page, and the cut of a wide roster into a left and a right sheet."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from ffp_admin.printing.failures import PrintCode, failure
from ffp_admin.printing.paper import Sheet
from ffp_admin.printing.placing import HUNDREDTH
from ffp_admin.printing.roster import Roster, RosterColumn

SIGNATURE_MM = Decimal(25)
#: one character of the smallest size with its white space still stands upright
NARROWEST_MM = Decimal(5)


def column_widths(columns: Sequence[RosterColumn], sheet: Sheet) -> tuple[Decimal, ...]:
    """Widths in mm that fill the sheet exactly, in the proportion of the wishes; signatures have 25 mm or more."""
    wished = [Decimal(repr(column.width_mm)) for column in columns]
    proportion = sheet.room_across / sum(wished)
    kept = [
        column.is_signature and wish * proportion < SIGNATURE_MM
        for column, wish in zip(columns, wished, strict=True)
    ]
    free = sum(wish for wish, keep in zip(wished, kept, strict=True) if not keep)
    factor = (sheet.room_across - SIGNATURE_MM * sum(kept)) / free if free else Decimal(0)
    scaled = [SIGNATURE_MM if keep else wish * factor for wish, keep in zip(wished, kept, strict=True)]
    narrowest = min(range(len(scaled)), key=scaled.__getitem__)
    if scaled[narrowest] < NARROWEST_MM:
        facts = {"columns": len(columns), "paper": sheet.name, "column": columns[narrowest].label}
        raise failure(PrintCode.COLUMNS_TOO_WIDE, width=f"{scaled[narrowest]:.1f}", **facts)
    rounded = [width.quantize(HUNDREDTH, rounding=ROUND_HALF_UP) for width in scaled]
    widest = max(range(len(rounded)), key=rounded.__getitem__)
    rounded[widest] += sheet.room_across - sum(rounded)
    return tuple(rounded)


def sheets_of(roster: Roster) -> tuple[tuple[int, ...], ...]:
    """The numbers of the columns on each sheet: all on one, or the halves of a left and a right sheet.

    Columns marked `on_every_sheet` (序号, 户主) stand on both; columns under one heading stay together
    (design.md §16.10: an A4 way for every A3 sheet).
    """
    everything = tuple(range(len(roster.columns)))
    if not roster.two_sheets:
        return (everything,)
    repeated = [number for number in everything if roster.columns[number].on_every_sheet]
    others = [number for number in everything if number not in repeated]
    cut = _middle([roster.columns[number] for number in others])
    return tuple(tuple(sorted([*repeated, *part])) for part in (others[:cut], others[cut:]) if part)


def _middle(columns: Sequence[RosterColumn]) -> int:
    """Where the columns fall into two halves of nearly the same width."""
    total = sum(column.width_mm for column in columns)
    widths = [sum(column.width_mm for column in columns[:place]) for place in range(len(columns))]
    places = [
        place
        for place in range(1, len(columns))
        if columns[place].group is None or columns[place].group != columns[place - 1].group
    ]
    return min(places, key=lambda place: abs(total / 2 - widths[place]), default=len(columns))
