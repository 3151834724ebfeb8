"""The actor of the request: FAB's roles and rights, the dated regions of `user_scope`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import current_app, g
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ffp_admin.screens.fab import current_user
from ffp_admin.screens.permissions import FORM_PREFIX, VERB_PREFIX, held_rights, held_roles
from ffp_admin.store import Actor, Store
from ffp_admin.store.actor import UserScope, actor_of, scopes_of

STORE_EXTENSION = "ffp_store"
#: region of a scope that means the whole county, given before the county's regions were entered
WHOLE_COUNTY = "*"
_COUNTY_DIGITS = 6


def current_store() -> Store:
    """The opened database of this application."""
    store = current_app.extensions[STORE_EXTENSION]
    assert isinstance(store, Store)
    return store


def current_actor() -> Actor:
    """Who acts in this request, worked out once."""
    actor = g.get("ffp_actor")
    if actor is None:
        store = current_store()
        with store.reading() as session:
            actor = make_actor(
                session, store, int(current_user.id), str(current_user.first_name), current_rights()
            )
        g.ffp_actor = actor
    assert isinstance(actor, Actor)
    return actor


def current_rights() -> frozenset[tuple[str, str]]:
    """FAB's (view, permission) pairs of this request, read once (FAB asks the database for every link)."""
    rights = g.get("ffp_rights")
    if rights is None:
        with current_store().reading() as session:
            rights = held_rights(session, int(current_user.id))
        g.ffp_rights = rights
    assert isinstance(rights, frozenset)
    return rights


def make_actor(
    session: Session,
    store: Store,
    user_id: int,
    name: str,
    rights: frozenset[tuple[str, str]] | None = None,
) -> Actor:
    """The actor an account is today: rights through FAB's roles, regions through its scopes in those roles.

    `rights` are those of `held_rights`, when they were read already.
    """
    roles = held_roles(session, user_id)
    scopes = [one for one in scopes_of(session, user_id, store.clock.today()) if one.role in roles]
    actor = actor_of(store.catalog(), user_id, name, tuple(_with_roles(scopes, roles)))
    grants = frozenset(
        (view.removeprefix(FORM_PREFIX), permission.removeprefix(VERB_PREFIX))
        for view, permission in (held_rights(session, user_id) if rights is None else rights)
        if view.startswith(FORM_PREFIX)
    )
    return replace(actor, grants=grants, regions=_regions(session, store, scopes))


def _with_roles(scopes: Iterable[UserScope], roles: Iterable[str]) -> list[UserScope]:
    """The scopes, and every role once more: its duties hold also without a region."""
    return [*scopes, *(UserScope(region_code="", role=role) for role in sorted(roles))]


def _regions(session: Session, store: Store, scopes: Iterable[UserScope]) -> tuple[str, ...]:
    named = dict.fromkeys(one.region_code for one in scopes)
    if WHOLE_COUNTY in named:
        named |= dict.fromkeys(_counties(session, store))
    return tuple(code for code in named if code != WHOLE_COUNTY)


def _counties(session: Session, store: Store) -> Iterable[str]:
    if "region" not in store.catalog().forms:
        return ()
    code = store.tables("region").main.c.region_code
    return session.execute(select(code).where(func.length(code) == _COUNTY_DIGITS)).scalars().all()
