"""Days, moments and figures as a reader of this county writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import _
from ffp_admin.store import SYSTEM


def day_text(day: date) -> str:
    """2026年3月5日."""
    return _("{month}/{day}/{year}", year=day.year, month=day.month, day=day.day)


def month_text(month: str) -> str:
    """2026年3月, from the stored 2026-03."""
    return _("{month}/{year}", year=int(month[:4]), month=int(month[5:7]))


def moment_text(moment: datetime) -> str:
    """2026年3月5日 10:07 in the county's zone."""
    local = moment.astimezone(COUNTY_ZONE)
    return _(
        "{day} at {hour:02}:{minute:02}", day=day_text(local.date()), hour=local.hour, minute=local.minute
    )


def plain_number(number: Decimal | int) -> str:
    """A number to be typed: no exponent, no trailing zeros, no thousands marks."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped_number(number: Decimal | int) -> str:
    """A number to be read: 12,345.5."""
    return format(Decimal(plain_number(number)), ",f")


def amount_to_type(amount: Decimal) -> str:
    """1234.50."""
    return format(amount, ".2f")


def amount_to_read(amount: Decimal) -> str:
    """1,234.50."""
    return format(amount, ",.2f")


def share_to_read(share: Decimal) -> str:
    """12.5% from 0.125."""
    return f"{plain_number(share * 100)}%"


def person_text(name: str) -> str:
    """Who did something; the program itself is no person."""
    return _("the system") if name == SYSTEM.name else name
