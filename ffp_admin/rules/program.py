"""One form's rules, compiled once: fill, compute, hide, require and check a record.

A hidden field counts as empty; a condition that is unknown neither requires, nor finds anything, nor does it empty a
field (see `run`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ffp_admin.problems import SpecProblems
from ffp_admin.rules import findings as f
from ffp_admin.rules import tree as t
from ffp_admin.rules.compiler import compile_tree
from ffp_admin.rules.declared import Bound, Use, bound_rules, path_of
from ffp_admin.rules.frame import Read
from ffp_admin.rules.kinds import RULE_KINDS
from ffp_admin.rules.order import ordered, read_names, section_name, units
from ffp_admin.rules.outcome import Finding, Outcome, Step, World
from ffp_admin.rules.related import Link, links, looks_at_others
from ffp_admin.rules.run import Behaviour, Run, column_step, field_step, section_step
from ffp_admin.rules.run import Step as RunStep
from ffp_admin.rules.scope import type_of
from ffp_admin.rules.tracing import Tracer
from ffp_admin.rules.unknown import Unknown
from ffp_admin.rules.validation import validators
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.model import Catalog, Field, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The rules of one form; made by `program`, safe to share between threads."""

    form: Form
    catalog: Catalog
    bound: Mapping[tuple[Use, str], t.Node]
    #: top-level fields some rule reads: a change of another one changes nothing else
    watched: frozenset[str]
    steps: tuple[RunStep, ...]
    inspections: tuple[f.Inspect, ...]
    #: top-level field → what it is without a value; table → keys of its rows
    blank: Mapping[str, Any]
    tables: Mapping[str, tuple[str, ...]]
    required: Mapping[str, bool]
    computed: tuple[str, ...]
    computed_cells: Mapping[str, tuple[str, ...]]
    #: other records its checks look at; the world may read them for many records at once
    links: tuple[Link, ...]

    def evaluate(
        self,
        values: Mapping[str, Any],
        world: World,
        own: object | None = None,
        kept: frozenset[str] = frozenset(),
    ) -> Outcome:
        """The record worked out and judged; `values` by field key stay as they are.

        `own` is the key by which the world knows the record; `kept` names fields that stay filled although their
        condition is false.
        """
        run = self._begin(values, world, own, kept)
        for step in self.steps:
            step(run)
        found: list[Finding] = []
        if run.emptied or run.left:
            found += f.inapplicable(run, self.form, self.bound)
        for inspect in self.inspections:
            inspect(run, found)
        missing = self._without_unknown(run.values)
        return Outcome(
            values=self._declared(run.values),
            shown=run.shown,
            required=run.required,
            findings=tuple(found),
            filled=frozenset(run.filled),
            missing=missing,
            emptied=run.emptied,
        )

    def trace(self, path: str, values: Mapping[str, Any], world: World) -> Step | None:
        """Why the computed or filled field `path` has its value; None for a field without a formula."""
        run = self._begin(values, world, None, frozenset())
        for step in self.steps:
            step(run)
        return Tracer(self.catalog, self.bound, run.frame).field(path)

    def _begin(
        self, values: Mapping[str, Any], world: World, own: object | None, kept: frozenset[str]
    ) -> Run:
        work = {**self.blank, **values}
        for table, keys in self.tables.items():
            blank_row = dict.fromkeys(keys)
            work[table] = tuple([{**blank_row, **row} for row in values.get(table) or ()])
        return Run(work, dict.fromkeys(self.blank, True), dict(self.required), world, own, kept)

    def _without_unknown(self, values: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        """Make unknown results empty; what each of them lacks."""
        missing: dict[str, tuple[str, ...]] = {}
        for key in self.computed:
            value = values[key]
            if value.__class__ is Unknown:
                missing[key] = value.missing
                values[key] = None
        for table, keys in self.computed_cells.items():
            for index, row in enumerate(values[table]):
                for key in keys:
                    value = row[key]
                    if value.__class__ is Unknown:
                        missing[f"{table}[{index}].{key}"] = value.missing
                        row[key] = None
        return missing

    def _declared(self, values: dict[str, Any]) -> dict[str, Any]:
        """Without facts and other names the caller added."""
        if len(values) == len(self.blank):
            return values
        return {key: values[key] for key in self.blank}


def program(form: Form, catalog: Catalog) -> Program:
    """Compile a form's rules; raises SpecProblems when an expression of it cannot be used."""
    bound, problems = bound_rules(form, catalog)
    names, circles = ordered(units(form, bound))
    if problems or circles:
        raise SpecProblems((*problems, *circles))
    reads = frozenset(name.split(".")[0] for tree in bound.values() for name in read_names(tree))
    fields = tuple(form.fields())
    return Program(
        form=form,
        catalog=catalog,
        bound=bound,
        watched=reads,
        steps=tuple(_steps(form, catalog, bound, names)),
        inspections=tuple(_inspections(form, catalog, bound)),
        blank={one.key: _nothing(one) for one in fields},
        tables={one.key: tuple(cell.key for cell in one.fields) for one in fields if _is_table(one)},
        required={one.key: one.required for one in fields},
        computed=_computed(fields),
        computed_cells={one.key: cells for one in fields if (cells := _computed(one.fields))},
        links=links(bound.values()),
    )


def _computed(fields: tuple[Field, ...]) -> tuple[str, ...]:
    return tuple(one.key for one in fields if one.formula)


def _is_table(field: Field) -> bool:
    return KINDS[field.kind].shape is Shape.ROWS


def _nothing(field: Field) -> Any:
    return () if _is_table(field) else None


def _compiled(bound: Bound, use: Use, path: str, catalog: Catalog) -> Read | None:
    tree = bound.get((use, path))
    return compile_tree(tree, catalog) if tree else None


# -- steps


def _steps(form: Form, catalog: Catalog, bound: Bound, names: tuple[str, ...]) -> Iterator[RunStep]:
    made = dict(_named_steps(form, catalog, bound))
    for name in names:
        step = made.get(name)
        if step is not None:
            yield step


def _named_steps(form: Form, catalog: Catalog, bound: Bound) -> Iterator[tuple[str, RunStep | None]]:
    for section in form.sections:
        hides = _compiled(bound, Use.SECTION, section.key, catalog)
        if hides:
            typed = {one.key: _nothing(one) for one in section.fields if not one.formula}
            others = {one.key: _nothing(one) for one in section.fields if one.formula}
            yield section_name(section.key), section_step(hides, typed, others)
        for field in section.fields:
            yield field.key, field_step(_behaviour(field, "", bound, catalog))
            for cell in field.fields:
                rules = _behaviour(cell, field.key, bound, catalog)
                yield path_of(cell, field.key), column_step(rules)


def _behaviour(field: Field, table: str, bound: Bound, catalog: Catalog) -> Behaviour:
    path = path_of(field, table)
    return Behaviour(
        key=field.key,
        table=table,
        nothing=_nothing(field),
        shown=_compiled(bound, Use.SHOWN, path, catalog),
        filled=_labelled(bound, Use.FILLED, path, field, catalog),
        formula=_labelled(bound, Use.FORMULA, path, field, catalog),
        finish=_finish(field),
    )


def _labelled(bound: Bound, use: Use, path: str, field: Field, catalog: Catalog) -> Read | None:
    """The compiled value of a field; a choice becomes its label where the field is a text."""
    tree = bound.get((use, path))
    if tree is None:
        return None
    read = compile_tree(tree, catalog)
    kind = tree.type
    if kind is None or kind.shape is not Shape.CHOICE or type_of(field).shape is not Shape.TEXT:
        return read
    labels = {word.code: word.label for word in catalog.codes[kind.codes].words}

    def label(frame: Any) -> Any:
        value = read(frame)
        return labels.get(value, value) if isinstance(value, str) else value

    return label


def _finish(field: Field) -> Any:
    finish = RULE_KINDS[field.result or field.kind].finish
    return None if finish is None else partial(_with_places, finish, field.places)


def _with_places(finish: Any, places: int | None, value: Any) -> Any:
    return finish(value, places)


# -- inspections


def _inspections(form: Form, catalog: Catalog, bound: Bound) -> Iterator[f.Inspect]:
    for field in form.fields():
        inspect = f.inspect_field(_demands(field, "", bound, catalog))
        if inspect:
            yield inspect
        for cell in field.fields:
            inspect = f.inspect_column(field.key, field.label, _demands(cell, field.key, bound, catalog))
            if inspect:
                yield inspect
    for number, check in enumerate(form.checks):
        tree = bound[Use.CHECK, str(number)]
        code = "related" if looks_at_others(tree) else "check"
        if code == "check" and isinstance(tree, t.Every) and isinstance(tree.source, t.Rows):
            condition = compile_tree(tree.condition, catalog)
            source = tree.source
            yield f.inspect_every(
                source.table, source.label, condition, check.at, check.level, check.otherwise
            )
        else:
            finding = Finding(field=check.at, level=check.level, code=code, message=check.otherwise)
            yield f.inspect_check(compile_tree(tree, catalog), finding)


def _demands(field: Field, table: str, bound: Bound, catalog: Catalog) -> f.Demands:
    return f.Demands(
        key=field.key,
        label=field.label,
        required=field.required,
        required_when=_compiled(bound, Use.REQUIRED, path_of(field, table), catalog),
        validators=validators(field, catalog),
        rows=_is_table(field),
    )
