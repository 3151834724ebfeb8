"""Tree → the text of the expression in its one Chinese spelling; reading it again gives the same tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ffp_admin.rules import tree as t
from ffp_admin.rules.functions import FUNCTIONS
from ffp_admin.rules.lexer import is_name
from ffp_admin.rules.words import SPELLING

#: how tightly a node holds together; a looser part inside a tighter one gets parentheses
_LOOSE, _OR, _AND, _NOT, _CONDITION, _SUM, _PRODUCT, _SIGN, _WHOLE = range(9)
_OPERATORS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def text(node: t.Node) -> str:
    """The expression as people write it."""
    return _WRITERS[type(node)](node)


def tightness(node: t.Node) -> int:
    """How tightly the outermost operation of a node binds."""
    match node:
        case t.Some():
            return _OR
        case t.All():
            return _AND
        case t.Not():
            return _NOT
        case t.Binary(operator=operator):
            return _OPERATORS.get(operator, _CONDITION)
        case t.Empty() | t.Every():
            return _CONDITION
        case t.Negative():
            return _SIGN
        case t.Where():
            return _LOOSE
    return _WHOLE


def quoted(value: str) -> str:
    """A text in quotes."""
    return f"'{value}'" if set(value) & set('"“”＂') else f'"{value}"'


def _inside(node: t.Node, tighter_than: int) -> str:
    written = text(node)
    return written if tightness(node) > tighter_than else f"({written})"


def _number(node: t.Number) -> str:
    if node.written:
        return node.written
    return f"{node.value.scaleb(2):f}%" if node.percent else f"{node.value:f}"


def _word(node: t.Word) -> str:
    return node.label if is_name(node.label) else quoted(node.label)


def _binary(node: t.Binary) -> str:
    level = tightness(node)
    right = _inside(node.right, level)
    if isinstance(node.right, t.Word | t.Truth | t.Text) and node.operator in ("=", "!="):
        operator = "为" if node.operator == "=" else "不为"
    else:
        operator = SPELLING.get(node.operator, node.operator)
    left = _inside(node.left, level - 1 if level != _CONDITION else level)
    return f"{left} {operator} {right}"


def _joined(node: Any, joiner: str, level: int) -> str:
    return f" {joiner} ".join(_inside(part, level) for part in node.parts)


def _call(node: t.Call) -> str:
    function = FUNCTIONS[node.function]
    return f"{_function_name(function.name, function.chinese)}({_list(node.arguments)})"


#: functions everybody knows from a spreadsheet keep their Latin name
_LATIN = frozenset({"SUM", "MIN", "MAX", "AVERAGE", "ROUND", "ROUNDUP", "ROUNDDOWN", "ABS", "YEAR", "MONTH"})


def _function_name(name: str, chinese: str) -> str:
    return name if name in _LATIN else chinese


def _list(nodes: tuple[t.Node, ...]) -> str:
    return ", ".join(text(node) for node in nodes)


def _where(node: t.Where) -> str:
    return f"{text(node.source)} {SPELLING['where']} {text(node.condition)}"


def _empty(node: t.Empty) -> str:
    return f"{_inside(node.operand, _CONDITION)} {SPELLING['filled' if node.filled else 'empty']}"


def _ref(node: t.Ref) -> str:
    return ".".join((*node.parts, node.fact) if node.fact else node.parts)


_WRITERS: Mapping[type[t.Node], Callable[[Any], str]] = MappingProxyType(
    {
        t.Number: _number,
        t.Text: lambda node: quoted(node.value),
        t.Day: lambda node: node.value.isoformat(),
        t.Truth: lambda node: SPELLING["yes" if node.value else "no"],
        t.Word: _word,
        t.Items: lambda node: f"[{_list(node.items)}]",
        t.Name: lambda node: ".".join(node.parts),
        t.Ref: _ref,
        t.DayOfRecord: lambda node: "适用日期",
        t.Rows: lambda node: node.table,
        t.Column: lambda node: f"{node.table}.{_ref(node.cell)}",
        t.Negative: lambda node: f"-{_inside(node.operand, _PRODUCT)}",
        t.Binary: _binary,
        t.Empty: _empty,
        t.Not: lambda node: f"{SPELLING['not']} {_inside(node.operand, _SIGN)}",
        t.All: lambda node: _joined(node, SPELLING["and"], _AND),
        t.Some: lambda node: _joined(node, SPELLING["or"], _OR),
        t.If: lambda node: f"IF({_list((node.condition, node.then, node.otherwise))})",
        t.Call: _call,
        t.Where: _where,
        t.Every: lambda node: f"{text(node.source)} {SPELLING['every']} ({text(node.condition)})",
    }
)
