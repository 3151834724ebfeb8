"""Reading what a program sends: strict JSON, every value in the shape its kind takes, every fault at its field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from ffp_admin.i18n import N_, _
from ffp_admin.screens.api.trouble import Fault, Trouble
from ffp_admin.screens.api.wire import MANY_ROWS, ROWS, STARRED, UNTYPED, WIRES, WrongShape
from ffp_admin.screens.kinds import is_sensitive
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form

#: bytes of a body; a record of a county is far smaller
LARGEST_BODY = 1024 * 1024
#: digits of a number in JSON
_DIGITS = 30
NOT_JSON = N_("The content is no JSON in UTF-8 (at character {place}). Mend it and send it again.")
TWICE = N_("'{key}' is written twice in one object. Leave one.")
NO_NUMBER = N_("'{text}' is no number that can be taken. Write an ordinary number.")
NO_TEXT = N_("A text has characters that mean nothing (NUL, or half of a pair). Type it again.")
TOO_DEEP = N_("The content is nested too deeply.")
NO_OBJECT = N_("The content has to be one JSON object: values by field name.")
UNKNOWN = N_("There is no '{key}' here. The description of the interface lists what there is.")
EMPTY_ROW = N_("Row {number} of '{label}' is empty. Leave it out.")


def read_object() -> Mapping[str, Any]:
    """The JSON object of the request; Trouble 413, 415 or 400 when it is none."""
    if request.mimetype != "application/json":
        raise Trouble(415)
    if (request.content_length or 0) > LARGEST_BODY:
        raise Trouble(413)
    request.max_content_length = LARGEST_BODY
    data = request.get_data(cache=False)
    if len(data) > LARGEST_BODY:
        raise Trouble(413)
    found = parse(data)
    if not isinstance(found, dict):
        raise Trouble(400, _(NO_OBJECT))
    return found


def parse(data: bytes) -> Any:
    """Strict JSON: UTF-8, no key twice, no NaN, exact numbers, no text a database cannot hold."""
    try:
        text = data.decode("utf-8")
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        raise Trouble(400, _(NOT_JSON, place=error.start + 1)) from None
    except json.JSONDecodeError as error:
        raise Trouble(400, _(NOT_JSON, place=error.pos + 1)) from None
    except RecursionError:
        raise Trouble(400, _(TOO_DEEP)) from None
    if any(not is_plain(one) for one in _texts(found)):
        raise Trouble(400, _(NO_TEXT))
    return found


def is_plain(text: str) -> bool:
    """Whether every character can be stored."""
    return not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in text)


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Trouble(400, _(TWICE, key=key[:40]) if is_plain(key) else _(NO_TEXT))
        found[key] = value
    return found


def _no_number(text: str) -> Any:
    raise Trouble(400, _(NO_NUMBER, text=text[:_DIGITS]))


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return _no_number(text)
    if len(text) > _DIGITS or abs(number.adjusted()) > _DIGITS:
        return _no_number(text)
    return number


def _whole(text: str) -> Any:
    return int(text) if len(text) <= _DIGITS else _no_number(text)


def only(given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Trouble 400 for keys nobody asked for."""
    names = set(known)
    faults = [
        Fault(field=key[:40], code="unknown", message=_(UNKNOWN, key=key[:40]))
        for key in given
        if key not in names
    ]
    if faults:
        raise Trouble(400, faults=faults)


def typed_values(given: Mapping[str, Any], to_write: Form, shown: Form) -> dict[str, Any]:
    """The values to be saved; Trouble 400 with every unknown key, Trouble 422 with every wrong shape."""
    only(given, [field.key for field in shown.fields()])
    fields = {field.key: field for field in to_write.fields()}
    labels = {field.key: field for field in shown.fields()}
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in fields:
            faults.append(Fault(field=key, code="read_only", message=_(UNTYPED, label=labels[key].label)))
        elif fields[key].fields:
            values[key] = _rows(fields[key], value, faults)
        else:
            values[key] = _one(fields[key], value, key, faults)
    if faults:
        raise Trouble(422, faults=faults)
    return values


def _rows(table: Field, value: Any, faults: list[Fault]) -> tuple[dict[str, Any], ...]:
    is_list = isinstance(value, list) and len(value) <= MANY_ROWS
    if value is not None and not (is_list and all(isinstance(one, dict) for one in value)):
        message = _(ROWS, label=table.label, limit=MANY_ROWS)
        faults.append(Fault(field=table.key, code="shape", message=message))
        return ()
    return tuple(_row(table, number, row, faults) for number, row in enumerate(value or ()))


def _row(table: Field, number: int, row: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    place = f"{table.key}[{number}]"
    cells = {one.key: one for one in table.fields}
    for key in row.keys() - cells.keys():
        faults.append(Fault(field=f"{place}.{key[:40]}", code="unknown", message=_(UNKNOWN, key=key[:40])))
    if all(one in (None, "") for one in row.values()):
        message = _(EMPTY_ROW, number=number + 1, label=table.label)
        faults.append(Fault(field=place, code="shape", message=message))
    return {
        key: _one(cells[key], value, f"{place}.{key}", faults) for key, value in row.items() if key in cells
    }


def _one(field: Field, value: Any, place: str, faults: list[Fault]) -> Any:
    if value is None:
        return None
    try:
        if not KINDS[field.kind].typed:
            raise WrongShape(_(UNTYPED, label=field.label))
        if is_sensitive(field) and isinstance(value, str) and "*" in value:
            raise WrongShape(_(STARRED, label=field.label))
        return WIRES[field.kind].take(value, field)
    except WrongShape as wrong:
        faults.append(Fault(field=place, code="shape", message=str(wrong)))
        return None
