"""Bank account and card numbers: 12 to 23 digits, never as a number cell."""

from __future__ import annotations

import re

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.id_number import half_width_digits, lost_digits, without_quotes
from ffp_admin.values.text import as_text, is_blank_mark, without_spaces

SHORTEST, LONGEST = 12, 23
#: the prefix of UnionPay cards, whose last digit is a check digit
_CARD = re.compile(r"62[0-9]{14,17}")


def parse(raw: Raw) -> Cleaned[str | None] | Refused:
    """Digits only; None when empty.

    Notes: account_fullwidth, account_quote, account_spaces, account_number (kept as a number), blank_mark.
    Codes: account_precision_lost (a spreadsheet keeps 15 digits), account_characters, account_length.
    """
    text = as_text(raw)
    if lost_digits(raw):
        return Refused("account_precision_lost", {"value": text})
    if not without_spaces(text):
        return Cleaned(None)
    if is_blank_mark(text):
        return Cleaned(None, ("blank_mark",))
    notes = ["account_number"] if isinstance(raw, int | float) else []
    for note, step in (
        ("account_fullwidth", half_width_digits),
        ("account_quote", without_quotes),
        ("account_spaces", _without_gaps),
    ):
        cleaned = step(text)
        if cleaned != text:
            notes.append(note)
        text = cleaned
    if not re.fullmatch(r"[0-9]+", text):
        return Refused("account_characters", {"value": text})
    if not SHORTEST <= len(text) <= LONGEST:
        return Refused("account_length", {"value": text, "length": len(text)})
    return Cleaned(text, tuple(notes))


def _without_gaps(text: str) -> str:
    return without_spaces(text).replace("-", "")


def doubt(account: str) -> str | None:
    """`account_luhn` for a UnionPay card whose check digit does not fit; a hint, never a reason to refuse."""
    return "account_luhn" if _CARD.fullmatch(account) and not luhn_fits(account) else None


def luhn_fits(digits: str) -> bool:
    """True when the last digit is the Luhn check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        figure = int(digit) * (2 if place % 2 else 1)
        total += figure - 9 if figure > 9 else figure
    return total % 10 == 0
