"""Who needs a second factor: the accounts with a platform duty, everybody, or nobody, by FFP_SECOND_FACTOR."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, session, url_for

from ffp_admin.screens.acting import current_actor
from ffp_admin.screens.logins import Account
from ffp_admin.screens.origin import current_settings

#: endpoints one can reach before a factor is bound
PAGES = frozenset({f"SecondFactor.{name}" for name in ("index", "picture", "bind", "later")})
_OFFER = "ffp_offer"


def is_used() -> bool:
    """Whether codes are asked for at all."""
    return current_settings().second_factor != "off"


def is_needed() -> bool:
    """Whether the account of the request may do nothing without a factor."""
    mode = current_settings().second_factor
    return mode == "all" or (mode == "duties" and bool(current_actor().duties))


def remember_to_offer(account: Account) -> None:
    """Right after the log-in: somebody with a platform duty is offered a factor, once."""
    if current_settings().second_factor == "offered" and not account.has_factor:
        session[_OFFER] = 1


def is_offered() -> bool:
    """Whether one may also answer: later."""
    return _OFFER in session


def forget_offer() -> None:
    """Do not ask again in this session."""
    session.pop(_OFFER, None)


def send_to_binding(account: Account) -> Any:
    """The way to the page where an authenticator is bound, None when the request may go on."""
    if account.has_factor or not is_used():
        return None
    if is_needed():
        g.ffp_bound = True
        return redirect(url_for("SecondFactor.index"))
    if not is_offered() or request.method != "GET" or request.endpoint != "Home.index":
        return None
    if current_actor().duties:
        return redirect(url_for("SecondFactor.index"))
    forget_offer()
    return None
