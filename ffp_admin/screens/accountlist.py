"""Finding accounts: by name, role, region and state, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_
from ffp_admin.screens.tables import Role, User, UserRole
from ffp_admin.store import Store, UserScope
from ffp_admin.store.static import login_state, user_scope
from ffp_admin.store.user_scopes import in_force, scopes_of_several

#: accounts on one page
SHOWN = 50
#: a scope that ends within so many days is about to end
SOON = timedelta(days=30)

IN_USE, NEW, LOCKED, OFF, EXPIRED, ENDING = "use", "new", "locked", "off", "expired", "ending"
#: what a list can be narrowed to
STATES: Mapping[str, str] = MappingProxyType(
    {
        IN_USE: N_("in use"),
        NEW: N_("has not chosen a password yet"),
        LOCKED: N_("locked after failures"),
        OFF: N_("switched off"),
        EXPIRED: N_("all roles expired"),
        ENDING: N_("a role ends within 30 days"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuery:
    """What is looked for; `ids` are accounts found by telephone (None: not asked for)."""

    text: str = ""
    role: str = ""
    region: str = ""
    state: str = ""
    ids: tuple[int, ...] | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account in the list of accounts."""

    id: int
    username: str
    name: str
    active: bool
    must_change: bool
    is_locked: bool
    #: those of today
    scopes: tuple[UserScope, ...]
    #: whether there were scopes and none holds
    is_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """A page of the list, and how many there are in all."""

    lines: Sequence[AccountLine]
    total: int


def find_accounts(session: Session, store: Store, query: AccountQuery, limit: int = SHOWN) -> AccountPage:
    """Accounts in the order of their user names."""
    wanted = and_(*_conditions(store, query))
    total = session.execute(_joined(select(func.count(User.c.id))).where(wanted)).scalar_one()
    columns = select(
        User.c.id,
        User.c.username,
        User.c.first_name,
        User.c.active,
        login_state.c.must_change,
        login_state.c.locked_until,
    )
    found = _joined(columns).where(wanted).order_by(User.c.username).limit(limit).offset(query.offset)
    rows = session.execute(found).all()
    scopes: dict[int, list[UserScope]] = {}
    for scope in scopes_of_several(session, [row.id for row in rows]):
        scopes.setdefault(scope.user_id, []).append(scope)
    return AccountPage(lines=[_line(store, row, scopes.get(row.id, [])) for row in rows], total=total)


def _joined(columns: Select[Any]) -> Select[Any]:
    return columns.select_from(User).outerjoin(login_state, login_state.c.user_id == User.c.id)


def _line(store: Store, row: Any, scopes: Sequence[UserScope]) -> AccountLine:
    now, today = store.clock.now(), store.clock.today()
    holding = tuple(one for one in scopes if one.holds_on(today))
    return AccountLine(
        id=row.id,
        username=row.username,
        name=row.first_name,
        active=bool(row.active),
        must_change=bool(row.must_change),
        is_locked=bool(row.locked_until and row.locked_until > now),
        scopes=holding,
        is_expired=bool(scopes) and not holding,
    )


def state_of(is_active: bool, is_locked: bool, is_expired: bool, must_change: bool) -> str:
    """The state to name when several hold: what keeps the person out comes first."""
    if not is_active:
        return OFF
    if is_locked:
        return LOCKED
    if is_expired:
        return EXPIRED
    return NEW if must_change else IN_USE


def _conditions(store: Store, query: AccountQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [User.c.id.is_not(None)]
    if query.text and query.ids is None:
        wanted.append(
            User.c.username.startswith(query.text, autoescape=True)
            | User.c.first_name.startswith(query.text, autoescape=True)
        )
    if query.ids is not None:
        wanted.append(User.c.id.in_(query.ids))
    if query.role:
        wanted.append(holds_role(store, query.role))
    if query.region:
        inside = user_scope.c.region_code.startswith(query.region, autoescape=True)
        wanted.append(_has_scope(in_force(store.clock.today()), inside))
    if query.state:
        wanted.append(_in_state(store, query.state))
    return wanted


def _has_scope(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    has: ColumnElement[bool] = User.c.id.in_(select(user_scope.c.user_id).where(*conditions))
    return has


def holds_role(store: Store, role: str) -> ColumnElement[bool]:
    """Accounts that exercise a role today: by a scope, or in FAB without any scope of it."""
    ever = user_scope.c.role == role
    in_fab = select(UserRole.c.user_id).join(Role, Role.c.id == UserRole.c.role_id).where(Role.c.name == role)
    return or_(
        _has_scope(ever, in_force(store.clock.today())), and_(User.c.id.in_(in_fab), ~_has_scope(ever))
    )


def _in_state(store: Store, state: str) -> ColumnElement[bool]:
    today, now = store.clock.today(), store.clock.now()
    locked = and_(login_state.c.locked_until.is_not(None), login_state.c.locked_until > now)
    begun = login_state.c.must_change.is_(True)
    holding = _has_scope(in_force(today))
    wanted: Mapping[str, ColumnElement[bool]] = {
        IN_USE: and_(User.c.active, ~func.coalesce(begun, false()), ~func.coalesce(locked, false())),
        NEW: and_(User.c.active, begun),
        LOCKED: and_(User.c.active, locked),
        OFF: ~User.c.active,
        EXPIRED: and_(_has_scope(user_scope.c.id.is_not(None)), ~holding),
        ENDING: _has_scope(
            in_force(today), user_scope.c.valid_to.is_not(None), user_scope.c.valid_to <= today + SOON
        ),
    }
    return wanted.get(state, User.c.id.is_not(None))
