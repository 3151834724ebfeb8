"""The actor of the request: declared roles by their dated scopes, FAB's rights of those roles, acting for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flask import current_app, g
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ffp_admin.screens.fab import current_user
from ffp_admin.screens.permissions import FORM_PREFIX, VERB_PREFIX, Right, rights_of, roles_of
from ffp_admin.store import Actor, Store
from ffp_admin.store.actor import HeldRole, actor_with
from ffp_admin.store.scopes import WHOLE_COUNTY, acting_of
from ffp_admin.store.user_scopes import UserScope, scopes_of_several

__all__ = ["WHOLE_COUNTY", "current_actor", "current_rights", "current_store", "make_actor"]

STORE_EXTENSION = "ffp_store"
_COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class _Exercised:
    """A role one account exercises today, as itself or in somebody's stead."""

    role: str
    scopes: tuple[UserScope, ...]
    behalf: str


def current_store() -> Store:
    """The opened database of this application."""
    store = current_app.extensions[STORE_EXTENSION]
    assert isinstance(store, Store)
    return store


def current_actor() -> Actor:
    """Who acts in this request, worked out once."""
    actor = _standing()[0]
    assert isinstance(actor, Actor)
    return actor


def current_rights() -> frozenset[Right]:
    """FAB's (view, permission) pairs of this request, read once (FAB asks the database for every link)."""
    return _standing()[1]


def _standing() -> tuple[Actor, frozenset[Right]]:
    standing: tuple[Actor, frozenset[Right]] | None = g.get("ffp_standing")
    if standing is None:
        store = current_store()
        with store.reading() as session:
            standing = _work_out(session, store, int(current_user.id), str(current_user.first_name))
        g.ffp_standing = standing
    return standing


def make_actor(session: Session, store: Store, user_id: int, name: str) -> Actor:
    """The actor an account is today: rights through FAB's roles, each where its scopes say."""
    return _work_out(session, store, user_id, name)[0]


def _work_out(session: Session, store: Store, user_id: int, name: str) -> tuple[Actor, frozenset[Right]]:
    edition = store.edition()
    exercised = tuple(_exercised(session, store, user_id))
    rights = rights_of(session, {one.role for one in exercised})
    held = [
        HeldRole(
            role=one.role,
            grants=_grants(rights.get(one.role, frozenset())),
            scopes=one.scopes,
            limits=edition.limits(one.role),
            behalf=one.behalf,
        )
        for one in exercised
    ]
    actor = actor_with(edition.catalog, user_id, name, held)
    return actor, frozenset(right for several in rights.values() for right in several)


def _grants(rights: Iterable[Right]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (view.removeprefix(FORM_PREFIX), permission.removeprefix(VERB_PREFIX))
        for view, permission in rights
        if view.startswith(FORM_PREFIX)
    )


def _exercised(session: Session, store: Store, user_id: int) -> Iterator[_Exercised]:
    """Own roles first, then those of the accounts it acts for.

    A role with scopes holds on the days of its scopes; one without any holds always, in no place.
    """
    today = store.clock.today()
    behalf = {user_id: "", **{one.for_user_id: one.for_name for one in acting_of(session, user_id, today)}}
    scopes = scopes_of_several(session, behalf)
    roles = roles_of(session, behalf)
    whole = _counties(session, store) if any(one.region_code == WHOLE_COUNTY for one in scopes) else ()
    for account, other in behalf.items():
        given: dict[str, list[UserScope]] = {}
        for one in scopes:
            if one.user_id == account:
                given.setdefault(one.role, []).append(one)
        for role in sorted(given.keys() | roles.get(account, frozenset())):
            valid = [one for one in given.get(role, ()) if one.holds_on(today)]
            if valid or role not in given:
                yield _Exercised(role, tuple(_with_counties(valid, whole)), other)


def _with_counties(scopes: Iterable[UserScope], counties: Iterable[str]) -> Iterator[UserScope]:
    """Scopes of the whole county, as one for each county there is."""
    for one in scopes:
        if one.region_code == WHOLE_COUNTY:
            yield from (replace(one, region_code=code) for code in counties)
        else:
            yield one


def _counties(session: Session, store: Store) -> tuple[str, ...]:
    if "region" not in store.catalog().forms:
        return ()
    code = store.tables("region").main.c.region_code
    return tuple(session.execute(select(code).where(func.length(code) == _COUNTY_DIGITS)).scalars())
