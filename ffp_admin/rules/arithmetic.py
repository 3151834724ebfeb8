"""Exact arithmetic: one table of decisions for every reading of an expression.

× and ÷ round to 4 places, half up; sums are exact; a number of 10^16 or more is unknown (it would not fit the
columns); dividing by zero is unknown. Numbers are int or Decimal, never float.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from ffp_admin.i18n import N_
from ffp_admin.rules.unknown import Unknown
from ffp_admin.values import id_number

Figure = int | Decimal

PLACES = 4
LARGEST = Decimal(10) ** 16
#: digits kept between two roundings: the product of two columns has 40
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
_FOUR = Decimal("0.0001")

BY_ZERO = Unknown((), N_("division by zero"))
TOO_LARGE = Unknown((), N_("the number is too large"))
NO_ROWS = Unknown((), N_("there is no row to take it from"))
BAD_PLACES = Unknown((), N_("the number of places must be a whole number from -6 to 4"))
NOT_WHOLE_DAYS = Unknown((), N_("only whole days can be added to a date"))
NO_SUCH_DAY = Unknown((), N_("there is no such day"))
REVERSED = Unknown((), N_("the first day lies after the second"))


def add(left: Figure, right: Figure) -> Figure | Unknown:
    """The exact sum."""
    total = _EXACT.add(left, right) if isinstance(left, Decimal) else left + right
    return total if -LARGEST < total < LARGEST else TOO_LARGE


def subtract(left: Figure, right: Figure) -> Figure | Unknown:
    """The exact difference."""
    return add(left, -right)


def multiply(left: Figure, right: Figure) -> Decimal | Unknown:
    """The product, rounded to 4 places."""
    return _bounded(_EXACT.multiply(left, right))


def divide(left: Figure, right: Figure) -> Decimal | Unknown:
    """The quotient, rounded to 4 places; unknown when divided by zero."""
    return _bounded(_EXACT.divide(left, right)) if right else BY_ZERO


def _bounded(number: Decimal) -> Decimal | Unknown:
    if not -LARGEST < number < LARGEST:
        return TOO_LARGE
    return number.quantize(_FOUR, ROUND_HALF_UP, _EXACT)


def rounded(number: Figure, places: int, mode: str = ROUND_HALF_UP) -> Decimal:
    """`number` with `places` digits after the point (negative: tens, hundreds …)."""
    result = Decimal(number).quantize(Decimal(1).scaleb(-places), mode, _EXACT)
    return result if places >= 0 else result.quantize(Decimal(1), context=_EXACT)


def _rounding(mode: str) -> Callable[..., Decimal | Unknown]:
    def at(number: Figure, places: Figure = 0) -> Decimal | Unknown:
        if places != int(places) or not -6 <= places <= PLACES:
            return BAD_PLACES
        return rounded(number, int(places), mode)

    return at


round_half_up = _rounding(ROUND_HALF_UP)
round_up = _rounding(ROUND_UP)
round_down = _rounding(ROUND_DOWN)


def total(values: list[Figure]) -> Figure | Unknown:
    """The sum of all; 0 for none."""
    found: Figure | Unknown = 0
    for value in values:
        if isinstance(found, Unknown):
            return found
        found = add(found, value)
    return found


def average(values: list[Figure]) -> Decimal | Unknown:
    """The mean, rounded to 4 places; unknown for none."""
    found = total(values)
    return found if isinstance(found, Unknown) else divide(found, len(values)) if values else NO_ROWS


def later(day: date, days: Figure) -> date | Unknown:
    """The date so many days after `day` (before, when negative)."""
    if days != int(days):
        return NOT_WHOLE_DAYS
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return NO_SUCH_DAY


def earlier(day: date, days: Figure) -> date | Unknown:
    """The date so many days before `day`."""
    return later(day, -days)


def days_between(first: date, second: date) -> int:
    """Days from the first to the second; the first day does not count (民法典 §201)."""
    return (second - first).days


def months_between(first: date, second: date) -> int | Unknown:
    """Whole months from the first to the second; at a month's last day a month is full (民法典 §202)."""
    if second < first:
        return REVERSED
    months = (second.year - first.year) * 12 + second.month - first.month
    last_day = (second + timedelta(days=1)).day == 1 if second != date.max else True
    return months - (second.day < first.day and not last_day)


def full_years(born: date, day: date) -> int | Unknown:
    """周岁 on a day."""
    return REVERSED if day < born else id_number.age(born, day)
