"""Telephone numbers: mobile (11 digits) or landline with area code, in one spelling."""

from __future__ import annotations

import re

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import as_text, half_width, is_blank_mark, without_spaces

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([2-9][0-9]{6,7})")
_FLOAT = re.compile(r"([0-9]{7,12})\.0+")
_COUNTRY = re.compile(r"(?:\+|00)?86-?(1[3-9][0-9]{9})")
_SEVERAL = re.compile(r"[0-9\-]{7,}[/、，,;；\\|]+[0-9\-]{7,}.*")


def parse(raw: Raw) -> Cleaned[str | None] | Refused:
    """13812345678 or 0851-1234567; None when empty.

    Notes: phone_number (kept as a number), phone_fullwidth, phone_spaces, phone_country, phone_landline,
    blank_mark. Codes: phone_several, phone_characters, phone_length, phone_prefix.
    """
    if isinstance(raw, str) and _MOBILE.fullmatch(raw):
        return Cleaned(raw)  # nearly always
    text = as_text(raw)
    if not without_spaces(text):
        return Cleaned(None)
    if is_blank_mark(text):
        return Cleaned(None, ("blank_mark",))
    half = half_width(text)
    notes = ["phone_fullwidth"] if half.strip() != text.strip() else []
    if _SEVERAL.fullmatch(without_spaces(half)):
        return Refused("phone_several", {"value": text.strip()}, re.split(r"[/、，,;；\\|]", half)[0].strip())
    number = without_spaces(half)
    if number != half.strip() or re.fullmatch(r"1[0-9]{2}-[0-9]{4}-[0-9]{4}", number):
        notes.append("phone_spaces")
        number = number.replace("-", "") if number.startswith("1") else number
    if isinstance(raw, int | float) or _FLOAT.fullmatch(number):
        notes.append("phone_number")
        number = _FLOAT.sub(r"\1", number)
    return _spelled(number, notes)


def _spelled(number: str, notes: list[str]) -> Cleaned[str | None] | Refused:
    abroad = _COUNTRY.fullmatch(number)
    if abroad:
        return Cleaned(abroad[1], (*notes, "phone_country"))
    if _MOBILE.fullmatch(number):
        return Cleaned(number, tuple(notes))
    bare = number.replace("(", "").replace(")", "-")
    landline = _LANDLINE.fullmatch(bare)
    if landline:
        spelled = f"{landline[1]}-{landline[2]}"
        return Cleaned(spelled, (*notes, "phone_landline") if spelled != number else tuple(notes))
    digits = bare.replace("-", "")
    if not re.fullmatch(r"[0-9]+", digits):
        return Refused("phone_characters", {"value": number})
    if len(digits) == 11:
        return Refused("phone_prefix", {"value": number})
    return Refused("phone_length", {"value": number, "length": len(digits)})
