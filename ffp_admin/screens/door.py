"""The door: log-in, log-out, password change, and the guard every request passes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, g, jsonify, redirect, request, session, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts, factor_duty, second_factor, sessions
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.api.trouble import problem
from ffp_admin.screens.fab import Page, current_user, expose, login_user, logout_user
from ffp_admin.screens.forgery import is_program, refuse_forged
from ffp_admin.screens.limiting import API, current_limiter, refuse_guessed_tokens, refuse_often
from ffp_admin.screens.logins import (
    Account,
    Refusal,
    account_of,
    end_sessions,
    is_present_password,
    log_in,
    note,
    note_crowd,
    password_faults,
    set_password,
    succeed,
)
from ffp_admin.screens.origin import client_address, is_known_host
from ffp_admin.screens.uploads import clean_names

_OPEN = frozenset({"screens.static", "Door.login", "Door.code"})
#: pages of the framework that no page of ours needs
_STOCK = ("UtilView.", "LocaleView.", "appbuilder.")
_WITHOUT_OWN_PASSWORD = frozenset({"Door.password", "Door.logout"})
_WITHOUT_FACTOR = frozenset({*_WITHOUT_OWN_PASSWORD, *factor_duty.PAGES})
#: a callable of the API that makes the account of a token the request's own; False for a token nobody has
TOKEN_GUARD = "ffp_token_guard"  # noqa: S105 - a name

WRONG = N_("User name or password are not right. After five failures the account is locked for 15 minutes.")
LOCKED = N_("Too many failures: this account is locked. Try again in {minutes} minutes.")
CROWDED = N_("Too many log-ins were tried from this place. Try again in {minutes} minutes.")
NOT_SAME = N_("The two new passwords differ. Type the new password twice.")
NOT_PRESENT = N_("The present password is not right.")
WRONG_CODE = N_(
    "The code is not right or was used already. Wait for the next one and type its six digits. "
    "Codes fit only when the phone's clock is right."
)
CODES_LOCKED = N_("Too many wrong codes. Try again in {minutes} minutes, or ask your administrator.")
TOO_LATE = N_("The log-in took too long. Enter your password once more.")


class Door(Page):
    """Log-in, log-out and the own password."""

    route_base = ""
    default_view = "login"

    @expose("/login/", methods=("GET", "POST"))
    def login(self) -> Any:
        """Ask for user name and password; what was typed before an idle log-out comes back afterwards."""
        target, kept = safe_target(request.args.get("next")), request.form.get("kept", "")
        if request.method == "GET":
            return redirect(target) if current_user.is_authenticated else self._ask(target)
        crowd = _crowd()
        if crowd:
            fault = _(CROWDED, minutes=_minutes(crowd))
            return self._ask(target, fault=fault, kept=kept), 429, {"Retry-After": str(crowd)}
        username = request.form.get("username", "").strip()
        answer = log_in(current_store(), username, request.form.get("password", ""))
        if isinstance(answer, Refusal):
            minutes = _count_failure(answer, username)
            fault = _(LOCKED, minutes=minutes) if minutes else _(WRONG)
            return self._ask(target, fault=fault, kept=kept), 422
        if answer.has_factor and factor_duty.is_used():
            sessions.begin_half(answer)
            return self._ask_code(target, kept=kept)
        return redirect(_enter(self, answer, kept) or target)

    def _ask(self, target: str, *, fault: str = "", kept: str = "") -> str:
        action = url_for("Door.login", next=target) if target != "/" else url_for("Door.login")
        username = request.form.get("username", "")
        return self.draw("login", action=action, fault=fault, kept=kept, username=username)

    @expose("/login/code", methods=("GET", "POST"))
    def code(self) -> Any:
        """The second step: a code of the authenticator, or one of the recovery slip."""
        target, kept = safe_target(request.args.get("next")), request.form.get("kept", "")
        half = sessions.half()
        if request.method == "GET" and (half is None or current_user.is_authenticated):
            return redirect(target if current_user.is_authenticated else url_for("Door.login", next=target))
        with current_store().reading() as db:
            account = account_of(db, half.user_id) if half else None
        if account is None or not account.active or half is None or half.version != account.session_version:
            sessions.end_half()
            return self._ask(target, fault=_(TOO_LATE), kept=kept), 422
        if request.method == "GET":
            return self._ask_code(target)
        locked = current_limiter().spend("second_factor", account.id)
        if locked:
            sessions.end_half()
            fault = _(CODES_LOCKED, minutes=_minutes(locked))
            return self._ask(target, fault=fault, kept=kept), 429, {"Retry-After": str(locked)}
        with current_store().writing() as db:
            taken = second_factor.take_code(db, current_store(), account, request.form.get("code", ""))
            if not taken:
                note(db, current_store(), account, "second_factor_failed")
        if not taken:
            return self._ask_code(target, fault=_(WRONG_CODE), kept=kept), 422
        current_limiter().forget("second_factor", account.id)
        return redirect(_enter(self, account, kept, taken) or target)

    def _ask_code(self, target: str, *, fault: str = "", kept: str = "") -> str:
        action = url_for("Door.code", next=target) if target != "/" else url_for("Door.code")
        return self.draw("code", action=action, fault=fault, kept=kept, back=url_for("Door.login"))

    @expose("/logout/", methods=("POST",))
    def logout(self) -> Any:
        """End every session of the account."""
        with current_store().writing() as db:
            end_sessions(db, g.ffp_account.id)
            note(db, current_store(), g.ffp_account, "logout")
        logout_user()
        session.clear()
        flash(_("You are logged out."), "good")
        return redirect(url_for("Door.login"))

    @expose("/password/", methods=("GET", "POST"))
    def password(self) -> Any:
        """Change the own password; the first log-in ends here."""
        account: Account = g.ffp_account
        if request.method == "GET":
            return self._ask_new(account, ())
        new = request.form.get("new", "")
        faults = self._faults(account, new)
        if faults:
            return self._ask_new(account, faults), 422
        with current_store().writing() as db:
            set_password(db, current_store(), account.id, new, must_change=False)
            note(db, current_store(), account, "password_changed")
        sessions.go_on(account.session_version + 1)
        flash(_("The password is changed. All other sessions of your account ended."), "good")
        return redirect("/")

    def _faults(self, account: Account, new: str) -> tuple[str, ...]:
        if new != request.form.get("again", ""):
            return (_(NOT_SAME),)
        with current_store().reading() as db:
            if not is_present_password(db, account, request.form.get("old", "")):
                return (_(NOT_PRESENT),)
            return tuple(_(fault) for fault in password_faults(db, account, new))

    def _ask_new(self, account: Account, faults: tuple[str, ...]) -> str:
        return self.draw("password", faults=faults, username=account.username)


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)


def _crowd() -> int:
    """Seconds this address has to wait before its next log-in, 0 when it need not."""
    limiter, address = current_limiter(), client_address()
    return limiter.spend("login", address) or limiter.wait("login_failed", address)


def _count_failure(refusal: Refusal, username: str) -> int:
    """Count a failed log-in; returns the minutes until the lock ends.

    A name nobody has is locked like an account, so that the lock does not tell which names there are.
    """
    limiter = current_limiter()
    limiter.spend("login_failed", client_address())
    if limiter.wait("login_failed", client_address()):  # told once: from now on nobody there is let try
        current_store().write(lambda db: note_crowd(db, current_store()))
    if not refusal.nobody:
        return refusal.minutes
    name = username.casefold()
    locked = limiter.wait("nobody_locked", name)
    if not locked and limiter.spend("nobody", name):
        limiter.forget("nobody", name)
        limiter.spend("nobody_locked", name)
        locked = limiter.wait("nobody_locked", name)
    return _minutes(max(0, locked - 1))


def _enter(door: Door, account: Account, sealed: str, factor: str = "") -> str:
    """Begin a session; returns where the kept post goes on, "" without one."""
    store = current_store()
    with store.writing() as db:
        succeed(db, store, account, **({"second_factor": factor} if factor else {}))
    sessions.begin(account)
    login_user(door.appbuilder.sm.load_user(account.id))
    factor_duty.remember_to_offer(account)
    kept = drafts.open_kept(store, sealed) if sealed else None
    if kept is None or kept.user_id not in (None, account.id):  # on a shared computer another may log in
        return ""
    drafts.keep(store, account.id, kept.form, kept.record_id, kept.pairs)
    return form_address(kept.form, kept.record_id, draft=1)


def form_address(form: str, record_id: int, **query: Any) -> str:
    """Where a record of a form is filled in."""
    if record_id == drafts.NEW_RECORD:
        return url_for("Ledger.add", form=form, **query)
    return url_for("Ledger.edit", form=form, ident=record_id, **query)


def safe_target(address: str | None) -> str:
    """A place on this site to go on to after the log-in; "/" for anything else."""
    parts = urlsplit(address or "")
    path = parts.path.replace("\\", "/")
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return "/"
    return f"{path}?{parts.query}" if parts.query else path


def posted_form() -> tuple[str, int] | None:
    """Form and record id when the request posts a filled-in form."""
    if request.method != "POST" or request.endpoint not in ("Ledger.add", "Ledger.edit"):
        return None
    values = request.view_args or {}
    return str(values["form"]), int(values.get("ident", drafts.NEW_RECORD))


def _guard() -> Any:
    """Let through who is logged in, was here a while ago at most, and has a password (and a factor) of their own."""
    if not is_known_host():
        abort(421)
    if request.endpoint is None or request.endpoint in _OPEN:
        return None
    if request.endpoint.startswith(_STOCK):
        abort(404)
    if is_program():
        return _guard_program()
    was = sessions.whose()
    if sessions.has_ended():
        logout_user()
    if not current_user.is_authenticated:
        return _shut_out(was)
    sessions.touch()
    held = _hold_up(g.ffp_account)
    return problem(403) if held and request.path.startswith(API) else held


def _hold_up(account: Account) -> Any:
    """What has to be done before anything else."""
    if account.must_change:
        return None if request.endpoint in _WITHOUT_OWN_PASSWORD else redirect(url_for("Door.password"))
    if request.endpoint in _WITHOUT_FACTOR:
        return None
    return factor_duty.send_to_binding(account)


def _guard_program() -> Any:
    """A program shows its token instead of a cookie; without an API nobody's token is right."""
    refuse_guessed_tokens()
    accept = current_app.extensions.get(TOKEN_GUARD)
    return None if accept and accept() else problem(401, detail=g.get("ffp_token_fault", ""))


def _shut_out(was: int | None) -> Any:
    if request.path.startswith(API):
        return problem(401)
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify({"login": url_for("Door.login")}), 401
    posted = posted_form()
    if posted is None:
        target = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("Door.login", next=target))
    kept = drafts.Kept(
        form=posted[0], record_id=posted[1], pairs=drafts.typed_pairs(request.form), user_id=was
    )
    door: Door = current_app.extensions["appbuilder"].sm.auth_view
    return door._ask(form_address(*posted), kept=drafts.seal_kept(current_store(), kept)), 401


def guard(app: Flask) -> None:
    """Who is it, does it come from a page of ours, how often: in this order, before any view looks at a request."""
    app.before_request(_guard)
    refuse_forged(app)
    app.before_request(refuse_often)
    app.before_request(clean_names)
