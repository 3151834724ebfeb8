"""What the session cookie says: whose it is, since when, when it was last used; it is signed, never a place for secrets.

Every worker compares its version with the account's: one more in the database ends all cookies given out so far.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import session

from ffp_admin.screens.acting import current_store
from ffp_admin.screens.logins import Account
from ffp_admin.screens.origin import current_settings

VERSION, SEEN, BEGUN, MARK = "ffp_version", "ffp_seen", "ffp_begun", "ffp_mark"
#: the moment of the last request is written into the cookie at most this often
SEEN_STEP = 30
#: between the password and the code of the authenticator
_HALF = "ffp_half"
HALF_FOR = 5 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """A log-in of which the code is still missing."""

    user_id: int
    version: int


def now() -> int:
    """Seconds since 1970."""
    return int(current_store().clock.now().timestamp())


def begin(account: Account) -> None:
    """A cookie that shares nothing with the one before the log-in."""
    session.clear()
    session[VERSION] = account.session_version
    session[BEGUN] = session[SEEN] = now()
    session[MARK] = secrets.token_hex(8)  # two log-ins in one second are two cookies


def go_on(version: int) -> None:
    """This session outlives the end of all others."""
    session[VERSION] = version


def has_ended() -> bool:
    """Whether it was idle for too long, or began too long ago."""
    settings = current_settings()
    idle, age = (now() - int(session.get(since, 0)) for since in (SEEN, BEGUN))
    return idle > settings.session_idle * 60 or age > settings.session_hours * 3600


def touch() -> None:
    """It was used just now."""
    if now() - session.get(SEEN, 0) > SEEN_STEP:
        session[SEEN] = now()


def whose() -> int | None:
    """Whose cookie it is, even when the session has ended."""
    text = str(session.get("_user_id", ""))
    return int(text) if text.isdigit() else None


def begin_half(account: Account) -> None:
    """The password was right; the cookie opens nothing yet."""
    session.clear()
    session[_HALF] = [account.id, account.session_version, now()]


def half() -> Half | None:
    """The log-in that waits for its code; None when there is none, or it waited too long."""
    stored = session.get(_HALF)
    if not stored or now() - stored[2] > HALF_FOR:
        return None
    return Half(user_id=stored[0], version=stored[1])


def end_half() -> None:
    """Back to the password."""
    session.pop(_HALF, None)
