"""Prints of one store: ordered, drawn by the worker, opened again by whoever may see what stands on them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffp_admin import jobs
from ffp_admin.config import Settings
from ffp_admin.i18n import _
from ffp_admin.jobs import JobContext, JobFailed
from ffp_admin.printing import PRINT, archive
from ffp_admin.printing.archive import Drawn, Print
from ffp_admin.printing.document import collect, roster_of, shown_records
from ffp_admin.printing.failures import PrintFailed
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.gather import fields_on
from ffp_admin.printing.press import PageWatch, render_roster, template_fingerprint, unwatched
from ffp_admin.printing.roster import RosterGroup, cell_text
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.spec.model import Document
from ffp_admin.store import Actor, Deed, Store, note

#: own prints offered to be opened again
RECENT = 6


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

    def order(self, document: str, region: str, actor: Actor) -> int | Refused:
        """Have a document of a region drawn; the number of the job. The same order under way is joined."""
        declared = self._allowed(document, actor)
        if isinstance(declared, Refused):
            return declared
        if not _has_work_in(actor, region, declared.form):
            return Refused(messages=(_("You have no work in this place. Choose a place you look after."),))
        return jobs.enqueue(self._store, PRINT, {"document": document, "region": region}, actor)

    def expected_seconds(self, document: str, region: str, pages: int | None) -> float | None:
        """How long such a print takes by the latest ones; None when nobody knows."""
        with self._store.reading() as session:
            return archive.expected_seconds(session, document, region, pages)

    def work_off(self, context: JobContext) -> Mapping[str, Any]:
        """Draw an ordered print and keep it: {"print": its id}. Taken up again after a crash it draws nothing twice."""
        document, region = str(context.arguments["document"]), str(context.arguments["region"])
        with self._store.reading() as session:
            made = archive.print_of_job(session, context.id)
        if made is not None:
            return {"print": made}

        def watch(done: int, pages: int) -> None:
            context.progress(done, pages)
            context.check()

        drawn = self._draw(document, region, context.owner, watch)
        if isinstance(drawn, Refused):
            raise JobFailed("\n".join(drawn.messages))
        context.check()
        return {"print": self._keep(drawn, context)}

    def _keep(self, drawn: Drawn, context: JobContext) -> int:
        def work(session: Session) -> int:
            ident = archive.log_print(session, self._store, drawn, context.owner, job=context.id)
            archive.keep_file(session, self._store, ident, drawn)
            self._note_drawn(session, ident, drawn, context.owner)
            return ident

        try:
            return self._store.write(work)
        except IntegrityError:  # another worker took this one for dead and was quicker
            with self._store.reading() as session:
                made = archive.print_of_job(session, context.id)
            if made is None:
                raise
            return made

    def render(self, document: str, region: str, actor: Actor) -> Printed | Refused:
        """One document of one region as PDF right now, logged with its fingerprint; nobody opens it again."""
        drawn = self._draw(document, region, actor)
        if isinstance(drawn, Refused):
            return drawn

        def work(session: Session) -> None:
            ident = archive.log_print(session, self._store, drawn, actor, copies=1)
            self._note_drawn(session, ident, drawn, actor)

        self._store.write(work)
        return Printed(pdf=drawn.pdf, pages=drawn.pages, sha256=drawn.sha256)

    def _draw(
        self, document: str, region: str, actor: Actor, watch: PageWatch = unwatched
    ) -> Drawn | Refused:
        declared = self._allowed(document, actor)
        if isinstance(declared, Refused):
            return declared
        started = time.monotonic()
        with self._store.reading() as session:
            release = self._store.release_number
            gathered = collect(session, self._store, declared, region, actor)
            roster = roster_of(session, self._store, declared, region, gathered)
        if not roster.groups:
            return Refused(messages=(_("There is nothing to print for this region."),))
        try:
            result = render_roster(roster, settings=self._settings, shelf=self._shelf, watch=watch)
        except PrintFailed as failed:
            return Refused(messages=tuple(str(one) for one in failed.problems))
        return Drawn(
            document=document,
            region=region,
            release=release,
            template=template_fingerprint(self._settings),
            pdf=result.pdf,
            pages=result.pages,
            sha256=result.sha256,
            snapshot=[_texts(group) for group in roster.groups],
            records=shown_records(gathered),
            milliseconds=round((time.monotonic() - started) * 1000),
        )

    def prints(self, actor: Actor) -> list[Print]:
        """The actor's own newest prints of documents that may still be printed."""
        with self._store.reading() as session:
            mine = archive.prints_of(session, actor.user_id, RECENT)
        return [one for one in mine if not isinstance(self._allowed(one.document, actor), Refused)]

    def opened(self, ident: int, actor: Actor) -> Print | None:
        """A print, for who made it or may print that document of that region today.

        None when there is none, or when a record on it is no longer the actor's to see: a number is no right.
        """
        with self._store.reading() as session:
            one = archive.find_print(session, ident)
            return one if one and self._may_open(session, one, actor) else None

    def pdf(self, ident: int, actor: Actor, *, copy: bool) -> bytes | None:
        """The very bytes that were drawn, noted in the audit trail; `copy`: handed out to be kept or printed.

        None as `opened`, and when the PDF was emptied.
        """

        def work(session: Session) -> bytes | None:
            one = archive.find_print(session, ident)
            if one is None or not self._may_open(session, one, actor):
                return None
            pdf = archive.content_of(session, self._store.keyring, one)
            if pdf is None:
                return None
            if copy:
                archive.count_copy(session, ident)
            self._note(session, one, actor, copy=copy)
            return pdf

        return self._store.write(work)

    def copied(self, ident: int, actor: Actor) -> bool:
        """Record a copy printed from the preview; False as `opened` is None."""

        def work(session: Session) -> bool:
            one = archive.find_print(session, ident)
            if one is None or not self._may_open(session, one, actor):
                return False
            archive.count_copy(session, ident)
            self._note(session, one, actor, copy=True)
            return True

        return self._store.write(work)

    def _note(self, session: Session, one: Print, actor: Actor, *, copy: bool) -> None:
        facts = {"print": one.id, "document": one.document, "region": one.region, "copy": copy}
        seen = archive.records_of(session, self._store.keyring, one) or {}
        self._write_note(session, "open_print", one.document, one.region, actor, facts, seen)

    def _note_drawn(self, session: Session, ident: int, drawn: Drawn, actor: Actor) -> None:
        facts = {"print": ident, "document": drawn.document, "region": drawn.region, "pages": drawn.pages}
        self._write_note(session, "print", drawn.document, drawn.region, actor, facts, drawn.records)

    def _write_note(
        self,
        session: Session,
        action: str,
        document: str,
        region: str,
        actor: Actor,
        facts: Mapping[str, object],
        seen: archive.Records,
    ) -> None:
        """A line about a print, and whose data stand on it."""
        form = self._store.catalog().documents[document].form
        deed = Deed(action=action, form=form, facts=facts, region=region, seen=seen)
        note(session, actor, self._store.clock.now(), "screen", [deed])

    def _may_open(self, session: Session, one: Print, actor: Actor) -> bool:
        if isinstance(self._allowed(one.document, actor), Refused):
            return False
        own = one.user_id is not None and one.user_id == actor.user_id
        form = self._store.catalog().documents[one.document].form
        if not own and not actor.reaches(archive.region_codes(one.region), form, "print"):
            return False
        return archive.shows_only_visible(session, self._store, one, form, actor)

    def _allowed(self, document: str, actor: Actor) -> Document | Refused:
        """The document, when the actor may print it and view everything its columns lead to."""
        declared = self._store.catalog().documents.get(document)
        if declared is None or not actor.may(declared.form, "print"):
            return Refused(messages=(_("You may not print this document."),))
        form = self._store.catalog().forms[declared.form]
        paths = [column.path for column in declared.columns if column.path]
        shown = fields_on(self._store, form, paths) | {(form.key, "")}
        if not all(
            actor.may(key, "view") and field not in actor.limits_on(key).closed for key, field in shown
        ):
            return Refused(messages=(_("You may not see everything this document shows."),))
        return declared


def _has_work_in(actor: Actor, region: str, form: str) -> bool:
    """Whether anything there can be the actor's to print: it lies in an own region, round one, or is not found by region."""
    if actor.household_ids(form, "print") or actor.unit_ids(form, "print"):
        return True
    inside = any(code.startswith(region) for code in actor.region_codes(form, "print"))
    return inside or actor.reaches(archive.region_codes(region), form, "print")


def _texts(group: RosterGroup) -> list[list[Any]]:
    """A household as it stands on paper: its own texts, then those of each line."""
    lines = [[cell_text(cell) for cell in line] for line in group.lines]
    return [[cell_text(cell) for cell in group.values], lines]
