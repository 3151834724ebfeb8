"""Serial numbers from a declared pattern: counted per everything else in the pattern, without gaps.

The counter's row stays locked until the transaction ends, so a save that fails gives its number back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ffp_admin.spec.model import Field, Form
from ffp_admin.spec.words import SERIAL_PLACE
from ffp_admin.store import dialect, static
from ffp_admin.store.actor import Codes

_PLACE = re.compile(r"\{([^{}:]+)(?::([1-9]))?\}")
COUNTER = SERIAL_PLACE.chinese["number"]
_DATES: Mapping[str, str] = MappingProxyType({"年": "%Y", "月": "%m"})
_LEVELS: Mapping[str, str] = MappingProxyType(
    {"县": "county_code", "乡镇": "town_code", "村": "village_code", "组": "group_code"}
)
#: the unit of a record is the nearest region it belongs to
_NEAREST = ("group_code", "village_code", "town_code", "county_code")


def serial_fields(form: Form) -> Iterator[Field]:
    """The fields of a form that are numbered by a pattern."""
    return (field for field in form.fields() if field.pattern)


def filled_pattern(pattern: str, day: date, codes: Codes) -> str:
    """The pattern with everything but the number filled in; the counter's place stays as it is."""

    def fill(place: re.Match[str]) -> str:
        name = place[1]
        if name in _DATES:
            return day.strftime(_DATES[name])
        if name in _LEVELS:
            return codes.get(_LEVELS[name]) or ""
        if name == COUNTER:
            return place[0]
        return next((code for level in _NEAREST if (code := codes.get(level))), "")

    return _PLACE.sub(fill, pattern)


def numbered(prefix: str, number: int) -> str:
    """A filled pattern with its number; a number longer than its place is written out."""
    return _PLACE.sub(lambda place: f"{number:0{place[2] or 1}d}", prefix)


def take_numbers(session: Session, form: str, field: str, prefixes: Sequence[str]) -> list[str]:
    """The next serials for `prefixes` (filled patterns), in their order."""
    first: dict[str, int] = {}
    # always in the same order, so that two writers cannot wait for each other
    for prefix, count in sorted(Counter(prefixes).items()):
        first[prefix] = _reserve(session, form, field, prefix, count)
    serials = []
    for prefix in prefixes:
        serials.append(numbered(prefix, first[prefix]))
        first[prefix] += 1
    return serials


def _reserve(session: Session, form: str, field: str, prefix: str, count: int) -> int:
    """The first of `count` numbers that are now ours."""
    table = static.serial_counter
    key = {"form": form, "field": field, "prefix": prefix}
    mine = [table.c[name] == value for name, value in key.items()]
    dialect.insert_missing(session, table, [{**key, "value": 0}])
    session.execute(update(table).where(*mine).values(value=table.c.value + count))
    last = session.execute(select(table.c.value).where(*mine)).scalar_one()
    return int(last) - count + 1
