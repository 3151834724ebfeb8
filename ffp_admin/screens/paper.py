"""The print page: a roster, a village, the PDF as it comes out of the printer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, request, send_file, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import FilterBox, Link
from ffp_admin.screens.ports import Printer, Refused
from ffp_admin.screens.regionbox import chosen_region, own_region_box, picked_regions, region_box
from ffp_admin.store import Actor

PICK = "/print/pick"
NO_REGION = N_("Choose the village to print.")
NO_DOCUMENT = N_("Choose what to print.")


class PrintPages(Page):
    """Choose, preview, download."""

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
        """Choose a roster and a village."""
        documents = self._printer.documents(current_actor()) or abort(403)
        if request.method == "GET":
            first = documents[0][0] if len(documents) == 1 else ""
            return self._ask(documents, first, own_region_box(PICK), ())
        region, box, faults = chosen_region(PICK, request.form.getlist("region"))
        document = request.form.get("document", "")
        faults += [] if region or faults else [_(NO_REGION)]
        faults += [] if document in dict(documents) else [_(NO_DOCUMENT)]
        if faults:
            return self._ask(documents, document, box, faults), 422
        return redirect(url_for("PrintPages.sheet", document=document, region=region))

    @expose("/<document>/<region>")
    def sheet(self, document: str, region: str) -> Any:
        """The page with the PDF in it."""
        actor = current_actor()
        documents = self._printer.documents(actor)
        if document not in dict(documents):
            abort(403)
        box = region_box(PICK, (region, _caption(region)))
        pdf_url = url_for("PrintPages.pdf", document=document, region=region)
        return self._ask(documents, document, box, (), pdf_url)

    @expose("/<document>/<region>/roster.pdf")
    def pdf(self, document: str, region: str) -> Any:
        """The PDF itself, or a page that says why there is none."""
        actor = current_actor()
        documents = self._printer.documents(actor)
        if document not in dict(documents):
            abort(403)
        result = self._printer.render(document, region, actor)
        if isinstance(result, Refused):
            return self.draw("refused", messages=result.messages), 422
        name = f"{dict(documents)[document]}-{_caption(region)}.pdf"
        return send_file(io.BytesIO(result.pdf), mimetype="application/pdf", download_name=name)

    def _ask(
        self,
        documents: Sequence[tuple[str, str]],
        document: str,
        region: FilterBox,
        faults: Sequence[str],
        pdf_url: str = "",
    ) -> str:
        return self.draw(
            "print",
            documents=documents,
            document=document,
            region=region,
            faults=faults,
            pdf_url=pdf_url,
            action="/print/",
        )

    @expose("/pick", methods=("POST",))
    def pick(self) -> Any:
        """Regions that fit what is typed."""
        return picked_regions()


def _caption(region: str) -> str:
    with current_store().reading() as session:
        return RequestDesk(session, current_store(), current_actor()).caption("region", region)
