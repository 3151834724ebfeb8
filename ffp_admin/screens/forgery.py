"""No page of another site acts in a person's name: every change needs our token, whatever the route and its body.

This guard asks by itself before every view, so that no view, blueprint or API can be exempted by mistake.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request

from ffp_admin.screens.fab import CsrfError, CsrfGuard
from ffp_admin.screens.limiting import API, bearer_token
from ffp_admin.screens.origin import is_foreign

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN = "sent by a page of another site"


def is_program() -> bool:
    """Whether a program calls with its own token: no browser adds that header to another site's request by itself."""
    return request.path.startswith(API) and bool(bearer_token())


def refuse_forged_with(guard: Any) -> None:
    """CsrfError for a change that another site's page sent, or that lacks the token (form field or X-CSRFToken)."""
    if request.method in SAFE or request.endpoint is None or is_program():
        return
    if is_foreign():
        g.ffp_foreign = True
        raise CsrfError(FOREIGN)
    guard.protect()


def refuse_forged(app: Flask) -> None:
    """Put the guard before every view of `app`."""
    guard = CsrfGuard()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # its own check lets exempted views pass
    guard.init_app(app)
    app.before_request(lambda: refuse_forged_with(guard))
