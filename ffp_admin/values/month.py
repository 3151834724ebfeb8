"""Months as people type them: 2026-03, 2026.03, 202603, 2026年3月, or a date inside the month."""

from __future__ import annotations

import re
from datetime import date

from ffp_admin.values import dates
from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import half_width, is_blank_mark, without_spaces

_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月?份?|([0-9]{2}))")


def parse(raw: Raw) -> Cleaned[date | None] | Refused:
    """The first day of the month; None when empty.

    Notes: month_format (not 2026-03), month_from_date (a day other than the first was dropped), blank_mark.
    Codes: month_unreadable, month_impossible, month_ambiguous: the number 2026.1 may have been 2026.10.
    """
    if isinstance(raw, float) and not raw.is_integer():
        return _from_fraction(raw)
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
    if raw is None or not without_spaces(text):
        return Cleaned(None)
    if is_blank_mark(text):
        return Cleaned(None, ("blank_mark",))
    tight = without_spaces(half_width(text))
    found = None if isinstance(raw, date | bool) else _MONTH.fullmatch(tight)
    if found:
        spelled = f"{found[1]}-{found[2] or found[3] or found[4]:0>2}"
        return _of(
            int(spelled[:4]), int(spelled[5:]), text, ("month_format",) if spelled != text.strip() else ()
        )
    return _from_date(raw)


def _from_fraction(raw: float) -> Cleaned[date | None] | Refused:
    year, _, part = format(raw, ".15g").partition(".")
    if len(part) == 1 and len(year) == 4:
        return Refused("month_ambiguous", {"value": str(raw)})
    if len(part) != 2 or len(year) != 4 or not (year + part).isdecimal():
        return Refused("month_unreadable", {"value": str(raw)})
    return _of(int(year), int(part), str(raw), ("month_format",))


def _from_date(raw: Raw) -> Cleaned[date | None] | Refused:
    day = dates.parse(raw)
    if isinstance(day, Refused) or day.value is None:
        return Refused("month_unreadable", {"value": str(raw)})
    dropped = day.value.day != 1 or bool(day.notes)
    return Cleaned(day.value.replace(day=1), ("month_from_date",) if dropped else ())


def _of(year: int, month: int, text: str, notes: tuple[str, ...]) -> Cleaned[date | None] | Refused:
    if not (1 <= month <= 12 and dates.FIRST_YEAR <= year <= dates.LAST_YEAR):
        return Refused("month_impossible", {"value": text.strip()})
    return Cleaned(date(year, month, 1), notes)
