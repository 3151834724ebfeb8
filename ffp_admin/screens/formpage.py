"""One form being filled in: begun, taken up from a draft, posted, saved, or given back with what it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import abort, flash, g, url_for
from werkzeug.datastructures import MultiDict

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts, reasons, summary
from ffp_admin.screens.changes import guarded_notes, submitted
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.filling import (
    CLASH,
    Answer,
    begin,
    judge,
    read_form,
    read_posted,
    try_save,
    unmask,
)
from ffp_admin.screens.forms import LedgerForm
from ffp_admin.screens.kinds import SCREENS
from ffp_admin.screens.pages import DraftNote, FormPage
from ffp_admin.screens.secrets_shown import secret_fields
from ffp_admin.screens.wording import moment_text, person_text
from ffp_admin.store import Actor, Record, Saved, Store, load
from ffp_admin.store.owning import may_reveal

RESTORED = N_("What you typed is back. Look it over and press Save.")
SAVED = N_("Saved.")
#: longest reason for a change of key data
REASON = 500
MERGED = N_("{name} changed {fields} meanwhile; both changes are kept.")
KEPT_DRAFT = N_("On {time} you began to fill this in and did not save it.")


class FormDesk:
    """Handles one request to the form of one record (`ident` None: a new one)."""

    def __init__(self, store: Store, actor: Actor, form_type: type[LedgerForm], ident: int | None) -> None:
        self._store = store
        self._actor = actor
        self._type = form_type
        self._form = form_type.declaration
        self._ident = ident
        self._pick_base = url_for("Ledger.pick", form=self._form.key, field="")
        self._reason = ""

    # ---- ways in

    def begun(self, given: MultiDict[str, str]) -> FormPage:
        """The form before anything was posted; with ?draft=1 as it was left."""
        with self._store.reading() as session:
            desk = RequestDesk(session, self._store, self._actor)
            record = self._record(desk)
            draft = drafts.find(session, self._store, self._user_id, self._form.key, self._ident or 0)
            if draft and given.get("draft"):
                self._note_shown(record)
                return self._taken_up(draft[1], record, desk)
            if record is None:
                form = begin(self._type, given, desk, self._pick_base)
            else:
                form = self._type(desk, pick_base=self._pick_base, masks=not self._actor.unmasked)
                form.process(None, data=record.values)
            judge(form, record, desk, nags=False)
            self._note_shown(record)
            page = self._page(form, record, record.row_version if record else None, desk)
            return replace(page, draft=self._draft_note(draft[0]) if draft else None)

    def _note_shown(self, record: Record | None) -> None:
        """A form shows full values to who may see them all: that is a look."""
        fields = secret_fields(self._form, record.values) if record and self._actor.unmasked else ()
        if record is None or not fields:
            return
        with self._store.writing() as session:
            reasons.note_look(
                session, self._store, self._actor, self._form.key, record.id, fields, codes=record.codes
            )

    def _taken_up(self, given: MultiDict[str, str], record: Record | None, desk: RequestDesk) -> FormPage:
        form = read_form(self._type, given, record, desk, self._pick_base)
        judge(form, record, desk, nags=False)
        page = self._page(form, record, read_posted(given).row_version, desk)
        return replace(page, notice=_(RESTORED), notice_kind="good")

    def posted(self, given: MultiDict[str, str]) -> FormPage | None:
        """The form after a post; None when it was saved."""
        asked = read_posted(given)
        self._reason = given.get("change_reason", "").strip()[:REASON]
        with self._store.reading() as session:
            desk = RequestDesk(session, self._store, self._actor)
            record = self._record(desk)
            form = read_form(self._type, given, record, desk, self._pick_base)
            judge(form, record, desk, nags=asked.do == "save")
            if asked.do != "save":
                return self._updated(form, record, asked.row_version, given, desk)
            answer = Answer()
        if not form.is_unreadable:
            answer = try_save(self._store, form, record, asked.row_version, self._actor, self._reason)
        if answer.saved:
            if answer.merged:
                flash(
                    _(MERGED, name=person_text(answer.theirs_name), fields="、".join(answer.merged)), "info"
                )
            self._leave(answer.saved)
            return None
        g.ffp_status = 409 if answer.clashes else 422
        with self._store.reading() as session:
            desk = RequestDesk(session, self._store, self._actor)
            form.use(desk)
            return self._given_back(form, record, asked.row_version, answer, desk)

    # ---- ways out

    def _updated(
        self,
        form: LedgerForm,
        record: Record | None,
        row_version: int | None,
        given: MultiDict[str, str],
        desk: RequestDesk,
    ) -> FormPage:
        """The form again, without a save: a row more or less, rules asked, hidden values shown."""
        asked = given.get("do") == "unmask" and record is not None and self._may_reveal(record, desk)
        if asked and record is not None and reasons.take_reason(given.get("reason")):
            opened = unmask(form, desk)
            with self._store.writing() as session:
                look = (session, self._store, self._actor, self._form.key, record.id, opened)
                reasons.note_look(*look, codes=record.codes)
        return self._page(form, record, row_version, desk)

    def _may_reveal(self, record: Record, desk: RequestDesk) -> bool:
        return may_reveal(desk.session, desk.edition.tables(self._form.key), record, self._actor)

    def _given_back(
        self,
        form: LedgerForm,
        record: Record | None,
        row_version: int | None,
        answer: Answer,
        desk: RequestDesk,
    ) -> FormPage:
        if answer.theirs is not None:
            meta = answer.theirs.meta
            page = self._page(form, record, answer.theirs.row_version, desk)
            said = _(CLASH, name=person_text(meta.updated_name), time=moment_text(meta.updated_at))
            return replace(page, clashes=answer.clashes, clash_text=said)
        page = self._page(form, record, row_version, desk)
        return replace(page, notice=answer.notice, faults=summary.faults(form))

    def _leave(self, saved: Saved) -> None:
        with self._store.writing() as session:
            drafts.drop(session, self._user_id, self._form.key, self._ident or drafts.NEW_RECORD)
        if saved.is_changed or not saved.asked:
            flash(_(SAVED), "good")
        if saved.asked:
            flash(submitted(self._form, saved.asked), "info")
        for doubt in saved.doubts:
            if doubt.code == "not_taken":
                flash(doubt.message, "info")
        g.ffp_next = url_for("Ledger.record", form=self._form.key, ident=saved.id)

    # ---- the page

    @property
    def _user_id(self) -> int:
        assert self._actor.user_id is not None
        return self._actor.user_id

    def _record(self, desk: RequestDesk) -> Record | None:
        if self._ident is None:
            return None
        record = load(desk.session, self._store, self._form.key, self._ident, self._actor)
        if record is None or not record.is_current:
            abort(404)
        return record

    def _page(
        self, form: LedgerForm, record: Record | None, row_version: int | None, desk: RequestDesk
    ) -> FormPage:
        key = self._form.key
        place: dict[str, Any] = {"form": key} if record is None else {"form": key, "id": record.id}
        own = (
            url_for("Ledger.add", form=key)
            if record is None
            else url_for("Ledger.edit", form=key, ident=record.id)
        )
        list_url = url_for("Ledger.list", form=key)
        return FormPage(
            title=_("Add {form}", form=self._form.label)
            if record is None
            else _("Change {record}", record=desk.title(self._form, record.values, record.id)),
            label=self._form.label,
            help=self._form.help if record is None else "",
            form=form,
            sections=summary.boxes(form),
            action=own,
            list_url=list_url,
            cancel_url=list_url if record is None else url_for("Ledger.record", form=key, ident=record.id),
            preview_url=url_for("Ledger.preview", **place),
            draft_url=url_for("Ledger.draft", **place),
            watched=" ".join(self._watched(desk)),
            row_version=row_version,
            doubts=summary.doubts(form),
            masked=record is not None
            and any(cell.kept for cell, _label in form.every_cell())
            and self._may_reveal(record, desk),
            reasons=reasons.choices(),
            guarded=guarded_notes(self._form, record, self._actor) if record else {},
            change_reason=self._reason,
        )

    def _watched(self, desk: RequestDesk) -> list[str]:
        """Fields named in a rule, and those with a line made from their value."""
        rules = desk.edition.program(self._form.key).watched
        return [
            field.key
            for field in self._form.fields()
            if field.key in rules or any(SCREENS[one.kind].under for one in (field, *field.fields))
        ]

    def _draft_note(self, at: datetime) -> DraftNote:
        place: dict[str, Any] = {"form": self._form.key, "id": self._ident or drafts.NEW_RECORD}
        own = url_for("Ledger.edit", form=self._form.key, ident=self._ident, draft=1) if self._ident else ""
        return DraftNote(
            text=_(KEPT_DRAFT, time=moment_text(at)),
            href=own or url_for("Ledger.add", form=self._form.key, draft=1),
            drop=url_for("Ledger.drop", back="form", **place),
        )
