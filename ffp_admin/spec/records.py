"""Nodes → records: the values of a mapping by attribute, records inside records, lists and names of entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ffp_admin.problems import Code, Place
from ffp_admin.spec import habits, names, slots
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys import RECORDS
from ffp_admin.spec.nodes import Mapping as MappingNode
from ffp_admin.spec.nodes import Node, Refused, Scalar, Sequence
from ffp_admin.spec.reading import LIST, MAPPING, Entry, Named, Notes, Spot, entries
from ffp_admin.spec.slots import Typed


@dataclass(frozen=True, slots=True)
class Values:
    """What one record says: values by attribute, places of its keys, names with their places."""

    record: Record
    place: Place
    given: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    names: dict[str, tuple[Named, ...]] = field(default_factory=dict)


#: builds the record's dataclass from its name (of an entry, "" in a list) and its values; None when it cannot
Builder = Callable[[Notes, str, Values], Any]
Builders = Mapping[str, Builder]


def values(notes: Notes, node: MappingNode, record: Record, builders: Builders, place: Place) -> Values:
    """Reads every key of a record."""
    read = Values(record, place)
    for name, entry in entries(notes, node, record).items():
        read.keys[name] = entry.place
        value = _value(notes, entry, builders)
        if value is None:
            continue
        read.names[name] = tuple(_named(value))
        read.given[entry.key.target] = _bare(value)
    return read


def _value(notes: Notes, entry: Entry, builders: Builders) -> Any:
    nested = _NESTED.get(entry.key.slot)
    if nested:
        return nested(notes, entry.key, entry.node, builders)
    return slots.READ[entry.key.slot](notes, entry.key, entry.node)


def _named(value: Any) -> Iterator[Named]:
    if isinstance(value, Typed):
        yield value.text, value.place
    elif isinstance(value, tuple | dict):
        for one in value:
            yield from _named(one)


def _bare(value: Any) -> Any:
    if isinstance(value, Typed):
        return value.text
    if isinstance(value, tuple):
        return tuple(_bare(one) for one in value)
    if isinstance(value, dict):
        return {_bare(key): one for key, one in value.items()}
    return value


def build(notes: Notes, name: str, read: Values, builders: Builders) -> Any:
    """The dataclass of a record, its names remembered for the checks between declarations."""
    built = builders[read.record.name](notes, name, read)
    if built is not None:
        notes.spots.append(Spot(read.record, built, read.place, read.names))
    return built


def _record(notes: Notes, key: Key, node: Node, builders: Builders) -> Any:
    if not isinstance(node, MappingNode):
        notes.shape(notes.spelled(key), MAPPING, node)
        return None
    return build(notes, "", values(notes, node, RECORDS[key.record], builders, node.place), builders)


def _records(notes: Notes, key: Key, node: Node, builders: Builders) -> tuple[Any, ...] | None:
    if not isinstance(node, Sequence):
        notes.shape(notes.spelled(key), LIST, node)
        return None
    found = [_record(notes, key, item, builders) for item in node.items]
    return tuple(one for one in found if one is not None)


def _entry_names(notes: Notes, key: Key, node: Node) -> Iterator[tuple[Scalar, Node]]:
    """The entries of a mapping whose keys are names given by people; typing habits noted."""
    if not isinstance(node, MappingNode):
        notes.shape(notes.spelled(key), MAPPING, node)
        return
    for name, value in node.entries:
        if habit := habits.in_key(name):
            notes.habit(habit)
            notes.lost.update((habit.key, name.text))
        elif isinstance(value, Refused):
            notes.lost.add(name.text)
        elif node.flow and habits.is_empty(value):
            notes.note(Code.COMMA_IN_BRACES, name.place, key=habits.short(name.text))
        elif habits.is_empty(value):
            notes.note(Code.EMPTY_VALUE, name.place, key=habits.short(name.text))
            notes.lost.add(name.text)
        else:
            yield name, value


def _named_records(notes: Notes, key: Key, node: Node, builders: Builders) -> tuple[Any, ...]:
    return tuple(_each_named(notes, key, node, builders))


def _each_named(notes: Notes, key: Key, node: Node, builders: Builders) -> Iterator[Any]:
    for name, value in _entry_names(notes, key, node):
        if not isinstance(value, MappingNode):
            notes.shape(habits.short(name.text), MAPPING, value)
            notes.lost.add(name.text)
            continue
        read = values(notes, value, RECORDS[key.record], builders, name.place)
        one = build(notes, name.text.strip(), read, builders)
        if one is None:
            notes.lost.add(name.text)
        else:
            yield one


def _codes(notes: Notes, key: Key, node: Node, builders: Builders) -> tuple[Any, ...]:
    return tuple(_each_code(notes, key, node, builders))


def _each_code(notes: Notes, key: Key, node: Node, builders: Builders) -> Iterator[Any]:
    record = RECORDS[key.record]
    for code, value in _entry_names(notes, key, node):
        if len(code.text) > names.KEY_LENGTH:
            facts = {"name": habits.short(code.text), "length": len(code.text), "limit": names.KEY_LENGTH}
            notes.note(Code.NAME_TOO_LONG, code.place, **facts)
        read = Values(record, code.place)
        if isinstance(value, MappingNode):
            read = values(notes, value, record, builders, code.place)
        else:
            label = slots.READ[Slot.TEXT](notes, record.key("label"), value)
            read.given["label"] = label
        yield build(notes, code.text.strip(), read, builders)


_NESTED: Mapping[Slot, Callable[[Notes, Key, Node, Builders], Any]] = {
    Slot.RECORD: _record,
    Slot.RECORDS: _records,
    Slot.NAMED: _named_records,
    Slot.CODES: _codes,
}
