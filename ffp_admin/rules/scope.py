"""Which names an expression may use, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules import facts
from ffp_admin.rules import tree as t
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.related import related
from ffp_admin.rules.words import DAY_OF_RECORD, INSTEAD, WORDS
from ffp_admin.spec.guess import guess
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.model import Catalog, Field, Form

Fields = Mapping[str, Field]

#: the work would grow with the square of the rows
ROWS_INSIDE = N_(
    "rows of a table cannot be used inside the condition of 其中 or 每行; compute them in a field"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The fields of a form, and of the row an expression is read in; rows' names come first."""

    form: Form
    catalog: Catalog
    fields: Fields
    row: Fields
    table: str = ""
    #: inside the condition of 其中 or 每行
    condition: bool = False
    #: whether other records may be looked at (only a check may)
    looks_around: bool = False

    def inside(self, table: str) -> Scope:
        """The scope of one row of a table."""
        return replace(self, table=table, row={one.key: one for one in self.fields[table].fields})

    def among(self, source: t.Rows | t.Column) -> Scope:
        """The scope of a condition on rows, or on related records."""
        rows = self.fields[source.table].fields if source.related is None else self._single(source.related)
        return replace(self, table=source.table, row={one.key: one for one in rows}, condition=True)

    def _single(self, related: t.Related) -> tuple[Field, ...]:
        """What a related record says in fields of its own, tables apart."""
        return _singles(self.catalog.forms[related.register])


def _singles(form: Form) -> tuple[Field, ...]:
    return tuple(one for one in form.fields() if KINDS[one.kind].shape is not Shape.ROWS)


def scope_of(form: Form, catalog: Catalog, *, looks_around: bool = False) -> Scope:
    """The scope of a whole record."""
    fields = {one.key: one for one in form.fields()}
    return Scope(form=form, catalog=catalog, fields=fields, row={}, looks_around=looks_around)


def type_of(field: Field) -> t.Type:
    """What a field is to an expression."""
    kind = KINDS[field.kind]
    shape = KINDS[field.result].shape if field.kind == "computed" else kind.shape
    return t.Type(shape=shape, codes=field.codes, register=kind.register, sealed=kind.sealed)


def resolve(name: t.Name, scope: Scope) -> t.Node:
    """What a name stands for: a field, a fact, a table, a column of one, or the day; raises ExpressionError."""
    first, rest = name.parts[0], name.parts[1:]
    if first in scope.row:
        return _path(name, 0, scope.row, scope, scope.table)
    if first in scope.fields:
        field = scope.fields[first]
        if KINDS[field.kind].shape is Shape.ROWS:
            return _rows(name, field, scope)
        return _path(name, 0, scope.fields, scope, "")
    if first in DAY_OF_RECORD and not rest:
        return t.DayOfRecord(at=name.at, type=t.Type(shape=Shape.DATE))
    if around := _around(name, 0, (), scope):
        return around
    raise _unknown(name, 0, (*scope.row, *scope.fields), _of_a_table(first, scope))


def _rows(name: t.Name, field: Field, scope: Scope) -> t.Node:
    return _whole_or_column(name, 1, field.fields, scope, t.Rows(table=field.key, label=field.label))


def _whole_or_column(
    name: t.Name, start: int, fields: tuple[Field, ...], scope: Scope, rows: t.Rows
) -> t.Rows | t.Column:
    """The rows themselves when the name ends before `start`, else what it names in each of them."""
    if len(name.parts) == start:
        return replace(rows, at=name.at, type=t.Type(shape=Shape.ROWS, many=True))
    cell = _path(name, start, {one.key: one for one in fields}, scope, rows.table)
    if not isinstance(cell, t.Ref):
        written = ".".join(name.parts)
        raise ExpressionError(Code.EXPR_SYNTAX, name.at, near=written, reason=Phrase(ROWS_INSIDE))
    assert cell.type is not None
    kind = replace(cell.type, many=True)
    return t.Column(
        table=rows.table, related=rows.related, cell=cell, label=rows.label, at=name.at, type=kind
    )


def _around(name: t.Name, index: int, through: tuple[Field, ...], scope: Scope) -> t.Rows | t.Column | None:
    """The related records a name stands for from part `index` on; None when it names no register."""
    found = related(name, index, through, scope.form, scope.catalog)
    if found is None:
        return None
    written = ".".join(name.parts[: index + 1])
    if not scope.looks_around:
        raise ExpressionError(Code.EXPR_ONLY_IN_CHECK, name.at, name=written)
    fields = _singles(scope.catalog.forms[found.register])
    return _whole_or_column(name, index + 1, fields, scope, t.Rows(table=written, related=found))


def _path(name: t.Name, start: int, fields: Fields, scope: Scope, table: str) -> t.Node:
    """Follow the parts from `start` through references; `fields` are those of the first part."""
    registers: list[str] = []
    way: list[Field] = []
    for index in range(start, len(name.parts)):
        field = fields.get(name.parts[index])
        if field is None:
            if way and (around := _around(name, index, tuple(way), scope)):
                return around
            raise _unknown(name, index, fields)
        kind = KINDS[field.kind]
        way.append(field)
        rest = name.parts[index + 1 :]
        ref = t.Ref(
            parts=name.parts[start : index + 1],
            registers=tuple(registers),
            table=table,
            kind=field.kind,
            labels=tuple(one.label for one in way),
            at=name.at,
            type=type_of(field),
        )
        if not rest:
            return ref
        if kind.facts and len(rest) == 1:
            return _fact(name, ref, scope)
        register = scope.catalog.forms.get(kind.register)
        if register is None:
            raise _nothing_behind(name, index, kind.register)
        registers.append(register.key)
        fields = {one.key: one for one in _singles(register)}
    raise AssertionError("a name has at least one part")


def _fact(name: t.Name, ref: t.Ref, scope: Scope) -> t.Ref:
    kind = KINDS[ref.kind]
    fact = facts.fact_name(kind, name.parts[-1])
    if fact is None:
        raise _unknown(name, len(name.parts) - 1, kind.facts)
    return with_fact(ref, fact, scope)


def with_fact(ref: t.Ref, fact: str, scope: Scope) -> t.Ref:
    """What the number at `ref` tells; a choice when the catalog has the code list of the fact."""
    codes = facts.FACTS[ref.kind, fact].codes
    shape = KINDS[ref.kind].facts[fact]
    kind = t.Type(shape=Shape.CHOICE, codes=codes) if codes in scope.catalog.codes else t.Type(shape=shape)
    return replace(ref, fact=fact, labels=(*ref.labels, fact), type=kind)


def _of_a_table(part: str, scope: Scope) -> Phrase | None:
    """Where a name that only the rows of a table know belongs."""
    for table in scope.fields.values():
        if any(cell.key == part for cell in table.fields):
            path = f"{table.key}.{part}"
            return Phrase(N_(" It is a column: write '{path}' inside a function such as SUM."), path=path)
    return None


def _unknown(
    name: t.Name,
    index: int,
    known: Mapping[str, object] | tuple[str, ...],
    hint: Phrase | None = None,
) -> ExpressionError:
    part = name.parts[index]
    written = ".".join(name.parts[: index + 1])
    return ExpressionError(
        Code.EXPR_UNKNOWN_NAME, name.at, name=written, guess=hint or _hint(part, tuple(known))
    )


def _hint(part: str, known: tuple[str, ...]) -> Phrase | str:
    if instead := INSTEAD.get(part):
        return Phrase(N_(" Write '{word}' instead."), word=instead)
    for word in sorted(WORDS, key=len, reverse=True):
        before, found, after = part.partition(word)
        if found and before in known and after:
            return Phrase(N_(" Put spaces around '{word}'."), word=word)
    return guess(part, known)


def _nothing_behind(name: t.Name, index: int, register: str) -> ExpressionError:
    part = ".".join(name.parts[: index + 1])
    why = Phrase(N_(" '{name}' is not a reference: nothing can follow its dot."), name=part)
    if register:
        why = Phrase(N_(" There is no register '{name}'."), name=register)
    return ExpressionError(Code.EXPR_UNKNOWN_NAME, name.at, name=".".join(name.parts), guess=why)
