"""What stands around the grid of a roster: title, the line under it, mark, signature line, copies sentence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ffp_admin.printing.fitting import Fitted, Setter, points
from ffp_admin.printing.fonts import BOLD, FontShelf
from ffp_admin.printing.paper import Sheet
from ffp_admin.printing.roster import Roster
from ffp_admin.printing.settings import PrintFonts

#: 二号 downwards; the lines around the grid from 五号 downwards (domain.md §4.2, §4.3)
TITLE_SIZES = points("20", "18", "16", "14")
LINE_SIZES = points("10.5", "10", "9", "8")
MARK_SIZES = points("8", "7.5")

#: shares of the line under the title: unit to be stamped, date, unit of money
SUBTITLE_SHARES = (Decimal("0.40"), Decimal("0.28"), Decimal("0.32"))
#: the mark beside the title; the other side stays as wide, so that the title is centred
MARK_MM = Decimal(42)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The texts around the grid, fitted to the sheet."""

    title: Fitted
    subtitle: tuple[Fitted, ...]
    subtitle_widths: tuple[Decimal, ...]
    mark: Fitted
    mark_mm: Decimal
    footer: tuple[Fitted, ...]
    copies: Fitted


def frame_of(roster: Roster, sheet: Sheet, fonts: PrintFonts, shelf: FontShelf) -> Frame:
    """The frame of a roster, each text shrunk to its place."""
    across = sheet.room_across
    title = Setter(shelf=shelf, chain=fonts.title, sizes=TITLE_SIZES, weight=BOLD)
    line = Setter(shelf=shelf, chain=fonts.body, sizes=LINE_SIZES)
    mark = Setter(shelf=shelf, chain=fonts.body, sizes=MARK_SIZES)
    widths = tuple(across * share for share in SUBTITLE_SHARES)
    subtitle = (roster.subtitle_left, roster.subtitle_middle, roster.subtitle_right)
    return Frame(
        title=title.fit(roster.title, across - 2 * MARK_MM),
        subtitle=tuple(line.fit(text, width) for text, width in zip(subtitle, widths, strict=True)),
        subtitle_widths=widths,
        mark=mark.fit(roster.print_mark, MARK_MM),
        mark_mm=MARK_MM,
        footer=tuple(line.fit(text, across / len(roster.footer)) for text in roster.footer),
        copies=line.fit(roster.copies, across),
    )
