"""A form as a page of plain text in the current locale: fields by section, conditions and checks as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ffp_admin.i18n import _, current_locale
from ffp_admin.problems import SpecProblems
from ffp_admin.rules.declared import Use, bound_rules, path_of
from ffp_admin.rules.kinds import RULE_KINDS
from ffp_admin.rules.sentences import said
from ffp_admin.spec.model import Catalog, Check, Field, Form, Level
from ffp_admin.spec.words import KIND, LANGUAGES

_Said = Mapping[tuple[Use, str], str]

#: a longer list is only counted
_MOST_WORDS = 8
_FIELD_USES = (Use.SHOWN, Use.REQUIRED, Use.FILLED, Use.FORMULA)


def lines(form: Form, catalog: Catalog) -> Iterator[str]:
    """The page line by line; raises SpecProblems when an expression of the form cannot be used."""
    bound, problems = bound_rules(form, catalog)
    if problems:
        raise SpecProblems(problems)
    told = said(bound)
    yield _("{label} ({key})", label=form.label, key=form.key)
    if form.help:
        yield form.help
    yield _belongs(form)
    for section in form.sections:
        yield ""
        yield _("[{section}]", section=section.label)
        yield from _indented(section.help, told.get((Use.SECTION, section.key), ""))
        for field in section.fields:
            yield from _field(field, "", catalog, told)
    yield from _checks(form, told)
    yield from _unique(form)


def _belongs(form: Form) -> str:
    if not form.scope:
        return _("Belongs to the whole county.")
    return _("Belongs to: {field}", field=form.field(form.scope).label)


def _indented(*texts: str) -> Iterator[str]:
    yield from (f"    {text}" for text in texts if text)


def _field(field: Field, table: str, catalog: Catalog, told: _Said) -> Iterator[str]:
    margin = "      " if table else "  "
    kind = KIND.spelling(field.kind, current_locale() if current_locale() in LANGUAGES else "en")
    particulars = "".join(_("; ") + one for one in _particulars(field, catalog))
    head = _("{label}: {kind}", label=field.label, kind=kind)
    yield f"{margin}{head}{particulars}"
    path = path_of(field, table)
    yield from (f"{margin}{line}" for line in _indented(field.help))
    for use in _FIELD_USES:
        yield from (f"{margin}{line}" for line in _indented(told.get((use, path), "")))
    for cell in field.fields:
        yield from _field(cell, field.key, catalog, told)


def _particulars(field: Field, catalog: Catalog) -> Iterator[str]:
    written = RULE_KINDS[field.kind].written
    if field.required:
        yield _("required")
    if field.codes:
        yield _words(field, catalog)
    if field.minimum is not None:
        yield _("at least {limit}", limit=written(field.minimum) + field.unit)
    if field.maximum is not None:
        yield _("at most {limit}", limit=written(field.maximum) + field.unit)
    if field.length is not None:
        yield _("at most {count} characters", count=field.length)
    if field.at_least:
        yield _("at least {count} entries", count=field.at_least)
    if field.at_most is not None:
        yield _("at most {count} entries", count=field.at_most)
    if field.unique:
        yield _("not twice in the county") if field.unique == "county" else _("not twice in the household")
    if field.sensitive:
        yield _("masked")


def _words(field: Field, catalog: Catalog) -> str:
    codes = catalog.codes[field.codes]
    if len(codes.words) > _MOST_WORDS:
        return _("one of the {count} words of {codes}", codes=codes.label, count=len(codes.words))
    return "／".join(word.label for word in codes.words)


def _checks(form: Form, told: _Said) -> Iterator[str]:
    if form.checks:
        yield ""
        yield _("[{section}]", section=_("Checks"))
    for number, check in enumerate(form.checks):
        yield f"  {number + 1}. {told[Use.CHECK, str(number)]}"
        yield from _indented(_otherwise(check))


def _otherwise(check: Check) -> str:
    if check.level is Level.DOUBT:
        return _("Otherwise a doubt: {message}", message=check.otherwise)
    return _("Otherwise it is not saved: {message}", message=check.otherwise)


def _unique(form: Form) -> Iterator[str]:
    labels = {field.key: field.label for field in form.fields()}
    if form.unique:
        yield ""
    for group in form.unique:
        yield _("No two records with the same: {fields}", fields="、".join(labels[key] for key in group))
