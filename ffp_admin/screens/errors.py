"""Pages for what goes wrong: what happened, what to do now, a number to tell the administrator."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, flash, g, jsonify, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.door import form_address, posted_form
from ffp_admin.screens.fab import CsrfError
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
    500: Trouble(
        title=N_("Something went wrong in the program"),
        why=N_("It is not your fault. What you did last may not have been saved."),
        steps=(
            N_("Go back and check whether it was saved; if not, do it once more."),
            N_("If it happens again, tell the administrator the error number."),
        ),
    ),
}
CSRF_KEPT = N_(
    "The page was open too long to be saved right away. What you typed is kept: look it over and press Save."
)


def trouble_pages(app: Flask) -> None:
    """Answer every error of `app` with a page in the reader's language."""
    app.register_error_handler(CsrfError, _too_long_open)
    app.register_error_handler(NotAllowed, lambda _error: _page(403))
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unknown)


def _too_long_open(_error: Any) -> Any:
    """A token ran out: what was typed into a form is kept and comes back."""
    posted = posted_form()
    if posted is None or "ffp_account" not in g:
        return _page(400)
    drafts.keep(current_store(), g.ffp_account.id, *posted, drafts.typed_pairs(request.form))
    flash(_(CSRF_KEPT), "doubt")
    return redirect(form_address(*posted, draft=1))


def _known(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    return _page(code if code in TROUBLES else 400 if code < 500 else 500, code)


def _unknown(error: Exception) -> Any:
    """The process edge: whatever was not foreseen is logged under the number the person sees."""
    return _page(500, error=error)


def _page(kind: int, status: int = 0, error: Exception | None = None) -> Any:
    number = secrets.token_hex(4).upper()
    if error is not None:
        LOG.error("error %s at %s %s", number, request.method, request.endpoint, exc_info=error)
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify({"error": number}), status or kind
    if kind == 500:
        g.ffp_bare = True  # whatever failed may fail again while the menu is made
    trouble = TROUBLES[kind]
    limit = round(current_limit() / 1024 / 1024)
    page = render_template(
        "ffp/error.html",
        title=_(trouble.title),
        why=_(trouble.why, limit=limit),
        steps=[_(step) for step in trouble.steps],
        again=request.path if kind == 400 and request.method == "POST" else "",
        number=number,
    )
    return page, status or kind


def current_limit() -> int:
    """The largest request in bytes."""
    return int(request.max_content_length or 0)
