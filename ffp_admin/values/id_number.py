"""The citizen's identity number, GB 11643: cleaning, check digit, birth date, gender, age (domain 5.3)."""

from __future__ import annotations

import re
from datetime import date
from operator import mul

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import as_text, half_width, is_blank_mark, without_spaces

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
#: codes of GB/T 2261.1
MALE, FEMALE = "1", "2"
#: nobody older is alive; an older birth date is a typing mistake
OLDEST_YEARS = 130
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{2}")
_QUOTES = "'’‘`\"“”"


def clean(raw: Raw) -> Cleaned[str | None] | Refused:
    """The number in its one spelling, not yet checked; None when empty.

    Notes: id_fullwidth, id_quote, id_spaces, id_lower_x, blank_mark. A number cell with more than 15 digits has
    lost its last digits for good: id_precision_lost.
    """
    text = as_text(raw)
    if lost_digits(raw):
        return Refused("id_precision_lost", {"value": text})
    if not without_spaces(text):
        return Cleaned(None)
    if is_blank_mark(text):
        return Cleaned(None, ("blank_mark",))
    notes = []
    for note, step in (
        ("id_fullwidth", half_width_digits),
        ("id_quote", without_quotes),
        ("id_spaces", without_spaces),
        ("id_lower_x", str.upper),
    ):
        cleaned = step(text)
        if cleaned != text:
            notes.append(note)
        text = cleaned
    return Cleaned(text, tuple(notes))


def lost_digits(raw: Raw) -> bool:
    """True when a spreadsheet kept a long number as a float (5.29901E+17): it only knows 15 digits."""
    if isinstance(raw, float):
        return abs(raw) >= 1e15
    return isinstance(raw, str) and _SCIENTIFIC.fullmatch(without_spaces(half_width(raw))) is not None


def half_width_digits(text: str) -> str:
    """Half-width letters and digits; the ideographic space is left to the step that removes spaces."""
    if text.isascii():
        return text
    return "".join(char if char == "\u3000" else half_width(char) for char in text)


def without_quotes(text: str) -> str:
    """`text` without the quotes that spreadsheets put before digits."""
    trimmed = text.strip()
    return trimmed.strip(_QUOTES) if trimmed.startswith(tuple(_QUOTES)) else text


def check(number: str, today: date) -> str | None:
    """The code of what is wrong with a cleaned number, None when it is right; any region prefix is accepted."""
    if not _SHAPE.fullmatch(number):
        return _shape_fault(number)
    if not _is_birth_date(number, today):
        return "id_birth_date"
    return None if number[17] == check_digit(number) else "id_check_digit"


def _shape_fault(number: str) -> str:
    """What is wrong with a number that has not 17 digits and a check character."""
    if re.fullmatch(r"[0-9]{15}", number):
        return "id_15_digits"
    return "id_length" if re.fullmatch(r"[0-9]*[0-9X]", number) else "id_characters"


def check_digit(number: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    total = sum(map(mul, WEIGHTS, map(int, number[:17])))
    return CHECK_DIGITS[total % 11]


def parse(raw: Raw, today: date) -> Cleaned[str | None] | Refused:
    """Cleaned and checked; see `clean` and `check` for the codes."""
    cleaned = clean(raw)
    if isinstance(cleaned, Refused) or cleaned.value is None:
        return cleaned
    code = check(cleaned.value, today)
    if code:
        return Refused(code, {"value": cleaned.value, "length": len(cleaned.value)})
    return cleaned


def birth_date(number: str) -> date:
    """The birth date in a checked number; ValueError when there is none."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _is_birth_date(number: str, today: date) -> bool:
    try:
        born = birth_date(number)
    except ValueError:
        return False
    return born <= today and today.year - born.year <= OLDEST_YEARS


def gender(number: str) -> str:
    """`MALE` or `FEMALE` by the 17th digit of a checked number."""
    return MALE if int(number[16]) % 2 else FEMALE


def age(born: date, on: date) -> int:
    """Completed years (周岁) on a day; who was born on 29 February completes a year on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
