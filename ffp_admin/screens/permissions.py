"""Roles and rights of the catalog as FAB's permission rows, written set-based in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from ffp_admin.screens.tables import (
    Permission,
    PermissionView,
    Role,
    RoleGrant,
    UserRole,
    ViewMenu,
    prepare_tables,
)
from ffp_admin.spec.model import VERBS, Catalog
from ffp_admin.store import Store, dialect, local_changes, rights_in_force

#: name of the "view" FAB keeps rights for; never a class name, never a label
FORM_PREFIX = "ledger:"
VERB_PREFIX = "can_"
#: FAB's names of a view and a permission
Right = tuple[str, str]


def sync_permissions(store: Store) -> None:
    """Bring FAB's permission rows to the release in force; for `init` and `publish`, never for web workers."""
    prepare_tables(store.engine)
    with store.writing() as session:
        dialect.lock_for(session.connection(), dialect.PUBLISH_LOCK)
        write_permissions(session, store.catalog())


def write_permissions(session: Session, catalog: Catalog) -> None:
    """Six SELECTs, then only what is missing or no longer due; roles made by hand are left alone.

    Due is what the catalog declares, with the changes of this county (`store.granting`).
    """
    verbs = _named(session, Permission, [f"{VERB_PREFIX}{verb}" for verb in VERBS])
    forms = _named(session, ViewMenu, [f"{FORM_PREFIX}{form}" for form in catalog.forms])
    roles = _named(session, Role, list(catalog.roles))
    rights = _rights(session, verbs, forms, catalog)
    _grant(session, roles, rights, catalog)


def _named(session: Session, table: Table, names: Iterable[str]) -> dict[str, int]:
    """Name → id, with the missing names inserted."""
    query = select(table.c.name, table.c.id)
    found = {str(name): int(ident) for name, ident in session.execute(query)}
    missing = [name for name in names if name not in found]
    if missing:
        dialect.insert_missing(session, table, [{"name": name} for name in missing])
        found = {str(name): int(ident) for name, ident in session.execute(query)}
    return found


def _rights(
    session: Session, verbs: Mapping[str, int], forms: Mapping[str, int], catalog: Catalog
) -> dict[tuple[str, str], int]:
    """(form, verb) → id of the pair."""
    wanted = {
        (forms[f"{FORM_PREFIX}{form}"], verbs[f"{VERB_PREFIX}{verb}"]): (form, verb)
        for form in catalog.forms
        for verb in VERBS
    }
    pairs = select(PermissionView.c.view_menu_id, PermissionView.c.permission_id, PermissionView.c.id)
    found = {(view, verb): ident for view, verb, ident in session.execute(pairs)}
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        rows = [{"view_menu_id": view, "permission_id": verb} for view, verb in missing]
        dialect.insert_missing(session, PermissionView, rows)
        found = {(view, verb): ident for view, verb, ident in session.execute(pairs)}
    return {right: found[pair] for pair, right in wanted.items()}


def _grant(
    session: Session, roles: Mapping[str, int], rights: Mapping[tuple[str, str], int], catalog: Catalog
) -> None:
    """Give each declared role exactly what its declaration and the changes of this county say."""
    wanted = {
        (rights[form, verb], roles[role])
        for role, form, verb in rights_in_force(catalog, local_changes(session))
        if (form, verb) in rights
    }
    declared = {roles[key] for key in catalog.roles}
    rows = session.execute(select(RoleGrant.c.id, RoleGrant.c.permission_view_id, RoleGrant.c.role_id)).all()
    found = {(right, role): ident for ident, right, role in rows if role in declared}
    dialect.insert_missing(
        session,
        RoleGrant,
        [{"permission_view_id": right, "role_id": role} for right, role in sorted(wanted - found.keys())],
    )
    stale = [found[pair] for pair in found.keys() - wanted]
    if stale:
        session.execute(delete(RoleGrant).where(RoleGrant.c.id.in_(stale)))


def roles_of(session: Session, user_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The roles some accounts hold in FAB, by account."""
    query = (
        select(UserRole.c.user_id, Role.c.name)
        .join(Role, UserRole.c.role_id == Role.c.id)
        .where(UserRole.c.user_id.in_(list(user_ids)))
    )
    found: dict[int, set[str]] = {}
    for user_id, name in session.execute(query):
        found.setdefault(user_id, set()).add(name)
    return {user_id: frozenset(names) for user_id, names in found.items()}


def rights_of(session: Session, roles: Iterable[str]) -> dict[str, frozenset[Right]]:
    """Every (view, permission) of some roles, by role, in one SELECT."""
    query = (
        select(Role.c.name, ViewMenu.c.name, Permission.c.name)
        .select_from(Role)
        .join(RoleGrant, RoleGrant.c.role_id == Role.c.id)
        .join(PermissionView, PermissionView.c.id == RoleGrant.c.permission_view_id)
        .join(ViewMenu, ViewMenu.c.id == PermissionView.c.view_menu_id)
        .join(Permission, Permission.c.id == PermissionView.c.permission_id)
        .where(Role.c.name.in_(list(roles)))
    )
    found: dict[str, set[Right]] = {}
    for role, view, permission in session.execute(query):
        found.setdefault(role, set()).add((view, permission))
    return {role: frozenset(rights) for role, rights in found.items()}
