"""What a password must be (GB/T 22239: eight characters, three of four kinds, the last five not again)."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable

from werkzeug.security import check_password_hash, generate_password_hash

from ffp_admin.i18n import N_

SHORTEST = 8
KINDS = 3
REMEMBERED = 5
#: letters and digits nobody mixes up when reading them from a slip of paper
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SMALL = "abcdefghijkmnpqrstuvwxyz"
_DIGITS = "23456789"

TOO_SHORT = N_("The new password is too short: use at least 8 characters.")
TOO_SIMPLE = N_(
    "The new password is too simple: use at least three of capital letters, small letters, digits and signs."
)
HAS_NAME = N_("The new password contains the user name. Choose another one.")
USED_BEFORE = N_("This password was used before. The last 5 passwords cannot be used again.")


def kinds_of(password: str) -> int:
    """How many of the four kinds (capital, small, digit, anything else) occur."""
    return sum(
        (
            any(c in string.ascii_uppercase for c in password),
            any(c in string.ascii_lowercase for c in password),
            any(c in string.digits for c in password),
            any(c not in string.ascii_letters + string.digits for c in password),
        )
    )


def faults(password: str, username: str, past: Iterable[str] = ()) -> tuple[str, ...]:
    """The msgids of what is wrong with a new password; `past` are the hashes of the last ones, newest first."""
    found = []
    if len(password) < SHORTEST:
        found.append(TOO_SHORT)
    if kinds_of(password) < KINDS:
        found.append(TOO_SIMPLE)
    if username and username.casefold() in password.casefold():
        found.append(HAS_NAME)
    # the hashes are slow on purpose: asked only about a password that could be taken
    if not found and any(check_password_hash(old, password) for old in list(past)[:REMEMBERED]):
        found.append(USED_BEFORE)
    return tuple(found)


def one_time_password(length: int = 10) -> str:
    """A random password that can be read out from paper, with all three of its kinds of characters."""
    alphabet = _CAPITALS + _SMALL + _DIGITS
    while True:
        text = "".join(secrets.choice(alphabet) for _i in range(length))
        if kinds_of(text) == KINDS:
            return text


def hashed(password: str) -> str:
    """The stored form of a password."""
    return generate_password_hash(password, method="scrypt", salt_length=16)
