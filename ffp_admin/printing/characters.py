"""The character gate: nothing is printed before every character of every value is known to have a glyph.

A private-use character prints silently as a wrong sign, a missing one as a box (print.md §5); both would put
a wrong name on a legal paper.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ffp_admin.i18n import _
from ffp_admin.printing.failures import PrintCode, PrintProblem
from ffp_admin.printing.fonts import SILENT, FontShelf
from ffp_admin.printing.settings import Hand

REPLACEMENT = "\ufffd"

#: 〓, what Chinese type-setters have always put where a sort is missing
GETA = "〓"

#: the Unicode category decides before any font is asked; Cf are invisible format signs such as text direction
REFUSED_CATEGORIES = {
    "Co": PrintCode.PRIVATE_CHARACTER,
    "Cs": PrintCode.BROKEN_CHARACTER,
    "Cn": PrintCode.BROKEN_CHARACTER,
    "Cc": PrintCode.CONTROL_CHARACTER,
    "Cf": PrintCode.CONTROL_CHARACTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedText:
    """One text that will stand on paper and where: with row, person and column when it comes from a table."""

    text: str
    #: heading of the column, or the name of the part of the page (title, footer …)
    column: str
    #: lines of the table counted from 1; None outside the table
    row: int | None = None
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterFault:
    """One character that cannot be printed, whose it is and where it stands."""

    code: PrintCode
    character: str
    printed: PrintedText

    @property
    def codepoint(self) -> str:
        """The character as U+XXXX, which can be typed, searched and read out on the telephone."""
        return f"U+{ord(self.character):04X}"

    def problem(self) -> PrintProblem:
        """The fault as a sentence for the screen; never contains the bad character itself unless it is harmless."""
        shown = self.character if self.code is PrintCode.NO_GLYPH else GETA
        facts = {"where": self.where(), "character": shown, "codepoint": self.codepoint}
        return PrintProblem(code=self.code, facts=facts)

    def where(self) -> str:
        """Row, person and column in the reader's words."""
        if self.printed.row is None:
            return self.printed.column
        person = "".join(c if refusal(c) is None else GETA for c in self.printed.person)
        return _(
            "Row {row}, {person}, {column}", row=self.printed.row, person=person, column=self.printed.column
        )


def refusal(character: str) -> PrintCode | None:
    """Why no font may print this character, or None; a line end is allowed."""
    if character == "\n" or ord(character) in SILENT:
        return None
    if character == REPLACEMENT:
        return PrintCode.BROKEN_CHARACTER
    return REFUSED_CATEGORIES.get(unicodedata.category(character))


def character_faults(
    texts: Iterable[PrintedText], *, chain: tuple[Hand, ...], shelf: FontShelf
) -> tuple[CharacterFault, ...]:
    """Every character that cannot be printed with this chain, once per text, in the order of the texts."""
    verdicts: dict[str, PrintCode | None] = {}

    def verdict(character: str) -> PrintCode | None:
        if character not in verdicts:
            verdicts[character] = refusal(character) or _lacking(character, chain, shelf)
        return verdicts[character]

    def faults(printed: PrintedText) -> Iterator[CharacterFault]:
        for character in dict.fromkeys(printed.text):
            if code := verdict(character):
                yield CharacterFault(code=code, character=character, printed=printed)

    return tuple(fault for printed in texts for fault in faults(printed))


def _lacking(character: str, chain: tuple[Hand, ...], shelf: FontShelf) -> PrintCode | None:
    return None if any(shelf.covers(character, hand) for hand in chain) else PrintCode.NO_GLYPH
