"""Generic addresses `/ledger/<form>/…`: one FAB view that hands every request to the compiled view of its form."""

from __future__ import annotations

from typing import Any

from flask import abort, g, jsonify, make_response, redirect, request, url_for

from ffp_admin.screens import drafts
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.compiled import LedgerModelView, ViewShelf
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.listing import address, read_sieve
from ffp_admin.screens.livepreview import preview
from ffp_admin.screens.lookup import found_for_script
from ffp_admin.screens.numbers import record_number
from ffp_admin.screens.wording import moment_text
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Actor


class Ledger(Page):
    """All forms of the release in force; nothing is registered per form."""

    route_base = "/ledger"

    def __init__(self, shelf: ViewShelf) -> None:
        super().__init__()
        self._shelf = shelf

    def _view(self, form: str) -> LedgerModelView:
        actor = current_actor()
        return self._shelf.view(form, unmasked=actor.unmasked, limits=actor.limits_on(form))

    def _answer(self, page: Any) -> Any:
        response = make_response(page)
        if "ffp_status" in g:
            response.status_code = g.ffp_status
        return response

    @expose("/<form>/")
    def list(self, form: str) -> Any:
        """The list."""
        return self._view(form).list()

    @expose("/<form>/find", methods=("POST",))
    def find(self, form: str) -> Any:
        """Read the search box and go to the list; a word that was searched never stands in an address."""
        view, actor = self._view(form), _viewing(form)
        with current_store().reading() as session:
            desk = RequestDesk(session, current_store(), actor)
            sieve = read_sieve(view.declaration, request.form, request.form.get("keyword", "").strip(), desk)
            if not sieve.faults:
                return redirect(address(view.declaration, sieve, desk))
        g.ffp_status = 422
        return self._answer(view.list())

    @expose("/<form>/add", methods=("GET", "POST"))
    def add(self, form: str) -> Any:
        """A new record."""
        return self._answer(self._view(form).add())

    @expose("/<form>/<int:ident>")
    def record(self, form: str, ident: int) -> Any:
        """One record."""
        return self._view(form).show(ident)

    @expose("/<form>/<int:ident>/edit", methods=("GET", "POST"))
    def edit(self, form: str, ident: int) -> Any:
        """Change a record."""
        return self._answer(self._view(form).edit(ident))

    @expose("/<form>/<int:ident>/void", methods=("GET", "POST"))
    def void(self, form: str, ident: int) -> Any:
        """Make a record void."""
        return self._answer(self._view(form).void(ident))

    @expose("/<form>/<int:ident>/reveal/<field>", methods=("POST",))
    def reveal(self, form: str, ident: int, field: str) -> Any:
        """Show a hidden value."""
        return self._answer(self._view(form).reveal(ident, field))

    @expose("/<form>/preview", methods=("POST",))
    def preview(self, form: str) -> Any:
        """What the rules say about a form that is being filled in."""
        actor = _filling(form)
        with current_store().reading() as session:
            desk = RequestDesk(session, current_store(), actor)
            return jsonify(preview(self._view(form).form_type, request.form, _record_id(), desk))

    @expose("/<form>/pick/<field>", methods=("POST",))
    def pick(self, form: str, field: str) -> Any:
        """Records that fit what is typed into a field."""
        view, actor = self._view(form), _viewing_or_filling(form)
        register = KINDS[_declared(view.declaration, field).kind].register
        if not register:
            abort(404)
        return jsonify({"found": found_for_script(register, request.form.get("text", ""), actor)})

    @expose("/<form>/draft", methods=("POST",))
    def draft(self, form: str) -> Any:
        """Keep what is typed."""
        actor = _filling(form)
        assert actor.user_id is not None
        self._view(form)
        pairs = drafts.typed_pairs(request.form)
        at = drafts.keep(current_store(), actor.user_id, form, _record_id(), pairs)
        return jsonify({"time": moment_text(at).rpartition(" ")[2]})

    @expose("/<form>/draft/drop", methods=("POST",))
    def drop(self, form: str) -> Any:
        """Throw a draft away."""
        actor = current_actor()
        assert actor.user_id is not None
        with current_store().writing() as session:
            drafts.drop(session, actor.user_id, form, _record_id())
        back = request.args.get("back", "")
        if back == "form" and actor.may(form, "fill" if _record_id() == drafts.NEW_RECORD else "edit"):
            ident = _record_id()
            return redirect(
                url_for("Ledger.edit", form=form, ident=ident) if ident else url_for("Ledger.add", form=form)
            )
        return redirect("/")


def _record_id() -> int:
    return record_number(request.args.get("id", "")) or drafts.NEW_RECORD


def _viewing(form: str) -> Actor:
    return _allowed(form, "view")


def _filling(form: str) -> Actor:
    return _allowed(form, "edit" if _record_id() else "fill")


def _viewing_or_filling(form: str) -> Actor:
    return _allowed(form, "view", "fill", "edit")


def _allowed(form: str, *verbs: str) -> Actor:
    actor = current_actor()
    if not any(actor.may(form, verb) for verb in verbs):
        abort(403)
    return actor


def _declared(form: Form, key: str) -> Field:
    """The field of a key, also one inside a table; 404 for another."""
    for field in form.fields():
        for one in (field, *field.fields):
            if one.key == key and KINDS[one.kind].register:
                return one
    return abort(404)
