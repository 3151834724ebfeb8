"""谁看过这个人: who was shown a record in full, by itself, in a list or on paper; for the audit administrator only.

County administrators do not see it: whoever works with the data shall not learn what the audit sees of colleagues.
"""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.accountsheet import county_desk
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.auditdesk import SHOWN, learn_places, note_reading, older_than, require_audit
from ffp_admin.screens.auditsieve import here, read_place
from ffp_admin.screens.auditwords import row_of
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.lookup import TYPED
from ffp_admin.store import SYSTEM, pick
from ffp_admin.store.audit_reading import who_saw
from ffp_admin.store.references import holds_codes

NOT_ONE = N_("Not exactly one record fits. Type the whole ID number, or the whole number of the household.")


class AuditWho(Page):
    """The search and the answer."""

    route_base = "/audit"
    default_view = "search"

    @expose("/who", methods=("GET", "POST"))
    def search(self) -> Any:
        """Find the record somebody asks about by its whole number; no names are offered."""
        require_audit()
        catalog = current_store().catalog()
        forms = {
            form.key: form.label
            for form in catalog.forms.values()
            if form.scope and not holds_codes(form.key)
        }
        fault, chosen = "", request.form.get("form", "")
        if request.method == "POST" and chosen in forms:
            ident = _exact(chosen, request.form.get("text", ""))
            if ident is not None:
                return redirect(url_for("AuditWho.who", form=chosen, ident=ident))
            fault = _(NOT_ONE)
        page = self.draw("audit_search", forms=forms, chosen=chosen, fault=fault)
        return (page, 422) if fault else page

    @expose("/who/<form>/<int:ident>")
    def who(self, form: str, ident: int) -> Any:
        """Who was shown a record, and what for."""
        actor, store = require_audit(), current_store()
        declared = store.catalog().forms.get(form) or abort(404)
        before = read_place(request.args.get("before", ""))
        with store.reading() as session:
            desk = county_desk(session)
            lines = who_saw(session, form, ident, before, SHOWN + 1)
            learn_places(desk, lines)
            rows = [row_of(line, desk) for line in lines[:SHOWN]]
        note_reading(actor, "audit_who", {}, form, ident)
        return self.draw(
            "audit_who",
            title=_("Who saw {form} no. {id}", form=declared.label, id=ident),
            rows=rows,
            all_url=here({"form": form, "record": str(ident)}),
            next_url=older_than(
                lines, lambda place: url_for("AuditWho.who", form=form, ident=ident, before=place)
            ),
        )


def _exact(form: str, typed: str) -> int | None:
    """The one record a whole number or name stands for."""
    if not typed.strip():
        return None
    with current_store().reading() as session:
        found = pick(session, current_store(), form, typed.strip()[:TYPED], SYSTEM, limit=2)
    return int(found[0][0]) if len(found) == 1 else None
