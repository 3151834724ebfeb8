"""A searched word travels sealed: an ID number never stands in an address, a log or another person's history."""

from __future__ import annotations

import json

from ffp_admin.keyring import KeyringError
from ffp_admin.store import Store

#: seconds a search can be paged through
LIFETIME = 60 * 60
_CONTEXT = "keyword"


def seal_keyword(store: Store, user_id: int | None, form: str, keyword: str) -> str:
    """The keyword as a token for the address, "" for none."""
    if not keyword:
        return ""
    until = int(store.clock.now().timestamp()) + LIFETIME
    return store.keyring.seal(json.dumps([user_id, form, until, keyword]), _CONTEXT)


def open_keyword(store: Store, user_id: int | None, form: str, token: str) -> str | None:
    """The keyword behind a token; None when it is old, somebody else's, or of another list."""
    if not token:
        return ""
    try:
        owner, named, until, keyword = json.loads(store.keyring.open(token, _CONTEXT))
    except (KeyringError, ValueError):
        return None
    fresh = until >= store.clock.now().timestamp()
    return str(keyword) if owner == user_id and named == form and fresh else None
