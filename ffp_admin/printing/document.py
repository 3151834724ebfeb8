"""A declared document (表册) for one region → the roster that goes to the press, logged and refused in sentences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.config import Settings
from ffp_admin.i18n import _
from ffp_admin.printing.failures import PrintFailed
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.gather import Gathered, Values, blocks, gather, registers_on, text_at, value_at
from ffp_admin.printing.press import render_roster
from ffp_admin.printing.roster import Align, Roster, RosterColumn, RosterGroup
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.spec.model import Document, DocumentColumn, Form
from ffp_admin.spec.words import TITLE_PLACE
from ffp_admin.store import Actor, Store, static
from ffp_admin.store.references import register_of

#: names of the places in a title that follow the region, widest first
_LEVEL_PLACES = ("county", "town", "village", "group")
_ALIGN: Mapping[str, Align] = MappingProxyType({"left": "left", "center": "center", "right": "right"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A finished PDF."""

    pdf: bytes
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nothing was printed, in sentences for the reader."""

    messages: tuple[str, ...]


class Printer:
    """Prints declared documents of one store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = PrintSettings.of(settings)
        self._shelf = FontShelf(self._settings)

    def documents(self, actor: Actor) -> list[tuple[str, str]]:
        """The documents whose register this actor may print, as (key, label)."""
        declared = self._store.catalog().documents.values()
        return [(one.key, one.label) for one in declared if actor.may(one.form, "print")]

    def render(self, document: str, region: str, actor: Actor) -> Printed | Refused:
        """One document of one region as PDF, logged with its fingerprint."""
        declared = self._store.catalog().documents.get(document)
        if declared is None or not actor.may(declared.form, "print"):
            return Refused(messages=(_("You may not print this document."),))
        if not self._may_view(declared, actor):
            return Refused(messages=(_("You may not see everything this document shows."),))
        with self._store.reading() as session:
            roster = compose(session, self._store, declared, region, actor)
        if not roster.groups:
            return Refused(messages=(_("There is nothing to print for this region."),))
        try:
            result = render_roster(roster, settings=self._settings, shelf=self._shelf)
        except PrintFailed as failed:
            return Refused(messages=tuple(str(one) for one in failed.problems))
        printed = Printed(pdf=result.pdf, pages=result.pages, sha256=result.sha256)
        self._log(declared, region, printed, roster, actor)
        return printed

    def _may_view(self, document: Document, actor: Actor) -> bool:
        """Whether the actor may view the form and every register its columns lead to."""
        form = self._store.catalog().forms[document.form]
        paths = [column.path for column in document.columns if column.path]
        return all(actor.may(one, "view") for one in {form.key} | registers_on(self._store, form, paths))

    def _log(self, document: Document, region: str, printed: Printed, roster: Roster, actor: Actor) -> None:
        """A print shows whole ID numbers: who, what, when, and a sealed snapshot of the data stay."""
        store = self._store
        snapshot = json.dumps(
            [[group.values, group.lines] for group in roster.groups], ensure_ascii=False, default=str
        )
        with store.writing() as session:
            session.execute(
                insert(static.print_log).values(
                    at=store.clock.now(),
                    user_id=actor.user_id,
                    user_name=actor.name,
                    document=document.key,
                    release=store.release_number,
                    region_code=region,
                    pages=printed.pages,
                    copies=1,
                    sha256=printed.sha256,
                    check_part=hashlib.sha256(printed.sha256.encode()).hexdigest()[:8],
                    snapshot=store.keyring.seal(snapshot, "print_log.snapshot"),
                )
            )


def compose(session: Session, store: Store, document: Document, region: str, actor: Actor) -> Roster:
    """The roster of a region: title and lines filled in, blocks merged, in the declared order."""
    paths = [column.path for column in document.columns if column.path]
    wanted = [*paths, *document.order, *([document.block_by] if document.block_by else [])]
    gathered = gather(session, store, document.form, region, wanted, actor)
    lines = sorted(gathered.lines, key=lambda line: _sort_key(store, gathered, line, document.order))
    left, middle, right = (*document.subtitle, "", "", "")[:3]
    return Roster(
        title=_title(session, store, document.title, region),
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
    )


def _sort_key(store: Store, gathered: Gathered, line: Values, order: Iterable[str]) -> tuple[Any, ...]:
    values = [value_at(store, gathered, line, path)[1] for path in order]
    # nothing sorts last, and never against something
    return (*((value is None, "" if value is None else value) for value in values), line[""])


def _column(store: Store, form: Form, declared: DocumentColumn) -> RosterColumn:
    return RosterColumn(
        label=declared.label,
        width_mm=declared.width_mm,
        group=declared.group or None,
        align=_ALIGN[declared.align],
        per="household" if declared.per == "block" else "member",
        is_name=bool(declared.path) and _is_name(store, form, declared.path),
        is_signature=declared.signature,
    )


def _is_name(store: Store, form: Form, path: str) -> bool:
    """Whether a column says who a row is about: a person, or what captions the record the path ends in."""
    *through, last = path.split(".")
    for step in through:
        form = store.catalog().forms[register_of(form.field(step))]
    return form.field(last).kind == "person" or last in form.display


def _group(store: Store, gathered: Gathered, document: Document, lines: list[Values]) -> RosterGroup:
    def texts(line: Values, per: str) -> tuple[str, ...]:
        return tuple(
            text_at(store, gathered, line, column.path) if column.path else ""
            for column in document.columns
            if column.per == per
        )

    return RosterGroup(values=texts(lines[0], "block"), lines=tuple(texts(line, "line") for line in lines))


def _title(session: Session, store: Store, template: str, region: str) -> str:
    """The declared title with the names of the region's levels and the county's day put in."""
    names = stores.region_names(session, store.edition(), [region])[region]
    today = store.clock.today()
    facts = dict.fromkeys(TITLE_PLACE.chinese, "")
    facts |= dict(zip(_LEVEL_PLACES, names, strict=False))
    facts |= {"year": str(today.year), "month": str(today.month), "day": str(today.day)}
    for place, chinese in TITLE_PLACE.chinese.items():
        for spelling in (chinese, place):
            template = template.replace("{" + spelling + "}", facts[place])
    return template
