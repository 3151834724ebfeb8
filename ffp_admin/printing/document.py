"""A declared document (表册) for one region → the roster that goes to the press."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.printing.archive import Records
from ffp_admin.printing.gather import Gathered, Values, blocks, gather, text_at, value_at
from ffp_admin.printing.roster import Align, Amount, Cell, Closing, Roster, RosterColumn, RosterGroup
from ffp_admin.printing.totals import with_totals
from ffp_admin.printing.words import frame_words
from ffp_admin.spec.kinds import KINDS, Kind
from ffp_admin.spec.model import Document, DocumentColumn, Form
from ffp_admin.spec.words import TITLE_PLACE
from ffp_admin.store import Actor, Store
from ffp_admin.store.references import holds_codes, register_of

#: names of the places in a title that follow the region, widest first
_LEVEL_PLACES = ("county", "town", "village", "group")
#: how a declared total closes a column
_CLOSING: Mapping[str, Closing] = MappingProxyType(
    {"": "", "sum": "sum", "capitals": "sum", "blocks": "households", "lines": "lines"}
)
_ALIGN: Mapping[str, Align] = MappingProxyType({"left": "left", "center": "center", "right": "right"})


def compose(session: Session, store: Store, document: Document, region: str, actor: Actor) -> Roster:
    """The roster of a region as the actor may see it."""
    gathered = collect(session, store, document, region, actor)
    return roster_of(session, store, document, region, gathered)


def collect(session: Session, store: Store, document: Document, region: str, actor: Actor) -> Gathered:
    """Whatever the document shows of a region and the actor may see."""
    paths = [column.path for column in document.columns if column.path]
    wanted = [*paths, *document.order, *([document.block_by] if document.block_by else [])]
    return gather(session, store, document.form, region, wanted, actor)


def shown_records(gathered: Gathered) -> Records:
    """The records behind a roster by form: who opens the paper later must still be allowed to see them."""
    found = {gathered.form.key: {line[""] for line in gathered.lines}}
    for register, records in gathered.reached.items():
        found.setdefault(register, set()).update(records)
    for register, key in gathered.captions:
        if not holds_codes(register) and isinstance(key, int):
            found.setdefault(register, set()).add(key)
    return {form: sorted(ids) for form, ids in found.items()}


def roster_of(session: Session, store: Store, document: Document, region: str, gathered: Gathered) -> Roster:
    """The roster: title and lines filled in, blocks merged, in the declared order, totals at the end."""
    lines = sorted(gathered.lines, key=lambda line: _sort_key(store, gathered, line, document.order))
    told = (_filled(session, store, one, region) for one in document.subtitle)
    left, middle, right = (*told, "", "", "")[:3]
    roster = Roster(
        title=_filled(session, store, document.title, region),
        columns=tuple(_column(store, gathered.form, one) for one in document.columns),
        groups=tuple(_group(store, gathered, document, block) for block in blocks(lines, document.block_by)),
        subtitle_left=left,
        subtitle_middle=middle,
        subtitle_right=right,
        footer=document.footer,
        footer_every_page=document.footer_every_page,
        copies=document.copies,
        paper="A3" if document.paper == "A3" else "A4",
        landscape=document.landscape,
        page_subtotals=document.page_totals,
    )
    return with_totals(roster, frame_words())


def _sort_key(store: Store, gathered: Gathered, line: Values, order: Iterable[str]) -> tuple[Any, ...]:
    values = [value_at(store, gathered, line, path)[1] for path in order]
    # nothing sorts last, and never against something
    return (*((value is None, "" if value is None else value) for value in values), line[""])


def _column(store: Store, form: Form, declared: DocumentColumn) -> RosterColumn:
    money = bool(declared.path) and _kind(store, form, declared.path).is_money
    return RosterColumn(
        label=declared.label,
        width_mm=declared.width_mm,
        group=declared.group or None,
        align=_ALIGN[declared.align],
        per="household" if declared.per == "block" else "member",
        is_name=bool(declared.path) and _is_name(store, form, declared.path),
        is_signature=declared.signature,
        total=_CLOSING[declared.total],
        decimals=2 if money else None,
        capitals=declared.total == "capitals",
    )


def _kind(store: Store, form: Form, path: str) -> Kind:
    """The kind of what stands at the end of a dotted path; of a computed field that of its result."""
    *through, last = path.split(".")
    one = _form_at(store, form, through).field(last)
    return KINDS[one.result or one.kind]


def _form_at(store: Store, form: Form, through: Iterable[str]) -> Form:
    for step in through:
        form = store.catalog().forms[register_of(form.field(step))]
    return form


def _is_name(store: Store, form: Form, path: str) -> bool:
    """Whether a column says who a row is about: a person, or what captions the record the path ends in."""
    *through, last = path.split(".")
    form = _form_at(store, form, through)
    return form.field(last).kind == "person" or last in form.display


def _group(store: Store, gathered: Gathered, document: Document, lines: list[Values]) -> RosterGroup:
    def cells(line: Values, per: str) -> tuple[Cell, ...]:
        return tuple(_cell(store, gathered, line, column) for column in document.columns if column.per == per)

    return RosterGroup(values=cells(lines[0], "block"), lines=tuple(cells(line, "line") for line in lines))


def _cell(store: Store, gathered: Gathered, line: Values, column: DocumentColumn) -> Cell:
    """What stands in a cell; a number that is added up stays a number."""
    if not column.path:
        return ""
    text = text_at(store, gathered, line, column.path)
    if _CLOSING[column.total] != "sum" or not text:
        return text
    return Amount(text=text, value=Decimal(value_at(store, gathered, line, column.path)[1]))


def _filled(session: Session, store: Store, template: str, region: str) -> str:
    """A declared title or subtitle with the names of the region's levels and the county's day put in."""
    names = stores.region_names(session, store.edition(), [region])[region]
    today = store.clock.today()
    facts = dict.fromkeys(TITLE_PLACE.chinese, "")
    facts |= dict(zip(_LEVEL_PLACES, names, strict=False))
    facts |= {"year": str(today.year), "month": str(today.month), "day": str(today.day)}
    for place, chinese in TITLE_PLACE.chinese.items():
        template = template.replace("{" + chinese + "}", facts[place])
    return template
