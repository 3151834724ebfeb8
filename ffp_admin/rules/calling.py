"""What is written like a function: the functions of the table, and IF, AND, OR, NOT, which are parts of the grammar."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.functions import by_name, names
from ffp_admin.rules.tree import All, Call, If, Node, Not, Some
from ffp_admin.spec.guess import nearest

#: name → fewest and most arguments
LOGIC: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"IF": (3, 3), "AND": (1, 99), "OR": (1, 99), "NOT": (1, 1)}
)


def called(written: str, arguments: tuple[Node, ...], at: int) -> Node:
    """The node of a call; raises ExpressionError for an unknown function or a wrong number of arguments."""
    name = written.upper()
    if name in LOGIC:
        return _logic(name, arguments, at)
    function = by_name(written)
    if function is None:
        raise ExpressionError(Code.EXPR_UNKNOWN_FUNCTION, at, name=written, guess=_function_like(written))
    _count(written, function.arity, arguments, at)
    return Call(function=function.name, arguments=arguments, at=at)


def _function_like(word: str) -> Phrase | str:
    known = {one.casefold(): one for one in (*names(), *LOGIC)}
    near = nearest(word, known)
    return Phrase(N_(" Did you mean '{word}'?"), word=known[near]) if near else ""


def _logic(name: str, arguments: tuple[Node, ...], at: int) -> Node:
    _count(name, LOGIC[name], arguments, at)
    if name == "IF":
        condition, then, otherwise = arguments
        return If(condition=condition, then=then, otherwise=otherwise, at=at)
    if name == "NOT" or len(arguments) == 1:
        return Not(operand=arguments[0], at=at) if name == "NOT" else arguments[0]
    return (All if name == "AND" else Some)(parts=arguments, at=at)


def _count(name: str, arity: tuple[int, int], arguments: tuple[Node, ...], at: int) -> None:
    low, high = arity
    if low <= len(arguments) <= high:
        return
    expected: object = low if low == high else Phrase(N_("{low} to {high}"), low=low, high=high)
    if high >= 99:
        expected = Phrase(N_("at least {low}"), low=low)
    raise ExpressionError(Code.EXPR_ARGUMENTS, at, name=name, expected=expected, found=len(arguments))
