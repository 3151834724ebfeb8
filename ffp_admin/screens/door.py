"""The door: log-in, log-out, password change, and the guard every request passes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, jsonify, redirect, request, session, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.fab import Page, current_user, expose, login_user, logout_user
from ffp_admin.screens.logins import (
    Account,
    Refusal,
    end_sessions,
    is_present_password,
    log_in,
    note,
    password_faults,
    set_password,
)

SESSION_VERSION, SEEN = "ffp_version", "ffp_seen"
#: seconds without a request after which the session ends
IDLE = 30 * 60
#: the moment of the last request is written into the cookie at most this often
SEEN_STEP = 30
_OPEN = frozenset({"screens.static", "Door.login", "appbuilder.static", "static"})
_WITHOUT_OWN_PASSWORD = frozenset({"Door.password", "Door.logout"})

WRONG = N_("User name or password are not right. After five failures the account is locked for 15 minutes.")
LOCKED = N_("Too many failures: this account is locked. Try again in {minutes} minutes.")
NOT_SAME = N_("The two new passwords differ. Type the new password twice.")
NOT_PRESENT = N_("The present password is not right.")


class Door(Page):
    """Log-in, log-out and the own password."""

    route_base = ""
    default_view = "login"

    @expose("/login/", methods=("GET", "POST"))
    def login(self) -> Any:
        """Ask for user name and password; what was typed before an idle log-out comes back afterwards."""
        target = safe_target(request.args.get("next"))
        if request.method == "GET":
            return redirect(target) if current_user.is_authenticated else self._ask(target)
        answer = log_in(current_store(), request.form.get("username", ""), request.form.get("password", ""))
        if isinstance(answer, Refusal):
            fault = _(LOCKED, minutes=answer.minutes) if answer.minutes else _(WRONG)
            return self._ask(target, fault=fault, kept=request.form.get("kept", "")), 422
        return redirect(_enter(self, answer, request.form.get("kept", "")) or target)

    def _ask(self, target: str, *, fault: str = "", kept: str = "") -> str:
        action = url_for("Door.login", next=target) if target != "/" else url_for("Door.login")
        username = request.form.get("username", "")
        return self.draw("login", action=action, fault=fault, kept=kept, username=username)

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
        session[SESSION_VERSION] = account.session_version + 1
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


def _now() -> int:
    return int(current_store().clock.now().timestamp())


def _enter(door: Door, account: Account, sealed: str) -> str:
    """Begin a session; returns where the kept post goes on, "" without one."""
    session.clear()
    session[SESSION_VERSION] = account.session_version
    session[SEEN] = _now()
    login_user(door.appbuilder.sm.load_user(account.id))
    kept = drafts.open_kept(current_store(), sealed) if sealed else None
    if kept is None or kept.user_id not in (None, account.id):  # on a shared computer another may log in
        return ""
    drafts.keep(current_store(), account.id, kept.form, kept.record_id, kept.pairs)
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
    """Let through who is logged in, was here within half an hour, and has a password of their own."""
    if request.endpoint is None or request.endpoint in _OPEN:
        return None
    was = _session_user()
    if _now() - session.get(SEEN, 0) > IDLE:
        logout_user()
    if not current_user.is_authenticated:
        return _shut_out(was)
    if _now() - session.get(SEEN, 0) > SEEN_STEP:
        session[SEEN] = _now()
    if g.ffp_account.must_change and request.endpoint not in _WITHOUT_OWN_PASSWORD:
        return redirect(url_for("Door.password"))
    return None


def _session_user() -> int | None:
    """Whose cookie it is, even when the session has ended."""
    text = str(session.get("_user_id", ""))
    return int(text) if text.isdigit() else None


def _shut_out(was: int | None) -> Any:
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
    """Put the guard before everything else that looks at a request, the CSRF check too."""
    app.before_request(_guard)
