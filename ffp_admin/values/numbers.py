"""Figures as people type them, made exact decimals; refuses rather than rounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import half_width, is_blank_mark, without_spaces

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|[+-]?\.[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](\.[0-9]+)?[eE][+-]?[0-9]{1,2}")
#: figures longer than this are no figure of a county
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's text taken apart: the number, what stood behind it, the notes so far."""

    number: Decimal
    unit: str
    notes: tuple[str, ...]


def exact(raw: int | float | Decimal) -> Decimal | None:
    """The decimal a spreadsheet shows: 15 significant digits, so 0.30000000000000004 is 0.3; None for nan, inf."""
    number = Decimal(format(raw, ".15g")) if isinstance(raw, float) else Decimal(raw)
    return number if number.is_finite() else None


def take_apart(text: str, family: str) -> Figure | None:
    """'１３,500.00元' as (13500.00, 元, notes `<family>_fullwidth`, `_spaces`, `_comma`); None when no figure leads."""
    notes = []
    half = half_width(text.strip())
    if half != text.strip():
        notes.append(f"{family}_fullwidth")
    tight = without_spaces(half)
    if tight != half:
        notes.append(f"{family}_spaces")
    found = re.fullmatch(r"[¥￥]?([+\-0-9.,eE]*[0-9.])([^0-9]*)", tight.replace("￥", "¥").replace("−", "-"))
    if found is None:
        return None
    digits, unit = found[1], found[2]
    if tight[0] in "¥￥":
        notes.append(f"{family}_unit")
    if _GROUPED.fullmatch(digits):
        notes.append(f"{family}_comma")
        digits = digits.replace(",", "")
    if not (_PLAIN.fullmatch(digits) or _SCIENTIFIC.fullmatch(digits)):
        return None
    return Figure(Decimal(digits), unit, tuple(notes))


def parse_decimal(raw: Raw, places: int = 4) -> Cleaned[Decimal | None] | Refused:
    """A quantity with at most `places` digits behind the point; notes number_*, codes number_unreadable, _places."""
    figure = _figure(raw)
    if not isinstance(figure, Figure):
        return figure
    if abs(figure.number) >= LARGEST:
        return Refused("number_too_large", {"value": str(raw)})
    if figure.number != figure.number.quantize(Decimal(1).scaleb(-places)):
        return Refused("number_places", {"value": str(raw), "places": places})
    return Cleaned(_normal(figure.number), figure.notes)


def parse_integer(raw: Raw) -> Cleaned[int | None] | Refused:
    """A whole number; '3.0' is 3, '3.5' is refused with number_whole."""
    cleaned = parse_decimal(raw)
    if isinstance(cleaned, Refused):
        whole = cleaned.code == "number_places"
        return Refused("number_whole", {"value": str(raw)}) if whole else cleaned
    if cleaned.value is None:
        return Cleaned(None, cleaned.notes)
    if cleaned.value != int(cleaned.value):
        return Refused("number_whole", {"value": str(raw)})
    return Cleaned(int(cleaned.value), cleaned.notes)


def parse_percent(raw: Raw) -> Cleaned[Decimal | None] | Refused:
    """A share as its ratio: '35%' is 0.35. A bare figure above 1 is read as per cent (note percent_sign), a
    Decimal already is the ratio."""
    text = without_spaces(half_width(raw)) if isinstance(raw, str) else ""
    signed = text.endswith("%")
    figure = _figure(text[:-1] if signed else raw)
    if not isinstance(figure, Figure):
        return figure
    bare = not signed and not isinstance(raw, Decimal) and abs(figure.number) > 1
    number = figure.number / 100 if signed or bare else figure.number
    if abs(number) >= LARGEST or number != number.quantize(Decimal("0.0001")):
        return Refused("percent_places", {"value": str(raw)})
    return Cleaned(_normal(number), figure.notes + (("percent_sign",) if bare else ()))


def _figure(raw: Raw) -> Figure | Cleaned[None] | Refused:
    unreadable = Refused("number_unreadable", {"value": str(raw)})
    if raw is None:
        return Cleaned(None)
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        number = exact(raw)
        return unreadable if number is None else Figure(number, "", ())
    if not isinstance(raw, str):
        return unreadable
    if not without_spaces(raw):
        return Cleaned(None)
    if is_blank_mark(raw):
        return Cleaned(None, ("blank_mark",))
    figure = take_apart(raw, "number")
    plain = figure is not None and not figure.unit and "number_unit" not in figure.notes
    return figure if figure and plain else unreadable


def _normal(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    return Decimal(format(number.normalize(), "f"))
