"""What may stand on both sides of a comparison, and what words and texts mean beside a choice, date or month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules import tree as t
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.naming import name_of
from ffp_admin.rules.scope import Scope
from ffp_admin.rules.words import SPELLING
from ffp_admin.rules.writing import text
from ffp_admin.spec.guess import guess
from ffp_admin.spec.kinds import Shape

_EQUAL = frozenset(
    {Shape.TEXT, Shape.NUMBER, Shape.DATE, Shape.MONTH, Shape.TRUTH, Shape.CHOICE, Shape.REFERENCE}
)
_ORDER = frozenset({Shape.NUMBER, Shape.DATE, Shape.MONTH, Shape.CHOICE})
#: shapes of the left side each operator understands
_LEFT: Mapping[str, frozenset[Shape]] = MappingProxyType(
    {
        "=": _EQUAL,
        "!=": _EQUAL,
        "in": _EQUAL,
        "not in": _EQUAL,
        "<": _ORDER,
        "<=": _ORDER,
        ">": _ORDER,
        ">=": _ORDER,
        "has": frozenset({Shape.TEXT, Shape.CHOICES}),
        "lacks": frozenset({Shape.TEXT, Shape.CHOICES}),
    }
)
#: operators an encrypted value may stand beside
_SEALED = frozenset({"=", "!=", "in", "not in"})
_MONTH = re.compile(r"(?a:\d{4})-(?:0[1-9]|1[0-2])")


def same(left: t.Type, right: t.Type) -> bool:
    """Whether two values can be equal at all."""
    return left.shape is right.shape and left.codes == right.codes and left.register == right.register


def check(node: t.Binary, left: t.Node, right: t.Node, scope: Scope) -> None:
    """Refuse a comparison that cannot be: raises ExpressionError."""
    assert left.type is not None
    assert right.type is not None
    for side in (left, right):
        if side.type is not None and side.type.sealed and node.operator not in _SEALED:
            raise ExpressionError(Code.EXPR_SEALED, side.at, name=text(side))
    beside = left.type
    if beside.shape is Shape.CHOICES:
        beside = t.Type(shape=Shape.CHOICE, codes=beside.codes)
    if left.type.shape not in _LEFT[node.operator] or not same(beside, right.type):
        raise unlike(node, left.type, right.type, scope)


def unlike(node: t.Binary, left: t.Type, right: t.Type, scope: Scope) -> ExpressionError:
    """The refusal to join two values."""
    return ExpressionError(
        Code.EXPR_TYPES,
        node.at,
        operator=SPELLING.get(node.operator, node.operator),
        left=name_of(left, scope),
        right=name_of(right, scope),
    )


def literal(node: t.Node, beside: t.Type | None) -> t.Node | None:
    """A text in quotes read as the date or month it stands beside; None when it is just a text."""
    if not isinstance(node, t.Text) or beside is None:
        return None
    if beside.shape is Shape.MONTH:
        if not _MONTH.fullmatch(node.value):
            raise _unreadable(node, Phrase(N_('a month is written as "2026-03"')))
        return t.Text(value=node.value, at=node.at, type=t.Type(shape=Shape.MONTH))
    if beside.shape is Shape.DATE:
        try:
            return t.Day(value=date.fromisoformat(node.value), at=node.at, type=t.Type(shape=Shape.DATE))
        except ValueError:
            raise _unreadable(node, Phrase(N_("a date is written as 2026-03-05"))) from None
    return None


def _unreadable(node: t.Text, reason: Phrase) -> ExpressionError:
    return ExpressionError(Code.EXPR_SYNTAX, node.at, near=node.value, reason=reason)


def word_of(node: t.Node, wanted: t.Type, scope: Scope) -> t.Word | None:
    """The word of a code list that a bare word, a text or a number stands for beside a choice.

    None when it is a field instead, or when no choice is wanted; raises ExpressionError for neither.
    """
    codes = scope.catalog.codes.get(wanted.codes)
    if wanted.shape is not Shape.CHOICE or codes is None:
        return None
    written = _written(node)
    found = codes.find(written) if written is not None else None
    if found is not None:
        return t.Word(codes=codes.key, code=found.code, label=found.label, at=node.at, type=wanted)
    if written is None or (isinstance(node, t.Name) and _is_known(node.parts[0], scope)):
        return None
    labels = [word.label for word in codes.words] + [alias for word in codes.words for alias in word.aliases]
    raise ExpressionError(
        Code.EXPR_UNKNOWN_WORD,
        node.at,
        word=written,
        codes=codes.label,
        guess=guess(written, labels),
    )


def _written(node: t.Node) -> str | None:
    match node:
        case t.Name(parts=(one,)):
            return one
        case t.Text(value=value):
            return value
        case t.Number(written=written):
            return written
    return None


def _is_known(name: str, scope: Scope) -> bool:
    return name in scope.row or name in scope.fields
