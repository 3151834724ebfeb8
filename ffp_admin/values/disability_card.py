"""The disability card's number: ID number + class + level, and two more characters when re-issued (domain 2.26)."""

from __future__ import annotations

import re
from datetime import date

from ffp_admin.values import id_number
from ffp_admin.values.cleaned import Cleaned, Raw, Refused

_SHAPE = re.compile(r"[0-9]{17}[0-9X][1-7][1-4](B[0-9])?")


def parse(raw: Raw, today: date) -> Cleaned[str | None] | Refused:
    """The card number cleaned like an ID number; codes card_length, card_class, card_level, card_suffix, id_*."""
    cleaned = id_number.clean(raw)
    if isinstance(cleaned, Refused) or cleaned.value is None:
        return cleaned
    code = check(cleaned.value, today)
    return Refused(code, {"value": cleaned.value, "length": len(cleaned.value)}) if code else cleaned


def check(card: str, today: date) -> str | None:
    """The code of what is wrong with a cleaned card number, None when it is right."""
    if len(card) not in (20, 22):
        return "card_length"
    code = id_number.check(card[:18], today)
    if code:
        return code
    if card[18] not in "1234567":
        return "card_class"
    if card[19] not in "1234":
        return "card_level"
    return None if _SHAPE.fullmatch(card) else "card_suffix"


def holder(card: str) -> str:
    """The holder's ID number."""
    return card[:18]


def disability_class(card: str) -> str:
    """1 sight, 2 hearing, 3 speech, 4 limbs, 5 intellect, 6 mind, 7 several."""
    return card[18]


def disability_level(card: str) -> str:
    """1 (most severe) to 4; 1 and 2 are called severe (重度)."""
    return card[19]
