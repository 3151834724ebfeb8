"""Bound tree → Python closures of our own, made once per form: no eval, no exec, no names looked up later.

Every closure answers with a value or with Unknown; conditions follow Kleene's three-valued logic.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_
from ffp_admin.rules import arithmetic
from ffp_admin.rules import tree as t
from ffp_admin.rules.frame import Frame, Read
from ffp_admin.rules.functions import FUNCTIONS, Function, How
from ffp_admin.rules.reading import read_ref
from ffp_admin.rules.related import rows_of
from ffp_admin.rules.rows import collector, counter, every
from ffp_admin.rules.unknown import Unknown, merge, merged
from ffp_admin.spec.kinds import Shape
from ffp_admin.spec.model import Catalog

NOT_IN_LIST = Unknown((), N_("the code is not in its list"))

_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "+": arithmetic.add,
        "-": arithmetic.subtract,
        "*": arithmetic.multiply,
        "/": arithmetic.divide,
    }
)
_CALENDAR: Mapping[tuple[str, Shape], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ("+", Shape.NUMBER): arithmetic.later,
        ("-", Shape.NUMBER): arithmetic.earlier,
        ("-", Shape.DATE): lambda left, right: arithmetic.days_between(right, left),
    }
)
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)


def compile_tree(node: t.Node, catalog: Catalog) -> Read:
    """A closure that gives the value of a bound tree for a frame."""
    return _MAKERS[type(node)](node, catalog)


def _shape(node: t.Node) -> Shape:
    assert node.type is not None
    return node.type.shape


def _constant(value: object) -> Read:
    return lambda _frame: value


def _not_a_value(node: t.Node, _catalog: Catalog) -> Read:
    raise AssertionError(f"{type(node).__name__} is read by its function")


def _both(left: Read, right: Read, join: Callable[[Any, Any], Any]) -> Read:
    def read(frame: Frame) -> Any:
        one, other = left(frame), right(frame)
        if one.__class__ is Unknown or other.__class__ is Unknown:
            return merge(one, other)
        return join(one, other)

    return read


def _one(operand: Read, change: Callable[[Any], Any]) -> Read:
    def read(frame: Frame) -> Any:
        value = operand(frame)
        return value if value.__class__ is Unknown else change(value)

    return read


# -- operators


def _binary(node: t.Binary, catalog: Catalog) -> Read:
    match node.operator:
        case "+" | "-" | "*" | "/":
            join = _ARITHMETIC[node.operator]
            if _shape(node.left) is Shape.DATE:
                join = _CALENDAR[node.operator, _shape(node.right)]
            return _both(compile_tree(node.left, catalog), compile_tree(node.right, catalog), join)
        case "<" | "<=" | ">" | ">=":
            return _ordered(node, catalog)
        case "in" | "not in" | "has" | "lacks":
            return _listed(node, catalog)
    join = operator.eq if node.operator == "=" else operator.ne
    return _both(compile_tree(node.left, catalog), compile_tree(node.right, catalog), join)


def _ordered(node: t.Binary, catalog: Catalog) -> Read:
    left, right = compile_tree(node.left, catalog), compile_tree(node.right, catalog)
    join = _ORDER[node.operator]
    if _shape(node.left) is not Shape.CHOICE:
        return _both(left, right, join)
    assert node.left.type is not None
    words = catalog.codes[node.left.type.codes].words
    rank = {word.code: index for index, word in enumerate(words)}

    def by_list(one: str, other: str) -> Any:
        if one not in rank or other not in rank:
            return NOT_IN_LIST
        return join(rank[one], rank[other])

    return _both(left, right, by_list)


def _listed(node: t.Binary, catalog: Catalog) -> Read:
    left = compile_tree(node.left, catalog)
    items = node.right.items if isinstance(node.right, t.Items) else (node.right,)
    parts = tuple(compile_tree(item, catalog) for item in items)
    meets = operator.eq if node.operator in ("in", "not in") else operator.contains
    answer = node.operator in ("in", "has")

    def read(frame: Frame) -> Any:
        value = left(frame)
        if value.__class__ is Unknown:
            return value
        unknown: Unknown | None = None
        for part in parts:
            item = part(frame)
            if item.__class__ is Unknown:
                unknown = item if unknown is None else merge(unknown, item)
            elif meets(value, item):
                return answer
        return (not answer) if unknown is None else unknown

    return read


def _empty(node: t.Empty, catalog: Catalog) -> Read:
    filled = node.filled
    if isinstance(node.operand, t.Rows):
        rows = rows_of(node.operand)
        return _one(rows, lambda found: bool(found) is filled)
    operand = compile_tree(node.operand, catalog)
    return lambda frame: (operand(frame).__class__ is not Unknown) is filled


# -- logic


def _not(node: t.Not, catalog: Catalog) -> Read:
    return _one(compile_tree(node.operand, catalog), operator.not_)


def _kleene(parts: tuple[Read, ...], decisive: bool) -> Read:
    def read(frame: Frame) -> Any:
        unknown: Unknown | None = None
        for part in parts:
            value = part(frame)
            if value is decisive:
                return decisive
            if value.__class__ is Unknown:
                unknown = value if unknown is None else merge(unknown, value)
        return (not decisive) if unknown is None else unknown

    return read


def _all(node: t.All, catalog: Catalog) -> Read:
    return _kleene(tuple(compile_tree(part, catalog) for part in node.parts), decisive=False)


def _some(node: t.Some, catalog: Catalog) -> Read:
    return _kleene(tuple(compile_tree(part, catalog) for part in node.parts), decisive=True)


def _if(node: t.If, catalog: Catalog) -> Read:
    test = compile_tree(node.condition, catalog)
    then, otherwise = compile_tree(node.then, catalog), compile_tree(node.otherwise, catalog)

    def read(frame: Frame) -> Any:
        value = test(frame)
        if value.__class__ is Unknown:
            return value
        return then(frame) if value else otherwise(frame)

    return read


# -- functions


def _call(node: t.Call, catalog: Catalog) -> Read:
    function = FUNCTIONS[node.function]
    if function.how is How.COUNT and not isinstance(node.arguments[0], t.Ref):
        return counter(node.arguments[0], catalog, compile_tree)
    if function.how is How.LIST:
        return _call_list(function, node, catalog)
    arguments = tuple(compile_tree(one, catalog) for one in node.arguments)
    if function.how is How.MAYBE:
        return _call_maybe(function, arguments[0])
    if len(arguments) == 1:
        return _one(arguments[0], function.apply)
    if len(arguments) == 2:
        return _both(*arguments, function.apply)
    raise AssertionError("functions of single values take one or two")


def _call_maybe(function: Function, argument: Read) -> Read:
    def read(frame: Frame) -> Any:
        value = argument(frame)
        if value.__class__ is Unknown:
            return value if value.reason else function.apply(None)
        return function.apply(value)

    return read


def _call_list(function: Function, node: t.Call, catalog: Catalog) -> Read:
    collectors = tuple(collector(one, catalog, compile_tree) for one in node.arguments)
    apply = function.apply

    def read(frame: Frame) -> Any:
        values: list[Any] = []
        for collect in collectors:
            collect(frame, values)
        unknown = merged(values)
        return apply(values) if unknown is None else unknown

    return read


_MAKERS: Mapping[type[t.Node], Callable[[Any, Catalog], Read]] = MappingProxyType(
    {
        t.Number: lambda node, _catalog: _constant(node.value),
        t.Text: lambda node, _catalog: _constant(node.value),
        t.Day: lambda node, _catalog: _constant(node.value),
        t.Truth: lambda node, _catalog: _constant(node.value),
        t.Word: lambda node, _catalog: _constant(node.code),
        t.Ref: lambda node, _catalog: read_ref(node),
        t.DayOfRecord: lambda _node, _catalog: lambda frame: frame.world.today_of_record,
        t.Negative: lambda node, catalog: _one(compile_tree(node.operand, catalog), operator.neg),
        t.Binary: _binary,
        t.Empty: _empty,
        t.Not: _not,
        t.All: _all,
        t.Some: _some,
        t.If: _if,
        t.Call: _call,
        t.Every: lambda node, catalog: every(node, catalog, compile_tree),
        t.Rows: _not_a_value,
        t.Column: _not_a_value,
        t.Where: _not_a_value,
    }
)
