"""Who calls: a program with its token, or a person's own session; either sees hidden values as stars.

A token opens what its account may do at this very moment and the token names: no more rights, no duty, nothing in
full. It ends with its day, when it is withdrawn, while the account is switched off, and with every new password.
Logging out ends sessions, not tokens: a program does not log in again.
"""

from __future__ import annotations

import logging

from flask import g
from sqlalchemy.exc import DBAPIError

from ffp_admin.i18n import _
from ffp_admin.screens.acting import current_actor, current_store, make_actor
from ffp_admin.screens.limiting import bearer_token, note_guessed_token
from ffp_admin.screens.logins import account_of
from ffp_admin.screens.origin import client_address
from ffp_admin.store import Actor, guarded, narrowed, note_use, token_by_secret

LOG = logging.getLogger(__name__)
_NOBODY = frozenset[tuple[str, str]]()


def accept_token() -> bool:
    """Make the account of the request's token the one that acts; `g.ffp_token_fault` says why it does not."""
    store, address = current_store(), client_address()
    with store.reading() as session:
        token = token_by_secret(session, store, bearer_token())
        account = account_of(session, token.user_id) if token else None
        if token is None or account is None:
            note_guessed_token()
            return False
        fault = token.fault(store.clock.now(), address)
        if fault or not account.active or account.must_change:
            g.ffp_token_fault = _(fault) if fault else ""
            return False
        actor = make_actor(session, store, account.id, account.name)
    g.ffp_account = account
    g.ffp_standing = (narrowed(actor, token.grants), _NOBODY)
    try:
        note_use(store, token, address)
    except DBAPIError as error:  # somebody imports: the answer need not wait for a note
        LOG.warning("use of token %s not noted: %s", token.id, error.orig)
    return True


def calling_actor() -> Actor:
    """Who asks the interface."""
    return guarded(current_actor())
