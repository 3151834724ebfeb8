"""What one value must be, apart from rules: limits, length, words of its list, numbers of the right form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.rules.kinds import RULE_KINDS, Invalid
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.model import Catalog, CodeList, CodeWord, Field, Level
from ffp_admin.values.texts import DOUBTS, REFUSALS

#: a table without 至多 has at most so many rows
MOST_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong with one value."""

    code: str
    message: str
    level: Level = Level.ERROR


#: a value (never None) on a day → what is wrong with it
Validator = Callable[[Any, date], Verdict | None]


def validators(field: Field, catalog: Catalog) -> tuple[Validator, ...]:
    """What is asked of a value of this field, cheapest first."""
    kind = RULE_KINDS[field.kind]
    shape = KINDS[field.kind].shape
    found: list[Validator] = []
    if kind.limit:
        found += _limits(field, kind.limit)
    if field.length is not None:
        found.append(_length(field, field.length))
    if shape in (Shape.CHOICES, Shape.ROWS):
        found += _amount(field, shape)
    if shape is Shape.CHOICE and field.codes:
        found.append(_word(catalog.codes[field.codes]))
    if shape is Shape.CHOICES:
        found.append(_words(catalog.codes[field.codes]))
    if kind.invalid:
        found.append(_invalid(kind.invalid))
    if kind.doubtful:
        found.append(_doubtful(kind.doubtful))
    return tuple(found)


def _limits(field: Field, read: Callable[[str], Any]) -> list[Validator]:
    found: list[Validator] = []
    if field.minimum is not None:
        found.append(_minimum(field, read(field.minimum)))
    if field.maximum is not None:
        found.append(_maximum(field, read(field.maximum)))
    return found


def _minimum(field: Field, least: Any) -> Validator:
    def check(value: Any, _day: date) -> Verdict | None:
        if value >= least:
            return None
        message = _(
            "{label} must be at least {limit}.", label=field.label, limit=_with_unit(field.minimum, field)
        )
        return Verdict(code="minimum", message=message)

    return check


def _maximum(field: Field, most: Any) -> Validator:
    def check(value: Any, _day: date) -> Verdict | None:
        if value <= most:
            return None
        message = _(
            "{label} must be at most {limit}.", label=field.label, limit=_with_unit(field.maximum, field)
        )
        return Verdict(code="maximum", message=message)

    return check


def _with_unit(limit: str | None, field: Field) -> str:
    return RULE_KINDS[field.kind].written(limit or "") + field.unit


def _length(field: Field, most: int) -> Validator:
    def check(value: Any, _day: date) -> Verdict | None:
        if len(value) <= most:
            return None
        message = _(
            "{label} has {length} characters; at most {limit} fit.",
            label=field.label,
            length=len(value),
            limit=most,
        )
        return Verdict(code="length", message=message)

    return check


def _amount(field: Field, shape: Shape) -> list[Validator]:
    """Fewest and most rows, or chosen words. An empty table has too few rows; see `program`."""
    rows = shape is Shape.ROWS
    low, high = field.at_least or 0, field.at_most
    if high is None and rows:
        high = MOST_ROWS

    def check(value: Any, _day: date) -> Verdict | None:
        count = len(value)
        if count < low:
            few = _("{label}: at least {limit} rows.") if rows else _("{label}: choose at least {limit}.")
            return Verdict(code="at_least", message=few.format(label=field.label, limit=low))
        if high is not None and count > high:
            many = _("{label}: at most {limit} rows.") if rows else _("{label}: choose at most {limit}.")
            return Verdict(code="at_most", message=many.format(label=field.label, limit=high))
        return None

    return [check] if low or high is not None else []


def _word(codes: CodeList) -> Validator:
    words, always = _tables(codes)

    def check(value: Any, day: date) -> Verdict | None:
        return None if value in always else _judge(value, day, words, codes)

    return check


def _words(codes: CodeList) -> Validator:
    words, always = _tables(codes)

    def check(value: Any, day: date) -> Verdict | None:
        for code in value:
            if code not in always and (verdict := _judge(code, day, words, codes)):
                return verdict
        return None

    return check


def _tables(codes: CodeList) -> tuple[Mapping[str, CodeWord], frozenset[str]]:
    """Words by code, and the codes that are valid on every day."""
    always = frozenset(w.code for w in codes.words if w.valid_from is None and w.valid_to is None)
    return {word.code: word for word in codes.words}, always


def _judge(value: Any, day: date, words: Mapping[str, CodeWord], codes: CodeList) -> Verdict | None:
    word = words.get(value)
    if word is None:
        message = _("'{value}' is not in the list {codes}. Choose again.", value=value, codes=codes.label)
        return Verdict(code="unknown_code", message=message)
    if word.valid_on(day):
        return None
    message = _(
        "'{label}' of the list {codes} is not valid on {day}. Choose again.",
        label=word.label,
        codes=codes.label,
        day=day.isoformat(),
    )
    return Verdict(code="code_expired", message=message)


def _invalid(judge: Callable[[Any, date], Invalid | None]) -> Validator:
    def check(value: Any, day: date) -> Verdict | None:
        found = judge(value, day)
        if found is None:
            return None
        code, facts = found
        return Verdict(code=code, message=_(REFUSALS[code], **facts))

    return check


def _doubtful(judge: Callable[[Any], str | None]) -> Validator:
    def check(value: Any, _day: date) -> Verdict | None:
        code = judge(value)
        return Verdict(code=code, message=_(DOUBTS[code]), level=Level.DOUBT) if code else None

    return check
