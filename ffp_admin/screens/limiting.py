"""How often somebody may do something: counted for all workers together, refused with the time to wait."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import Flask, current_app, g, request
from limits import RateLimitItem, parse_many
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import TooManyRequests

from ffp_admin.screens.origin import client_address
from ffp_admin.store import DatabaseStorage, Store

LOG = logging.getLogger(__name__)
EXTENSION = "ffp_limiter"
#: addresses for programs; the page that describes them lies above
API = "/api/v1/"
_BEARER = "Bearer "
_UPLOADS = "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So often at most; `vital` rates guard secrets: they hold also when FFP_RATE_LIMITS is off, and refuse when
    nothing can be counted.
    """

    items: Sequence[RateLimitItem]
    vital: bool = False


def _rate(text: str, *, vital: bool = False) -> Rate:
    return Rate(items=tuple(parse_many(text)), vital=vital)


#: a whole township office may share one address, so per address there is more room than per account
RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "login": _rate("120 per minute", vital=True),  # per address; each costs 0.1 s of slow hashing
        "login_failed": _rate("40 per 10 minutes", vital=True),  # per address
        "nobody": _rate(
            "4 per day", vital=True
        ),  # per unknown name: as many as an account takes before its lock
        "nobody_locked": _rate("1 per 15 minutes", vital=True),
        "second_factor": _rate("5 per 15 minutes", vital=True),  # per account
        "second_factor_bind": _rate("20 per 15 minutes", vital=True),
        "password": _rate("10 per 15 minutes", vital=True),
        "token_failed": _rate("20 per 10 minutes", vital=True),  # per address
        "reveal": _rate("60 per 10 minutes; 400 per day"),
        "pick": _rate("180 per minute"),
        "find": _rate("60 per minute"),
        "upload": _rate("30 per 10 minutes"),
        "token": _rate("600 per minute"),
        "make_token": _rate("20 per day"),
        "all": _rate("1200 per minute"),
    }
)
#: what the last part of an endpoint's name is limited by, when it is posted to
_POSTED = MappingProxyType(
    {
        "password": "password",
        "reveal": "reveal",
        "pick": "pick",
        "find": "find",
        "upload": "upload",
        "make_token": "make_token",
    }
)


class Limiter:
    """Counts deeds by kind and by who does them; names and addresses are kept only as keyed hashes."""

    def __init__(self, storage: DatabaseStorage, store: Store, *, on: bool) -> None:
        self._strategy = FixedWindowRateLimiter(storage)
        self._storage = storage
        self._store = store
        self._on = on

    def spend(self, kind: str, who: object) -> int:
        """Count one deed; returns the seconds to wait, 0 when it is allowed."""
        rate = RATES[kind]
        if not (self._on or rate.vital):
            return 0
        key = self._key(kind, who)
        try:
            over = [item for item in rate.items if not self._strategy.hit(item, kind, key)]
            return self._left(over, kind, key)
        except DBAPIError as error:
            if rate.vital:
                raise
            LOG.warning("not counted: %s: %s", kind, error.orig)
            return 0

    def wait(self, kind: str, who: object) -> int:
        """The seconds to wait before one more, without counting."""
        key = self._key(kind, who)
        items = RATES[kind].items
        return self._left([one for one in items if not self._strategy.test(one, kind, key)], kind, key)

    def forget(self, kind: str, who: object) -> None:
        """Begin to count anew."""
        for item in RATES[kind].items:
            self._strategy.clear(item, kind, self._key(kind, who))

    def _key(self, kind: str, who: object) -> str:
        return self._store.keyring.hash(f"rate:{kind}", str(who))[:32]

    def _left(self, items: Sequence[RateLimitItem], kind: str, key: str) -> int:
        if not items:
            return 0
        now = self._store.clock.now().timestamp()
        ends = (self._strategy.get_window_stats(item, kind, key).reset_time for item in items)
        return max(1, round(max(ends) - now + 0.5))


def current_limiter() -> Limiter:
    """The limiter of this application."""
    limiter = current_app.extensions[EXTENSION]
    assert isinstance(limiter, Limiter)
    return limiter


def refuse_often() -> None:
    """Before a page: count what the account (or the token) does; TooManyRequests when it is too much."""
    if request.path.startswith(API) and bearer_token():
        require("token", bearer_token())
        return
    if "ffp_account" not in g:
        return
    account = g.ffp_account.id
    require("all", account)
    if request.method != "POST":
        return
    kind = _POSTED.get((request.endpoint or "").rpartition(".")[2])
    if request.mimetype == _UPLOADS and kind is None and request.content_length:
        kind = "upload" if request.files else None
    if kind:
        require(kind, account)


def require(kind: str, who: object) -> None:
    """Count one deed; TooManyRequests when it is one too many."""
    seconds = current_limiter().spend(kind, who)
    if seconds:
        raise TooManyRequests(retry_after=seconds)


def bearer_token() -> str:
    """The token of a program, "" when the request has none."""
    given = request.headers.get("Authorization", "")
    return given.removeprefix(_BEARER).strip() if given.startswith(_BEARER) else ""


def refuse_guessed_tokens() -> None:
    """Before the API looks at a token: too many wrong ones came from this address."""
    if request.path.startswith(API) and bearer_token():
        seconds = current_limiter().wait("token_failed", client_address())
        if seconds:
            raise TooManyRequests(retry_after=seconds)


def note_guessed_token() -> None:
    """A token was wrong."""
    current_limiter().spend("token_failed", client_address())


def limit(app: Flask, store: Store, *, on: bool) -> None:
    """Give `app` its limiter."""
    storage = DatabaseStorage(engine=store.engine, clock=store.clock)
    app.extensions[EXTENSION] = Limiter(storage, store, on=on)
