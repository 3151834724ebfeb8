"""What an encrypted number tells without being shown: birth date, gender, class and level of a disability."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ffp_admin.i18n import N_
from ffp_admin.rules.unknown import Unknown
from ffp_admin.spec.kinds import KINDS, Kind
from ffp_admin.values import disability_card, id_number

UNREADABLE = Unknown((), N_("the number is not valid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """How one fact is read from a number, and the code list its answer belongs to."""

    read: Callable[[str], object]
    codes: str = ""


#: (kind, Chinese name of the fact) → how it is read
FACTS: Mapping[tuple[str, str], Fact] = MappingProxyType(
    {
        ("id_number", "出生日期"): Fact(read=id_number.birth_date),
        ("id_number", "性别"): Fact(read=id_number.gender, codes="gender"),
        ("disability_card", "残疾类别"): Fact(
            read=disability_card.disability_class, codes="disability_class"
        ),
        ("disability_card", "残疾等级"): Fact(
            read=disability_card.disability_level, codes="disability_level"
        ),
    }
)

#: the fact a number stands for where a birth date is asked
BIRTH_DATE = "出生日期"


def fact_name(kind: Kind, name: str) -> str | None:
    """The Chinese name of the fact `name` of a kind, None when it has none of that name."""
    return name if name in kind.facts else kind.fact_names.get(name)


def names_of(kind: str) -> tuple[str, ...]:
    """The facts a kind carries."""
    return tuple(KINDS[kind].facts)


def read(kind: str, fact: str, number: object) -> object:
    """The fact in a number; unknown when the number is not one."""
    try:
        return FACTS[kind, fact].read(str(number))
    except (ValueError, IndexError):
        return UNREADABLE
