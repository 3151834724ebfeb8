"""Log-in safety: bind an authenticator, print the recovery slip, end other sessions; reset for who forgot both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, g, redirect, request, session, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens import factor_duty, second_factor, sessions
from ffp_admin.screens.accounts import AccountProblem
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.limiting import require
from ffp_admin.screens.logins import Account, end_sessions, find_account, note
from ffp_admin.store import SYSTEM, Actor, Store

DUTY = "users"
_OFFER = "ffp_secret"
#: what the authenticator calls us: short, each letter makes the picture denser
ISSUER = N_("FFP")
WRONG_NEW = N_(
    "The code does not fit. Type the six digits the phone shows now; if they never fit, set the phone's clock to automatic time."
)
WRONG_OWN = N_("The code is not right or was used already. Nothing was changed.")


class SecondFactor(Page):
    """The page of one's own log-in."""

    route_base = "/second-factor"
    default_view = "index"

    @expose("/")
    def index(self) -> Any:
        """How one logs in, and what can be changed about it."""
        return self._page(())

    @expose("/picture.svg")
    def picture(self) -> Any:
        """The QR code of the secret that is being bound."""
        account: Account = g.ffp_account
        svg = second_factor.picture(_secret(account), account.username, _(ISSUER))
        return Response(svg, mimetype="image/svg+xml")

    @expose("/bind", methods=("POST",))
    def bind(self) -> Any:
        """Prove that the authenticator knows the secret; the recovery codes are shown once."""
        account, store = g.ffp_account, current_store()
        if account.has_factor or not factor_duty.is_used():
            return redirect(url_for("SecondFactor.index"))
        require("second_factor_bind", account.id)
        secret = _secret(account)
        step = second_factor.matching_step(
            secret, request.form.get("code", ""), store.clock.now().timestamp()
        )
        if step is None:
            return self._page((_(WRONG_NEW),)), 422
        with store.writing() as db:
            codes = second_factor.bind(db, store, account, secret, step)
        sessions.go_on(account.session_version + 1)
        session.pop(_OFFER, None)
        factor_duty.forget_offer()
        return self._slip(codes)

    @expose("/renew/<any(codes, device):what>", methods=("POST",))
    def renew(self, what: str) -> Any:
        """With one more code: other recovery codes, or another device."""
        account, store = g.ffp_account, current_store()
        require("second_factor", account.id)
        with store.writing() as db:
            taken = second_factor.take_code(db, store, account, request.form.get("code", ""))
            if not taken:
                note(db, store, account, "second_factor_failed")
            elif what == "codes":
                codes = second_factor.renew_codes(db, store, account)
            else:
                second_factor.reset(db, store, account, Actor(account.id, account.name))
        if not taken:
            return self._page((_(WRONG_OWN),)), 422
        if what == "codes":
            return self._slip(codes)
        sessions.go_on(account.session_version + 1)
        return redirect(url_for("SecondFactor.index"))

    @expose("/later", methods=("POST",))
    def later(self) -> Any:
        """Not now: asked again after the next log-in."""
        factor_duty.forget_offer()
        return redirect("/")

    @expose("/others", methods=("POST",))
    def others(self) -> Any:
        """End all sessions of the account but this one."""
        account: Account = g.ffp_account
        with current_store().writing() as db:
            end_sessions(db, account.id)
            note(db, current_store(), account, "other_sessions_ended")
        sessions.go_on(account.session_version + 1)
        flash(_("All other sessions of your account ended."), "good")
        return redirect(url_for("SecondFactor.index"))

    def _page(self, faults: Sequence[str]) -> str:
        account: Account = g.ffp_account
        bound, used = account.has_factor, factor_duty.is_used()
        needed = used and not bound and factor_duty.is_needed()
        if needed:
            g.ffp_bound = True  # the frame offers nothing that would lead back here
        with current_store().reading() as db:
            left = second_factor.codes_left(db, account.id) if bound else 0
        return self.draw(
            "second_factor",
            bound=bound,
            used=used,
            needed=needed,
            offered=factor_duty.is_offered(),
            left=left,
            faults=faults,
            key=second_factor.spoken(_secret(account)) if used and not bound else "",
            username=account.username,
        )

    def _slip(self, codes: Sequence[str]) -> Any:
        account: Account = g.ffp_account
        day = current_store().clock.today()
        told = _("{year}-{month}-{day}", year=day.year, month=day.month, day=day.day)
        return self.draw("recovery", codes=codes, username=account.username, name=account.name, day=told)


def _secret(account: Account) -> str:
    """The secret on offer in this session; it stands sealed in the cookie until it is bound."""
    sealed = session.get(_OFFER, "")
    secret = second_factor.open_offer(current_store(), account.id, sealed) if sealed else ""
    if not secret:
        secret = second_factor.new_secret()
        session[_OFFER] = second_factor.seal_offer(current_store(), account.id, secret)
    return secret


def reset_second_factor(store: Store, username: str, actor: Actor = SYSTEM) -> None:
    """Forget somebody's authenticator and slip; AccountProblem says why not."""
    with store.writing() as db:
        account = find_account(db, username.strip())
        if account is None:
            raise AccountProblem(_("There is no account '{name}'.", name=username))
        if account.id == actor.user_id:
            raise AccountProblem(_("Change your own second factor on your own page, with a code."))
        if not second_factor.reset(db, store, account, actor):
            raise AccountProblem(_("The account '{name}' has no second factor.", name=username))
