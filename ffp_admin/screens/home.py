"""The first page: what was begun and not saved, the registers, the work that can be done."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from ffp_admin.i18n import _
from ffp_admin.screens import drafts
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import register_items
from ffp_admin.screens.pages import DraftTile, HomePage, Tile
from ffp_admin.screens.wording import day_text, moment_text
from ffp_admin.spec.model import Catalog
from ffp_admin.store import Actor
from ffp_admin.store.confirming import count_to_decide


class Home(Page):
    """The page at /."""

    route_base = ""
    default_view = "index"

    @expose("/")
    def index(self) -> Any:
        """Drafts, registers, work."""
        actor, store = current_actor(), current_store()
        items = [item for page in g.ffp_pages for item in page.menu_items(actor)]
        view = HomePage(
            today=day_text(store.clock.today()),
            tiles=[
                _tile(item.name.partition(":")[2], item.label, item.help, item.href, actor)
                for item in register_items(actor)
            ],
            work=[Tile(label=item.label, help=item.help, href=item.href) for item in items],
            drafts=self._drafts(actor, store.catalog()),
            waiting=_waiting(actor),
            waiting_url="/confirmations/",
        )
        return self.draw("home", view=view)

    def _drafts(self, actor: Actor, catalog: Catalog) -> list[DraftTile]:
        assert actor.user_id is not None
        with current_store().reading() as session:
            lines = drafts.listed(session, actor.user_id)
        return [_draft_tile(line, catalog) for line in lines if line.form in catalog.forms]


def _waiting(actor: Actor) -> str:
    with current_store().reading() as session:
        count = count_to_decide(session, current_store(), actor)
    return _("{count} changes of key data wait for your confirmation", count=count) if count else ""


def _tile(form: str, label: str, help_text: str, href: str, actor: Actor) -> Tile:
    add = url_for("Ledger.add", form=form) if actor.may(form, "fill") else ""
    return Tile(label=label, help=help_text, href=href, add=add)


def _draft_tile(line: drafts.DraftLine, catalog: Catalog) -> DraftTile:
    label = catalog.forms[line.form].label
    is_new = line.record_id == drafts.NEW_RECORD
    own = (
        url_for("Ledger.add", form=line.form, draft=1)
        if is_new
        else url_for("Ledger.edit", form=line.form, ident=line.record_id, draft=1)
    )
    return DraftTile(
        label=_("Add {form}", form=label) if is_new else _("Change {record}", record=label),
        when=moment_text(line.at),
        href=own,
        drop=url_for("Ledger.drop", form=line.form, id=line.record_id),
    )
