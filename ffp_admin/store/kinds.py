"""Kind → how its value is taken in, what is derived from it, how history keeps it, how it reads in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.models.compile import LEVELS
from ffp_admin.models.types import checked
from ffp_admin.spec.model import CodeList, Field
from ffp_admin.values import (
    bank_account,
    dates,
    disability_card,
    id_number,
    mask,
    money,
    month,
    numbers,
    phone,
    text,
    texts,
    truth,
)
from ffp_admin.values.cleaned import Cleaned, Refused


class BadValue(Exception):
    """A value the kind cannot take; the text says why and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What taking a value in needs to know: the field, and code or word → code of its list."""

    field: Field
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What showing a value needs: the field, its code list, captions of references (register, id or code → text)."""

    field: Field
    codes: CodeList | None
    captions: Mapping[tuple[str, object], str]


Take = Callable[[Any, Reading], object]
Derive = Callable[[Any], Mapping[str, object]]
Show = Callable[[Any, Showing], str]


def _nothing_derived(_value: object) -> Mapping[str, object]:
    return {}


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind:
    """One kind's entry. `to_json` and `from_json` are inverse; masks hide what only some may see."""

    take: Take
    show: Show
    derive: Derive = _nothing_derived
    to_json: Callable[[Any], Any] = _as_it_is
    from_json: Callable[[Any], Any] = _as_it_is
    masked: Callable[[str], str] = mask.everything


def _refuse(refused: Refused) -> BadValue:
    return BadValue(_(texts.REFUSALS[refused.code], **refused.facts))


def _value(result: Cleaned[Any] | Refused) -> Any:
    if isinstance(result, Refused):
        raise _refuse(result)
    return result.value


def _unreadable(value: object) -> BadValue:
    return BadValue(_("'{value}' cannot be read here.", value=value))


def _take_text(value: Any, _reading: Reading) -> object:
    return _value(text.parse_text(value))


def _take_long_text(value: Any, _reading: Reading) -> object:
    return _value(text.parse_long_text(value))


def _take_integer(value: Any, _reading: Reading) -> object:
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


def _take_decimal(value: Any, reading: Reading) -> object:
    number = _exact(value, numbers.parse_decimal)
    places = reading.field.places
    if number is not None and places is not None and number != round(number, places):
        raise _refuse(Refused("number_places", {"value": value, "places": places}))
    return number


def _take_money(value: Any, _reading: Reading) -> object:
    amount = _exact(value, money.parse)
    if amount is not None and amount != round(amount, 2):
        raise _refuse(Refused("money_decimals", {"value": value}))
    return amount


def _take_percent(value: Any, _reading: Reading) -> object:
    return _exact(value, numbers.parse_percent)


def _take_date(value: Any, _reading: Reading) -> object:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    if is_day and dates.FIRST_YEAR <= value.year <= dates.LAST_YEAR:
        return value
    return _value(dates.parse(value))


_MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")


def _take_month(value: Any, _reading: Reading) -> object:
    if isinstance(value, str) and _MONTH.fullmatch(value):
        return value
    first_day = _value(month.parse(value))
    return f"{first_day:%Y-%m}" if first_day else None


def _take_boolean(value: Any, _reading: Reading) -> object:
    return value if isinstance(value, bool) else _value(truth.parse(value))


def _take_choice(value: Any, reading: Reading) -> object:
    if not isinstance(value, str):
        raise _unreadable(value)
    word = value.strip()
    return reading.codes.get(word, word) or None  # an unknown word is reported by the rules


def _take_choices(value: Any, reading: Reading) -> object:
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, Iterable):
        raise _unreadable(value)
    chosen = {_take_choice(word, reading) for word in words} - {None}
    in_list = [code for code in dict.fromkeys(reading.codes.values()) if code in chosen]
    return (*in_list, *sorted(str(code) for code in chosen.difference(in_list))) or None


def _take_id_number(value: Any, _reading: Reading) -> object:
    return _value(id_number.clean(value))  # the rules say whether it is a valid number


def _take_card(value: Any, _reading: Reading) -> object:
    return _value(id_number.clean(value))


def _take_phone(value: Any, _reading: Reading) -> object:
    return _value(phone.parse(value))


def _take_account(value: Any, _reading: Reading) -> object:
    return _value(bank_account.parse(value))


def _take_region(value: Any, _reading: Reading) -> object:
    code = str(value).strip()
    if not code.isascii() or not code.isdigit() or len(code) not in LEVELS:
        raise BadValue(_("'{value}' is not a region code of 6, 9, 12 or 15 digits.", value=code))
    return code


def _take_id(value: Any, _reading: Reading) -> object:
    plain = str(value).strip()
    if isinstance(value, bool) or not plain.isascii() or not plain.isdigit() or not 0 < int(plain) < 2**63:
        raise _unreadable(value)
    return int(plain)


def _untaken(value: Any, _reading: Reading) -> object:
    raise _unreadable(value)


def _show_text(value: Any, _showing: Showing) -> str:
    return str(value)


def _show_number(value: Any, _showing: Showing) -> str:
    return f"{Decimal(value).normalize():f}"


def _show_money(value: Any, _showing: Showing) -> str:
    return f"{value:.2f}"


def _show_percent(value: Any, _showing: Showing) -> str:
    return f"{(value * 100).normalize():f}%"


def _show_date(value: Any, _showing: Showing) -> str:
    day: str = value.isoformat()
    return day


def _show_boolean(value: Any, _showing: Showing) -> str:
    return _(_YES) if value else _(_NO)


_YES, _NO = N_("Yes"), N_("No")


def _show_choice(value: Any, showing: Showing) -> str:
    word = showing.codes.by_code(value) if showing.codes else None
    return word.label if word else str(value)


def _show_choices(value: Any, showing: Showing) -> str:
    return "、".join(_show_choice(code, showing) for code in value)


def _reference(register: str) -> Show:
    def show(value: Any, showing: Showing) -> str:
        return showing.captions.get((register, value), "")

    return show


def _show_region(value: Any, showing: Showing) -> str:
    return showing.captions.get(("region", value), str(value))


def _from_id(number: str) -> Mapping[str, object]:
    return {"birth": id_number.birth_date(number), "sex": id_number.gender(number)}


def _from_card(card: str) -> Mapping[str, object]:
    return {
        "class": disability_card.disability_class(card),
        "level": disability_card.disability_level(card),
    }


def _money_from_json(stored: str) -> Decimal:
    return Decimal(stored).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _number(take: Take, show: Show) -> ValueKind:
    return ValueKind(take=take, show=show, to_json=str, from_json=_money_from_json)


def _link(register: str) -> ValueKind:
    return ValueKind(take=_take_id, show=_reference(register))


_DATE = ValueKind(
    take=_take_date, show=_show_date, to_json=lambda day: day.isoformat(), from_json=date.fromisoformat
)

#: tables, computed fields and notes are handled by what they contain, show or are
VALUE_KINDS: Mapping[str, ValueKind] = MappingProxyType(
    {
        "text": ValueKind(take=_take_text, show=_show_text),
        "long_text": ValueKind(take=_take_long_text, show=_show_text),
        "integer": ValueKind(take=_take_integer, show=_show_number),
        "decimal": _number(_take_decimal, _show_number),
        "money": _number(_take_money, _show_money),
        "percent": _number(_take_percent, _show_percent),
        "date": _DATE,
        "month": ValueKind(take=_take_month, show=_show_text),
        "boolean": ValueKind(take=_take_boolean, show=_show_boolean),
        "choice": ValueKind(take=_take_choice, show=_show_choice),
        "multi_choice": ValueKind(take=_take_choices, show=_show_choices, to_json=list, from_json=tuple),
        "id_number": ValueKind(take=_take_id_number, show=_show_text, derive=_from_id, masked=mask.id_number),
        "disability_card": ValueKind(
            take=_take_card, show=_show_text, derive=_from_card, masked=mask.id_number
        ),
        "phone": ValueKind(take=_take_phone, show=_show_text, masked=mask.phone),
        "bank_account": ValueKind(take=_take_account, show=_show_text, masked=mask.account),
        "region": ValueKind(take=_take_region, show=_show_region),
        "unit": _link("unit"),
        "household": _link("household"),
        "person": _link("person"),
        "member": _link("member"),
        "serial": ValueKind(take=_untaken, show=_show_text),
        "table": ValueKind(take=_untaken, show=_show_text),
        "computed": ValueKind(take=_untaken, show=_show_text),
        "note": ValueKind(take=_untaken, show=_show_text),
    }
)


def kind_of(field: Field) -> ValueKind:
    """The entry that handles the field's value; a computed value is handled as its result kind."""
    return VALUE_KINDS[field.result or field.kind]
