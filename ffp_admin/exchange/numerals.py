"""A spreadsheet's stored number as a Python value, by the number format of its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

Meaning = Literal["number", "percent", "date"]

#: built-in formats that are dates in Chinese programs beside those every program has
_CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
_INTEGER = re.compile(r"-?[0-9]{1,15}")
#: beyond 15 digits a spreadsheet has lost digits: such numbers stay floats
_EXACT = 10**15
_LAST_DAY = 2_958_466
_ORIGINS: Mapping[bool, datetime] = MappingProxyType(
    {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a sheet's dates have no zone
)


def meaning_of(format_id: int, custom: Mapping[int, str]) -> Meaning:
    """Whether cells of a number format show plain numbers, shares or dates."""
    if format_id in _CHINESE_DATES:
        return "date"
    code = custom.get(format_id) or BUILTIN_FORMATS.get(format_id) or "General"
    if is_date_format(code):
        return "date"
    return "percent" if "%" in code else "number"


def number_of(text: str) -> int | float | None:
    """The number a file writes: whole numbers of up to 15 digits as int, everything else as float; None if none."""
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def date_of(days: float, from_1904: bool) -> date | None:
    """The date (a datetime when it has a time) of a day number; None outside the calendar of spreadsheets."""
    if not 1 <= days < _LAST_DAY:
        return None
    moment = _ORIGINS[from_1904] + timedelta(seconds=round(days * 86_400))
    return moment.date() if moment.time() == datetime.min.time() else moment
