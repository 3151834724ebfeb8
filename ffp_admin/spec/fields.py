"""Builds a field: which keys its kind understands and needs, and its values read as the kind reads them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ffp_admin.problems import Code, Phrase
from ffp_admin.spec import habits, literals, names
from ffp_admin.spec.grammar import Key
from ffp_admin.spec.kinds import KINDS, Kind, Shape
from ffp_admin.spec.model import Field
from ffp_admin.spec.patterns import in_chinese, serial_fault
from ffp_admin.spec.reading import Notes
from ffp_admin.spec.records import Values
from ffp_admin.spec.words import SERIAL_PLACE

#: most fields in one table; PostgreSQL takes 1600 columns, encrypted fields take up to four
MOST_FIELDS = 300
_LITERALS = ("minimum", "maximum", "default")


def field(notes: Notes, name: str, values: Values) -> Field | None:
    """The field; None without a usable kind (which was noted)."""
    _check_name(notes, name, values)
    if "kind" not in values.given:
        return None
    kind = KINDS[values.given["kind"]]
    _check_keys(notes, kind, values)
    given = {attribute: value for attribute, value in values.given.items() if attribute in kind.allowed}
    _read_literals(notes, kind, values, given)
    _check_bounds(notes, values, given)
    _check_texts(notes, values, given)
    for inner in given.get("fields", ()):
        if KINDS[inner.kind].shape is Shape.ROWS:
            notes.note(Code.TABLE_IN_TABLE, inner.place)
        if inner.confirmed_by:
            notes.note(Code.CONFIRMED_IN_TABLE, inner.place, name=inner.key)
    return Field(key=name, place=values.place, **{"label": name, **given})


def _check_name(notes: Notes, name: str, values: Values) -> None:
    if not names.is_field_name(name):
        notes.note(Code.BAD_NAME, values.place, name=habits.short(name))
    elif len(name) > names.FIELD_LENGTH:
        facts = {"name": habits.short(name), "length": len(name), "limit": names.FIELD_LENGTH}
        notes.note(Code.NAME_TOO_LONG, values.place, **facts)


def _check_keys(notes: Notes, kind: Kind, values: Values) -> None:
    shown = kind.name if notes.language == "en" else kind.chinese
    for key in _keys(values):
        if key.name not in kind.allowed:
            place = values.keys[key.name]
            notes.note(Code.KEY_NOT_FOR_KIND, place, key=notes.spelled(key), kind=shown)
    for need in sorted(kind.needs - values.keys.keys()):
        needed = notes.spelled(values.record.key(need))
        notes.note(Code.KIND_NEEDS_KEY, values.place, kind=shown, key=needed)


def _keys(values: Values) -> Iterator[Key]:
    return (key for key in values.record if key.name in values.keys)


def _read_literals(notes: Notes, kind: Kind, values: Values, given: dict[str, Any]) -> None:
    """Replaces typed values by their plain text; unreadable ones are noted and left out."""
    read_as = given.get("result") or kind.name
    for key in _LITERALS:
        if key not in given:
            continue
        typed, place = values.names[key][0]
        plain = literals.plain(read_as, typed, given.get("unit", ""))
        if plain is not None:
            given[key] = plain
            continue
        del given[key]
        expected = literals.expected(read_as)
        if expected:
            notes.note(Code.BAD_VALUE, place, value=habits.short(typed), expected=Phrase(expected))
        else:
            notes.note(Code.BAD_DATE, place, value=habits.short(typed))


def _check_bounds(notes: Notes, values: Values, given: dict[str, Any]) -> None:
    for low, high in (("minimum", "maximum"), ("at_least", "at_most")):
        if low in given and high in given and _is_above(str(given[low]), str(given[high])):
            facts = {"low": given[low], "high": given[high]}
            notes.note(Code.BOUNDS_REVERSED, values.keys[low], **facts)


def _is_above(low: str, high: str) -> bool:
    """Days and months as 2025-01-01 compare as texts, everything else as numbers."""
    return low > high if "-" in low[1:] else Decimal(low) > Decimal(high)


def _check_texts(notes: Notes, values: Values, given: dict[str, Any]) -> None:
    if "column" in given and not names.is_column_name(given["column"]):
        facts = {"name": habits.short(given["column"]), "limit": names.COLUMN_LENGTH}
        notes.note(Code.COLUMN_NAME, values.keys["column"], **facts)
    if "pattern" not in given:
        return
    pattern = given["pattern"]
    if fault := serial_fault(pattern, notes.language):
        notes.note(Code.BAD_PATTERN, values.keys["pattern"], value=habits.short(pattern), reason=fault)
    given["pattern"] = in_chinese(pattern, SERIAL_PLACE)
