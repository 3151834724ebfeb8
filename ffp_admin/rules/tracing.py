"""Why a value is what it is: the parts of an expression with their values, down to the fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.rules import tree as t
from ffp_admin.rules.compiler import compile_tree
from ffp_admin.rules.declared import Use
from ffp_admin.rules.frame import Frame
from ffp_admin.rules.outcome import Step, World
from ffp_admin.rules.unknown import Unknown
from ffp_admin.rules.writing import text
from ffp_admin.spec.kinds import Shape
from ffp_admin.spec.model import Catalog

_CONSTANTS = (t.Number, t.Text, t.Day, t.Truth, t.Word)


def trace(tree: t.Node, values: Mapping[str, Any], world: World, catalog: Catalog) -> tuple[Step, ...]:
    """The step of a whole bound expression, with the steps of its parts below it."""
    return (Tracer(catalog, {}, Frame(values, world)).step(tree),)


class Tracer:
    """Follows one record; the formula of a computed field is told once, where it is met first."""

    def __init__(self, catalog: Catalog, bound: Mapping[tuple[Use, str], t.Node], frame: Frame) -> None:
        self._catalog = catalog
        self._bound = bound
        self._frame = frame
        self._told: set[tuple[str, int]] = set()

    def field(self, path: str) -> Step | None:
        """The step of a computed or filled field; "药费票据[2].金额" for a cell."""
        table, row, key = _taken_apart(path)
        name = f"{table}.{key}" if table else key
        tree = self._bound.get((Use.FORMULA, name)) or self._bound.get((Use.FILLED, name))
        if tree is None:
            return None
        if table:
            self._frame.row = self._frame.values[table][row]
        self._told.add((name, id(self._frame.row) if table else 0))
        value: Any = (self._frame.row if table else self._frame.values).get(key)
        found = None if isinstance(value, Unknown) else value
        below = self.step(tree)
        return Step(
            text=name,
            value=found,
            written=_written(found, tree, self._catalog),
            reason=below.reason if found is None else "",
            steps=(below,),
        )

    def step(self, node: t.Node) -> Step:
        """The step of one part."""
        if isinstance(node, t.Column | t.Rows | t.Where):
            return self._rows(node)
        value = compile_tree(node, self._catalog)(self._frame)
        known = None if isinstance(value, Unknown) else value
        return Step(
            text=text(node),
            value=known,
            written=_written(known, node, self._catalog),
            source=_source(node),
            reason=_reason(value),
            steps=tuple(self._below(node)),
        )

    def _below(self, node: t.Node) -> Iterator[Step]:
        if isinstance(node, t.Ref):
            yield from self._formula_of(node)
            return
        if isinstance(node, t.Every):
            assert isinstance(node.source, t.Rows)
            if node.source.related is not None:
                return  # other records are counted, not told: not everybody may see them
            yield from self._each_row(node.source.table, None, node.condition)
            return
        for child in t.children(node):
            for part in child.items if isinstance(child, t.Items) else (child,):
                if not isinstance(part, _CONSTANTS):
                    yield self.step(part)

    def _formula_of(self, node: t.Ref) -> Iterator[Step]:
        name = f"{node.table}.{node.parts[0]}" if node.table else node.parts[0]
        tree = self._bound.get((Use.FORMULA, name))
        told = (name, id(self._frame.row) if node.table else 0)
        if tree is not None and told not in self._told and len(node.parts) == 1:
            self._told.add(told)
            yield self.step(tree)

    # -- tables

    def _rows(self, node: t.Column | t.Rows | t.Where) -> Step:
        condition = node.condition if isinstance(node, t.Where) else None
        source = node.source if isinstance(node, t.Where) else node
        assert isinstance(source, t.Column | t.Rows)
        if source.related is not None:
            return self._around(node, source.related)
        cell = source.cell if isinstance(source, t.Column) else None
        steps = tuple(self._each_row(source.table, condition, cell))
        return Step(
            text=text(node),
            value=len(steps),
            written=_("{count} rows", count=len(steps)),
            source="record",
            steps=steps if cell is not None else (),
        )

    def _around(self, node: t.Column | t.Rows | t.Where, related: t.Related) -> Step:
        """How many related records count; what they say is not told."""
        counted: Any = compile_tree(_counted(node), self._catalog)(self._frame)
        known = None if isinstance(counted, Unknown) else counted
        return Step(
            text=text(node),
            value=known,
            written=_("unknown") if known is None else _("{count} records", count=known),
            source=f"{related.register}:{related.by}",
            reason=_reason(counted),
        )

    def _each_row(self, table: str, condition: t.Node | None, part: t.Node | None) -> Iterator[Step]:
        """A step for each row that counts, with `part` read in it."""
        before = self._frame.row
        counts = compile_tree(condition, self._catalog) if condition is not None else None
        for index, row in enumerate(self._frame.values.get(table) or ()):
            self._frame.row = row
            if counts is not None and counts(self._frame) is False:
                continue
            step = self.step(part) if part is not None else Step(text="", value=None)
            place = _("{table}, row {row}", table=table, row=index + 1)
            yield Step(
                text=f"{place} {step.text}".strip(),
                value=step.value,
                written=step.written,
                source=step.source,
                reason=step.reason,
                steps=step.steps,
            )
        self._frame.row = before


def _counted(node: t.Column | t.Rows | t.Where) -> t.Node:
    """COUNT of the records themselves, by the same condition."""
    source = node.source if isinstance(node, t.Where) else node
    assert isinstance(source, t.Column | t.Rows)
    rows: t.Node = t.Rows(table=source.table, related=source.related, type=source.type)
    if isinstance(node, t.Where):
        rows = t.Where(source=rows, condition=node.condition, type=source.type)
    return t.Call(function="COUNT", arguments=(rows,))


def _taken_apart(path: str) -> tuple[str, int, str]:
    if "[" not in path:
        return "", 0, path
    table, _bracket, rest = path.partition("[")
    row, _bracket, key = rest.partition("].")
    return table, int(row), key


def _source(node: t.Node) -> str:
    match node:
        case t.Ref(registers=registers, parts=parts) if registers:
            return f"{registers[-1]}:{parts[-1]}"
        case t.Ref():
            return "record"
        case t.DayOfRecord():
            return "day"
    return ""


def _reason(value: Any) -> str:
    if not isinstance(value, Unknown):
        return ""
    if value.reason:
        return _(value.reason)
    return _("not filled in: {names}", names="、".join(value.missing))


def _written(value: Any, node: t.Node, catalog: Catalog) -> str:
    """The value in words: labels of codes, 是 and 否, dates."""
    match value:
        case None:
            return _("unknown")
        case bool():
            return _("yes") if value else _("no")
        case date():
            return value.isoformat()
    kind = node.type
    if kind is not None and kind.shape in (Shape.CHOICE, Shape.CHOICES) and kind.codes in catalog.codes:
        codes = catalog.codes[kind.codes]
        words = [codes.by_code(one) for one in ((value,) if isinstance(value, str) else value)]
        return "、".join(word.label for word in words if word is not None)
    return str(value)
