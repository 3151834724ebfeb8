"""Logging in: the password check, the lock after five failures (shared by all workers), the end of old sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from ffp_admin.screens.passwords import REMEMBERED, faults, hashed
from ffp_admin.screens.tables import User, password_past
from ffp_admin.store import SYSTEM, Actor, Store, audit, dialect, withdraw_all
from ffp_admin.store.security_tables import second_factor
from ffp_admin.store.static import login_state

FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
#: who tries a name that is no account's
NOBODY = Actor(None, "")
#: compared with when there is no such account, so that both answers take the same time
_NOBODY = hashed("nobody has this password")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account and the state of its log-in."""

    id: int
    username: str
    name: str
    active: bool
    must_change: bool
    session_version: int
    #: whether it shares a secret with an authenticator
    has_factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a log-in failed; `minutes` until the lock ends, 0 for a wrong name or password."""

    minutes: int = 0
    #: nobody has such a name, or the account is switched off: there is nothing that could be locked
    nobody: bool = False


def _query() -> Select[Any]:
    columns = (User.c.id, User.c.username, User.c.first_name, User.c.password, User.c.active)
    state = (
        login_state.c.failures,
        login_state.c.locked_until,
        login_state.c.must_change,
        login_state.c.session_version,
    )
    return (
        select(*columns, *state, second_factor.c.user_id.label("factor"))
        .outerjoin(login_state, login_state.c.user_id == User.c.id)
        .outerjoin(second_factor, second_factor.c.user_id == User.c.id)
    )


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        username=row.username,
        name=row.first_name,
        active=bool(row.active),
        must_change=bool(row.must_change),
        session_version=row.session_version or 0,
        has_factor=row.factor is not None,
    )


def find_account(session: Session, username: str) -> Account | None:
    """The account of a user name."""
    row = session.execute(_query().where(User.c.username == username)).first()
    return _account(row) if row else None


def account_of(session: Session, user_id: int) -> Account | None:
    """The account of an id."""
    row = session.execute(_query().where(User.c.id == user_id)).first()
    return _account(row) if row else None


def log_in(store: Store, username: str, password: str) -> Account | Refusal:
    """Check a password; five failures lock the account for 15 minutes, also for the right password.

    The log-in is not over yet: `succeed` ends it, for some after a second factor.
    """
    with store.reading() as session:
        row = session.execute(_query().where(User.c.username == username.strip())).first()
    if row is None or not row.active or not row.password:
        check_password_hash(_NOBODY, password)
        _note_refused(store, _account(row) if row else None, off=bool(row))
        return Refusal(nobody=True)
    if row.locked_until and row.locked_until > store.clock.now():
        left = row.locked_until - store.clock.now()
        _note_refused(store, _account(row), locked=True)
        return Refusal(minutes=max(1, -(-int(left.total_seconds()) // 60)))
    right = check_password_hash(row.password, password)  # slow on purpose: outside any transaction
    account = _account(row)
    if right:
        return account
    with store.writing() as session:
        dialect.insert_missing(session, login_state, [_fresh_state(account.id)])
        return _fail(session, store, account)


def _note_refused(store: Store, account: Account | None, **facts: object) -> None:
    """A log-in that had no chance; a name nobody has is not kept: people type passwords into the wrong box."""
    actor = Actor(account.id, account.name) if account else NOBODY
    told = {name: fact for name, fact in facts.items() if fact} or {"unknown_name": True}
    deed = audit.Deed(action="login_failed", facts=told)
    store.write(lambda session: audit.note(session, actor, store.clock.now(), "screen", [deed]))


def _fresh_state(user_id: int, *, must_change: bool = False) -> dict[str, object]:
    return {
        "user_id": user_id,
        "failures": 0,
        "locked_until": None,
        "must_change": must_change,
        "session_version": 0,
    }


def succeed(session: Session, store: Store, account: Account, **facts: object) -> None:
    """Somebody is in: earlier failures are forgotten, the log-in is recorded."""
    now = store.clock.now()
    dialect.insert_missing(session, login_state, [_fresh_state(account.id)])
    session.execute(
        update(login_state).where(login_state.c.user_id == account.id).values(failures=0, locked_until=None)
    )
    session.execute(update(User).where(User.c.id == account.id).values(last_login=now.replace(tzinfo=None)))
    note(session, store, account, "login", **facts)


def _fail(session: Session, store: Store, account: Account) -> Refusal:
    own = login_state.c.user_id == account.id
    session.execute(update(login_state).where(own).values(failures=login_state.c.failures + 1))
    failures = session.execute(select(login_state.c.failures).where(own)).scalar_one()
    note(session, store, account, "login_failed", failures=failures)
    if failures < FAILURES:
        return Refusal()
    until = store.clock.now() + LOCKED_FOR
    session.execute(update(login_state).where(own).values(failures=0, locked_until=until))
    note(session, store, account, "login_locked")
    return Refusal(minutes=int(LOCKED_FOR.total_seconds()) // 60)


def note(session: Session, store: Store, account: Account, action: str, **facts: object) -> None:
    """A line in the audit trail about an account."""
    actor = Actor(account.id, account.name)
    audit.note(session, actor, store.clock.now(), "screen", [audit.Deed(action=action, facts=facts)])


def note_crowd(session: Session, store: Store) -> None:
    """A line about an address from which too many log-ins failed."""
    audit.note(session, NOBODY, store.clock.now(), "screen", [audit.Deed(action="login_crowded")])


def note_about(
    session: Session, store: Store, actor: Actor, account: Account, action: str, **facts: object
) -> None:
    """A line about what somebody did with an account, maybe another's; by nobody: from the command line."""
    source = "command" if actor.user_id is None else "screen"
    told = {"user": account.id, "username": account.username, **facts}
    audit.note(session, actor, store.clock.now(), source, [audit.Deed(action=action, facts=told)])


def end_sessions(session: Session, user_id: int) -> None:
    """Every cookie given out so far ends."""
    session.execute(
        update(login_state)
        .where(login_state.c.user_id == user_id)
        .values(session_version=login_state.c.session_version + 1)
    )


def password_faults(session: Session, account: Account, password: str) -> tuple[str, ...]:
    """The msgids of what is wrong with a new password for this account."""
    past = session.execute(
        select(password_past.c.hash)
        .where(password_past.c.user_id == account.id)
        .order_by(password_past.c.id.desc())
        .limit(REMEMBERED)
    ).scalars()
    return faults(password, account.username, past.all())


def is_present_password(session: Session, account: Account, password: str) -> bool:
    """Whether the account logs in with this password."""
    stored = session.execute(select(User.c.password).where(User.c.id == account.id)).scalar()
    return bool(stored) and check_password_hash(str(stored), password)


def set_password(session: Session, store: Store, user_id: int, password: str, *, must_change: bool) -> None:
    """A new password; the lock, all sessions and all tokens of the account end."""
    stored = hashed(password)
    session.execute(update(User).where(User.c.id == user_id).values(password=stored))
    session.execute(insert(password_past).values(user_id=user_id, at=store.clock.now(), hash=stored))
    dialect.insert_missing(session, login_state, [_fresh_state(user_id)])
    session.execute(
        update(login_state)
        .where(login_state.c.user_id == user_id)
        .values(failures=0, locked_until=None, must_change=must_change)
    )
    withdraw_all(session, store, user_id, SYSTEM)
    end_sessions(session, user_id)
