"""Sheets of paper: sizes and margins in mm, with the binding edge where the archive wants it (domain.md §3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: short side, long side
PAPER_SIZES = {
    "A4": (Decimal(210), Decimal(297)),
    "A3": (Decimal(297), Decimal(420)),
}

#: 25–28 mm: on top for landscape sheets, on the left for portrait ones
BINDING_EDGE = Decimal(25)
TOP = Decimal(15)
SIDE = Decimal(12)
BOTTOM = Decimal(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One size of paper with its margins; all lengths in mm."""

    name: str
    width: Decimal
    height: Decimal
    top: Decimal
    right: Decimal
    bottom: Decimal
    left: Decimal

    @property
    def room_across(self) -> Decimal:
        """Width between the side margins."""
        return self.width - self.left - self.right

    @property
    def room_down(self) -> Decimal:
        """Height between the top and bottom margins."""
        return self.height - self.top - self.bottom


def sheet_of(paper: str, *, landscape: bool) -> Sheet:
    """The sheet for a paper size ("A4", "A3") and its direction."""
    short, long = PAPER_SIZES[paper]
    if landscape:
        return Sheet(
            name=paper, width=long, height=short, top=BINDING_EDGE, right=SIDE, bottom=BOTTOM, left=SIDE
        )
    return Sheet(name=paper, width=short, height=long, top=TOP, right=SIDE, bottom=BOTTOM, left=BINDING_EDGE)
