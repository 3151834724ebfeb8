"""Kind → how its value is taken in, what is derived from it, how history keeps it, how it reads in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from ffp_admin.spec.model import Field
from ffp_admin.store import cleaning, wording
from ffp_admin.store.cleaning import Reading as Reading
from ffp_admin.store.wording import Showing as Showing
from ffp_admin.values import disability_card, id_number, mask

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


def _from_id(number: str) -> Mapping[str, object]:
    return {"birth": id_number.birth_date(number), "sex": id_number.gender(number)}


def _from_card(card: str) -> Mapping[str, object]:
    return {
        "class": disability_card.disability_class(card),
        "level": disability_card.disability_level(card),
    }


def _number_to_json(number: Decimal) -> str:
    """One text per number, however many zeros it came with: unique values are compared by it."""
    return f"{number.normalize():f}"


def _number_from_json(stored: str) -> Decimal:
    return Decimal(stored).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _number(take: Take, show: Show) -> ValueKind:
    return ValueKind(take=take, show=show, to_json=_number_to_json, from_json=_number_from_json)


def _link(register: str) -> ValueKind:
    return ValueKind(take=cleaning.take_id, show=wording.reference(register))


_DATE = ValueKind(
    take=cleaning.take_date,
    show=wording.show_date,
    to_json=lambda day: day.isoformat(),
    from_json=date.fromisoformat,
)

#: tables, computed fields and notes are handled by what they contain, show or are
VALUE_KINDS: Mapping[str, ValueKind] = MappingProxyType(
    {
        "text": ValueKind(take=cleaning.take_text, show=wording.show_text),
        "long_text": ValueKind(take=cleaning.take_long_text, show=wording.show_text),
        "integer": ValueKind(take=cleaning.take_integer, show=wording.show_number),
        "decimal": _number(cleaning.take_decimal, wording.show_number),
        "money": _number(cleaning.take_money, wording.show_money),
        "percent": _number(cleaning.take_percent, wording.show_percent),
        "date": _DATE,
        "month": ValueKind(take=cleaning.take_month, show=wording.show_text),
        "boolean": ValueKind(take=cleaning.take_boolean, show=wording.show_boolean),
        "choice": ValueKind(take=cleaning.take_choice, show=wording.show_choice),
        "multi_choice": ValueKind(
            take=cleaning.take_choices, show=wording.show_choices, to_json=list, from_json=tuple
        ),
        "id_number": ValueKind(
            take=cleaning.take_id_number, show=wording.show_text, derive=_from_id, masked=mask.id_number
        ),
        "disability_card": ValueKind(
            take=cleaning.take_card, show=wording.show_text, derive=_from_card, masked=mask.id_number
        ),
        "phone": ValueKind(take=cleaning.take_phone, show=wording.show_text, masked=mask.phone),
        "bank_account": ValueKind(take=cleaning.take_account, show=wording.show_text, masked=mask.account),
        "region": ValueKind(take=cleaning.take_region, show=wording.show_region),
        "unit": _link("unit"),
        "household": _link("household"),
        "person": _link("person"),
        "member": _link("member"),
        "serial": ValueKind(take=cleaning.untaken, show=wording.show_text),
        "table": ValueKind(take=cleaning.untaken, show=wording.show_text),
        "computed": ValueKind(take=cleaning.untaken, show=wording.show_text),
        "note": ValueKind(take=cleaning.untaken, show=wording.show_text),
    }
)


def kind_of(field: Field) -> ValueKind:
    """The entry that handles the field's value; a computed value is handled as its result kind."""
    return VALUE_KINDS[field.result or field.kind]
