"""Values written in a declaration (最小, 最大, 默认), read by the kind of their field from the typed text.

The answer is a plain text every floor can read again: 0.5 for 50%, 20000 for 2万, 2025-01-01, true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from ffp_admin.i18n import N_
from ffp_admin.spec.words import TRUTH
from ffp_admin.values import dates, month, numbers
from ffp_admin.values.cleaned import Refused
from ffp_admin.values.text import half_width

#: (typed text, unit of the field) → plain text, None when it cannot be read
Reader = Callable[[str, str], str | None]

_TIMES = {"万": 10_000, "亿": 100_000_000}
_MONEY_UNITS = ("元", "圆", "元整")

NUMBER = N_("a number")
WHOLE_NUMBER = N_("a whole number")
PERCENTAGE = N_("a percentage such as 50%")
MONTH = N_("a month such as 2026-03")
YES_OR_NO = N_("是 or 否 (in English true or false)")


def day(text: str) -> date | None:
    """A date in any order of signs that begins with the year."""
    found = dates.parse(text)
    return None if isinstance(found, Refused) else found.value


def number(text: str, unit: str = "") -> Decimal | None:
    """A number with full-width digits, thousands commas, 万, and its own unit behind it."""
    figure = numbers.take_apart(text, "number")
    if figure is None:
        return None
    rest, value = figure.unit, figure.number
    if rest[:1] in _TIMES:
        value, rest = value * _TIMES[rest[0]], rest[1:]
    return value if rest in ("", unit) else None


def whole_number(text: str) -> int | None:
    """A number without digits behind the point."""
    value = number(text)
    return int(value) if value is not None and value == int(value) else None


def _plain(value: Decimal | int | None) -> str | None:
    return None if value is None else format(Decimal(value).normalize(), "f")


def _number(text: str, unit: str) -> str | None:
    return _plain(number(text, unit))


def _whole(text: str, unit: str) -> str | None:
    value = number(text, unit)
    return _plain(value) if value is not None and value == int(value) else None


def _money(text: str, _unit: str) -> str | None:
    return next((plain for unit in _MONEY_UNITS if (plain := _plain(number(text, unit))) is not None), None)


def _percent(text: str, _unit: str) -> str | None:
    half = half_width(text).strip()
    value = number(half.removesuffix("%").strip())
    if value is None or (not half.endswith("%") and abs(value) > 1):
        return None
    return _plain(value / 100 if half.endswith("%") else value)


def _date(text: str, _unit: str) -> str | None:
    found = day(text)
    return found.isoformat() if found else None


def _month(text: str, _unit: str) -> str | None:
    found = month.parse(text)
    if isinstance(found, Refused) or found.value is None or "month_from_date" in found.notes:
        return None
    return found.value.isoformat()[:7]


def _truth(text: str, _unit: str) -> str | None:
    return TRUTH.spelled("zh").get(text) or TRUTH.spelled("en").get(text)


def _text(text: str, _unit: str) -> str | None:
    return text


#: kind → reader and what is expected; kinds not listed take any text
READERS: Mapping[str, tuple[Reader, str]] = MappingProxyType(
    {
        "integer": (_whole, WHOLE_NUMBER),
        "decimal": (_number, NUMBER),
        "money": (_money, NUMBER),
        "percent": (_percent, PERCENTAGE),
        "date": (_date, ""),
        "month": (_month, MONTH),
        "boolean": (_truth, YES_OR_NO),
    }
)


def plain(kind: str, text: str, unit: str) -> str | None:
    """`text` as the kind reads it; None when it cannot."""
    reader, _expected = READERS.get(kind, (_text, ""))
    return reader(text, unit)


def expected(kind: str) -> str:
    """What a value of the kind looks like; "" for dates, which have a problem of their own."""
    return READERS.get(kind, (_text, ""))[1]
