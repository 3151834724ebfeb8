"""The words of the frame around a document, in the language documents are written in."""

from __future__ import annotations

from dataclasses import dataclass

from ffp_admin.i18n import _, speaking

#: papers go to households, banks and archives: always Chinese, whatever the screen speaks
DOCUMENT_LOCALE = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameWords:
    """Page number, subtotal and the like; `page_of` has the places {page} and {pages}."""

    page_of: str
    page_subtotal: str
    total: str
    #: `households` and `lines` have the place {count}, `in_capitals` {column} and {amount}
    households: str
    lines: str
    in_capitals: str
    blank_below: str
    continued: str
    left_sheet: str
    right_sheet: str
    #: 尾A (domain.md §3.1): filled in by, checked by, head of the unit, telephone
    signatures: tuple[str, ...]


def frame_words(locale: str = DOCUMENT_LOCALE) -> FrameWords:
    """The frame's words from the catalogue."""
    with speaking(locale):
        return FrameWords(
            page_of=_("Page {page} of {pages}"),
            page_subtotal=_("Subtotal of this page"),
            total=_("Total"),
            households=_("{count} households"),
            lines=_("{count} people"),
            in_capitals=_("{column}, total in capital figures: RMB {amount}"),
            blank_below=_("Nothing below this line"),
            continued=_("(continued)"),
            left_sheet=_("(left sheet)"),
            right_sheet=_("(right sheet)"),
            signatures=(
                _("Filled in by (signature):"),
                _("Checked by (signature):"),
                _("Head of the unit (signature):"),
                _("Telephone:"),
            ),
        )


def unit_line(unit: str, locale: str = DOCUMENT_LOCALE) -> str:
    """Left part of the line under the title: the reporting unit, to be stamped."""
    with speaking(locale):
        return _("Reporting unit (stamp): {unit}", unit=unit)


def date_line(day: str, locale: str = DOCUMENT_LOCALE) -> str:
    """Middle part of the line under the title: the day of filling in, as text or as blanks."""
    with speaking(locale):
        return _("Filled in on: {day}", day=day)


def copies_sentence(copies: int, locale: str = DOCUMENT_LOCALE) -> str:
    """In how many copies the form is made out (1 to 10), in words: 本表一式三份."""
    with speaking(locale):
        numerals = _("one two three four five six seven eight nine ten").split()
        return _("This form is made out in {copies} copies.", copies=numerals[copies - 1])
