"""The print pages: a roster and a village are ordered, drawn by the worker, then previewed, downloaded, printed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, jsonify, redirect, request, send_file, url_for

from ffp_admin import jobs
from ffp_admin.i18n import N_, _
from ffp_admin.jobs import Order
from ffp_admin.jobs.chores import PRINT_FILES_FOR
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import FilterBox, Link, PrintLine
from ffp_admin.screens.ports import Print, Printer, Refused
from ffp_admin.screens.progress import Progress, progress_of
from ffp_admin.screens.regionbox import chosen_region, own_region_box, picked_regions
from ffp_admin.screens.wording import moment_text
from ffp_admin.store import Actor

PICK = "/print/pick"
NO_REGION = N_("Choose the village to print.")
NO_DOCUMENT = N_("Choose what to print.")
BROKE_OFF = N_("The print broke off. Order it once more.")
TYPE = "application/pdf"


class PrintPages(Page):
    """Choose, wait, preview, download."""

    route_base = "/print"
    default_view = "choose"

    def __init__(self, printer: Printer) -> None:
        super().__init__()
        self._printer = printer

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who may print anything."""
        if not self._printer.documents(actor):
            return []
        label, told = _("Print"), _("Rosters as PDF, ready for signature.")
        return [MenuItem(name="print", label=label, href="/print/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """The button on the list of a register that a roster is made from."""
        declared = current_store().catalog().documents
        own = any(
            key in declared and declared[key].form == form for key, _label in self._printer.documents(actor)
        )
        return [Link(label=_("Print"), href="/print/")] if own else []

    @expose("/", methods=("GET", "POST"))
    def choose(self) -> Any:
        """Choose a roster and a village; sending it orders the print."""
        actor = current_actor()
        documents = self._printer.documents(actor) or abort(403)
        if request.method == "GET":
            first = documents[0][0] if len(documents) == 1 else ""
            return self._ask(documents, first, own_region_box(PICK), ())
        region, box, faults = chosen_region(PICK, request.form.getlist("region"))
        document = request.form.get("document", "")
        faults += [] if region or faults else [_(NO_REGION)]
        faults += [] if document in dict(documents) else [_(NO_DOCUMENT)]
        ordered = None if faults else self._printer.order(document, region, actor)
        if isinstance(ordered, Refused):
            faults = [*ordered.messages]
        if faults or not isinstance(ordered, int):
            return self._ask(documents, document, box, faults), 422
        return redirect(url_for("PrintPages.wait", ident=ordered))

    def _ask(
        self, documents: Sequence[tuple[str, str]], document: str, region: FilterBox, faults: Sequence[str]
    ) -> str:
        labels = dict(documents)
        recent = [self._line(one, labels) for one in self._printer.prints(current_actor())]
        return self.draw(
            "print",
            documents=documents,
            document=document,
            region=region,
            faults=faults,
            recent=recent,
            action="/print/",
        )

    @expose("/job/<int:ident>")
    def wait(self, ident: int) -> Any:
        """How far an ordered print is; the finished one is shown, the failed one says why."""
        order = self._order(ident)
        if href := self._print_of(order):
            return redirect(href)
        if order.state == "cancelled":
            return self._cancelled()
        if order.state == "failed":
            messages = order.message.splitlines() or [_(BROKE_OFF)]
            return self.draw("print_failed", messages=messages, back="/print/"), 422
        return self.draw(
            "print_wait",
            progress=self._progress(order),
            title=self._title(order),
            back="/print/",
            state_url=url_for("PrintPages.state", ident=ident),
            cancel_url=url_for("PrintPages.cancel", ident=ident),
        )

    @expose("/job/<int:ident>/state")
    def state(self, ident: int) -> Any:
        """The same for the script that looks again; a print that has ended has an address to go to."""
        order = self._order(ident)
        if order.is_alive:
            return jsonify(self._progress(order).as_json())
        href = self._print_of(order) or url_for("PrintPages.wait", ident=ident)
        return jsonify(Progress(text="", href=href).as_json())

    @expose("/job/<int:ident>/cancel", methods=("POST",))
    def cancel(self, ident: int) -> Any:
        """Call an ordered print off."""
        order = self._order(ident)
        jobs.cancel(current_store(), order.id)
        return redirect(url_for("PrintPages.wait", ident=ident))

    def _cancelled(self) -> Any:
        flash(_("The print was cancelled."), "info")
        return redirect("/print/")

    def _order(self, ident: int) -> Order:
        """The actor's own order of a print; nobody else's page opens by its number."""
        store = current_store()
        with store.reading() as session:
            order = jobs.look(session, store, ident)
        if order is None or order.kind != "print" or not order.belongs_to(current_actor()):
            abort(404)
        return order

    def _print_of(self, order: Order) -> str:
        return url_for("PrintPages.sheet", ident=order.result["print"]) if order.state == "done" else ""

    def _progress(self, order: Order) -> Progress:
        store = current_store()
        document, region = self._asked(order)
        expected = self._printer.expected_seconds(document, region, order.total)
        told = _("Reading the register …")
        if order.total and not order.done:
            told = _("{total} pages are being prepared …", total=order.total)
        elif order.total:
            told = _("{done} of {total} pages are laid out", done=order.done, total=order.total)
            if order.done == order.total:
                told = _("All {total} pages are laid out; the PDF is being written …", total=order.total)
        return progress_of(order, store.clock.now(), expected, told)

    def _asked(self, order: Order) -> tuple[str, str]:
        store = current_store()
        with store.reading() as session:
            asked = jobs.ordered(session, store, order.id)
        return str(asked.get("document", "")), str(asked.get("region", ""))

    def _title(self, order: Order) -> str:
        document, region = self._asked(order)
        return f"{_caption(region)}　{self._label(document)}"

    def _label(self, document: str) -> str:
        declared = current_store().catalog().documents.get(document)
        return declared.label if declared else document

    @expose("/<int:ident>")
    def sheet(self, ident: int) -> Any:
        """A print: its preview and the buttons."""
        one = self._printer.opened(ident, current_actor()) or abort(404)
        return self.draw(
            "print_sheet",
            line=self._line(one, {}),
            check=one.sha256[:16],
            days=PRINT_FILES_FOR.days,
            back="/print/",
            pdf_url=url_for("PrintPages.pdf", ident=ident),
            copy_url=url_for("PrintPages.copy", ident=ident),
            download_url=url_for("PrintPages.download", ident=ident),
        )

    @expose("/<int:ident>/roster.pdf")
    def pdf(self, ident: int) -> Any:
        """The PDF for the preview."""
        pdf = self._printer.pdf(ident, current_actor(), copy=False) or abort(404)
        return send_file(io.BytesIO(pdf), mimetype=TYPE, conditional=False)

    @expose("/<int:ident>/download")
    def download(self, ident: int) -> Any:
        """The same PDF as a file of one's own, counted as a copy."""
        actor = current_actor()
        one = self._printer.opened(ident, actor) or abort(404)
        pdf = self._printer.pdf(ident, actor, copy=True) or abort(404)
        name = f"{self._label(one.document)}-{_caption(one.region)}.pdf"
        return send_file(
            io.BytesIO(pdf), mimetype=TYPE, as_attachment=True, download_name=name, conditional=False
        )

    @expose("/<int:ident>/copy", methods=("POST",))
    def copy(self, ident: int) -> Any:
        """A copy was printed from the preview."""
        return jsonify({"copied": self._printer.copied(ident, current_actor()) or abort(404)})

    def _line(self, one: Print, labels: dict[str, str]) -> PrintLine:
        return PrintLine(
            href=url_for("PrintPages.sheet", ident=one.id),
            label=labels.get(one.document) or self._label(one.document),
            region=_caption(one.region),
            moment=moment_text(one.at),
            who=one.user_name,
            pages=one.pages,
            copies=one.copies,
            is_kept=one.is_kept,
        )

    @expose("/pick", methods=("POST",))
    def pick(self) -> Any:
        """Regions that fit what is typed."""
        return picked_regions()


def _caption(region: str) -> str:
    if not region:
        return ""
    with current_store().reading() as session:
        return RequestDesk(session, current_store(), current_actor()).caption("region", region)
