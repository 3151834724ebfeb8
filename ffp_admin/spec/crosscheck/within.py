"""What must hold inside one declaration: names used once, columns, sizes, codes, merged lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ffp_admin.problems import Code, Place
from ffp_admin.spec.crosscheck.desk import Desk, Fault, kind_name
from ffp_admin.spec.fields import MOST_FIELDS
from ffp_admin.spec.keys import RECORDS
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import (
    CodeList,
    CodeWord,
    Document,
    DocumentColumn,
    Field,
    Form,
    ImportProfile,
    Role,
)
from ffp_admin.spec.reader import CODE_LIST, DOCUMENT, IMPORT_PROFILE, REGISTER, ROLE, Draft
from ffp_admin.spec.words import DUTY
from ffp_admin.values.text import half_width, without_spaces

#: totals of a column that need numbers
ADDED_UP = ("sum", "capitals")


def check_within(desk: Desk) -> None:
    """Checks each draft for itself."""
    for (sort, _key), draft in desk.drafts.items():
        if sort in _CHECKS:
            _CHECKS[sort](desk, draft)


def _form(desk: Desk, draft: Draft) -> None:
    form: Form = draft.declared
    fields = list(form.fields())
    _table(desk, draft, form.label, fields)
    for one in fields:
        _table(desk, draft, one.label, one.fields)
    for one in (spot.owner for spot in draft.spots if isinstance(spot.owner, Field)):
        register = KINDS[one.kind].register
        found = desk.form(register) if register else None
        if isinstance(found, Fault):
            desk.fault(draft, found, one.place)


def _table(desk: Desk, draft: Draft, label: str, fields: Iterable[Field]) -> None:
    """The fields of one physical table."""
    first: dict[str, Place] = {}
    columns: dict[str, str] = {}
    for one in fields:
        if one.key in first:
            desk.note(draft, Code.NAME_TAKEN, one.place, name=one.key, first=first[one.key])
        elif one.column in columns:
            facts = {"name": one.column, "first": columns[one.column], "second": one.key}
            desk.note(draft, Code.COLUMN_TAKEN, one.place, **facts)
        first.setdefault(one.key, one.place)
        if one.column:
            columns.setdefault(one.column, one.key)
    if len(first) > MOST_FIELDS:
        desk.note(draft, Code.TOO_MANY_FIELDS, draft.place, form=label, count=len(first), limit=MOST_FIELDS)


def _codes(desk: Desk, draft: Draft) -> None:
    codes: CodeList = draft.declared
    words = [(spot.owner, spot.place) for spot in draft.spots if isinstance(spot.owner, CodeWord)]
    first = {word.code: place.line for word, place in words}
    for word, place in words:
        for text in (word.label, *word.aliases):
            if text in first and text != word.code:
                desk.note(draft, Code.CODE_TAKEN, place, name=text, first=first[text])
            first.setdefault(text, place.line)
        if word.valid_from and word.valid_to and word.valid_from > word.valid_to:
            desk.note(draft, Code.BOUNDS_REVERSED, place, low=word.valid_from, high=word.valid_to)
        if chain := _circle(codes, word):
            desk.note(draft, Code.CODE_CIRCLE, place, name=word.code, chain=" → ".join(chain))


def _circle(codes: CodeList, word: CodeWord) -> list[str]:
    """The codes above `word` when they lead back to it."""
    parents = {one.code: one.parent for one in codes.words}
    chain = [word.code]
    while (above := parents.get(chain[-1], "")) and above not in chain:
        chain.append(above)
    return [*chain, above] if above == word.code else []


def _import_profile(desk: Desk, draft: Draft) -> None:
    profile: ImportProfile = draft.declared
    first: dict[str, Place] = {}
    for column in profile.columns:
        for heading in column.headings:
            seen = without_spaces(half_width(heading))
            if seen in first:
                desk.note(draft, Code.NAME_TAKEN, column.place, name=heading, first=first[seen])
            first.setdefault(seen, column.place)
    if not profile.block_by:
        _blocks(desk, draft, IMPORT_PROFILE, [one.place for one in profile.columns if one.per == "block"])


def _document(desk: Desk, draft: Draft) -> None:
    document: Document = draft.declared
    if not document.block_by:
        _blocks(desk, draft, DOCUMENT, [one.place for one in document.columns if one.per == "block"])
    counting = [one for one in document.columns if one.total == "blocks"]
    if counting and not document.block_by:
        total = RECORDS["document_column"].key("total").spelling(draft.language)
        merge = RECORDS[DOCUMENT].key("block_by").spelling(draft.language)
        for column in counting:
            desk.note(draft, Code.BLOCK_WITHOUT_MERGE, column.place, key=total, merge=merge)
    for column in document.columns:
        _total(desk, draft, column)
        if not column.path and (not column.signature or column.total in ADDED_UP):
            key = RECORDS["document_column"].key("path").spelling(draft.language)
            desk.note(draft, Code.MISSING_KEY, column.place, key=key)


def _role(desk: Desk, draft: Draft) -> None:
    """Publishing, accounts and the audit trail lie in three hands."""
    role: Role = draft.declared
    if len(role.duties) > 1:
        duties = "、".join(DUTY.spelling(one, draft.language) for one in role.duties)
        place = next((spot.place for spot in draft.spots if spot.owner is role), draft.place)
        desk.note(draft, Code.DUTIES_MIXED, place, name=role.label, duties=duties)


def _total(desk: Desk, draft: Draft, column: DocumentColumn) -> None:
    """Only numbers are added up, and only money is written in capital figures."""
    form = desk.form(draft.declared.form)
    if column.total not in ADDED_UP or not column.path or isinstance(form, Fault):
        return
    found = desk.path(form, column.path)
    if isinstance(found, Fault):
        return  # reported where the path is
    kind = KINDS[found.field.result or found.field.kind]
    if not kind.adds_up or (column.total == "capitals" and not kind.is_money):
        key = RECORDS["document_column"].key("total").spelling(draft.language)
        facts = {"name": column.path, "kind": kind_name(draft, found.kind), "key": key}
        desk.note(draft, Code.NOT_USABLE_HERE, column.place, **facts)


def _blocks(desk: Desk, draft: Draft, sort: str, places: Iterable[Place]) -> None:
    per = RECORDS["import_column"].key("per").spelling(draft.language)
    merge = RECORDS[sort].key("block_by").spelling(draft.language)
    for place in places:
        desk.note(draft, Code.BLOCK_WITHOUT_MERGE, place, key=per, merge=merge)


_CHECKS: Mapping[str, Callable[[Desk, Draft], None]] = MappingProxyType(
    {
        REGISTER: _form,
        CODE_LIST: _codes,
        ROLE: _role,
        IMPORT_PROFILE: _import_profile,
        DOCUMENT: _document,
    }
)
