"""Every expression a form declares, parsed and bound, with all problems collected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from ffp_admin.problems import Problem
from ffp_admin.rules import tree as t
from ffp_admin.rules.binder import bind
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.parser import parse_text
from ffp_admin.rules.scope import Scope, scope_of, type_of
from ffp_admin.rules.types import TRUTH
from ffp_admin.spec.model import Catalog, Field, Form, Formula


class Use(Enum):
    """What an expression is for."""

    SECTION = "section"
    SHOWN = "shown"
    REQUIRED = "required"
    FILLED = "filled"
    FORMULA = "formula"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expression of a form. `path` is "金额", "药费票据.金额", a section's key, or a check's number."""

    use: Use
    path: str
    formula: Formula
    wanted: t.Type
    table: str = ""


#: (use, path) → bound tree
Bound = dict[tuple[Use, str], t.Node]


def rules_of(form: Form) -> Iterator[Rule]:
    """The expressions of a form in the order of the paper, checks last."""
    for section in form.sections:
        if section.shown_when:
            yield Rule(use=Use.SECTION, path=section.key, formula=section.shown_when, wanted=TRUTH)
        for field in section.fields:
            yield from _of_field(field, "")
            for cell in field.fields:
                yield from _of_field(cell, field.key)
    for number, check in enumerate(form.checks):
        yield Rule(use=Use.CHECK, path=str(number), formula=check.must, wanted=TRUTH)


def path_of(field: Field, table: str) -> str:
    """ "金额", or "药费票据.金额" for a field of a table."""
    return f"{table}.{field.key}" if table else field.key


def _of_field(field: Field, table: str) -> Iterator[Rule]:
    own = type_of(field)
    for use, formula, wanted in (
        (Use.SHOWN, field.shown_when, TRUTH),
        (Use.REQUIRED, field.required_when, TRUTH),
        (Use.FILLED, field.filled_from, own),
        (Use.FORMULA, field.formula, own),
    ):
        if formula:
            yield Rule(use=use, path=path_of(field, table), formula=formula, wanted=wanted, table=table)


def bound_rules(form: Form, catalog: Catalog) -> tuple[Bound, tuple[Problem, ...]]:
    """The bound tree of every expression that can be used, and the problems of the others."""
    scope = scope_of(form, catalog)
    around = scope_of(form, catalog, looks_around=True)
    found: Bound = {}
    problems: list[Problem] = []
    for rule in rules_of(form):
        try:
            found[rule.use, rule.path] = _bound(rule, around if rule.use is Use.CHECK else scope)
        except ExpressionError as error:
            problems.append(error.problem(rule.formula.place))
    return found, tuple(problems)


def _bound(rule: Rule, scope: Scope) -> t.Node:
    inner = scope.inside(rule.table) if rule.table else scope
    return bind(parse_text(rule.formula.text), inner, replace(rule.wanted, many=False))
