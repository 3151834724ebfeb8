"""Bound tree → a sentence, through one table of msgids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.rules import tree as t
from ffp_admin.rules.functions import FUNCTIONS
from ffp_admin.rules.writing import tightness
from ffp_admin.spec.kinds import Shape

_RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "=": N_("{left} is {right}"),
        "!=": N_("{left} is not {right}"),
        "<": N_("{left} is less than {right}"),
        "<=": N_("{left} is at most {right}"),
        ">": N_("{left} is more than {right}"),
        ">=": N_("{left} is at least {right}"),
        "in": N_("{left} is one of {right}"),
        "not in": N_("{left} is none of {right}"),
        "has": N_("{left} contains {right}"),
        "lacks": N_("{left} does not contain {right}"),
        "+": N_("{left} + {right}"),
        "-": N_("{left} - {right}"),
        "*": N_("{left} × {right}"),
        "/": N_("{left} ÷ {right}"),
    }
)
#: beside anything but a word or text
_EQUALITY: Mapping[str, str] = MappingProxyType(
    {"=": N_("{left} equals {right}"), "!=": N_("{left} does not equal {right}")}
)
_CALENDAR: Mapping[str, str] = MappingProxyType(
    {
        "<": N_("{left} is before {right}"),
        "<=": N_("{left} is not after {right}"),
        ">": N_("{left} is after {right}"),
        ">=": N_("{left} is not before {right}"),
    }
)
_RANKS: Mapping[str, str] = MappingProxyType(
    {
        "<": N_("{left} stands before {right} in its list"),
        "<=": N_("{left} is {right} or stands before it in its list"),
        ">": N_("{left} stands after {right} in its list"),
        ">=": N_("{left} is {right} or stands after it in its list"),
    }
)
_BY_SHAPE: Mapping[Shape, Mapping[str, str]] = MappingProxyType(
    {Shape.DATE: _CALENDAR, Shape.MONTH: _CALENDAR, Shape.CHOICE: _RANKS}
)
_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "has": N_("{left} contains one of {right}"),
        "lacks": N_("{left} contains none of {right}"),
    }
)


def sentence(node: t.Node) -> str:
    """What a bound expression says, in the current locale."""
    return _SENTENCES[type(node)](node)


def _inside(node: t.Node, outer: t.Node) -> str:
    """A looser part inside a tighter one stands in parentheses."""
    said = sentence(node)
    return said if tightness(node) > tightness(outer) else _("({part})", part=said)


def _ref(node: t.Ref) -> str:
    return reduce(lambda whole, part: _("{whole}'s {part}", whole=whole, part=part), node.labels)


def _items(node: t.Items) -> str:
    return _(", ").join(sentence(item) for item in node.items)


def _binary(node: t.Binary) -> str:
    assert node.left.type is not None
    table = _LISTS if isinstance(node.right, t.Items) else _BY_SHAPE.get(node.left.type.shape, {})
    if not isinstance(node.right, t.Word | t.Text | t.Truth):
        table = {**_EQUALITY, **table}
    msgid = table.get(node.operator, _RELATIONS[node.operator])
    left = sentence(node.left) if _left_binds(node) else _inside(node.left, node)
    right = sentence(node.right) if isinstance(node.right, t.Items) else _inside(node.right, node)
    return _(msgid, left=left, right=right)


def _left_binds(node: t.Binary) -> bool:
    """a - b - c needs no parentheses."""
    return node.operator in "+-*/" and tightness(node.left) == tightness(node)


def _call(node: t.Call) -> str:
    function = FUNCTIONS[node.function]
    arguments = [sentence(one) for one in node.arguments]
    is_longer = function.longer and len(arguments) > function.arity[0]
    return _(function.longer if is_longer else function.sentence).format(
        *arguments, all=_(", ").join(arguments)
    )


def _if(node: t.If) -> str:
    return _(
        "{then} if {condition}, otherwise {otherwise}",
        condition=sentence(node.condition),
        then=sentence(node.then),
        otherwise=sentence(node.otherwise),
    )


def _joined(node: t.All | t.Some, joiner: str) -> str:
    return joiner.join(_inside(part, node) for part in node.parts)


def _empty(node: t.Empty) -> str:
    what = sentence(node.operand)
    if _is_around(node.operand):
        return _("there are {what}", what=what) if node.filled else _("there are no {what}", what=what)
    return _("{what} is filled in", what=what) if node.filled else _("{what} is empty", what=what)


def _around(node: t.Rows | t.Column) -> str:
    """What people call the rows: a table, or the way to related records."""
    if node.related is None:
        return node.label or node.table
    return reduce(lambda whole, part: _("{whole}'s {part}", whole=whole, part=part), node.related.labels)


def _column(node: t.Column) -> str:
    cell, table = _ref(node.cell), _around(node)
    if node.related is not None:
        return _("{cell} of each of {table}", table=table, cell=cell)
    return _("{cell} of all rows of {table}", table=table, cell=cell)


def _is_around(node: t.Node) -> bool:
    return isinstance(node, t.Rows | t.Column) and node.related is not None


def _where(node: t.Where) -> str:
    if _is_around(node.source):
        return _(
            "{what} (only those where {condition})",
            what=sentence(node.source),
            condition=sentence(node.condition),
        )
    return _(
        "{what} (only rows where {condition})",
        what=sentence(node.source),
        condition=sentence(node.condition),
    )


def _every(node: t.Every) -> str:
    if _is_around(node.source):
        return _(
            "for each of {table}: {condition}",
            table=sentence(node.source),
            condition=sentence(node.condition),
        )
    return _(
        "in every row of {table}: {condition}",
        table=sentence(node.source),
        condition=sentence(node.condition),
    )


_SENTENCES: Mapping[type[t.Node], Callable[[Any], str]] = MappingProxyType(
    {
        t.Number: lambda node: node.written or f"{node.value:f}",
        t.Text: lambda node: _("“{text}”", text=node.value),
        t.Day: lambda node: node.value.isoformat(),
        t.Truth: lambda node: _("“{text}”", text=_("yes") if node.value else _("no")),
        t.Word: lambda node: _("“{text}”", text=node.label),
        t.Items: _items,
        t.Ref: _ref,
        t.DayOfRecord: lambda node: _("the day of the record"),
        t.Rows: _around,
        t.Column: _column,
        t.Negative: lambda node: f"-{_inside(node.operand, node)}",
        t.Binary: _binary,
        t.Empty: _empty,
        t.Not: lambda node: _("not ({what})", what=sentence(node.operand)),
        t.All: lambda node: _joined(node, _(" and ")),
        t.Some: lambda node: _joined(node, _(" or ")),
        t.If: _if,
        t.Call: _call,
        t.Where: _where,
        t.Every: _every,
    }
)
