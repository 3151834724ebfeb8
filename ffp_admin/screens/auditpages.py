"""The audit trail on the screen, for who has the duty 审计 and nobody else; every look at it is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from flask import Response, abort, flash, jsonify, redirect, request, stream_with_context, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.jobs import enqueue
from ffp_admin.screens.accountsheet import county_desk
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.asking import ACCOUNT, AskBox, answers, found_accounts
from ffp_admin.screens.audit_work import VERIFY
from ffp_admin.screens.auditdesk import DUTY, SHOWN, learn_places, note_reading, older_than, require_audit
from ffp_admin.screens.auditfile import as_csv, csv_rows
from ffp_admin.screens.auditsieve import (
    address_of,
    asked,
    boxes,
    here,
    questions,
    read_day,
)
from ffp_admin.screens.auditwords import (
    facts_of,
    object_text,
    row_of,
    source_text,
    who_text,
)
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.lookup import TYPED, found_for_script
from ffp_admin.screens.pages import Link
from ffp_admin.store import SYSTEM, Actor, AuditLine
from ffp_admin.store.audit_reading import (
    ChainState,
    TrailQuery,
    chain_state,
    each_line,
    one_line,
    read_trail,
)
from ffp_admin.store.audit_words import action_words, exact, head_groups

#: lines in one download
MOST = 100_000
NO_DAY = N_("Choose a day up to today, such as 2026-3-5.")


class Press(Protocol):
    """Draws the digest of a day; the printing floor does it."""

    def draw(self, day: date) -> bytes | Sequence[str]:
        """The PDF, or why there is none."""
        ...


class AuditPages(Page):
    """Lines, one line, who saw a record, the chain, the digest."""

    route_base = "/audit"
    default_view = "index"

    def __init__(self, press: Press) -> None:
        super().__init__()
        self._press = press

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """Entries for the audit administrator."""
        if DUTY not in actor.duties:
            return []
        label, told = _("Audit trail"), _("Who did what, when, from where; the chain that guards it.")
        return [MenuItem(name="system:audit", label=label, href="/audit/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has any."""
        return []

    @expose("/")
    def index(self) -> Any:
        """Lines, newest first."""
        actor = require_audit()
        query, texts = asked()
        note_reading(actor, "audit_read", texts)
        return self._index(query, texts)

    def _index(self, query: TrailQuery, texts: Mapping[str, str], wrong: Sequence[AskBox] = ()) -> str:
        with current_store().reading() as session:
            desk = county_desk(session)
            lines = read_trail(session, query, SHOWN + 1)
            learn_places(desk, lines)
            return self.draw(
                "audit",
                rows=[row_of(line, desk) for line in lines[:SHOWN]],
                boxes=wrong or boxes(texts, desk),
                narrowed=bool(texts),
                next_url=older_than(lines, lambda place: here(texts, before=place)),
                first_url=here(texts) if query.before else "",
                texts=texts,
                day=current_store().clock.today().isoformat(),
                **_chain(chain_state(session)),
            )

    @expose("/find", methods=("POST",))
    def find(self) -> Any:
        """From the sheet to an address."""
        require_audit()
        with current_store().reading() as session:
            desk = county_desk(session)
            texts, given = address_of(answers(questions(desk), desk))
        if not given.right:
            return self._index(TrailQuery(), {}, given.boxes), 422
        return redirect(here(texts))

    @expose("/pick/<register>", methods=("POST",))
    def pick(self, register: str) -> Any:
        """Regions and accounts that fit what is typed."""
        require_audit()
        typed = request.form.get("text", "").strip()[:TYPED]
        if register == "region":
            return jsonify({"found": found_for_script(register, typed, SYSTEM)})
        if register != ACCOUNT:
            abort(404)
        with current_store().reading() as session:
            found = found_accounts(county_desk(session), typed)
        return jsonify({"found": [{"id": str(i), "text": text, "more": ""} for i, text in found]})

    @expose("/line/<int:ident>")
    def line(self, ident: int) -> Any:
        """Everything one line says."""
        actor = require_audit()
        with current_store().reading() as session:
            desk = county_desk(session)
            line = one_line(session, ident) or abort(404)
            facts = [*_own(line, desk), *facts_of(line, desk)]
        note_reading(actor, "audit_read", {"line": ident})
        who = (
            url_for("AuditWho.who", form=line.form, ident=line.record_id)
            if line.record_id and line.form
            else ""
        )
        return self.draw("audit_line", title=action_words(line.action), facts=facts, who_url=who)

    @expose("/download", methods=("POST",))
    def download(self) -> Any:
        """The lines of the page and those behind it as a sheet (.csv)."""
        actor = require_audit()
        query, texts = asked()
        note_reading(actor, "audit_download", texts)

        def rows() -> Iterator[str]:
            with current_store().reading() as session:
                yield "\ufeff"  # WPS and Excel take a file without it for GBK
                yield from as_csv(csv_rows(each_line(session, query, MOST), county_desk(session)))

        name = f"audit-{current_store().clock.today():%Y%m%d}.csv"
        head = {"Content-Disposition": f"attachment; filename={name}"}
        return Response(stream_with_context(rows()), mimetype="text/csv", headers=head)

    @expose("/digest", methods=("POST",))
    def digest(self) -> Any:
        """The digest of a day as PDF, to be signed and stamped."""
        actor = require_audit()
        day = read_day(request.form.get("day", "").strip())
        if day is None or day > current_store().clock.today():
            flash(_(NO_DAY), "bad")
            return redirect("/audit/")
        drawn = self._press.draw(day)
        if not isinstance(drawn, bytes):
            flash("\n".join(drawn), "bad")
            return redirect("/audit/")
        sha256 = hashlib.sha256(drawn).hexdigest()
        note_reading(actor, "audit_digest", {"day": day.isoformat(), "sha256": sha256})
        head = {"Content-Disposition": f"attachment; filename=audit-{day:%Y%m%d}.pdf"}
        return Response(drawn, mimetype="application/pdf", headers=head)

    @expose("/verify", methods=("POST",))
    def verify(self) -> Any:
        """Have the chain checked by the worker."""
        actor = require_audit()
        enqueue(current_store(), VERIFY, {}, actor)
        flash(
            _("The chain is being checked. What comes out stands here in a moment: open the page anew."),
            "info",
        )
        return redirect("/audit/")


def _own(line: AuditLine, desk: RequestDesk) -> list[tuple[str, str]]:
    """The columns of a line."""
    place = desk.caption("region", line.region_code) if line.region_code else ""
    told = [
        (_("When"), exact(line.at)),
        (_("Who"), who_text(line)),
        (_("Account no."), str(line.user_id or "")),
        (_("What"), object_text(line, desk.edition.catalog)),
        (_("Place"), place),
        (_("Address"), line.address or ""),
        (_("How"), source_text(line.source)),
        (_("Line no."), str(line.id)),
    ]
    return [(label, text) for label, text in told if text]


def _chain(state: ChainState) -> dict[str, Any]:
    block, checked = state.block, state.checked
    return {
        "block": block,
        "head": head_groups(block.head) if block else [],
        "sealed": exact(block.sealed_at) if block else "",
        "waiting": state.waiting,
        "checked": exact(checked.at) if checked else "",
        "whole": bool(checked and checked.facts.get("whole")),
        "checked_url": url_for("AuditPages.line", ident=checked.id) if checked else "",
    }
