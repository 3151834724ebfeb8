"""The scopes of an account: one role each, somewhere, from one day to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_
from ffp_admin.store.static import user_scope

#: kinds of a scope; a duty is a role without a place (the three administrators)
REGION, HOUSEHOLD, UNIT, TASK, DUTY = "region", "household", "unit", "task", "duty"
SCOPE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        REGION: N_("region"),
        HOUSEHOLD: N_("assigned household"),
        UNIT: N_("unit"),
        TASK: N_("inspection task"),
        DUTY: N_("without a place"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserScope:
    """One role of an account in one place; both days count, None is open.

    `region_code` is that of a region or task ("*": the whole county), `target_id` the record of a household or unit,
    `forms` the registers of a task (none named: every one the role may view).
    """

    role: str
    kind: str = REGION
    region_code: str = ""
    target_id: int | None = None
    forms: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""
    # what it has once it is stored
    id: int = field(default=0, compare=False)
    user_id: int = field(default=0, compare=False)
    granted_by: int | None = field(default=None, compare=False)
    granted_name: str = field(default="", compare=False)
    granted_at: datetime | None = field(default=None, compare=False)

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def in_force(day: date, table: Any = user_scope) -> ColumnElement[bool]:
    """Rows of a table with valid_from and valid_to that hold on the day."""
    return and_(
        or_(table.c.valid_from.is_(None), table.c.valid_from <= day),
        or_(table.c.valid_to.is_(None), table.c.valid_to >= day),
    )


def scopes_of(session: Session, user_id: int, day: date) -> tuple[UserScope, ...]:
    """The scopes an account has on `day`."""
    return tuple(one for one in scopes_of_several(session, [user_id]) if one.holds_on(day))


def all_scopes(session: Session, user_id: int) -> tuple[UserScope, ...]:
    """Past, present and future scopes of an account, newest first."""
    return tuple(reversed(scopes_of_several(session, [user_id])))


def scopes_of_several(session: Session, user_ids: Iterable[int]) -> tuple[UserScope, ...]:
    """All scopes of some accounts, oldest first."""
    wanted = list(user_ids)
    rows = session.execute(
        select(user_scope).where(user_scope.c.user_id.in_(wanted)).order_by(user_scope.c.id)
    )
    return tuple(_scope(row) for row in rows)


def scope_by_id(session: Session, scope_id: int) -> UserScope | None:
    """One scope; None when there is none."""
    row = session.execute(select(user_scope).where(user_scope.c.id == scope_id)).first()
    return _scope(row) if row else None


def _scope(row: Row[Any]) -> UserScope:
    return UserScope(**{**row._mapping, "forms": tuple(row.forms.split())})


def set_scopes(session: Session, user_id: int, scopes: Sequence[UserScope]) -> None:
    """Replace the scopes of an account, past ones too."""
    session.execute(delete(user_scope).where(user_scope.c.user_id == user_id))
    for one in scopes:
        write_scope(session, user_id, one)


def write_scope(session: Session, user_id: int, scope: UserScope) -> int:
    """Add one scope as it is; its id."""
    done = session.execute(
        insert(user_scope)
        .values(
            user_id=user_id,
            role=scope.role,
            kind=scope.kind,
            region_code=scope.region_code,
            target_id=scope.target_id,
            forms=" ".join(scope.forms),
            valid_from=scope.valid_from,
            valid_to=scope.valid_to,
            reason=scope.reason,
            granted_by=scope.granted_by,
            granted_name=scope.granted_name,
            granted_at=scope.granted_at,
        )
        .returning(user_scope.c.id)
    )
    return int(done.scalar_one())
