"""Pages for what goes wrong: what happened, what to do now, a number to tell the administrator."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, flash, g, jsonify, redirect, render_template, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.api.trouble import Trouble as ApiTrouble
from ffp_admin.screens.api.trouble import of_http, of_trouble, problem
from ffp_admin.screens.door import form_address, posted_form
from ffp_admin.screens.fab import CsrfError
from ffp_admin.screens.limiting import API
from ffp_admin.store import NotAllowed

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The texts of one error page."""

    title: str
    why: str
    steps: Sequence[str]


TROUBLES: Mapping[int, Trouble] = {
    400: Trouble(
        title=N_("The page was open too long"),
        why=N_("For safety a page can be sent only while your log-in lasts. Nothing was changed."),
        steps=(N_("Go back to the page and load it again (F5)."), N_("Do it once more.")),
    ),
    403: Trouble(
        title=N_("Your account may not do this"),
        why=N_("Your role has no right to this page or this button."),
        steps=(
            N_("Check that you are logged in with your own account."),
            N_("If the work is yours, ask the county administrator for the right."),
        ),
    ),
    404: Trouble(
        title=N_("There is no such page"),
        why=N_("The address is wrong, or the record lies outside your area."),
        steps=(
            N_("Find the record through its list."),
            N_("For records of other villages ask the township."),
        ),
    ),
    405: Trouble(
        title=N_("This page cannot be opened this way"),
        why=N_("The address belongs to a button; it cannot be typed or bookmarked."),
        steps=(N_("Go to the home page and find the record through its list."),),
    ),
    413: Trouble(
        title=N_("Too much was sent at once"),
        why=N_("A file may have at most {limit} MB, and a form must stay below it too. Nothing was changed."),
        steps=(
            N_("Go back with the browser's back button: what you typed stands there."),
            N_("Shorten the longest text, or split the workbook by village."),
        ),
    ),
    421: Trouble(
        title=N_("This address does not belong to the system"),
        why=N_("The system was asked for under a name it does not know. That may be a forged link."),
        steps=(
            N_("Type the address your county gave you."),
            N_("For a new address the administrator sets FFP_PUBLIC_URL or FFP_ALLOWED_HOSTS."),
        ),
    ),
    429: Trouble(
        title=N_("That was too often in a short time"),
        why=N_("To protect people's data each account may do only so much at a time. Nothing was changed."),
        steps=(
            N_("Wait {minutes} minutes, then do it once more."),
            N_("If you need more for your work, tell the administrator the error number."),
        ),
    ),
    500: Trouble(
        title=N_("Something went wrong in the program"),
        why=N_("It is not your fault. What you did last may not have been saved."),
        steps=(
            N_("Go back and check whether it was saved; if not, do it once more."),
            N_("If it happens again, tell the administrator the error number."),
        ),
    ),
}
#: Retry-After of a refusal that does not say how long
PATIENCE = 60
OFTEN_KEPT = N_("What you typed is kept: wait a while and press the button below.")
CSRF_KEPT = N_(
    "The page was open too long to be saved right away. What you typed is kept: look it over and press Save."
)


def trouble_pages(app: Flask) -> None:
    """Answer every error of `app` with a page in the reader's language."""
    app.register_error_handler(CsrfError, _too_long_open)
    app.register_error_handler(NotAllowed, lambda _error: _page(403))
    app.register_error_handler(ApiTrouble, of_trouble)
    app.register_error_handler(TooManyRequests, _too_often)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unknown)


def _too_long_open(_error: Any) -> Any:
    """A token ran out: what was typed into a form is kept and comes back, unless another site's page sent it."""
    if "ffp_foreign" in g:
        return _page(403)
    address = _kept_at()
    if not address:
        return _page(400)
    flash(_(CSRF_KEPT), "doubt")
    return redirect(address)


def _kept_at() -> str:
    """Keep a posted form as a draft; returns where it goes on, "" when the request posts none."""
    posted = posted_form()
    if posted is None or "ffp_account" not in g:
        return ""
    drafts.keep(current_store(), g.ffp_account.id, *posted, drafts.typed_pairs(request.form))
    return form_address(*posted, draft=1)


def _too_often(error: TooManyRequests) -> Any:
    """A refusal with the time to wait; a form that was posted is kept as a draft."""
    wait = int(str(error.retry_after or PATIENCE))
    address = _kept_at()
    if request.path.startswith(API):
        return problem(429, headers={"Retry-After": str(wait)})
    page, status = _page(429, again=address, wait=wait, more=_(OFTEN_KEPT) if address else "")
    return page, status, {"Retry-After": str(wait)}


def _known(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    if request.path.startswith(API):
        return of_http(error)
    return _page(code if code in TROUBLES else 400 if code < 500 else 500, code)


def _unknown(error: Exception) -> Any:
    """The process edge: whatever was not foreseen is logged under the number the person sees."""
    return _page(500, error=error)


def _page(
    kind: int,
    status: int = 0,
    error: Exception | None = None,
    *,
    again: str = "",
    wait: int = 0,
    more: str = "",
) -> Any:
    number = secrets.token_hex(4).upper()
    if error is not None:
        LOG.error("error %s at %s %s", number, request.method, request.endpoint, exc_info=error)
    if request.path.startswith(API):
        return problem(status or kind, error=number)
    trouble = TROUBLES[kind]
    facts = {"limit": round(current_limit() / 1024 / 1024), "minutes": -(-wait // 60)}
    why = _(trouble.why, **facts)
    if is_for_script():
        told = {"error": number, "message": why} | ({"retry_after": wait} if wait else {})
        return jsonify(told), status or kind
    if kind in (421, 500):
        g.ffp_bare = True  # whatever failed may fail again while the menu is made
    if kind == 400 and request.method == "POST":
        again = request.path
    page = render_template(
        "ffp/error.html",
        title=_(trouble.title),
        why=f"{why} {more}".strip(),
        steps=[_(step, **facts) for step in trouble.steps],
        again=again,
        number=number,
    )
    return page, status or kind


def is_for_script() -> bool:
    """Whether a script reads the answer: no page, but JSON."""
    return request.headers.get("X-Requested-With") == "fetch"


def current_limit() -> int:
    """The largest request in bytes."""
    return int(request.max_content_length or 0)
