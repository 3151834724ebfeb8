"""The import pages: choose and upload, look at what was found, take it or give it up."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, send_file, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import FilterBox, Link
from ffp_admin.screens.ports import Importer, Staged
from ffp_admin.screens.regionbox import chosen_region, own_region_box, picked_regions
from ffp_admin.store import Actor

#: findings shown on the page; all of them stand in the checked workbook
SHOWN = 200
MENDED = "mended"
WEIGHTS = {"error": N_("error"), "doubt": N_("doubt"), "mended": N_("mended")}
NO_FILE = N_("Choose a workbook (.xlsx or .xls).")
NO_REGION = N_("Choose the village the workbook is about.")
NO_YEAR = N_("Enter the year with four digits, such as 2026.")
PICK = "/import/pick"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportPages(Page):
    """Two steps: upload and check, then take or give up."""

    route_base = "/import"
    default_view = "upload"

    def __init__(self, importer: Importer, refusal: type[Exception]) -> None:
        super().__init__()
        self._importer = importer
        self._refusal = refusal

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who may import anything."""
        if not self._profiles(actor):
            return []
        label, told = _("Import a workbook"), _("A roster in Excel becomes records; errors are shown first.")
        return [MenuItem(name="import", label=label, href="/import/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """The button on the list of a register that a workbook can fill."""
        own = any(self._importer.register_of(key) == form for key, _label in self._profiles(actor))
        return [Link(label=_("Import"), href="/import/")] if own else []

    def _profiles(self, actor: Actor) -> list[tuple[str, str]]:
        known = self._importer.profiles()
        return [one for one in known if actor.may(self._importer.register_of(one[0]), "import")]

    @expose("/", methods=("GET", "POST"))
    def upload(self) -> Any:
        """Choose the profile, the village and the file."""
        actor = current_actor()
        profiles = self._profiles(actor) or abort(403)
        if request.method == "GET":
            return self._ask(profiles, own_region_box(PICK), ())
        return self._stage(profiles, actor)

    def _stage(self, profiles: Sequence[tuple[str, str]], actor: Actor) -> Any:
        upload, year = request.files.get("file"), request.form.get("period", "").strip()
        region, box, faults = chosen_region(PICK, request.form.getlist("region"))
        faults = [*faults, *([] if region or faults else [_(NO_REGION)])]
        faults += [] if upload and upload.filename else [_(NO_FILE)]
        faults += [] if year.isascii() and year.isdigit() and len(year) == 4 else [_(NO_YEAR)]
        profile = request.form.get("profile", "")
        if profile not in dict(profiles):
            faults.append(_("Choose what the workbook is."))
        if faults or upload is None:
            return self._ask(profiles, box, faults), 422
        try:
            staged = self._importer.stage(
                profile, upload.read(), upload.filename or "", region, int(year), actor
            )
        except self._refusal as refused:
            return self._ask(profiles, box, str(refused).splitlines()), 422
        return redirect(url_for("ImportPages.staged", ident=staged.id))

    def _ask(self, profiles: Sequence[tuple[str, str]], region: FilterBox, faults: Sequence[str]) -> str:
        year = request.form.get("period", str(current_store().clock.today().year))
        chosen = request.form.get("profile", profiles[0][0] if len(profiles) == 1 else "")
        return self.draw(
            "import",
            profiles=profiles,
            profile=chosen,
            region=region,
            period=year,
            faults=faults,
            action="/import/",
        )

    @expose("/<int:ident>", methods=("GET", "POST"))
    def staged(self, ident: int) -> Any:
        """What was found; the buttons write or forget it."""
        actor = current_actor()
        staged = self._importer.staged(ident, actor) or abort(404)
        if request.method == "GET":
            return self._found(staged, ())
        mode = request.form.get("mode", "")
        if mode == "discard":
            self._importer.discard(ident, actor)
            flash(_("The import was given up; nothing was written."), "info")
            return redirect("/import/")
        if mode not in ("all", "good"):
            abort(404)
        try:
            done = self._importer.commit(ident, mode, actor, request.form.get("groups") == "1")
        except self._refusal as refused:
            return self._found(staged, str(refused).splitlines()), 422
        counts = {key: done.counts.get(key, 0) for key in ("added", "changed", "unchanged", "skipped")}
        flash(
            _(
                "Imported: {added} records added, {changed} changed, {unchanged} unchanged, {skipped} households left out.",
                **counts,
            ),
            "good",
        )
        if asked := done.counts.get("asked", 0):
            flash(
                _(
                    "{count} changes of key data were submitted for confirmation; until then the old content is shown.",
                    count=asked,
                ),
                "info",
            )
        register = self._first_register(actor)
        return redirect(url_for("Ledger.list", form=register) if register else "/")

    def _first_register(self, actor: Actor) -> str:
        registers = [self._importer.register_of(key) for key, _label in self._profiles(actor)]
        return next((one for one in registers if actor.may(one, "view")), "")

    def _found(self, staged: Staged, faults: Sequence[str]) -> str:
        findings = [one for one in staged.findings if one.weight.value != MENDED]
        findings.sort(key=lambda one: (one.weight.value != "error", one.row))
        return self.draw(
            "staged",
            staged=staged,
            findings=findings[:SHOWN],
            more_findings=max(0, len(findings) - SHOWN),
            mended=[one for one in staged.findings if one.weight.value == MENDED][:SHOWN],
            weights={key: _(label) for key, label in WEIGHTS.items()},
            faults=faults,
            back="/import/",
            action=url_for("ImportPages.staged", ident=staged.id),
            checked_url=url_for("ImportPages.checked", ident=staged.id),
        )

    @expose("/<int:ident>/checked.xlsx")
    def checked(self, ident: int) -> Any:
        """The workbook with red cells."""
        actor = current_actor()
        staged = self._importer.staged(ident, actor) or abort(404)
        content = self._importer.checked(ident, actor)
        name = _("checked_{name}", name=staged.filename.rpartition(".")[0] or staged.filename)
        return send_file(io.BytesIO(content), mimetype=TYPE, as_attachment=True, download_name=f"{name}.xlsx")

    @expose("/pick", methods=("POST",))
    def pick(self) -> Any:
        """Regions that fit what is typed."""
        return picked_regions()
