"""Values in words by kind, for history, lists and captions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.spec.model import CodeList, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What showing a value needs: the field, its code list, captions of references (register, id or code → text)."""

    field: Field
    codes: CodeList | None
    captions: Mapping[tuple[str, object], str]


def show_text(value: Any, _showing: Showing) -> str:
    """As it is."""
    return str(value)


def show_number(value: Any, _showing: Showing) -> str:
    """Without trailing zeros."""
    return f"{Decimal(value).normalize():f}"


def show_money(value: Any, _showing: Showing) -> str:
    """With jiao and fen."""
    return f"{value:.2f}"


def show_percent(value: Any, _showing: Showing) -> str:
    """0.5 as 50%."""
    return f"{(value * 100).normalize():f}%"


def show_date(value: Any, _showing: Showing) -> str:
    """2026-03-05."""
    day: str = value.isoformat()
    return day


def show_boolean(value: Any, _showing: Showing) -> str:
    """Yes or no."""
    return _(_YES) if value else _(_NO)


_YES, _NO = N_("Yes"), N_("No")


def show_choice(value: Any, showing: Showing) -> str:
    """The label, also of a word that ran out; the code when the list lost it."""
    word = showing.codes.by_code(value) if showing.codes else None
    return word.label if word else str(value)


def show_choices(value: Any, showing: Showing) -> str:
    """The labels one after the other."""
    return "、".join(show_choice(code, showing) for code in value)


def reference(register: str) -> Callable[[Any, Showing], str]:
    """Shows the caption of a record of `register`; nothing when it is hidden from who looks."""

    def show(value: Any, showing: Showing) -> str:
        return showing.captions.get((register, value), "")

    return show


def show_region(value: Any, showing: Showing) -> str:
    """The names from township to group; the code when the register lacks it."""
    return showing.captions.get(("region", value), str(value))
