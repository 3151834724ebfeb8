"""What stands around every page: name, person, menu; the menu shows only what the person may use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, get_template_attribute, request, url_for
from markupsafe import Markup

from ffp_admin.i18n import N_, _, current_locale
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.fab import FabMenu, current_user, new_csrf_token
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Form
from ffp_admin.store import Actor, caption
from ffp_admin.store.references import holds_codes

NAME = N_("Preventing a return to poverty")
STATIC_FOLDER = Path(__file__).with_name("static")
REGISTERS, WORK, SYSTEM_GROUP = N_("Registers"), N_("Work"), N_("System")


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One entry of the menu; `name` is FAB's name of the right behind it."""

    name: str
    label: str
    href: str
    help: str = ""

    @property
    def current(self) -> bool:
        """Whether the page shown belongs to the entry."""
        return request.path == self.href or (self.href != "/" and request.path.startswith(self.href))


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    """Entries under one heading."""

    label: str
    items: Sequence[MenuItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The context of base.html."""

    locale: str
    name: str
    home: str
    person: str = ""
    place: str = ""
    password: str = ""
    leave: str = ""
    menu: Sequence[MenuGroup] = ()


class LedgerMenu(FabMenu):  # type: ignore[misc]
    """FAB's menu, built per request from the catalog and the actor's rights instead of registered views."""

    def get_data(self, menu: Any = None) -> list[dict[str, Any]]:
        """FAB's shape of the same menu."""
        return [
            {"name": item.name, "icon": "", "label": item.label, "url": item.href}
            for group in menu_groups(current_actor())
            for item in group.items
        ]

    def get_flat_name_list(self, menu: Any = None, result: Any = None) -> list[str]:
        """Names of all entries."""
        return [item["name"] for item in self.get_data()]


def register_items(actor: Actor) -> list[MenuItem]:
    """The registers the actor may view, in the order of the catalog."""
    return [
        MenuItem(
            name=f"ledger:{form.key}",
            label=form.label,
            href=url_for("Ledger.list", form=form.key),
            help=form.help,
        )
        for form in sorted(current_store().catalog().forms.values(), key=_rank)
        if actor.may(form.key, "view")
    ]


def _rank(form: Form) -> int:
    """Registers with a region of their own first, then those that hang on them, county-wide ones last."""
    if not form.scope:
        return 2
    return 0 if holds_codes(KINDS[form.field(form.scope).kind].register) else 1


def menu_groups(actor: Actor) -> list[MenuGroup]:
    """The menu of an actor."""
    work: Sequence[MenuItem] = [item for page in g.ffp_pages for item in page.menu_items(actor)]
    groups = [
        MenuGroup(label="", items=[MenuItem(name="home", label=_("Home"), href="/")]),
        MenuGroup(label=_(REGISTERS), items=register_items(actor)),
        MenuGroup(label=_(WORK), items=[item for item in work if not item.name.startswith("system:")]),
        MenuGroup(label=_(SYSTEM_GROUP), items=[item for item in work if item.name.startswith("system:")]),
    ]
    return [group for group in groups if group.items]


def _place(actor: Actor) -> str:
    """Role and region of the actor, as the head shows them."""
    catalog = current_store().catalog()
    roles = [catalog.roles[key].label for key in sorted(actor.roles) if key in catalog.roles]
    with current_store().reading() as session:
        names = caption(session, current_store(), "region", actor.widest_regions()[:1], actor)
    return " · ".join(("、".join(roles), *names.values()))


def frame() -> Frame:
    """The frame of this request's page."""
    plain = Frame(locale=current_locale(), name=_(NAME), home="/")
    if "ffp_bare" in g or "ffp_bound" in g or not current_user.is_authenticated or "ffp_account" not in g:
        return plain
    if g.ffp_account.must_change:
        return replace(plain, password=url_for("Door.password"))
    actor = current_actor()
    return replace(
        plain,
        person=actor.name,
        place=_place(actor),
        password=url_for("Door.password"),
        leave=url_for("Door.logout"),
        menu=menu_groups(actor),
    )


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Address of a file of ours; it changes with the content, so browsers may keep it."""
    return url_for("screens.static", filename=name, v=_fingerprint(name))


def csrf_field() -> Markup:
    """The hidden token of a form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(new_csrf_token())


def drawing(name: str) -> Any:
    """The macro of a widget."""
    return get_template_attribute("ffp/kinds.html", name)


def dress(app: Flask) -> None:
    """Give every template the frame, our texts and the small helpers."""
    app.jinja_env.globals.update(_=_, asset=asset, csrf=csrf_field, drawing=drawing)

    def context() -> dict[str, Any]:
        return {"frame": frame()}

    app.context_processor(context)
