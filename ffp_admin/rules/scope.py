"""Which names an expression may use, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules import facts
from ffp_admin.rules import tree as t
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.words import DAY_OF_RECORD, INSTEAD, WORDS
from ffp_admin.spec.guess import guess
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.model import Catalog, Field, Form

Fields = Mapping[str, Field]


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

    def inside(self, table: str, *, condition: bool = False) -> Scope:
        """The scope of one row of a table."""
        rows = {one.key: one for one in self.fields[table].fields}
        return replace(self, table=table, row=rows, condition=condition)


def scope_of(form: Form, catalog: Catalog) -> Scope:
    """The scope of a whole record."""
    return Scope(form=form, catalog=catalog, fields={one.key: one for one in form.fields()}, row={})


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
    raise _unknown(name, 0, (*scope.row, *scope.fields), _of_a_table(first, scope))


def _rows(name: t.Name, field: Field, scope: Scope) -> t.Node:
    if len(name.parts) == 1:
        kind = t.Type(shape=Shape.ROWS, many=True)
        return t.Rows(table=field.key, label=field.label, at=name.at, type=kind)
    rows = {one.key: one for one in field.fields}
    cell = _path(name, 1, rows, scope, field.key)
    assert cell.type is not None
    return t.Column(
        table=field.key, cell=cell, label=field.label, at=name.at, type=replace(cell.type, many=True)
    )


def _path(name: t.Name, start: int, fields: Fields, scope: Scope, table: str) -> t.Ref:
    """Follow the parts from `start` through references; `fields` are those of the first part."""
    registers: list[str] = []
    labels: list[str] = []
    for index in range(start, len(name.parts)):
        field = fields.get(name.parts[index])
        if field is None:
            raise _unknown(name, index, fields)
        kind = KINDS[field.kind]
        labels.append(field.label)
        rest = name.parts[index + 1 :]
        ref = t.Ref(
            parts=name.parts[start : index + 1],
            registers=tuple(registers),
            table=table,
            kind=field.kind,
            labels=tuple(labels),
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
        fields = {one.key: one for one in register.fields() if KINDS[one.kind].shape is not Shape.ROWS}
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
