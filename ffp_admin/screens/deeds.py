"""What the compiled view of a form does: look over, look at, fill in, make void, reveal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import abort, flash, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts, reasons
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.formpage import FormDesk
from ffp_admin.screens.forms import LedgerForm
from ffp_admin.screens.kinds import is_sensitive
from ffp_admin.screens.listing import KEYWORD, keyword_of, list_page, query_of, read_sieve
from ffp_admin.screens.pages import FormPage, ListPage, RecordPage
from ffp_admin.screens.recordpage import looked_at, record_page
from ffp_admin.screens.secrets_shown import Shown, shown_in
from ffp_admin.spec.model import Form
from ffp_admin.store import NotAllowed, Record, Rejected, Store, load, void
from ffp_admin.store.owning import may_reveal

if TYPE_CHECKING:
    from ffp_admin.screens.compiled import LedgerModelView

#: longest reason for making a record void
REASON = 500
TOO_LONG = N_("The reason has more than {limit} characters. Shorten it.")


def look_over(view: LedgerModelView) -> ListPage:
    """One page of the list, by the address or by the search that was just posted."""
    form, store = view.declaration, current_store()
    with store.reading() as session:
        desk = RequestDesk(session, store, current_actor())
        given: MultiDict[str, str] = request.form if request.method == "POST" else request.args
        old: Sequence[str]
        if request.method == "POST":
            keyword, old = request.form.get("keyword", "").strip(), ()
        else:
            keyword, old = keyword_of(form, request.args.get(KEYWORD, ""), desk)
        sieve = read_sieve(form, given, keyword, desk)
        view._filters = query_of(sieve, request.args)
        found = view.datamodel.page(session, view._filters)
        buttons = [link for one in g.ffp_pages for link in one.buttons(form.key, desk.actor)]
        page = list_page(form, sieve, found, desk, faults=old, buttons=buttons)
        shown = shown_in(form, found.records, form.list.columns, desk)
    if shown:
        _note_look(store, form, None, shown)
    return page


def _note_look(store: Store, form: Form, record: Record | None, shown: Shown) -> None:
    ident, codes = (record.id, record.codes) if record else (None, reasons.NOWHERE)
    with store.writing() as session:
        reasons.note_look(
            session,
            store,
            current_actor(),
            form.key,
            ident,
            shown.fields,
            codes=codes,
            seen=shown.records,
        )


def look_at(form: Form, ident: int, revealed: Iterable[str]) -> RecordPage:
    """The page of a record; each full value of a hidden field on it is recorded as a look."""
    store = current_store()
    with store.reading() as session:
        desk = RequestDesk(session, store, current_actor())
        record = load(session, store, form.key, ident, desk.actor) or abort(404)
        page = record_page(form, record, revealed, desk)
        shown = Shown(looked_at(form, record, revealed, desk))
        for one in page.related:
            shown.add(one.shown)
    if shown.fields:
        _note_look(store, form, record, shown)
    return page


def fill(form_type: type[LedgerForm], ident: int | None) -> FormPage | None:
    """The form, with everything that was typed; None when it was saved (then `g.ffp_next` says where to go)."""
    desk = FormDesk(current_store(), current_actor(), form_type, ident)
    return desk.posted(request.form) if request.method == "POST" else desk.begun(request.args)


def make_void(view: LedgerModelView, ident: int) -> Any:
    """Ask for the reason, then make the record void."""
    form, store, actor = view.declaration, current_store(), current_actor()
    with store.reading() as session:
        record = load(session, store, form.key, ident, actor) or abort(404)
        title = RequestDesk(session, store, actor).title(form, record.values, ident)
    reason = request.form.get("reason", "").strip()
    fault = _void(store, form, ident, reason) if request.method == "POST" else ""
    back = url_for("Ledger.record", form=form.key, ident=ident)
    if request.method == "POST" and not fault:
        flash(_("The record is void."), "good")
        return redirect(back)
    if fault:
        g.ffp_status = 422
    return view.draw("void", title=title, back=back, action=request.path, fault=fault, reason=reason[:REASON])


def _void(store: Store, form: Form, ident: int, reason: str) -> str:
    """Why it could not be made void, "" when it was."""
    if len(reason) > REASON:
        return _(TOO_LONG, limit=REASON)
    try:
        with store.writing() as session:
            void(session, store, form.key, ident, reason, current_actor())
            drafts.drop_all(session, form.key, ident)
    except Rejected as refusal:
        return "\n".join(finding.message for finding in refusal.findings)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def reveal(view: LedgerModelView, ident: int, field: str) -> Any:
    """Show the full value of a hidden field, after one reason per session."""
    form, store, actor = view.declaration, current_store(), current_actor()
    if not any(one.key == field and is_sensitive(one) for one in form.fields()):
        abort(404)
    with store.reading() as session:
        record = load(session, store, form.key, ident, actor) or abort(404)
        if not may_reveal(session, store.tables(form.key), record, actor):
            abort(403)
    if reasons.take_reason(request.form.get("reason")):
        page = look_at(form, ident, (field,))
        return view.draw("record", view=page)
    with store.reading() as session:
        title = RequestDesk(session, store, actor).title(form, record.values, ident)
    back = url_for("Ledger.record", form=form.key, ident=ident)
    return view.draw("reason", title=title, back=back, action=request.path, reasons=reasons.choices())
