"""Dates as people type them: 2026-03-05, 2026/3/5, 2026.3.5, 20260305, 2026年3月5日, a spreadsheet's day number."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import half_width, is_blank_mark, without_spaces

#: day 0 of spreadsheets that count from 1900 (after their false 29 February 1900)
SERIAL_ORIGIN = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1850, 2200
#: day numbers from 1927 to 2091; smaller and larger numbers are something else
_SERIALS = range(10_000, 70_000)
_SEPARATED = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_WRITTEN = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"[T ]+([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?$")
_SHORT_YEAR = re.compile(r"[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")
_NO_DAY = re.compile(r"[0-9]{4}[-/.年]([0-9]{1,2})月?份?|[0-9]{6}|[0-9]{4}年?")


def parse(raw: Raw) -> Cleaned[date | None] | Refused:
    """The day; None when empty.

    Notes: date_format (not 2026-03-05), date_serial, date_time (time of day dropped), blank_mark.
    Codes: date_unreadable, date_impossible (2026-02-30), date_no_day, date_short_year, date_range.
    """
    if raw is None:
        return Cleaned(None)
    if isinstance(raw, datetime):
        return _in_range(raw.date(), ("date_time",) if raw.time() != datetime.min.time() else ())
    if isinstance(raw, date):
        return _in_range(raw, ())
    if not isinstance(raw, str):
        return _from_number(raw)
    if not without_spaces(raw):
        return Cleaned(None)
    if is_blank_mark(raw):
        return Cleaned(None, ("blank_mark",))
    return _from_text(raw)


def _from_number(raw: Raw) -> Cleaned[date | None] | Refused:
    whole = isinstance(raw, int | float) and not isinstance(raw, bool) and raw == raw // 1
    if not whole or not isinstance(raw, int | float):
        return Refused("date_unreadable", {"value": str(raw)})
    if int(raw) in _SERIALS:
        return Cleaned(from_serial(int(raw)), ("date_serial",))
    return _from_text(str(int(raw)))


def from_serial(days: int) -> date:
    """The date of a spreadsheet's day number (1900 system)."""
    return SERIAL_ORIGIN + timedelta(days=days)


def _from_text(raw: str) -> Cleaned[date | None] | Refused:
    half = half_width(raw).strip()
    untimed = _TIME.sub("", half)
    tight = without_spaces(untimed)
    parts = _parts(tight)
    if parts is None:
        return Refused(_misread(tight), {"value": raw.strip()})
    try:
        day = date(*parts)
    except ValueError:
        return Refused("date_impossible", {"value": raw.strip()})
    notes = ("date_time",) if untimed != half else ()
    return _in_range(
        day, (*notes, "date_format") if untimed != day.isoformat() or half != raw.strip() else notes
    )


def _parts(text: str) -> tuple[int, int, int] | None:
    found = _SEPARATED.fullmatch(text)
    if found:
        return int(found[1]), int(found[3]), int(found[4])
    found = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _misread(text: str) -> str:
    if _SHORT_YEAR.fullmatch(text):
        return "date_short_year"
    return "date_no_day" if _NO_DAY.fullmatch(text) else "date_unreadable"


def _in_range(day: date, notes: tuple[str, ...]) -> Cleaned[date | None] | Refused:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Refused("date_range", {"value": day.isoformat()})
    return Cleaned(day, notes)
