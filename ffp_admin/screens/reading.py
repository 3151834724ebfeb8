"""From posted texts to values: what each kind takes from its widget, and how it says no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from ffp_admin.i18n import N_, _
from ffp_admin.screens.numbers import record_number
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import CodeList, Field
from ffp_admin.values import month, numbers
from ffp_admin.values.cleaned import Cleaned, Refused
from ffp_admin.values.texts import REFUSALS

#: what one widget posts: one text, several ticks, or (known id, typed text)
Raw = tuple[str, ...]
#: longest texts that are read at all, in characters
ONE_LINE, MANY_LINES = 1_000, 50_000

TOO_LONG = N_(
    "The text has {length} characters; at most {limit} fit here. Shorten it; the rest of the form is kept."
)
NOT_FOUND = N_("'{value}' was not found. Type the name, the first letters of its pinyin, or the number.")
SEVERAL = N_("Several entries fit '{value}'. Choose one below.")
NOT_A_WORD = N_("Choose one of the words offered.")


class Desk(Protocol):
    """What a kind may ask while it reads or shows a value: code lists, look-ups, the day."""

    @property
    def today(self) -> date:
        """The county's day."""
        ...

    def codes(self, key: str) -> CodeList:
        """A code list."""
        ...

    def pick(self, register: str, typed: str) -> Sequence[tuple[object, str]]:
        """Records that fit a typed text, as (id or code, caption)."""
        ...

    def details(self, register: str, idents: Sequence[object]) -> dict[object, str]:
        """What tells records of one caption apart."""
        ...

    def caption(self, register: str, ident: object) -> str:
        """What a record is called; "" when it is unknown or may not be seen."""
        ...


class Unreadable(Exception):
    """A posted text is no value of the kind; `offers` are records it may have meant."""

    def __init__(self, message: str, offers: Sequence[tuple[object, str]] = ()) -> None:
        self.message = message
        self.offers = tuple(offers)
        super().__init__(message)


def taken(result: Cleaned[Any] | Refused) -> object:
    """The value of a parse, or Unreadable with its sentence."""
    if isinstance(result, Cleaned):
        return result.value
    sentence = _(REFUSALS[result.code], **result.facts)
    if result.suggestion:
        sentence += _(" Did you mean {suggestion}?", suggestion=result.suggestion)
    raise Unreadable(sentence)


def first(raw: Raw) -> str:
    """The first posted text, "" when none was."""
    return raw[0] if raw else ""


def limited(raw: Raw, limit: int) -> str:
    """The first posted text; Unreadable when it is longer than any value of the kind."""
    typed = first(raw)
    if len(typed) > limit:
        raise Unreadable(_(TOO_LONG, length=len(typed), limit=limit))
    return typed


def parsed(parse: Callable[[str], Cleaned[Any] | Refused]) -> Callable[[Raw, Field, Desk], object]:
    """A reader made from a parse function of the values floor."""
    return lambda raw, _field, _desk: taken(parse(limited(raw, ONE_LINE)))


def parsed_on_day(
    parse: Callable[[str, date], Cleaned[Any] | Refused],
) -> Callable[[Raw, Field, Desk], object]:
    """The same for a parse function that needs the day."""
    return lambda raw, _field, desk: taken(parse(limited(raw, ONE_LINE), desk.today))


def read_decimal(raw: Raw, field: Field, _desk: Desk) -> object:
    """A quantity with the declared digits behind the point."""
    places = 4 if field.places is None else field.places
    return taken(numbers.parse_decimal(limited(raw, ONE_LINE), places))


def read_percent(raw: Raw, _field: Field, _desk: Desk) -> object:
    """A share as its ratio."""
    # the sign stands behind the box: a bare 50 and a bare 0.5 are both per cent
    typed = limited(raw, ONE_LINE).strip()
    return taken(numbers.parse_percent(typed if not typed or typed[-1] in "%％" else f"{typed}%"))


def read_month(raw: Raw, _field: Field, _desk: Desk) -> object:
    """A month as 2026-03."""
    first_day = taken(month.parse(limited(raw, ONE_LINE)))
    return first_day.isoformat()[:7] if isinstance(first_day, date) else None


def read_truth(raw: Raw, _field: Field, _desk: Desk) -> object:
    """True, False, or None when neither was ticked."""
    return {"1": True, "0": False}.get(first(raw))


def _known_code(code: str, field: Field, desk: Desk) -> str:
    if desk.codes(field.codes).by_code(code) is None:
        raise Unreadable(_(NOT_A_WORD))
    return code


def read_choice(raw: Raw, field: Field, desk: Desk) -> object:
    """The code of one word."""
    return _known_code(raw[0], field, desk) if first(raw) else None


def read_choices(raw: Raw, field: Field, desk: Desk) -> object:
    """The codes of all ticked words, in list order; None when none was."""
    chosen = {_known_code(code, field, desk) for code in raw if code}
    return tuple(word.code for word in desk.codes(field.codes).words if word.code in chosen) or None


def read_reference(raw: Raw, field: Field, desk: Desk) -> object:
    """Posted are the known id, the text in the box and, after an ambiguous text, the id chosen below it."""
    register = KINDS[field.kind].register
    known, typed, chosen = (*raw, "", "", "")[:3]
    if chosen:
        return as_ident(register, chosen)
    if not typed.strip():
        return None
    ident = as_ident(register, known)
    if ident is not None and desk.caption(register, ident) == typed.strip():
        return ident
    return _resolved(register, typed.strip(), desk)


def _resolved(register: str, typed: str, desk: Desk) -> object:
    offers = desk.pick(register, typed)
    if len(offers) == 1:
        return offers[0][0]
    exact = [ident for ident, caption in offers if caption == typed]
    if len(exact) == 1:
        return exact[0]
    if offers:
        apart = desk.details(register, [ident for ident, _caption in offers])
        raise Unreadable(
            _(SEVERAL, value=typed), [(i, f"{c}　{apart.get(i, '')}".rstrip()) for i, c in offers]
        )
    raise Unreadable(_(NOT_FOUND, value=typed))


def as_ident(register: str, text_of_id: str) -> object:
    """The id behind a posted text: a code for regions, a number for all others; None when it is neither."""
    number = record_number(text_of_id)
    return text_of_id if register == "region" and number is not None else number


def read_nothing(_raw: Raw, _field: Field, _desk: Desk) -> object:
    """Nobody types values of this kind."""
    return None
