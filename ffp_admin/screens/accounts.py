"""Accounts: made with a one-time password, reset, switched off; used by the command line and the accounts page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.screens.acting import STORE_EXTENSION, WHOLE_COUNTY
from ffp_admin.screens.logins import end_sessions, find_account, note_about, set_password
from ffp_admin.screens.passwords import one_time_password
from ffp_admin.screens.tables import Role, User, UserRole
from ffp_admin.spec import model
from ffp_admin.spec.model import Catalog
from ffp_admin.store import SYSTEM, Actor, Store
from ffp_admin.store.user_scopes import DUTY, UserScope, set_scopes

#: duty → user name of its first account; the three lie in three hands from the first day on
FIRST_NAMES = MappingProxyType({"publish": "admin-system", "users": "admin-security", "audit": "admin-audit"})


class AccountProblem(ValueError):
    """An account cannot be made or changed as asked; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAccount:
    """An account made with a new installation; `label` is what its role is called."""

    username: str
    label: str
    password: str


def create_user(
    app: Flask, username: str, name: str, role: str, regions: Iterable[str], actor: Actor = SYSTEM
) -> str:
    """Make an account with one role in some regions; returns the password for its first log-in."""
    store = _store(app)
    with store.writing() as session:
        return add_account(session, store, username.strip(), name.strip(), role, tuple(regions), actor)


def reset_password(app: Flask, username: str, actor: Actor = SYSTEM) -> str:
    """A new one-time password; the account's lock and sessions end. AccountProblem for an unknown name."""
    store = _store(app)
    with store.writing() as session:
        account = find_account(session, username.strip())
        if account is None:
            raise AccountProblem(_("There is no account '{name}'.", name=username))
        password = one_time_password()
        set_password(session, store, account.id, password, must_change=True)
        note_about(session, store, actor, account, "password_reset")
    return password


def ensure_administrators(app: Flask) -> list[FirstAccount]:
    """One account for each duty of an empty installation that some role has; none when there are accounts."""
    store = _store(app)
    made: list[FirstAccount] = []
    with store.writing() as session:
        if session.execute(select(func.count()).select_from(User)).scalar_one():
            return []
        for duty, username in FIRST_NAMES.items():
            if role := _role_for(store.catalog(), duty):
                regions = (WHOLE_COUNTY,) if _sees_records(store.catalog(), role) else ()
                password = add_account(session, store, username, role.label, role.key, regions, SYSTEM)
                made.append(FirstAccount(username=username, label=role.label, password=password))
    return made


def _role_for(catalog: Catalog, duty: str) -> model.Role | None:
    """The declared role with the duty and the fewest rights beside it."""
    having = [role for role in catalog.roles.values() if duty in role.duties]
    return min(having, key=lambda role: _weight(catalog, role), default=None)


def _weight(catalog: Catalog, role: model.Role) -> int:
    return sum(len(verbs) * (len(catalog.forms) if form == "*" else 1) for form, verbs in role.grants.items())


def _sees_records(catalog: Catalog, role: model.Role) -> bool:
    """Whether the role has rights on a register whose records lie in regions."""
    return any(form == "*" or (form in catalog.forms and catalog.forms[form].scope) for form in role.grants)


def add_account(
    session: Session, store: Store, username: str, name: str, role: str, regions: Sequence[str], actor: Actor
) -> str:
    """The same inside a transaction; AccountProblem says what is wrong."""
    _check(session, store, username, name, role)
    session.execute(
        insert(User).values(
            username=username,
            first_name=name,
            last_name="",
            email=f"{username}@ffp.invalid",  # FAB wants one and wants it unique
            active=True,
            created_on=store.clock.now().replace(tzinfo=None),
        )
    )
    account = find_account(session, username)
    assert account is not None
    password = one_time_password()
    set_password(session, store, account.id, password, must_change=True)
    give_role(session, account.id, role, regions)
    note_about(session, store, actor, account, "account_added", role=role, regions=list(regions))
    return password


def _check(session: Session, store: Store, username: str, name: str, role: str) -> None:
    if not username or not username.isascii() or not username.replace("_", "").replace("-", "").isalnum():
        raise AccountProblem(_("A user name has Latin letters, digits, - and _ only."))
    if not name:
        raise AccountProblem(_("Enter the person's name."))
    if role not in store.catalog().roles:
        raise AccountProblem(_("There is no role '{role}'.", role=role))
    if find_account(session, username):
        raise AccountProblem(_("The user name '{name}' is taken.", name=username))


def give_role(session: Session, user_id: int, role: str, regions: Sequence[str]) -> None:
    """One role in some regions (in none: a role without a place) instead of all earlier ones."""
    role_id = session.execute(select(Role.c.id).where(Role.c.name == role)).scalar_one()
    session.execute(delete(UserRole).where(UserRole.c.user_id == user_id))
    session.execute(insert(UserRole).values(user_id=user_id, role_id=role_id))
    places = [UserScope(region_code=code, role=role) for code in regions] or [UserScope(kind=DUTY, role=role)]
    set_scopes(session, user_id, places)
    end_sessions(session, user_id)


def switch(session: Session, store: Store, username: str, actor: Actor, *, active: bool) -> None:
    """Switch an account on or off; switched off, its sessions end at once."""
    account = find_account(session, username)
    if account is None:
        raise AccountProblem(_("There is no account '{name}'.", name=username))
    if account.id == actor.user_id:
        raise AccountProblem(_("You cannot switch off your own account."))
    session.execute(update(User).where(User.c.id == account.id).values(active=active))
    end_sessions(session, account.id)
    note_about(session, store, actor, account, "account_on" if active else "account_off")


def _store(app: Flask) -> Store:
    store = app.extensions[STORE_EXTENSION]
    assert isinstance(store, Store)
    return store
