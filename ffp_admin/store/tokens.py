"""Tokens: made for a while and for some rights, found by their secret, withdrawn; shown once, stored as a keyed hash."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.store import audit
from ffp_admin.store.actor import Actor, Grants
from ffp_admin.store.store import Store
from ffp_admin.store.token_tables import api_token

#: verbs a program may be given; import, print and export stay with people
TOKEN_VERBS = ("view", "fill", "edit", "void")
LONGEST = timedelta(days=366)
#: living tokens of one account
MOST = 20
NAME_LENGTH = 60
#: the last use is written at most this often, so that reading seldom writes
USED_STEP = timedelta(hours=1)
_PREFIX = "ffp_"
_PURPOSE = "api_token"

ENDED = N_("This token has run out. Make a new one on the page of tokens.")
WITHDRAWN = N_("This token was withdrawn. Make a new one on the page of tokens.")
ELSEWHERE = N_("This token may not be used from this address.")


class TokenProblem(ValueError):
    """Why a token cannot be made; `field` is what is wrong: name, grants, days or addresses."""

    def __init__(self, text: str, field: str = "name") -> None:
        self.field = field
        super().__init__(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token without its secret."""

    id: int
    user_id: int
    name: str
    grants: Grants
    addresses: tuple[str, ...]
    made_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None
    withdrawn_name: str
    used_at: datetime | None
    used_from: str

    def fault(self, now: datetime, address: str) -> str:
        """Why it opens nothing now and from there (a msgid), "" when it does."""
        if self.withdrawn_at is not None:
            return WITHDRAWN
        if self.ends_at <= now:
            return ENDED
        return "" if not self.addresses or _lies_in(address, self.addresses) else ELSEWHERE

    def lives(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.withdrawn_at is None and now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A token somebody wants: rights as (form, verb), days it lasts, networks it may be used from."""

    name: str
    grants: Grants
    days: int
    addresses: str = ""


def make_token(session: Session, store: Store, owner: Actor, wish: Wish, by: Actor) -> tuple[int, str]:
    """Id and secret of a new token of the owner; TokenProblem when it may not be."""
    assert owner.user_id is not None
    now = store.clock.now()
    _check(session, owner, wish, now)
    secret = _PREFIX + secrets.token_urlsafe(32)
    row = {
        "user_id": owner.user_id,
        "name": wish.name.strip(),
        "hash": store.keyring.hash(_PURPOSE, secret),
        "grants": " ".join(sorted(f"{form}:{verb}" for form, verb in wish.grants)),
        "addresses": " ".join(_networks(wish.addresses)),
        "made_at": now,
        "ends_at": now + timedelta(days=wish.days),
        "withdrawn_name": "",
        "used_from": "",
    }
    made = session.execute(insert(api_token).values(row).returning(api_token.c.id))
    token_id = int(made.scalar_one())
    forms = sorted({form for form, _verb in wish.grants})
    _note(session, store, by, "token_made", token_id, owner.user_id, forms=forms, days=wish.days)
    return token_id, secret


def _check(session: Session, owner: Actor, wish: Wish, now: datetime) -> None:
    if not wish.name.strip() or len(wish.name) > NAME_LENGTH:
        raise TokenProblem(
            _("Say which system the token is for, in at most {limit} characters.", limit=NAME_LENGTH)
        )
    if not wish.grants:
        raise TokenProblem(_("Tick at least one right."), "grants")
    if any(verb not in TOKEN_VERBS or not owner.may(form, verb) for form, verb in wish.grants):
        raise TokenProblem(_("A token can have only rights that the account has itself."), "grants")
    if not 1 <= wish.days <= LONGEST.days:
        raise TokenProblem(
            _("A token lasts from 1 to {limit} days. Enter a number between.", limit=LONGEST.days), "days"
        )
    _networks(wish.addresses)
    if sum(one.lives(now) for one in tokens_of(session, owner.user_id)) >= MOST:
        raise TokenProblem(
            _("There are {count} tokens already. Withdraw one that is no longer used.", count=MOST)
        )


def _networks(text: str) -> list[str]:
    try:
        return [
            str(ip_network(word, strict=False)) for word in text.replace(",", " ").replace("，", " ").split()
        ]
    except ValueError:
        raise TokenProblem(
            _("Write addresses as 10.1.2.3 or 10.1.2.0/24, with spaces between them."), "addresses"
        ) from None


def _lies_in(address: str, networks: Iterable[str]) -> bool:
    try:
        own = ip_network(address, strict=False)  # of IPv6 a whole share counts as one address
        return any(ip_address(own.network_address) in ip_network(one) for one in networks)
    except ValueError:
        return False


def token_by_secret(session: Session, store: Store, secret: str) -> Token | None:
    """The token of a secret, also one that has ended; None when nobody has it."""
    if not secret.startswith(_PREFIX) or len(secret) > 100:
        return None
    hashed = store.keyring.hash(_PURPOSE, secret)
    row = session.execute(select(api_token).where(api_token.c.hash == hashed)).first()
    return _token(row) if row else None


def token_by_id(session: Session, token_id: int) -> Token | None:
    """One token."""
    row = session.execute(select(api_token).where(api_token.c.id == token_id)).first()
    return _token(row) if row else None


def tokens_of(session: Session, user_id: int | None = None) -> Sequence[Token]:
    """The tokens of an account (None: of all), newest first, ended ones too."""
    query = select(api_token).order_by(api_token.c.id.desc())
    if user_id is not None:
        query = query.where(api_token.c.user_id == user_id)
    return [_token(row) for row in session.execute(query)]


def _token(row: Row[Any]) -> Token:
    known = {key: value for key, value in row._mapping.items() if key != "hash"}
    pairs = (one.partition(":") for one in row.grants.split())
    grants = frozenset((form, verb) for form, _colon, verb in pairs)
    return Token(**{**known, "grants": grants, "addresses": tuple(row.addresses.split())})


def withdraw_token(session: Session, store: Store, token: Token, by: Actor) -> None:
    """End a token from the next request on; nothing when it was withdrawn already."""
    if token.withdrawn_at is None:
        _withdraw(session, store, by, api_token.c.id == token.id)
        _note(session, store, by, "token_withdrawn", token.id, token.user_id)


def withdraw_all(session: Session, store: Store, user_id: int, by: Actor) -> None:
    """End every token of an account: who got hold of its password may have made some."""
    living = [one for one in tokens_of(session, user_id) if one.lives(store.clock.now())]
    for one in living:
        withdraw_token(session, store, one, by)


def _withdraw(session: Session, store: Store, by: Actor, condition: Any) -> None:
    values = {"withdrawn_at": store.clock.now(), "withdrawn_name": by.name}
    session.execute(update(api_token).where(condition).values(values))


def note_use(store: Store, token: Token, address: str) -> None:
    """Remember when and from where a token was used last, to the hour."""
    now = store.clock.now()
    if token.used_at is not None and now - token.used_at < USED_STEP and token.used_from == address:
        return
    own = update(api_token).where(api_token.c.id == token.id)
    store.write(lambda session: session.execute(own.values(used_at=now, used_from=address)) and None)


def _note(
    session: Session, store: Store, by: Actor, action: str, token_id: int, user_id: int, **facts: object
) -> None:
    deed = audit.Deed(action=action, facts={"token": token_id, "user": user_id, **facts})
    audit.note(session, by, store.clock.now(), "screen", [deed])
