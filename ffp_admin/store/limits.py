"""What a role does not see of a form: fields that are absent, fields that are stars, and what is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ffp_admin.rules.declared import Use, bound_rules
from ffp_admin.rules.order import read_names
from ffp_admin.spec.model import Catalog, Field, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLimits:
    """Paths of one form ("金额", "药费票据.金额"); a path is in one of the two at most."""

    hidden: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()

    @property
    def closed(self) -> frozenset[str]:
        """All paths whose value is kept from the role."""
        return self.hidden | self.masked


NO_LIMITS = FieldLimits()


def is_closed(limits: FieldLimits, key: str) -> bool:
    """Whether a field, or a column of its rows, is kept back."""
    return any(path.partition(".")[0] == key for path in limits.closed)


def limits_of(catalog: Catalog, role_key: str) -> Mapping[str, FieldLimits]:
    """What a role is kept from, by form; forms without limits are left out."""
    role = catalog.roles.get(role_key)
    if role is None or not (role.hides or role.masks):
        return MappingProxyType({})
    named = {name.partition(".")[0] for name in (*role.hides, *role.masks)}
    return MappingProxyType(
        {
            key: _limits(catalog, catalog.forms[key], role.hides, role.masks)
            for key in named & catalog.forms.keys()
        }
    )


def _limits(catalog: Catalog, form: Form, hides: Iterable[str], masks: Iterable[str]) -> FieldLimits:
    hidden, masked = set(_paths(form, hides)), set(_paths(form, masks))
    for path, needs in _computed(catalog, form):
        if needs & hidden:
            hidden.add(path)
        elif needs & masked:
            masked.add(path)
    # a table is left out when it is hidden itself; its columns need not be named then
    return FieldLimits(hidden=frozenset(hidden), masked=frozenset(masked - hidden))


def _paths(form: Form, names: Iterable[str]) -> Iterator[str]:
    """The fields behind register.field, register.table.column and register.section."""
    sections = {section.key: section for section in form.sections}
    fields = {field.key for field in form.fields()}
    for name in names:
        key, _dot, path = name.partition(".")
        if key != form.key:
            continue
        if path in sections:
            # whose record it is stays known: without it the record could not be found at all
            yield from (field.key for field in sections[path].fields if field.key != form.scope)
        if path in fields or "." in path:
            yield path


def _computed(catalog: Catalog, form: Form) -> Iterator[tuple[str, frozenset[str]]]:
    """Computed fields with what they read, also through other computed fields: a sum would give its parts away."""
    bound, _problems = bound_rules(form, catalog)
    reads = {path: read_names(tree) for (use, path), tree in bound.items() if use is Use.FORMULA}
    for path in reads:
        needs, more = frozenset[str](), reads[path]
        while more - needs:
            needs |= more
            more = frozenset(name for one in needs for name in reads.get(one, frozenset()))
        tables = {name.partition(".")[0] for name in needs if "." in name}
        yield path, needs | tables


def merged(several: Iterable[FieldLimits]) -> FieldLimits:
    """What every one of several roles is kept from: what one of them sees, the account sees."""
    every = list(several)
    if not every:
        return NO_LIMITS
    hidden = frozenset.intersection(*(one.hidden for one in every))
    closed = frozenset.intersection(*(one.closed for one in every))
    return FieldLimits(hidden=hidden, masked=closed - hidden)


class SeenValues(dict[str, Any]):
    """A record's values as somebody sees them: what is kept back is empty, `stars` names what is recorded there."""

    __slots__ = ("stars",)

    def __init__(self, values: Mapping[str, Any], stars: frozenset[str]) -> None:
        super().__init__(values)
        self.stars = stars


def seen(values: dict[str, Any], limits: FieldLimits) -> dict[str, Any]:
    """`values` (by field key, rows of tables as tuples) without what is kept back."""
    if not limits.closed:
        return values
    stars = frozenset(path for path in limits.masked if values.get(path) not in (None, ()))
    shown = SeenValues(values, stars)
    for path in limits.closed:
        table, dot, cell = path.partition(".")
        if dot and shown.get(table):
            shown[table] = tuple({**row, cell: None} for row in shown[table])
        elif not dot and table in shown:
            shown[table] = () if isinstance(shown[table], tuple) and _is_rows(shown[table]) else None
    return shown


def _is_rows(value: tuple[Any, ...]) -> bool:
    """Whether a tuple holds rows of a table, not words of a choice."""
    return all(isinstance(row, Mapping) for row in value)


def stars_of(values: Mapping[str, Any]) -> frozenset[str]:
    """Fields of a record that are shown as stars."""
    return values.stars if isinstance(values, SeenValues) else frozenset()


def untouchable(form: Form, limits: FieldLimits) -> frozenset[str]:
    """Fields the holder may not write: what is kept back, and tables one column of which is."""
    tops = {path.partition(".")[0] for path in limits.closed}
    return frozenset(field.key for field in form.fields() if field.key in tops)


def shown_form(form: Form, limits: FieldLimits, *, to_write: bool = False) -> Form:
    """The declaration without what is kept back; without what may not be written, for a form to be filled in."""
    gone = untouchable(form, limits) if to_write else frozenset(p for p in limits.hidden if "." not in p)
    cells = frozenset() if to_write else limits.hidden - gone
    if not gone and not cells:
        return form
    sections = tuple(
        replace(section, fields=tuple(_shown(one, cells) for one in section.fields if one.key not in gone))
        for section in form.sections
    )
    listed = form.list
    return replace(
        form,
        sections=tuple(section for section in sections if section.fields),
        display=_kept(form.display, gone),
        list=replace(
            listed,
            columns=_kept(listed.columns, gone),
            filters=_kept(listed.filters, gone),
            order="" if listed.order.removeprefix("-") in gone else listed.order,
        ),
    )


def _shown(field: Field, cells: frozenset[str]) -> Field:
    kept = tuple(one for one in field.fields if f"{field.key}.{one.key}" not in cells)
    return field if len(kept) == len(field.fields) else replace(field, fields=kept)


def _kept(paths: tuple[str, ...], gone: frozenset[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path.partition(".")[0] not in gone)
