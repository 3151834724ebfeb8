"""What a type is called in a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from types import MappingProxyType

from ffp_admin.i18n import N_
from ffp_admin.problems import Phrase
from ffp_admin.rules.scope import Scope
from ffp_admin.rules.tree import Type
from ffp_admin.spec.kinds import Shape

_SHAPES: Mapping[Shape, str] = MappingProxyType(
    {
        Shape.TEXT: N_("a text"),
        Shape.NUMBER: N_("a number"),
        Shape.DATE: N_("a date"),
        Shape.MONTH: N_("a month"),
        Shape.TRUTH: N_("a condition (yes or no)"),
        Shape.CHOICE: N_("a choice"),
        Shape.CHOICES: N_("several choices"),
        Shape.REFERENCE: N_("a reference"),
        Shape.ROWS: N_("a table"),
        Shape.NOTHING: N_("nothing"),
    }
)


def name_of(kind: Type, scope: Scope) -> Phrase:
    """ "a number", "a choice of 残疾等级", "a column of a table"."""
    if kind.many and kind.shape is not Shape.ROWS:
        return Phrase(N_("a column of a table (put it into SUM, MIN, MAX, AVERAGE or 个数)"))
    if kind.codes and kind.codes in scope.catalog.codes:
        return Phrase(N_("a choice of {codes}"), codes=scope.catalog.codes[kind.codes].label)
    if kind.register and kind.register in scope.catalog.forms:
        return Phrase(N_("a reference to {register}"), register=scope.catalog.forms[kind.register].label)
    return Phrase(_SHAPES[kind.shape])


def name_of_shapes(shapes: Iterable[Shape]) -> Phrase:
    """What an argument may be: "a number or a date"."""
    names = [Phrase(_SHAPES[shape]) for shape in Shape if shape in set(shapes)]
    return reduce(lambda one, other: Phrase(N_("{one} or {other}"), one=one, other=other), names)
