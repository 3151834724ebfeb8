"""The list of a form: what narrows it, one page of it, the ways on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from ffp_admin.i18n import N_, _
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.keywords import open_keyword, seal_keyword
from ffp_admin.screens.kinds import NO, SCREENS, YES, is_sensitive
from ffp_admin.screens.numbers import record_number
from ffp_admin.screens.pages import Column, FilterBox, Link, ListPage, Row
from ffp_admin.screens.reading import Raw, Unreadable
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Page, Query, Record

PAGE_SIZE = 25
#: names in the address that are no fields
KEYWORD, AFTER, BEFORE = "q-word", "q-after", "q-before"
NOTHING: Mapping[str, str] = MappingProxyType({})
_OLD_SEARCH = N_("The search is too old to be paged through. Type the word again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What a list is narrowed by, as read from an address or a post."""

    keyword: str
    filters: Mapping[str, Any]
    boxes: Sequence[FilterBox]
    #: the same for an address
    query: Mapping[str, Sequence[str]]
    faults: Sequence[str] = ()

    @property
    def narrows(self) -> bool:
        """Whether not everything is shown."""
        return bool(self.keyword or self.filters)


def filter_fields(form: Form) -> list[Field]:
    """The declared filters that may stand in an address."""
    wanted = {key: form.field(key) for key in form.list.filters}
    return [field for field in wanted.values() if SCREENS[field.kind].sieve and not is_sensitive(field)]


def read_sieve(form: Form, given: MultiDict[str, str], keyword: str, desk: RequestDesk) -> Sieve:
    """Read every filter; one that cannot be read leaves a fault and narrows nothing."""
    filters: dict[str, Any] = {}
    query: dict[str, Sequence[str]] = {}
    boxes, faults = [], []
    for field in filter_fields(form):
        texts = tuple(text.strip() for text in given.getlist(field.key))
        try:
            value, kept = SIEVES[SCREENS[field.kind].sieve](field, texts, desk)
        except Unreadable as reason:
            faults.append(f"{field.label}：{reason.message}")
            value, kept = None, ()
        if value is not None:
            filters[field.key] = value
            query[field.key] = kept
            texts = kept
        boxes.append(_box(form, field, texts, desk))
    return Sieve(keyword=keyword, filters=filters, boxes=boxes, query=query, faults=faults)


def _one(field: Field, texts: Raw, desk: RequestDesk) -> tuple[Any, Raw]:
    value = SCREENS[field.kind].read(texts[:1], field, desk) if texts and texts[0] else None
    return value, texts[:1]


def _span(field: Field, texts: Raw, desk: RequestDesk) -> tuple[Any, Raw]:
    read = SCREENS[field.kind].read
    first, last = (read((text,), field, desk) if text else None for text in (*texts, "", "")[:2])
    return (None if first is None and last is None else (first, last)), (*texts, "", "")[:2]


def _picked(field: Field, texts: Raw, desk: RequestDesk) -> tuple[Any, Raw]:
    # an address holds the id alone, a post the id and what was typed
    raw = texts if len(texts) > 1 else (texts[0] if texts else "", "x", texts[0] if texts else "")
    value = SCREENS[field.kind].read(raw, field, desk) if any(texts) else None
    return value, () if value is None else (str(value),)


SIEVES = {"text": _one, "choice": _one, "truth": _one, "span": _span, "pick": _picked}


def _box(form: Form, field: Field, texts: Raw, desk: RequestDesk) -> FilterBox:
    widget = SCREENS[field.kind].sieve
    options: list[tuple[str, str]] = []
    if widget == "truth":
        widget, options = "choice", [("1", _(YES)), ("0", _(NO))]
    elif widget == "choice":
        options = [(word.code, word.label) for word in desk.codes(field.codes).words]
    elif widget == "pick" and len(texts) == 1:
        texts = (texts[0], SCREENS[field.kind].write(texts[0], field, desk)[1])
    return FilterBox(
        name=field.key,
        label=field.label,
        widget=widget,
        texts=(*texts, "", "")[:2],
        options=options,
        pick_url=url_for("Ledger.pick", form=form.key, field=field.key),
    )


def keyword_of(form: Form, token: str, desk: RequestDesk) -> tuple[str, Sequence[str]]:
    """The keyword of an address, and what to say when it cannot be had any more."""
    keyword = open_keyword(desk.store, desk.actor.user_id, form.key, token)
    return ("", (_(_OLD_SEARCH),)) if keyword is None else (keyword, ())


def address(form: Form, sieve: Sieve, desk: RequestDesk, more: Mapping[str, str] = NOTHING) -> str:
    """The list with this sieve, its keyword sealed; `more` is the cursor."""
    token = seal_keyword(desk.store, desk.actor.user_id, form.key, sieve.keyword)
    query = {
        **sieve.query,
        **({KEYWORD: [token]} if token else {}),
        **{name: [text] for name, text in more.items()},
    }
    base = url_for("Ledger.list", form=form.key)
    return f"{base}?{urlencode(query, doseq=True)}" if query else base


def query_of(sieve: Sieve, given: MultiDict[str, str]) -> Query:
    """What the store is asked for: the sieve, and the cursor of an address."""
    after, before = (_cursor(given.get(name, "")) for name in (AFTER, BEFORE))
    return Query(keyword=sieve.keyword, filters=sieve.filters, size=PAGE_SIZE, after=after, before=before)


def _cursor(text: str) -> int | None:
    return record_number(text)


def list_page(
    form: Form,
    sieve: Sieve,
    found: Page,
    desk: RequestDesk,
    *,
    faults: Sequence[str] = (),
    buttons: Sequence[Link] = (),
) -> ListPage:
    """One page of the list with the ways on from it; `buttons` are those of other pages (import, print)."""
    columns = [
        Column(label=label, number=number)
        for label, number in (desk.column(form, p) for p in form.list.columns)
    ]
    may = desk.actor.may
    return ListPage(
        label=form.label,
        help=form.help,
        columns=columns,
        rows=rows_of(form, found.records, desk, form.list.columns),
        filters=sieve.boxes,
        link=link_column(form, form.list.columns),
        keyword=sieve.keyword,
        keyword_help=_keyword_help(form, desk),
        narrowed=sieve.narrows,
        count_text=count_text(found),
        empty_text=_("Nothing fits. Shorten the word or show all.") if sieve.narrows else _("No record yet."),
        find_url=url_for("Ledger.find", form=form.key),
        all_url=url_for("Ledger.list", form=form.key),
        previous_url=address(form, sieve, desk, {BEFORE: str(found.previous)}) if found.previous else "",
        next_url=address(form, sieve, desk, {AFTER: str(found.next)}) if found.next else "",
        add_url=url_for("Ledger.add", form=form.key) if may(form.key, "fill") else "",
        buttons=buttons,
        faults=(*faults, *sieve.faults),
    )


def _keyword_help(form: Form, desk: RequestDesk) -> str:
    """Which fields the keyword box finds; "" when there are none."""
    labels = _found_by(form) or [label for other in _displayed(form, desk) for label in _found_by(other)]
    return _("Find by {fields}", fields="、".join(dict.fromkeys(labels))) if labels else ""


def _found_by(form: Form) -> list[str]:
    return [field.label for field in form.fields() if field.searchable or field.pattern]


def _displayed(form: Form, desk: RequestDesk) -> list[Form]:
    """The registers a form without own searchable fields is found through: those of its caption."""
    fields = [form.field(path.partition(".")[0]) for path in form.display]
    registers = [KINDS[field.kind].register for field in fields]
    return [desk.edition.form(one) for one in registers if one in desk.edition.catalog.forms]


def link_column(form: Form, paths: Sequence[str]) -> int:
    """The column that names the record and leads to it."""
    named = [i for i, path in enumerate(paths) if path in form.display]
    return named[0] if named else 0


def rows_of(form: Form, records: Sequence[Record], desk: RequestDesk, paths: Sequence[str]) -> list[Row]:
    """Records as lines of a list with the columns of `paths`."""
    lines = desk.lines(form, [record.values for record in records], paths)
    return [
        Row(
            href=url_for("Ledger.record", form=form.key, ident=record.id),
            cells=line,
            void=not record.is_current,
        )
        for record, line in zip(records, lines, strict=True)
    ]


def count_text(found: Page) -> str:
    """How many there are; above 10,000 only that."""
    if found.capped:
        return _("more than {count} records", count=f"{found.total:,}")
    return _("{count} records", count=f"{found.total:,}")
