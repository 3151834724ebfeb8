"""The types of constants, and what + - × ÷ give."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ffp_admin.rules import tree as t
from ffp_admin.spec.kinds import Shape

NUMBER = t.Type(shape=Shape.NUMBER)
TEXT = t.Type(shape=Shape.TEXT)
DATE = t.Type(shape=Shape.DATE)
TRUTH = t.Type(shape=Shape.TRUTH)

#: (operator, left, right) → result of + - × ÷
ARITHMETIC: Mapping[tuple[str, Shape, Shape], t.Type] = MappingProxyType(
    {
        ("+", Shape.NUMBER, Shape.NUMBER): NUMBER,
        ("-", Shape.NUMBER, Shape.NUMBER): NUMBER,
        ("*", Shape.NUMBER, Shape.NUMBER): NUMBER,
        ("/", Shape.NUMBER, Shape.NUMBER): NUMBER,
        ("+", Shape.DATE, Shape.NUMBER): DATE,
        ("-", Shape.DATE, Shape.NUMBER): DATE,
        ("-", Shape.DATE, Shape.DATE): NUMBER,
    }
)
