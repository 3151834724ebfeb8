"""Kind → JSON: what its value looks like on the way in and out, and which shapes are taken at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.screens.numbers import LARGEST
from ffp_admin.screens.reading import MANY_LINES, ONE_LINE
from ffp_admin.spec.model import CodeList, Field

Schema = dict[str, Any]
#: most rows of a table, words of a choice
MANY_ROWS, MANY_WORDS = 1_000, 300

_EXACT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_CODE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15}")

TEXT = N_("'{label}' takes a text of at most {limit} characters, in quotes.")
STARRED = N_("'{label}' was sent with stars. Send it in full, or leave it out and it stays as it is.")
WHOLE = N_("'{label}' takes a whole number, without quotes.")
NUMBER = N_("'{label}' takes a number with at most four digits behind the point, such as 12.5 or \"12.50\".")
DAY = N_("'{label}' takes a day written as \"2026-03-05\".")
MONTH = N_("'{label}' takes a month written as \"2026-03\".")
TRUTH = N_("'{label}' takes true or false, without quotes.")
WORD = N_("'{label}' takes the code of one word of its list, in quotes.")
WORDS = N_('\'{label}\' takes a list of codes, such as ["01", "02"].')
REGION = N_("'{label}' takes a region code of 6, 9, 12 or 15 digits, in quotes.")
IDENT = N_("'{label}' takes the number (id) of a record, without quotes.")
ROWS = N_("'{label}' takes a list of at most {limit} rows, each an object with its columns.")
UNTYPED = N_("'{label}' is worked out by the system. Leave it out.")


class WrongShape(Exception):
    """A JSON value no value of the kind can have; the text says what to send."""


def _wrong(msgid: str, field: Field, **facts: object) -> WrongShape:
    return WrongShape(_(msgid, label=field.label, **facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One kind's entry: the JSON type read back, the schema for writing, and taking a JSON value in."""

    type: str
    take: Callable[[Any, Field], Any]
    schema: Callable[[Field, CodeList | None], Schema]


def _limit(field: Field, longest: int) -> int:
    return min(field.length or longest, longest)


def _text(longest: int) -> Wire:
    def take(value: Any, field: Field) -> Any:
        if not isinstance(value, str) or len(value) > longest:
            raise _wrong(TEXT, field, limit=_limit(field, longest))
        return value

    return Wire(
        type="string",
        take=take,
        schema=lambda field, _codes: {"type": "string", "maxLength": _limit(field, longest)},
    )


def _take_whole(value: Any, field: Field) -> Any:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if type(value) is not int:
        raise _wrong(WHOLE, field)
    return value


def _take_number(value: Any, field: Field) -> Any:
    text = value if isinstance(value, str) else f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool | list | dict) or not _EXACT.fullmatch(text):
        raise _wrong(NUMBER, field)
    return Decimal(text)


def _number_schema(_field: Field, _codes: CodeList | None) -> Schema:
    return {"type": ["string", "number"], "pattern": f"^{_EXACT.pattern}$"}


def _matching(pattern: re.Pattern[str], msgid: str, **more: Any) -> Wire:
    def take(value: Any, field: Field) -> Any:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _wrong(msgid, field)
        return value

    return Wire(
        type="string",
        take=take,
        schema=lambda _field, _codes: {"type": "string", "pattern": f"^({pattern.pattern})$", **more},
    )


def _take_truth(value: Any, field: Field) -> Any:
    if not isinstance(value, bool):
        raise _wrong(TRUTH, field)
    return value


def _take_word(value: Any, field: Field) -> Any:
    if not isinstance(value, str) or len(value) > ONE_LINE:
        raise _wrong(WORD, field)
    return value


def _take_words(value: Any, field: Field) -> Any:
    if not isinstance(value, list) or len(value) > MANY_WORDS:
        raise _wrong(WORDS, field)
    if not all(isinstance(one, str) and len(one) <= ONE_LINE for one in value):
        raise _wrong(WORDS, field)
    return tuple(value)


def _word_schema(_field: Field, codes: CodeList | None) -> Schema:
    words = codes.words if codes else ()
    return {
        "type": "string",
        **({"enum": [one.code for one in words]} if 0 < len(words) <= MANY_WORDS else {}),
    }


def _take_ident(value: Any, field: Field) -> Any:
    if type(value) is not int or not 0 < value <= LARGEST:
        raise _wrong(IDENT, field)
    return value


def _untaken(_value: Any, field: Field) -> Any:
    raise _wrong(UNTYPED, field)


def _nothing(_field: Field, _codes: CodeList | None) -> Schema:
    return {}


_NUMBER = Wire(type="string", take=_take_number, schema=_number_schema)
_WRITTEN = _text(ONE_LINE)
_LINK = Wire(
    type="integer",
    take=_take_ident,
    schema=lambda _field, _codes: {"type": "integer", "minimum": 1, "maximum": LARGEST},
)
_UNTYPED = Wire(type="string", take=_untaken, schema=_nothing)

#: tables are read row by row, computed values go out as their result
WIRES: Mapping[str, Wire] = MappingProxyType(
    {
        "text": _WRITTEN,
        "long_text": _text(MANY_LINES),
        "integer": Wire(type="integer", take=_take_whole, schema=lambda _field, _codes: {"type": "integer"}),
        "decimal": _NUMBER,
        "money": _NUMBER,
        "percent": _NUMBER,
        "date": _matching(_DAY, DAY, format="date"),
        "month": _matching(_MONTH, MONTH),
        "boolean": Wire(type="boolean", take=_take_truth, schema=lambda _field, _codes: {"type": "boolean"}),
        "choice": Wire(type="string", take=_take_word, schema=_word_schema),
        "multi_choice": Wire(
            type="array",
            take=_take_words,
            schema=lambda field, codes: {"type": "array", "items": _word_schema(field, codes)},
        ),
        "id_number": _WRITTEN,
        "disability_card": _WRITTEN,
        "phone": _WRITTEN,
        "bank_account": _WRITTEN,
        "region": _matching(_CODE, REGION),
        "unit": _LINK,
        "household": _LINK,
        "person": _LINK,
        "member": _LINK,
        "serial": _UNTYPED,
        "table": Wire(type="array", take=_untaken, schema=_nothing),
        "computed": _UNTYPED,
        "note": _UNTYPED,
    }
)


def wire_of(field: Field) -> Wire:
    """The entry of what the field's value is; a computed one goes out as its result."""
    return WIRES[field.result or field.kind]
