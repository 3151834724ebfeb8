"""Kind → screen: the widget, how a posted text is read, how a value is written, shown and masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.screens.reading import (
    MANY_LINES,
    ONE_LINE,
    Desk,
    Raw,
    limited,
    parsed,
    parsed_on_day,
    read_choice,
    read_choices,
    read_decimal,
    read_month,
    read_nothing,
    read_percent,
    read_reference,
    read_truth,
    taken,
)
from ffp_admin.screens.wording import (
    amount_to_read,
    amount_to_type,
    day_text,
    grouped_number,
    month_text,
    plain_number,
    share_to_read,
)
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field
from ffp_admin.values import (
    bank_account,
    dates,
    disability_card,
    id_number,
    mask,
    numbers,
    phone,
    text,
    truth,
)
from ffp_admin.values import money as amounts
from ffp_admin.values.cleaned import Cleaned, Refused

YES, NO = N_("yes"), N_("no")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScreen:
    """One kind on the screen; `widget` and `sieve` name macros of kinds.html."""

    widget: str
    read: Callable[[Raw, Field, Desk], object]
    write: Callable[[Any, Field, Desk], Raw]
    show: Callable[[Any, Field, Desk], str]
    mask: Callable[[str], str] = mask.everything
    #: figures stand at the right
    number: bool = False
    #: takes the whole width of the form
    wide: bool = False
    #: what was typed is replaced by what it was found to mean
    settles: bool = False
    #: how a list is narrowed by it: "choice", "truth", "span", "pick", "text"; "" = not at all
    sieve: str = ""
    #: a line under the box, made from the value (大写)
    under: Callable[[Any], str] | None = None
    #: the declared default as a value
    begin: Callable[[str, Field, Desk], object] | None = None


def _as_is(value: Any, _field: Field, _desk: Desk) -> str:
    return str(value)


def _typed(value: Any, _field: Field, _desk: Desk) -> Raw:
    return (str(value),)


def _with_unit(figure: str, field: Field) -> str:
    return f"{figure} {field.unit}" if field.unit else figure


def _show_truth(value: Any, _field: Field, _desk: Desk) -> str:
    return _(YES) if value else _(NO)


def _label(code: str, field: Field, desk: Desk) -> str:
    word = desk.codes(field.codes).by_code(code)
    return word.label if word else code


def _begin_choice(declared: str, field: Field, desk: Desk) -> object:
    word = desk.codes(field.codes).find(declared)
    return word.code if word else None


def _show_choices(value: Any, field: Field, desk: Desk) -> str:
    return "、".join(_label(code, field, desk) for code in value)


def _write_reference(value: Any, field: Field, desk: Desk) -> Raw:
    return (str(value), desk.caption(KINDS[field.kind].register, value))


def _show_reference(value: Any, field: Field, desk: Desk) -> str:
    return desk.caption(KINDS[field.kind].register, value)


def _show_computed(value: Any, field: Field, desk: Desk) -> str:
    return SCREENS[field.result].show(value, field, desk)


def _in_words(amount: Any) -> str:
    if not isinstance(amount, Decimal) or amount < 0:
        return ""
    return f"{amounts.PREFIX}{amounts.in_words(amounts.rounded(amount))}"


def _text_kind(
    widget: str, parse: Callable[[str], Cleaned[Any] | Refused], limit: int, wide: bool
) -> KindScreen:
    return KindScreen(
        widget=widget,
        read=lambda raw, _field, _desk: taken(parse(limited(raw, limit))),
        write=_typed,
        show=_as_is,
        wide=wide,
        sieve="" if wide else "text",
    )


_REFERENCE = KindScreen(
    widget="reference",
    read=read_reference,
    write=_write_reference,
    show=_show_reference,
    sieve="pick",
    settles=True,
)

SCREENS: Mapping[str, KindScreen] = MappingProxyType(
    {
        "text": _text_kind("text", text.parse_text, ONE_LINE, wide=False),
        "long_text": _text_kind("long_text", text.parse_long_text, MANY_LINES, wide=True),
        "integer": KindScreen(
            widget="number",
            read=parsed(numbers.parse_integer),
            write=_typed,
            show=lambda value, field, _desk: _with_unit(str(value), field),
            number=True,
            sieve="span",
        ),
        "decimal": KindScreen(
            widget="number",
            read=read_decimal,
            write=lambda value, _field, _desk: (plain_number(value),),
            show=lambda value, field, _desk: _with_unit(grouped_number(value), field),
            number=True,
            sieve="span",
        ),
        "money": KindScreen(
            widget="money",
            read=parsed(amounts.parse),
            write=lambda value, _field, _desk: (amount_to_type(value),),
            show=lambda value, _field, _desk: amount_to_read(value),
            number=True,
            sieve="span",
            under=_in_words,
        ),
        "percent": KindScreen(
            widget="percent",
            read=read_percent,
            write=lambda value, _field, _desk: (plain_number(value * 100),),
            show=lambda value, _field, _desk: share_to_read(value),
            number=True,
            sieve="span",
        ),
        "date": KindScreen(
            widget="date",
            read=parsed(dates.parse),
            write=lambda value, _field, _desk: (day_text(value),),
            show=lambda value, _field, _desk: day_text(value),
            sieve="span",
        ),
        "month": KindScreen(
            widget="month",
            read=read_month,
            write=lambda value, _field, _desk: (month_text(value),),
            show=lambda value, _field, _desk: month_text(value),
            sieve="span",
        ),
        "boolean": KindScreen(
            widget="truth",
            read=read_truth,
            write=lambda value, _field, _desk: ("1" if value else "0",),
            show=_show_truth,
            sieve="truth",
            begin=lambda declared, _field, _desk: taken(truth.parse(declared)),
        ),
        "choice": KindScreen(widget="choice", read=read_choice, write=_typed, show=_label, sieve="choice", begin=_begin_choice),
        "multi_choice": KindScreen(
            widget="choices",
            read=read_choices,
            write=lambda value, _field, _desk: tuple(value),
            show=_show_choices,
            wide=True,
        ),
        "id_number": KindScreen(
            widget="digits", read=parsed_on_day(id_number.parse), write=_typed, show=_as_is, mask=mask.id_number
        ),
        "disability_card": KindScreen(
            widget="digits", read=parsed_on_day(disability_card.parse), write=_typed, show=_as_is, mask=mask.id_number
        ),
        "phone": KindScreen(
            widget="telephone", read=parsed(phone.parse), write=_typed, show=_as_is, mask=mask.phone
        ),
        "bank_account": KindScreen(
            widget="digits", read=parsed(bank_account.parse), write=_typed, show=_as_is, mask=mask.account
        ),
        "region": _REFERENCE,
        "unit": _REFERENCE,
        "household": _REFERENCE,
        "person": _REFERENCE,
        "member": _REFERENCE,
        "serial": KindScreen(widget="known", read=read_nothing, write=_typed, show=_as_is, sieve="text"),
        "table": KindScreen(
            widget="lines", read=read_nothing, write=lambda _v, _f, _d: (), show=lambda _v, _f, _d: "", wide=True
        ),
        "computed": KindScreen(
            widget="known",
            read=read_nothing,
            write=lambda value, field, desk: (_show_computed(value, field, desk),),
            show=_show_computed,
            number=True,
            under=lambda _value: "",
        ),
        "note": KindScreen(
            widget="note", read=read_nothing, write=lambda _v, _f, _d: (), show=lambda _v, _f, _d: "", wide=True
        ),
    }
)  # fmt: skip


def shown(value: object, field: Field, desk: Desk) -> str:
    """A value as text on a page; "" for an unknown one."""
    if value is None or value == ():
        return ""
    return SCREENS[field.kind].show(value, field, desk)


def line_under(value: object, field: Field) -> str:
    """The line under a value, such as 大写; "" for kinds without one."""
    under = SCREENS[field.result or field.kind].under
    return under(value) if under and value is not None else ""


def masked(value: object, field: Field, desk: Desk) -> str:
    """The same with what may not be seen replaced by stars."""
    full = shown(value, field, desk)
    return SCREENS[field.kind].mask(full) if full else ""


def is_sensitive(field: Field) -> bool:
    """Whether the value is masked for who lacks the right."""
    return field.sensitive or KINDS[field.kind].sealed


def beginning(field: Field, desk: Desk) -> object:
    """The value a new record begins with."""
    if field.default is None:
        return None
    screen = SCREENS[field.kind]
    return (
        screen.begin(field.default, field, desk)
        if screen.begin
        else screen.read((field.default,), field, desk)
    )
