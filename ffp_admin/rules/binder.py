"""Names get their meaning and every part its type; what does not fit is refused at its character.

Encrypted values may only be compared for equality (=, 为, 在, 为空), or copied as they are (取自).
Beside a choice a bare word is a word of its code list, before it is a field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules import comparing, facts
from ffp_admin.rules import tree as t
from ffp_admin.rules.comparing import literal, word_of
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.functions import FUNCTIONS, Function, How, parameter
from ffp_admin.rules.naming import name_of, name_of_shapes
from ffp_admin.rules.scope import ROWS_INSIDE, Scope, resolve, with_fact
from ffp_admin.rules.types import ARITHMETIC, DATE, NUMBER, TEXT, TRUTH
from ffp_admin.rules.writing import text
from ffp_admin.spec.kinds import Shape


def bind(tree: t.Node, scope: Scope, wanted: t.Type) -> t.Node:
    """The bound tree, giving what is wanted; raises ExpressionError.

    `wanted.sealed` allows an encrypted field to be copied; a wanted choice lets bare words stand for its words,
    and a text may be had from a choice (its label).
    """
    bound = _bind(tree, scope, wanted)
    assert bound.type is not None
    if bound.type.sealed and not (wanted.sealed and isinstance(bound, t.Ref)):
        raise ExpressionError(Code.EXPR_SEALED, bound.at, name=text(bound))
    if _gives(bound.type, wanted):
        return bound
    raise ExpressionError(
        Code.EXPR_RESULT, bound.at, found=name_of(bound.type, scope), expected=name_of(wanted, scope)
    )


def _gives(found: t.Type, wanted: t.Type) -> bool:
    if found.many:
        return False
    if wanted.shape is Shape.TEXT and found.shape is Shape.CHOICE and not wanted.sealed:
        return True
    return comparing.same(found, wanted)


def condition(tree: t.Node, scope: Scope) -> t.Node:
    """A bound tree that is true, false or unknown."""
    return bind(tree, scope, TRUTH)


def _bind(node: t.Node, scope: Scope, wanted: t.Type | None = None) -> t.Node:
    return _BINDERS[type(node)](node, scope, wanted)


def _single(node: t.Node, scope: Scope, wanted: t.Type | None = None) -> t.Node:
    """One value, not a column or a table."""
    bound = _bind(node, scope, wanted)
    if bound.type is None or bound.type.many:
        raise _unfit(bound, scope, Phrase(N_("one value")))
    return bound


def _open(node: t.Node, scope: Scope, wanted: t.Type | None = None) -> t.Node:
    """One value that is not encrypted."""
    bound = _single(node, scope, wanted)
    if bound.type is not None and bound.type.sealed:
        raise ExpressionError(Code.EXPR_SEALED, bound.at, name=text(bound))
    return bound


def _unfit(bound: t.Node, scope: Scope, expected: Phrase) -> ExpressionError:
    assert bound.type is not None
    return ExpressionError(Code.EXPR_RESULT, bound.at, found=name_of(bound.type, scope), expected=expected)


# -- one entry per node


def _constant(kind: t.Type) -> Callable[[Any, Scope, t.Type | None], t.Node]:
    def constant(node: t.Node, scope: Scope, wanted: t.Type | None) -> t.Node:
        if wanted is not None and (word := word_of(node, wanted, scope)):
            return word
        return literal(node, wanted) or replace(node, type=kind)

    return constant


def _name(node: t.Name, scope: Scope, wanted: t.Type | None) -> t.Node:
    if wanted is not None and (word := word_of(node, wanted, scope)):
        return word
    try:
        return resolve(node, scope)
    except ExpressionError as error:
        if wanted is not None and wanted.shape is Shape.TEXT and not _meant(error):
            error.facts["guess"] = Phrase(N_(' A text stands in quotes: "{name}".'), name=node.parts[0])
        raise


def _meant(error: ExpressionError) -> bool:
    """Whether a near name was found."""
    found = error.facts.get("guess")
    return isinstance(found, Phrase) and "word" in found.facts


def _items(node: t.Items, scope: Scope, _wanted: t.Type | None) -> t.Node:
    raise ExpressionError(
        Code.EXPR_SYNTAX,
        node.at,
        near="[",
        reason=Phrase(N_("a list stands only behind 在, 不在, 含 or 不含")),
    )


def _negative(node: t.Negative, scope: Scope, _wanted: t.Type | None) -> t.Node:
    operand = _open(node.operand, scope)
    if operand.type != NUMBER:
        raise _unfit(operand, scope, name_of(NUMBER, scope))
    return replace(node, operand=operand, type=NUMBER)


def _binary(node: t.Binary, scope: Scope, _wanted: t.Type | None) -> t.Node:
    if node.operator not in ("+", "-", "*", "/"):
        return _comparison(node, scope)
    left, right = _open(node.left, scope), _open(node.right, scope)
    assert left.type is not None
    assert right.type is not None
    result = ARITHMETIC.get((node.operator, left.type.shape, right.type.shape))
    if result is None:
        raise comparing.unlike(node, left.type, right.type, scope)
    return replace(node, left=left, right=right, type=result)


def _comparison(node: t.Binary, scope: Scope) -> t.Node:
    left = _single(node.left, scope)
    assert left.type is not None
    beside = replace(left.type, shape=Shape.CHOICE) if left.type.shape is Shape.CHOICES else left.type
    if isinstance(node.right, t.Items):
        items = tuple(_item(item, scope, beside) for item in node.right.items)
        right: t.Node = replace(node.right, items=items, type=beside)
    else:
        items = (_single(node.right, scope, beside),)
        right = items[0]
        left = literal(left, right.type) or left
    for item in items:
        comparing.check(node, left, item, scope)
    return replace(node, left=left, right=right, type=TRUTH)


def _item(node: t.Node, scope: Scope, wanted: t.Type) -> t.Node:
    """One entry of a list; beside a text a bare word is a text."""
    if isinstance(node, t.Name) and wanted.shape is Shape.TEXT and len(node.parts) == 1:
        return t.Text(value=node.parts[0], at=node.at, type=TEXT)
    return _single(node, scope, wanted)


def _empty(node: t.Empty, scope: Scope, _wanted: t.Type | None) -> t.Node:
    operand = _bind(node.operand, scope)
    if not isinstance(operand, t.Ref | t.Rows):
        raise ExpressionError(
            Code.EXPR_SYNTAX,
            node.at,
            near=text(operand),
            reason=Phrase(N_("only a field can be empty: 电话 为空")),
        )
    return replace(node, operand=operand, type=TRUTH)


def _not(node: t.Not, scope: Scope, _wanted: t.Type | None) -> t.Node:
    return replace(node, operand=condition(node.operand, scope), type=TRUTH)


def _chain(node: Any, scope: Scope, _wanted: t.Type | None) -> t.Node:
    bound: t.Node = replace(node, parts=tuple(condition(part, scope) for part in node.parts), type=TRUTH)
    return bound


def _if(node: t.If, scope: Scope, wanted: t.Type | None) -> t.Node:
    test = condition(node.condition, scope)
    then = _open(node.then, scope, wanted)
    otherwise = _open(node.otherwise, scope, wanted or then.type)
    assert then.type is not None
    assert otherwise.type is not None
    if not comparing.same(then.type, otherwise.type):
        raise ExpressionError(
            Code.EXPR_TYPES,
            node.at,
            operator="IF",
            left=name_of(then.type, scope),
            right=name_of(otherwise.type, scope),
        )
    return replace(node, condition=test, then=then, otherwise=otherwise, type=then.type)


def _call(node: t.Call, scope: Scope, _wanted: t.Type | None) -> t.Node:
    function = FUNCTIONS[node.function]
    arguments = tuple(_argument(function, i, one, scope) for i, one in enumerate(node.arguments))
    first = arguments[0].type
    assert first is not None
    if function.result is None:
        for other in arguments[1:]:
            if other.type is None or other.type.shape is not first.shape:
                raise _unfit(other, scope, name_of(first, scope))
        return replace(node, arguments=arguments, type=t.Type(shape=first.shape))
    return replace(node, arguments=arguments, type=t.Type(shape=function.result))


def _argument(function: Function, index: int, node: t.Node, scope: Scope) -> t.Node:
    bound = _bind(node, scope)
    if function.birth_date and isinstance(bound, t.Ref) and bound.kind == "id_number" and not bound.fact:
        bound = with_fact(bound, facts.BIRTH_DATE, scope)
    kind = bound.type
    assert kind is not None
    if kind.sealed and not (function.how is How.COUNT and kind.many):
        raise ExpressionError(Code.EXPR_SEALED, bound.at, name=text(bound))
    shapes = parameter(function, index)
    counted = function.how is How.COUNT and kind.many
    if counted or (kind.shape in shapes and (not kind.many or function.how is How.LIST)):
        return bound
    single = replace(bound, type=replace(kind, many=kind.many and function.how is not How.LIST))
    raise _unfit(single, scope, name_of_shapes(shapes))


def _where(node: t.Where, scope: Scope, _wanted: t.Type | None) -> t.Node:
    source = _bind(node.source, scope)
    if not isinstance(source, t.Rows | t.Column):
        raise _unfit(source, scope, name_of_shapes(frozenset({Shape.ROWS})))
    inner = scope.among(source)
    return replace(node, source=source, condition=condition(node.condition, inner), type=source.type)


def _every(node: t.Every, scope: Scope, _wanted: t.Type | None) -> t.Node:
    source = _bind(node.source, scope)
    if not isinstance(source, t.Rows):
        raise _unfit(source, scope, name_of_shapes(frozenset({Shape.ROWS})))
    inner = scope.among(source)
    return replace(node, source=source, condition=condition(node.condition, inner), type=TRUTH)


def _flat(
    binder: Callable[[Any, Scope, t.Type | None], t.Node],
) -> Callable[[Any, Scope, t.Type | None], t.Node]:
    """Refuse going through rows inside a condition on rows: the work would grow with the square of the rows."""

    def flat(node: t.Node, scope: Scope, wanted: t.Type | None) -> t.Node:
        bound = binder(node, scope, wanted)
        if scope.condition and isinstance(bound, t.Rows | t.Column):
            raise ExpressionError(Code.EXPR_SYNTAX, node.at, near=text(node), reason=Phrase(ROWS_INSIDE))
        return bound

    return flat


_BINDERS: Mapping[type[t.Node], Callable[[Any, Scope, t.Type | None], t.Node]] = MappingProxyType(
    {
        t.Number: _constant(NUMBER),
        t.Text: _constant(TEXT),
        t.Day: _constant(DATE),
        t.Truth: _constant(TRUTH),
        t.Items: _items,
        t.Name: _flat(_name),
        t.Negative: _negative,
        t.Binary: _binary,
        t.Empty: _empty,
        t.Not: _not,
        t.All: _chain,
        t.Some: _chain,
        t.If: _if,
        t.Call: _call,
        t.Where: _where,
        t.Every: _every,
    }
)


def loosely(tree: t.Node, scope: Scope) -> t.Node:
    """The bound tree, whatever it gives; raises ExpressionError."""
    return _bind(tree, scope)
