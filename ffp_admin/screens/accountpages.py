"""The accounts page, for who has the duty 用户: add, reset, switch on and off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, request

from ffp_admin.i18n import N_, _
from ffp_admin.screens.accounts import (
    AccountLine,
    AccountProblem,
    create_user,
    listed,
    reset_password,
    switch,
)
from ffp_admin.screens.acting import WHOLE_COUNTY, current_actor, current_store
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import Account, FilterBox, Link, Slip
from ffp_admin.screens.regionbox import chosen_region, picked_regions, region_box
from ffp_admin.store import Actor

PICK = "/accounts/pick"
DUTY = "users"
NO_REGION = N_("Choose the area the account works in.")


class AccountPages(Page):
    """One list with the buttons beside each account."""

    route_base = "/accounts"
    default_view = "index"

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who looks after accounts."""
        if DUTY not in actor.duties:
            return []
        label, told = _("Accounts"), _("Who may log in, as what, and where.")
        return [MenuItem(name="system:accounts", label=label, href="/accounts/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has accounts."""
        return []

    @expose("/")
    def index(self) -> Any:
        """All accounts."""
        _require()
        return self._page(region_box(PICK, ()), ())

    @expose("/add", methods=("POST",))
    def add(self) -> Any:
        """A new account; its password is shown once, on this page only."""
        actor = _require()
        region, box, faults = chosen_region(PICK, request.form.getlist("region"))
        faults += [] if region or faults else [_(NO_REGION)]
        username, name = (request.form.get(key, "").strip() for key in ("username", "name"))
        if faults:
            return self._page(box, faults), 422
        try:
            password = create_user(
                current_app, username, name, request.form.get("role", ""), (region,), actor
            )
        except AccountProblem as problem:
            return self._page(box, [str(problem)]), 422
        return self._page(region_box(PICK, ()), (), Slip(username=username, name=name, password=password))

    @expose("/<username>/reset", methods=("POST",))
    def reset(self, username: str) -> Any:
        """A new one-time password."""
        actor = _require()
        try:
            password = reset_password(current_app, username, actor)
        except AccountProblem:
            abort(404)
        return self._page(region_box(PICK, ()), (), Slip(username=username, name="", password=password))

    @expose("/<username>/<any(on, off):state>", methods=("POST",))
    def switch(self, username: str, state: str) -> Any:
        """Switch an account on or off."""
        actor = _require()
        try:
            with current_store().writing() as session:
                switch(session, current_store(), username, actor, active=state == "on")
        except AccountProblem as problem:
            flash(str(problem), "bad")
        return redirect("/accounts/")

    def _page(self, region: FilterBox, faults: Sequence[str], slip: Slip | None = None) -> str:
        store, text = current_store(), request.args.get("name", "").strip()[:30]
        roles = {role.key: role.label for role in store.catalog().roles.values()}
        with store.reading() as session:
            desk = RequestDesk(session, store, current_actor())
            lines = listed(session, store, text)
            desk.learn("region", [scope.region_code for line in lines for scope in line.scopes])
            accounts = [_account(line, roles, desk) for line in lines]
        again = request.form if faults else {}
        return self.draw(
            "accounts",
            accounts=accounts,
            roles=roles,
            region=region,
            faults=faults,
            slip=slip,
            text=text,
            again=again,
        )

    @expose("/pick", methods=("POST",))
    def pick(self) -> Any:
        """Regions that fit what is typed."""
        return picked_regions()


def _require() -> Actor:
    actor = current_actor()
    if DUTY not in actor.duties:
        abort(403)
    return actor


def _account(line: AccountLine, roles: dict[str, str], desk: RequestDesk) -> Account:
    where = [
        _("whole county") if scope.region_code == WHOLE_COUNTY else desk.caption("region", scope.region_code)
        for scope in line.scopes
    ]
    return Account(
        id=line.id,
        username=line.username,
        name=line.name,
        role="、".join(dict.fromkeys(roles.get(scope.role, scope.role) for scope in line.scopes)),
        place="、".join(dict.fromkeys(where)),
        state=_state(line),
        active=line.active,
        has_factor=line.has_factor,
    )


def _state(line: AccountLine) -> str:
    if not line.active:
        return _("switched off")
    if line.is_locked:
        return _("locked after failures")
    return _("has not chosen a password yet") if line.must_change else _("in use")
