"""The two answers of every parse function: a cleaned value, or a refusal with its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)

#: what a cell or a form field may hand in; date includes datetime
Raw = str | int | float | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[T_co]):
    """A usable value and the codes of what was changed to get it (see `texts.NOTES`)."""

    value: T_co
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Not usable: the code (see `texts.REFUSALS`), the facts of its text, and a guess at what was meant."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    suggestion: str | None = None
