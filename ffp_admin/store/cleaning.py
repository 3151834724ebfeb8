"""Taking values in by kind: cleaned as people type them, refused with a sentence that says how to mend them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.models.compile import LEVELS
from ffp_admin.models.types import checked
from ffp_admin.spec.model import Field
from ffp_admin.values import bank_account, dates, id_number, money, month, numbers, phone, text, texts, truth
from ffp_admin.values.cleaned import Cleaned, Refused


class BadValue(Exception):
    """A value the kind cannot take; the text says why and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What taking a value in needs to know: the field, and code or word → code of its list."""

    field: Field
    codes: Mapping[str, str]


def _refuse(refused: Refused) -> BadValue:
    return BadValue(_(texts.REFUSALS[refused.code], **refused.facts))


def _value(result: Cleaned[Any] | Refused) -> Any:
    if isinstance(result, Refused):
        raise _refuse(result)
    return result.value


def _unreadable(value: object) -> BadValue:
    return BadValue(_("'{value}' cannot be read here.", value=value))


def take_text(value: Any, _reading: Reading) -> object:
    """One line of text; None when nothing is left after cleaning."""
    if isinstance(value, str) and value.isalnum():
        return value  # nothing in it that cleaning would touch
    return _value(text.parse_text(value))


def take_long_text(value: Any, _reading: Reading) -> object:
    """A text of several lines."""
    return _value(text.parse_long_text(value))


def take_integer(value: Any, _reading: Reading) -> object:
    """A whole number of at most 15 digits."""
    number = value if type(value) is int else _value(numbers.parse_integer(value))
    if number is not None and abs(number) >= 10**15:
        raise _refuse(Refused("number_too_large", {"value": value}))
    return number


def _exact(value: Any, parse: Callable[[Any], Cleaned[Decimal | None] | Refused]) -> Decimal | None:
    number = value if isinstance(value, Decimal) else Decimal(value) if type(value) is int else None
    if number is None:
        return _value(parse(value))  # type: ignore[no-any-return]
    try:
        return checked(number)
    except (ValueError, ArithmeticError):
        raise _refuse(Refused("number_unreadable", {"value": value})) from None


def take_decimal(value: Any, reading: Reading) -> object:
    """A quantity with the declared places, four at most."""
    number = _exact(value, numbers.parse_decimal)
    places = reading.field.places
    if number is not None and places is not None and number != round(number, places):
        raise _refuse(Refused("number_places", {"value": value, "places": places}))
    return number


def take_money(value: Any, _reading: Reading) -> object:
    """An amount in yuan, exact to the fen."""
    amount = _exact(value, money.parse)
    if amount is not None and amount != round(amount, 2):
        raise _refuse(Refused("money_decimals", {"value": value}))
    return amount


def take_percent(value: Any, _reading: Reading) -> object:
    """A share as its ratio: 50% is 0.5."""
    return _exact(value, numbers.parse_percent)


def take_date(value: Any, _reading: Reading) -> object:
    """A day, without time."""
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    if is_day and dates.FIRST_YEAR <= value.year <= dates.LAST_YEAR:
        return value
    return _value(dates.parse(value))


_MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")


def take_month(value: Any, _reading: Reading) -> object:
    """A month as 2026-03."""
    if isinstance(value, str) and _MONTH.fullmatch(value):
        return value
    first_day = _value(month.parse(value))
    return f"{first_day:%Y-%m}" if first_day else None


def take_boolean(value: Any, _reading: Reading) -> object:
    """True or False."""
    return value if isinstance(value, bool) else _value(truth.parse(value))


def take_choice(value: Any, reading: Reading) -> object:
    """The code of a word; an unknown word stays and is reported by the rules."""
    if not isinstance(value, str):
        raise _unreadable(value)
    word = value.strip()
    return reading.codes.get(word, word) or None  # an unknown word is reported by the rules


def take_choices(value: Any, reading: Reading) -> object:
    """The codes of several words in list order, unknown ones behind them."""
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, Iterable):
        raise _unreadable(value)
    chosen = {take_choice(word, reading) for word in words} - {None}
    in_list = [code for code in dict.fromkeys(reading.codes.values()) if code in chosen]
    return (*in_list, *sorted(str(code) for code in chosen.difference(in_list))) or None


def _is_digits(value: Any) -> bool:
    """Whether cleaning would change nothing; the rules say whether it is a valid number."""
    return isinstance(value, str) and value.isascii() and value.isdigit()


def take_id_number(value: Any, _reading: Reading) -> object:
    """An ID number in its one spelling; whether it is valid the rules say."""
    if _is_digits(value):
        return value
    return _value(id_number.clean(value))


def take_card(value: Any, _reading: Reading) -> object:
    """A disability card number in its one spelling."""
    return _value(id_number.clean(value))


def take_phone(value: Any, _reading: Reading) -> object:
    """A telephone number in its one spelling."""
    if _is_digits(value) and len(value) == 11 and value.startswith("1"):
        return value
    return _value(phone.parse(value))


def take_account(value: Any, _reading: Reading) -> object:
    """A bank account, digits only."""
    if _is_digits(value):
        return value
    return _value(bank_account.parse(value))


def take_region(value: Any, _reading: Reading) -> object:
    """A region code of one of the four levels."""
    code = str(value).strip()
    if not code.isascii() or not code.isdigit() or len(code) not in LEVELS:
        raise BadValue(_("'{value}' is not a region code of 6, 9, 12 or 15 digits.", value=code))
    return code


def take_id(value: Any, _reading: Reading) -> object:
    """The id of a record of another register."""
    plain = str(value).strip()
    if isinstance(value, bool) or not plain.isascii() or not plain.isdigit() or not 0 < int(plain) < 2**63:
        raise _unreadable(value)
    return int(plain)


def untaken(value: Any, _reading: Reading) -> object:
    """Nobody types values of this kind."""
    raise _unreadable(value)
