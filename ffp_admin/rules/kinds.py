"""Each kind on this floor: how its limits are read, how a result is finished, when a value is not valid.

One entry per kind of `spec.kinds`; values are the Python values of the kind, never texts to be cleaned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ffp_admin.rules.arithmetic import PLACES, rounded
from ffp_admin.values import bank_account, disability_card, id_number, phone
from ffp_admin.values.cleaned import Refused

#: (code of `values.texts`, facts of its sentence)
Invalid = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """What the rules floor knows about one kind; None: nothing to do."""

    #: text of 最小, 最大 (plain, as `spec.literals` leaves it) → value to compare with
    limit: Callable[[str], Any] | None = None
    #: the same text → how people write it
    written: Callable[[str], str] = str
    #: (result of a formula, declared places) → value of the kind
    finish: Callable[[Any, int | None], Any] | None = None
    #: why a value cannot be right on a day
    invalid: Callable[[Any, date], Invalid | None] | None = None
    #: why a value may be wrong
    doubtful: Callable[[Any], str | None] | None = None


def _percentage(limit: str) -> str:
    return f"{(Decimal(limit) * 100).normalize():f}%"


def _invalid_id(value: str, day: date) -> Invalid | None:
    code = id_number.check(value, day)
    return (code, {"value": value, "length": len(value)}) if code else None


def _invalid_card(value: str, day: date) -> Invalid | None:
    code = disability_card.check(value, day)
    return (code, {"value": value, "length": len(value)}) if code else None


def _refused(parse: Callable[[str], Any]) -> Callable[[str, date], Invalid | None]:
    def invalid(value: str, _day: date) -> Invalid | None:
        found = parse(value)
        return (found.code, found.facts) if isinstance(found, Refused) else None

    return invalid


def _to_places(default: int) -> Callable[[Any, int | None], Decimal]:
    return lambda value, places: rounded(value, default if places is None else places)


_PLAIN = RuleKind()

RULE_KINDS: Mapping[str, RuleKind] = MappingProxyType(
    {
        "text": _PLAIN,
        "long_text": _PLAIN,
        "integer": RuleKind(limit=Decimal, finish=lambda value, _places: int(rounded(value, 0))),
        "decimal": RuleKind(limit=Decimal, finish=_to_places(PLACES)),
        "money": RuleKind(limit=Decimal, finish=lambda value, _places: rounded(value, 2)),
        "percent": RuleKind(
            limit=Decimal, written=_percentage, finish=lambda value, _places: rounded(value, PLACES)
        ),
        "date": RuleKind(limit=date.fromisoformat),
        "month": RuleKind(limit=str),
        "boolean": _PLAIN,
        "choice": _PLAIN,
        "multi_choice": _PLAIN,
        "id_number": RuleKind(invalid=_invalid_id),
        "disability_card": RuleKind(invalid=_invalid_card),
        "phone": RuleKind(invalid=_refused(phone.parse)),
        "bank_account": RuleKind(invalid=_refused(bank_account.parse), doubtful=bank_account.doubt),
        "region": _PLAIN,
        "unit": _PLAIN,
        "household": _PLAIN,
        "person": _PLAIN,
        "member": _PLAIN,
        "serial": _PLAIN,
        "table": _PLAIN,
        "computed": _PLAIN,
        "note": _PLAIN,
    }
)
