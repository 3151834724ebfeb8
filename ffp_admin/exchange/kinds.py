"""How a cell of each kind is read: one entry per kind of `spec.kinds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from ffp_admin.exchange.cells import Cell
from ffp_admin.exchange.choices import parse_choice, parse_choices
from ffp_admin.spec.model import Catalog, CodeList, Field
from ffp_admin.values import (
    bank_account,
    dates,
    disability_card,
    id_number,
    money,
    month,
    numbers,
    phone,
    text,
    truth,
)
from ffp_admin.values.cleaned import Cleaned, Raw, Refused

Answer = Cleaned[object] | Refused
Read = Callable[[Cell | Raw], Answer]

#: kinds whose cells hold the same few words over and over; each word is looked up once
FEW_WORDS = frozenset({"choice", "multi_choice"})
#: words remembered per column
REMEMBERED = 1_000
#: digits behind the point of a quantity whose field does not say
PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a kind may need beside the cell: the field, its code list, the day of the import."""

    field: Field
    codes: CodeList | None
    today: date


def _text(raw: Raw, reading: Reading) -> Answer:
    """A text; one that can only be a person's name is written as names are."""
    if isinstance(raw, str) and text.looks_like_name(raw):
        return text.parse_name(raw)
    return text.parse_text(raw)


def _choice(raw: Raw, reading: Reading) -> Answer:
    assert reading.codes is not None, f"{reading.field.key}: no code list"
    return parse_choice(raw, reading.codes)


def _choices(raw: Raw, reading: Reading) -> Answer:
    assert reading.codes is not None, f"{reading.field.key}: no code list"
    return parse_choices(raw, reading.codes)


def _decimal(raw: Raw, reading: Reading) -> Answer:
    return numbers.parse_decimal(raw, PLACES if reading.field.places is None else reading.field.places)


def _reference(raw: Raw, reading: Reading) -> Answer:
    """The words that name a record; whoever imports looks the record up."""
    return text.parse_text(raw)


def _nothing(raw: Raw, reading: Reading) -> Answer:
    """What no cell can hold."""
    return Cleaned(None)


KINDS: Mapping[str, Callable[[Raw, Reading], Answer]] = MappingProxyType(
    {
        "text": _text,
        "long_text": lambda raw, _: text.parse_long_text(raw),
        "integer": lambda raw, _: numbers.parse_integer(raw),
        "decimal": _decimal,
        "money": lambda raw, _: money.parse(raw),
        "percent": lambda raw, _: numbers.parse_percent(raw),
        "date": lambda raw, _: dates.parse(raw),
        "month": lambda raw, _: month.parse(raw),
        "boolean": lambda raw, _: truth.parse(raw),
        "choice": _choice,
        "multi_choice": _choices,
        "id_number": lambda raw, reading: id_number.parse(raw, reading.today),
        "disability_card": lambda raw, reading: disability_card.parse(raw, reading.today),
        "phone": lambda raw, _: phone.parse(raw),
        "bank_account": lambda raw, _: bank_account.parse(raw),
        "region": _reference,
        "unit": _reference,
        "household": _reference,
        "person": _reference,
        "member": _reference,
        "serial": lambda raw, _: text.parse_text(raw),
        "table": _nothing,
        "computed": _nothing,
        "note": _nothing,
    }
)


def clean(field: Field, raw: Cell | Raw, catalog: Catalog, today: date) -> Answer:
    """The value of a cell for a field, or why there is none.

    Given the `Cell` itself, formulas without a value (formula_no_value) and errors such as #REF! (cell_error) are
    refused, and a cell formatted as per cent is read as the ratio it stores.
    """
    return reader(field, catalog, today)(raw)


def reader(field: Field, catalog: Catalog, today: date) -> Read:
    """`clean` for many cells of one column."""
    codes = catalog.codes.get(field.codes) if field.codes else None
    reading = Reading(field=field, codes=codes, today=today)
    kind = KINDS[field.kind]

    def take(raw: Raw) -> Answer:
        return kind(raw, reading)

    if field.kind in FEW_WORDS:
        take = lru_cache(maxsize=REMEMBERED, typed=True)(take)

    def read(raw: Cell | Raw) -> Answer:
        if not isinstance(raw, Cell):
            return take(raw)
        if raw.stored == "error":
            return Refused("cell_error", {"value": raw.text})
        if raw.is_formula and raw.value is None:
            return Refused("formula_no_value")
        if raw.stored == "percent" and isinstance(raw.value, int | float):
            return take(numbers.exact(raw.value))
        return take(raw.value)

    return read
