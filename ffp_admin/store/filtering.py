"""Filters of a list → conditions, by what a kind's value is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, false, or_, true, type_coerce

from ffp_admin.models import FormTables
from ffp_admin.models.kinds import HASH, is_sealed, storage_of
from ffp_admin.models.types import Words
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.model import Field
from ffp_admin.store.cleaning import BadValue, Reading
from ffp_admin.store.edition import Edition
from ffp_admin.store.keyword import starts_with
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.references import holds_codes, register_of
from ffp_admin.store.visible import region_condition

_Match = Callable[[Column[Any], Any], ColumnElement[bool]]


def filter_condition(edition: Edition, tables: FormTables, filters: Mapping[str, Any]) -> ColumnElement[bool]:
    """All filters together; a value its field cannot have finds nothing. KeyError for an unknown field."""
    conditions = [
        _one(edition, tables, tables.form.field(key), wanted)
        for key, wanted in filters.items()
        if wanted not in _NOTHING
    ]
    return and_(true(), *conditions)


def indexed_conditions(
    edition: Edition, tables: FormTables, filters: Mapping[str, Any]
) -> Iterator[ColumnElement[bool]]:
    """The filters that an index answers by itself."""
    leading = {next(iter(index.columns)).name for index in tables.main.indexes}
    for key, wanted in filters.items():
        field = tables.form.field(key)
        name = tables.names[key] + (f"_{HASH.suffix}" if is_sealed(field) else "")
        if name in leading and wanted not in _NOTHING and key != tables.form.scope:
            yield _one(edition, tables, field, wanted)


def _one(edition: Edition, tables: FormTables, field: Field, wanted: Any) -> ColumnElement[bool]:
    reading = Reading(field=field, codes=edition.words(field.codes))
    column = tables.column(field.key)
    shape = KINDS[field.result or field.kind].shape
    try:
        if isinstance(wanted, tuple) and len(wanted) == 2 and shape in _RANGES:
            return _between(
                column, [None if end in (None, "") else _take(field, end, reading) for end in wanted]
            )
        several = wanted if isinstance(wanted, list | set | frozenset | tuple) else (wanted,)
        values = [_take(field, one, reading) for one in several]
    except BadValue:
        return false()
    if is_sealed(field):
        return _by_hash(edition, tables, field, values)
    if holds_codes(register_of(field)) and field.key == tables.form.scope:
        return or_(*(region_condition(tables.main, code) for code in values))
    match = starts_with if holds_codes(register_of(field)) else _MATCHES.get(shape, _equals)
    return or_(false(), *(match(column, value) for value in values))


def _take(field: Field, raw: Any, reading: Reading) -> Any:
    """The value in the form the column has it; computed fields are compared as their result."""
    if KINDS[field.kind].shape is Shape.CHOICES:
        return reading.codes.get(raw, raw)
    return kind_of(field).take(raw, reading) if KINDS[field.kind].typed or field.result else raw


def _between(column: Column[Any], ends: list[Any]) -> ColumnElement[bool]:
    low, high = ends
    return and_(
        true(), *([column >= low] if low is not None else []), *([column <= high] if high is not None else [])
    )


def _by_hash(
    edition: Edition, tables: FormTables, field: Field, values: Iterable[Any]
) -> ColumnElement[bool]:
    storage, column = storage_of(field), tables.derived(field.key, HASH.suffix)
    assert storage is not None
    assert column is not None
    return column.in_([edition.keyring.hash(storage.group, value) for value in values])


def _equals(column: Column[Any], value: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = column == value
    return same


def _has_code(column: Column[Any], code: Any) -> ColumnElement[bool]:
    """A set of codes is stored as |a|b|."""
    found: ColumnElement[bool] = type_coerce(column, Words).contains(f"|{code}|", autoescape=True)
    return found


#: what a form sends for a filter that was left empty
_NOTHING: tuple[Any, ...] = (None, "", (), [], (None, None))
_RANGES = frozenset({Shape.NUMBER, Shape.DATE, Shape.MONTH})
_MATCHES: Mapping[Shape, _Match] = MappingProxyType({Shape.TEXT: starts_with, Shape.CHOICES: _has_code})
