"""A roster laid out on pages: everything is known before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ffp_admin.i18n import _
from ffp_admin.printing.columns import column_widths, sheets_of
from ffp_admin.printing.failures import PrintCode, failure
from ffp_admin.printing.fitting import Setter, points
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.frame import Frame, frame_of
from ffp_admin.printing.pagination import paginate
from ffp_admin.printing.paper import Sheet, sheet_of
from ffp_admin.printing.placing import PlacedRow, Placer, folded, height_of, levelled, mm
from ffp_admin.printing.roster import Cell, Roster, RosterGroup, RosterTotal, cell_text
from ffp_admin.printing.settings import PrintFonts
from ffp_admin.printing.totals import closing_values
from ffp_admin.printing.words import FrameWords

#: 小五 down to the smallest size an archive accepts (domain.md §4.3)
CELL_SIZES = points("9", "8.5", "8", "7.5")
ROW = Decimal("8.00")
SIGNED_ROW = Decimal("10.00")

#: title and the line under it; high enough for a QR code of 20 mm
HEAD = Decimal("21.00")
#: room to sign by hand
FOOTER = Decimal("10.00")
COPIES = Decimal("6.00")
FOLIO = Decimal("5.00")
#: borders and rounding of a whole page
SLACK = Decimal("1.50")

#: rows side by side, one set for each sheet, equally high
Spread = tuple[tuple[PlacedRow, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPage:
    """One page: its grid and which parts of the frame it carries; lengths in mm."""

    widths: tuple[Decimal, ...]
    heading: tuple[PlacedRow, ...]
    rows: tuple[PlacedRow, ...]
    #: kept for the grid, so that the lines below it stand at the bottom
    grid_height: Decimal
    folio: str
    is_signed: bool
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidRoster:
    """A roster ready to be drawn."""

    sheet: Sheet
    frame: Frame
    pages: tuple[PlacedPage, ...]


def lay_out(roster: Roster, *, words: FrameWords, fonts: PrintFonts, shelf: FontShelf) -> LaidRoster:
    """The roster on pages; PrintFailed when its columns or a single line do not fit on the paper."""
    sheet = sheet_of(roster.paper, landscape=roster.landscape)
    body = Setter(shelf=shelf, chain=fonts.body, sizes=CELL_SIZES)
    heading = Setter(shelf=shelf, chain=fonts.heading, sizes=CELL_SIZES, welcome_lines=2)
    placers = tuple(
        Placer(
            roster=roster,
            numbers=numbers,
            widths=column_widths([roster.columns[number] for number in numbers], sheet),
            body=body,
            heading=heading,
            row_height=_line_height(roster),
        )
        for numbers in sheets_of(roster)
    )
    layout = _Layout(roster=roster, words=words, sheet=sheet, placers=placers)
    return LaidRoster(sheet=sheet, frame=frame_of(roster, sheet, fonts, shelf), pages=tuple(layout.pages()))


def _line_height(roster: Roster) -> Decimal:
    signed = any(column.is_signature for column in roster.columns)
    wished = ROW if roster.row_mm is None else mm(roster.row_mm)
    return max(wished, SIGNED_ROW) if signed else wished


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """One roster on its way to pages; two placers when it is cut into a left and a right sheet."""

    roster: Roster
    words: FrameWords
    sheet: Sheet
    placers: tuple[Placer, ...]

    def pages(self) -> Iterator[PlacedPage]:
        """The pages in reading order, the left sheet before the right one."""
        headings = levelled(placer.heading_rows() for placer in self.placers)
        grid = self.sheet.room_down - HEAD - FOLIO - SLACK - (FOOTER if self._signs_each() else 0)
        room = grid - _height([headings, *self._subtotal([])])
        groups = list(self._fitting_groups(room))
        spreads = [self._spread(group) for group in groups]
        struck, totals, foot = self._struck(), self._totals(), self._foot()
        places = paginate([_height([spread]) for spread in spreads], room, _height([*struck, *totals]) + foot)
        for number, place in enumerate(places, start=1):
            last = number == len(places)
            on_page = slice(place.start, place.stop)
            rows = [*spreads[on_page], *self._subtotal(groups[on_page])]
            if last:
                rows = [*spreads[on_page], *struck, *self._subtotal(groups[on_page]), *totals]
            for side, placer in enumerate(self.placers):
                yield PlacedPage(
                    widths=placer.widths,
                    heading=folded(headings[side]),
                    rows=folded(row for spread in rows for row in spread[side]),
                    grid_height=grid - foot if last else grid,
                    folio=self._folio(number, len(places), side),
                    is_signed=self._signs_each() or last,
                    is_last=last,
                )

    def _signs_each(self) -> bool:
        return bool(self.roster.footer) and self.roster.footer_every_page

    def _foot(self) -> Decimal:
        """Height of the lines that only the last page has below its grid."""
        footer = FOOTER if self.roster.footer and not self._signs_each() else Decimal(0)
        return footer + (COPIES if self.roster.copies else Decimal(0))

    def _folio(self, number: int, pages: int, side: int) -> str:
        folio = self.words.page_of.format(page=number, pages=pages)
        return (
            folio if len(self.placers) == 1 else folio + (self.words.left_sheet, self.words.right_sheet)[side]
        )

    def _spread(self, group: RosterGroup) -> Spread:
        return levelled(placer.group_rows(group) for placer in self.placers)

    def _subtotal(self, groups: Sequence[RosterGroup]) -> list[Spread]:
        """The row that closes a page, when the roster has one."""
        if not self.roster.page_subtotals:
            return []
        values = closing_values(self.roster, groups, self.words)
        return [self._total(RosterTotal(label=self.words.page_subtotal, values=values))]

    def _struck(self) -> list[Spread]:
        """以下空白 after the last line."""
        if not self.roster.blank_below:
            return []
        return [levelled((placer.struck_row(self.words.blank_below),) for placer in self.placers)]

    def _totals(self) -> list[Spread]:
        return [self._total(total) for total in self.roster.totals]

    def _total(self, total: RosterTotal) -> Spread:
        return levelled((placer.total_row(total),) for placer in self.placers)

    def _fitting_groups(self, room: Decimal) -> Iterator[RosterGroup]:
        """Every group, those longer than a page in parts; the household's cells come again, marked as continued."""
        for number, group in enumerate(self.roster.groups, start=1):
            heights = [row.height for row in self._spread(group)[0]]
            if max(heights) > room:
                where = _("Group {number}", number=number)
                raise failure(PrintCode.ROW_TOO_HIGH, where=where, height=max(heights))
            if sum(heights) <= room:
                yield group
                continue
            for place in paginate(heights, room, Decimal(0)):
                lines = group.lines[place.start : place.stop]
                rest = place.start > 0
                values = self._values(group, continued=rest)
                yield replace(group, lines=lines, values=values, is_continued=rest)

    def _values(self, group: RosterGroup, *, continued: bool) -> tuple[Cell, ...]:
        """The household's values; on a later page its amounts do not count again and its name says so."""
        if not continued:
            return group.values
        columns = [column for _number, column in self.roster.columns_per("household")]
        marked = next((place for place, column in enumerate(columns) if column.is_name), 0)
        texts = [cell_text(value) for value in group.values]
        return tuple(
            text + self.words.continued if place == marked else text for place, text in enumerate(texts)
        )


def _height(spreads: Sequence[Spread]) -> Decimal:
    return sum((height_of(spread[0]) for spread in spreads), Decimal(0))
