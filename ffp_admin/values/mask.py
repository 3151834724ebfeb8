"""What may be shown of a personal value without the right to see it (domain 5.4)."""

from __future__ import annotations

STAR = "*"


def id_number(number: str) -> str:
    """First 6 and last 4 characters of an ID or disability card number; all stars when shorter than 15."""
    if len(number) < 15:
        return STAR * len(number)
    return number[:6] + STAR * (len(number) - 10) + number[-4:]


def phone(number: str) -> str:
    """138****1234; of a landline the last two digits."""
    if len(number) == 11 and number.startswith("1"):
        return number[:3] + STAR * 4 + number[-4:]
    return STAR * max(len(number) - 2, 0) + number[-2:] if len(number) > 4 else STAR * len(number)


def account(number: str) -> str:
    """The last 4 digits; all stars when shorter than 9."""
    return STAR * (len(number) - 4) + number[-4:] if len(number) > 8 else STAR * len(number)


def name(full: str) -> str:
    """张*: the first character and one star, so that not even the length is told."""
    return full[:1] + STAR if full else ""


def everything(text: str) -> str:
    """A fixed row of stars for values that have no part to show."""
    return STAR * 4 if text else ""
