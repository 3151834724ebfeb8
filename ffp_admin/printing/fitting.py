"""How a text fits into a cell: the size and the lines, decided before the page is drawn.

The lines are ours, not the engine's, so pages can be foreseen and two engines break alike. CJK breaks anywhere
but before a closing and after an opening sign (禁则); Latin words and numbers stay together if they can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ffp_admin.printing.fonts import REGULAR, FontShelf, hands_of
from ffp_admin.printing.settings import Hand

MM_PER_POINT = 25.4 / 72

#: no line begins with these (GB/T 15834 禁则, and the dot inside a Uyghur or Yi name) …
NOT_FIRST = frozenset("。，、；：？！…—～·）》」』】〉〕”’％℃,.;:?!)]}%")
#: … and none ends with these
NOT_LAST = frozenset("（《「『【〈〔“‘([{￥¥")

#: words of a line that are not broken when they fit: Latin letters, digits and what joins them
ATOM = re.compile(r"[0-9A-Za-z\u00c0-\u024f+\-./:@_'%,]+|\s+|.", re.DOTALL)

#: a cell never fills to the last hair; kerning is off, so this only covers rounding
HAIR_MM = 0.1
EVEN_STEP_MM = Decimal("0.5")


def points(*sizes: str) -> tuple[Decimal, ...]:
    """Type sizes in pt, largest first."""
    return tuple(Decimal(size) for size in sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A text set in lines of one size (pt) in one hand of its chain, numbers half-width."""

    lines: tuple[str, ...]
    size: Decimal
    hand: int
    half: bool

    def height(self, leading: float) -> float:
        """Height of the lines in mm."""
        return len(self.lines) * float(self.size) * leading * MM_PER_POINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Widths in em of one text in its hand."""

    advances: Mapping[int, float]
    half: bool

    def width(self, text: str) -> float:
        """The width of a part of the text; what the font lacks counts as one em."""
        return len(text) / 2 if self.half else sum(self.advances.get(ord(c), 1.0) for c in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setter:
    """Sets texts of one role: its chain of hands, its weight, its sizes from the wished one down (pt)."""

    shelf: FontShelf
    chain: tuple[Hand, ...]
    sizes: tuple[Decimal, ...]
    weight: int = REGULAR
    #: so many lines are as welcome as one: headings break rather than shrink, cells shrink rather than break
    welcome_lines: int = 1

    def fit(self, text: str, width_mm: Decimal) -> Fitted:
        """The largest size that needs no more lines than the smallest size does (domain.md §4.3), evenly broken."""
        place = self.shelf.choose(text, self.chain)
        hand = hands_of(self.chain)[place]
        half = self.shelf.sets_half_width(text, hand)
        measure = Measure(advances=self.shelf.advances(hand, self.weight), half=half)
        fewest = len(broken(text, width_mm, self.sizes[-1], measure))
        allowed = max(fewest, self.welcome_lines)
        size = next(size for size in self.sizes if len(broken(text, width_mm, size, measure)) <= allowed)
        return Fitted(lines=_even(text, width_mm, size, measure), size=size, hand=place, half=half)


def broken(text: str, width_mm: Decimal, size: Decimal, measure: Measure) -> tuple[str, ...]:
    """The text in lines of at most this width; a text without characters has no line."""
    room = max(float(width_mm) - HAIR_MM, 0.0) / (float(size) * MM_PER_POINT)
    return tuple(line for part in text.splitlines() for line in _lines(part, room, measure))


def _even(text: str, width_mm: Decimal, size: Decimal, measure: Measure) -> tuple[str, ...]:
    """The same number of lines, broken so that none is much shorter: 突发严重/困难户, not 突发严重困/难户."""
    lines = broken(text, width_mm, size, measure)
    steps = int(width_mm / EVEN_STEP_MM) if len(lines) > 1 else 0
    for step in range(1, steps):
        narrower = broken(text, width_mm - step * EVEN_STEP_MM, size, measure)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _lines(text: str, room: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text, room, measure):
        if line and used + measure.width(piece.rstrip()) > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
        kept = piece if line else piece.lstrip()
        line, used = line + kept, used + measure.width(kept)
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, room: float, measure: Measure) -> Iterator[str]:
    """What may not be broken, in order; what is wider than a line falls apart into characters."""
    joined: list[str] = []
    for atom in ATOM.findall(text):
        if joined and (atom[0] in NOT_FIRST or joined[-1][-1] in NOT_LAST):
            joined[-1] += atom
        else:
            joined.append(atom)
    for piece in joined:
        yield from [piece] if measure.width(piece.strip()) <= room else piece
