"""One account: who it is, what it holds since when and until when, what it sees; its log-in and its card."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, request
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.screens import scopeforms
from ffp_admin.screens.accountcard import AccountCard, card_of, save_card
from ffp_admin.screens.accountfacts import facts_of
from ffp_admin.screens.accounts import AccountProblem, reset_password, switch
from ffp_admin.screens.accountsheet import (
    SheetPage,
    account_or_404,
    county_desk,
    require_duty,
    wanted_account,
)
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.asking import (
    ACCOUNT,
    PICKED,
    Answers,
    Question,
    blank,
    found_accounts,
)
from ffp_admin.screens.fab import expose
from ffp_admin.screens.lookup import TYPED, found_for_script
from ffp_admin.screens.pages import Slip
from ffp_admin.screens.second_factor_pages import reset_second_factor
from ffp_admin.screens.tokenpages import token_lines
from ffp_admin.store import SYSTEM

#: a household is looked up only after this many characters: its name is all the security administrator sees of it
HOUSEHOLD_TYPED = 2


class AccountDetail(SheetPage):
    """The page of one account, its log-in and its card."""

    route_base = "/accounts"
    default_view = "detail"

    @expose("/pick/<register>", methods=("POST",))
    def look_up(self, register: str) -> Any:
        """Regions, units, households and accounts that fit what is typed; of households name, number and place only."""
        require_duty()
        typed = request.form.get("text", "").strip()[:TYPED]
        if register in PICKED:
            enough = register != "household" or len(typed) >= HOUSEHOLD_TYPED
            return jsonify({"found": found_for_script(register, typed, SYSTEM) if enough else []})
        if register != ACCOUNT:
            abort(404)
        with current_store().reading() as session:
            found = found_accounts(county_desk(session), typed)
        return jsonify({"found": [{"id": str(i), "text": text, "more": ""} for i, text in found]})

    @expose("/<int:user_id>", methods=("GET",))
    def detail(self, user_id: int) -> Any:
        """Everything about one account."""
        require_duty()
        return self._detail(user_id)

    def _detail(self, user_id: int, slip: Slip | None = None) -> str:
        store = current_store()
        with store.reading() as session:
            facts = facts_of(session, store, account_or_404(session, user_id))
            tokens = token_lines(session, store, user_id)
        own = current_actor().user_id == user_id
        kinds = scopeforms.kinds_offered(store.catalog(), user_id)
        return self.draw("account", one=facts, kinds=kinds, own=own, slip=slip, tokens=tokens)

    # ---- the account itself ----

    @expose("/<int:user_id>/password", methods=("POST",))
    def password(self, user_id: int) -> Any:
        """A new one-time password, shown once."""
        actor, account = require_duty(), wanted_account(user_id)
        password = reset_password(current_app, account.username, actor)
        return self._detail(user_id, Slip(username=account.username, name=account.name, password=password))

    @expose("/<int:user_id>/active", methods=("POST",))
    def active(self, user_id: int) -> Any:
        """Switch the account on or off."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        is_on = request.form.get("state") == "on"
        try:
            with store.writing() as session:
                switch(session, store, account.username, actor, active=is_on)
            flash(_("The account works again.") if is_on else _("The account is switched off."), "good")
        except AccountProblem as problem:
            flash(str(problem), "bad")
        return redirect(f"/accounts/{user_id}")

    @expose("/<int:user_id>/factor", methods=("POST",))
    def factor(self, user_id: int) -> Any:
        """Forget the second factor; the next log-in binds anew."""
        actor, account = require_duty(), wanted_account(user_id)
        try:
            reset_second_factor(current_store(), account.username, actor)
            flash(_("The second factor of '{name}' is reset.", name=account.username), "good")
        except AccountProblem as problem:
            flash(str(problem), "bad")
        return redirect(f"/accounts/{user_id}")

    @expose("/<int:user_id>/card", methods=("GET", "POST"))
    def card(self, user_id: int) -> Any:
        """Unit and telephone."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        asked = [
            Question(name="unit", label=_("Unit")),
            Question(name="phone", label=_("Telephone"), kind="phone", help=_("Empty: stays as it is.")),
        ]
        title = _("Unit and telephone of {name}", name=account.name)
        with store.reading() as session:
            kept = card_of(session, store, user_id)
        if request.method == "GET":
            return self.ask(account, title, blank(asked, {"unit": (kept.unit,)}))

        def do(session: Session, given: Answers) -> None:
            card = AccountCard(unit=given.values["unit"], phone=given.values["phone"] or kept.phone)
            save_card(session, store, account, card, actor)

        return self.deed(account, title, asked, do, _("Saved."))
