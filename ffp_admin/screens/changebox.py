"""A change that waits for a confirmation, as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One field: what stood there, what is asked for, where a long number differs."""

    label: str
    old: str
    new: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBox:
    """One request; `outcome` is what became of it, in words."""

    id: int
    title: str
    href: str
    place: str
    when: str
    who: str
    reason: str
    lines: Sequence[ChangeLine]
    outcome: str = ""
    waits: bool = True
