"""Reading a field: of the record, of its row, of a record a reference points to, or a fact of a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ffp_admin.rules import facts
from ffp_admin.rules import tree as t
from ffp_admin.rules.frame import Frame, Read, Values
from ffp_admin.rules.unknown import Unknown

_Look = Callable[[Values], Any]


def read_ref(ref: t.Ref) -> Read:
    """A closure that gives the value of a field, or Unknown with the name of what is missing."""
    of_row = bool(ref.table)
    if len(ref.parts) == 1:
        if not of_row and not ref.fact:
            return _own(ref.parts[0], _missing(ref, 1))
        look = _look(ref, 0)
        if of_row:
            return lambda frame: look(frame.row)
        return lambda frame: look(frame.values)
    return _through(ref, of_row)


def _through(ref: t.Ref, of_row: bool) -> Read:
    first = _plain(ref.parts[0], _missing(ref, 1))
    hops = tuple(
        (register, _plain(ref.parts[index + 1], _missing(ref, index + 2)))
        for index, register in enumerate(ref.registers[:-1])
    )
    last_register, last = ref.registers[-1], _look(ref, len(ref.parts) - 1)
    unknown = _missing(ref, len(ref.parts))

    def read(frame: Frame) -> Any:
        value = first(frame.row if of_row else frame.values)
        for register, look in (*hops, (last_register, last)):
            if value.__class__ is Unknown:
                return value
            record = frame.world.fetch(register, value)
            if record is None:
                return unknown
            value = look(record)
        return value

    return read


def _own(key: str, unknown: Unknown) -> Read:
    """A field of the record itself: what is read most often, in one step."""

    def read(frame: Frame) -> Any:
        value = frame.values.get(key)
        return unknown if value is None or value == () else value

    return read


def _missing(ref: t.Ref, length: int) -> Unknown:
    parts = (ref.table, *ref.parts[:length]) if ref.table else ref.parts[:length]
    return Unknown((".".join(parts),))


def _plain(key: str, unknown: Unknown) -> _Look:
    def look(values: Values) -> Any:
        value = values.get(key)
        return unknown if value is None or value == () else value

    return look


def _look(ref: t.Ref, index: int) -> _Look:
    """The last part of a path, with its fact if there is one."""
    key, unknown = ref.parts[index], _missing(ref, index + 1)
    if not ref.fact:
        return _plain(key, unknown)
    kind, fact, derived = ref.kind, ref.fact, f"{key}.{ref.fact}"

    def look(values: Values) -> Any:
        value = values.get(derived)
        if value is not None:
            return value
        number = values.get(key)
        return unknown if number is None else facts.read(kind, fact, number)

    return look
