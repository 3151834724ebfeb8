"""Giving and ending scopes and acting duties: checked, dated, never deleted, each noted in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.models.compile import CURRENT, LEVELS
from ffp_admin.spec.model import Catalog
from ffp_admin.store import audit
from ffp_admin.store.actor import Actor, NotAllowed
from ffp_admin.store.edition import Edition
from ffp_admin.store.scope_tables import acting_duty
from ffp_admin.store.static import user_scope
from ffp_admin.store.store import Store
from ffp_admin.store.user_scopes import (
    DUTY,
    HOUSEHOLD,
    REGION,
    SCOPE_KINDS,
    TASK,
    UNIT,
    UserScope,
    in_force,
    scope_by_id,
    scopes_of_several,
    write_scope,
)

#: region of a scope that means the whole county, given before the county's regions were entered
WHOLE_COUNTY = "*"


class ScopeProblem(ValueError):
    """A scope or an acting duty cannot be given as asked; the text says why, `field` what of it is wrong."""

    def __init__(self, text: str, field: str = "") -> None:
        self.field = field
        super().__init__(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An account by id and name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingDuty:
    """One account acts for another from one day to another; both days count, None is open."""

    id: int
    user_id: int
    for_user_id: int
    for_name: str
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""
    granted_by: int | None = field(default=None, compare=False)
    granted_name: str = field(default="", compare=False)
    granted_at: datetime | None = field(default=None, compare=False)


def grant_scope(session: Session, store: Store, user_id: int, scope: UserScope, actor: Actor) -> int:
    """Give an account a role somewhere; its id. NotAllowed without the duty, ScopeProblem when it makes no sense."""
    require_users_duty(actor, user_id)
    edition, today = store.edition(), store.clock.today()
    _check_place(session, edition, scope)
    check_days(scope.valid_from, scope.valid_to)
    coming = [one for one in scopes_of_several(session, [user_id]) if not is_over(one.valid_to, today)]
    standing = [one.for_user_id for one in all_acting(session, user_id) if not is_over(one.valid_to, today)]
    lent = [one for one in scopes_of_several(session, standing) if not is_over(one.valid_to, today)]
    check_duties(edition.catalog, (*coming, *lent, scope))
    given = replace(scope, granted_by=actor.user_id, granted_name=actor.name, granted_at=store.clock.now())
    scope_id = write_scope(session, user_id, given)
    note(session, store, actor, "scope_given", {"user": user_id, "scope": scope_id, **scope_facts(scope)})
    return scope_id


def end_scope(session: Session, store: Store, scope_id: int, last_day: date, actor: Actor) -> None:
    """Let a scope end with that day; yesterday ends it from the next request on."""
    require_users_duty(actor)
    scope = scope_by_id(session, scope_id)
    if scope is None:
        raise ScopeProblem(_("There is no such scope."))
    session.execute(update(user_scope).where(user_scope.c.id == scope_id).values(valid_to=last_day))
    facts = {"user": scope.user_id, "scope": scope_id, "last_day": last_day.isoformat()}
    note(session, store, actor, "scope_ended", facts)


def give_acting(
    session: Session,
    store: Store,
    user_id: int,
    holder: Holder,
    valid_from: date | None,
    valid_to: date | None,
    reason: str,
    actor: Actor,
) -> int:
    """Let an account act for another one: it has that one's scopes beside its own; the id of the duty."""
    require_users_duty(actor, user_id)
    if user_id == holder.id:
        raise ScopeProblem(_("Nobody acts for themselves. Choose two different accounts."))
    if not reason.strip():
        raise ScopeProblem(_("Say why somebody acts for the account: leave, training, a vacancy …"), "reason")
    check_days(valid_from, valid_to)
    both = scopes_of_several(session, [user_id, holder.id])
    check_duties(store.catalog(), [one for one in both if not is_over(one.valid_to, store.clock.today())])
    values = {
        "user_id": user_id,
        "for_user_id": holder.id,
        "for_name": holder.name,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "reason": reason.strip(),
        "granted_by": actor.user_id,
        "granted_name": actor.name,
        "granted_at": store.clock.now(),
    }
    done = session.execute(insert(acting_duty).values(**values).returning(acting_duty.c.id))
    duty_id = int(done.scalar_one())
    facts = {"user": user_id, "for": holder.id, "duty": duty_id, **_days(valid_from, valid_to)}
    note(session, store, actor, "acting_given", facts)
    return duty_id


def end_acting(session: Session, store: Store, duty_id: int, last_day: date, actor: Actor) -> None:
    """Let an acting duty end with that day."""
    require_users_duty(actor)
    ended = session.execute(update(acting_duty).where(acting_duty.c.id == duty_id).values(valid_to=last_day))
    if not ended.rowcount:  # type: ignore[attr-defined]
        raise ScopeProblem(_("There is no such acting duty."))
    note(session, store, actor, "acting_ended", {"duty": duty_id, "last_day": last_day.isoformat()})


def acting_of(session: Session, user_id: int, day: date) -> tuple[ActingDuty, ...]:
    """For whom an account acts on the day."""
    return _acting(session, acting_duty.c.user_id == user_id, in_force(day, acting_duty))


def all_acting(session: Session, user_id: int) -> tuple[ActingDuty, ...]:
    """For whom an account ever acted or will act, newest first."""
    return tuple(reversed(_acting(session, acting_duty.c.user_id == user_id)))


def _acting(session: Session, *conditions: ColumnElement[bool]) -> tuple[ActingDuty, ...]:
    rows: Iterable[Row[Any]] = session.execute(
        select(acting_duty).where(*conditions).order_by(acting_duty.c.id)
    )
    return tuple(ActingDuty(**row._mapping) for row in rows)


def require_users_duty(actor: Actor, receiver: int | None = None) -> None:
    """NotAllowed unless the actor looks after accounts; ScopeProblem when he would give something to himself."""
    if "users" not in actor.duties:
        raise NotAllowed(_("Only the security administrator gives roles and places."))
    if receiver is not None and receiver == actor.user_id:
        raise ScopeProblem(
            _("Nobody gives roles to his own account: another security administrator does it.")
        )


def check_days(valid_from: date | None, valid_to: date | None) -> None:
    """ScopeProblem when the last day lies before the first."""
    if valid_from and valid_to and valid_to < valid_from:
        raise ScopeProblem(_("The last day lies before the first day."), "valid_to")


def is_over(valid_to: date | None, today: date) -> bool:
    """Whether something that ends with that day has ended."""
    return valid_to is not None and valid_to < today


def check_duties(catalog: Catalog, scopes: Iterable[UserScope]) -> None:
    """ScopeProblem when the roles of one account bring two of the three duties together."""
    roles = {one.role: catalog.roles[one.role] for one in scopes if one.role in catalog.roles}
    having = [role for role in roles.values() if role.duties]
    if len({duty for role in having for duty in role.duties}) > 1:
        labels = "、".join(role.label for role in having)
        raise ScopeProblem(
            _(
                "One account may hold only one of the duties for the system, for security and for the audit: {roles}.",
                roles=labels,
            ),
            "role",
        )


def _check_place(session: Session, edition: Edition, scope: UserScope) -> None:
    if scope.role not in edition.catalog.roles:
        raise ScopeProblem(_("There is no role '{role}'.", role=scope.role), "role")
    if scope.kind not in SCOPE_KINDS:
        raise ScopeProblem(_("There is no scope of the kind '{kind}'.", kind=scope.kind))
    if scope.kind in (REGION, TASK) and not _is_region(session, edition, scope.region_code):
        raise ScopeProblem(
            _("There is no region '{code}'. Choose one from the list.", code=scope.region_code), "place"
        )
    if scope.kind == TASK:
        _check_task(edition, scope)
    register = {HOUSEHOLD: HOUSEHOLD, UNIT: UNIT}.get(scope.kind)
    if register and not _is_record(session, edition, register, scope.target_id):
        raise ScopeProblem(_("The chosen household or unit does not exist any more. Choose again."), "place")
    if scope.kind == DUTY and (scope.region_code or scope.target_id):
        raise ScopeProblem(_("A role without a place names no region, household or unit."))


def _check_task(edition: Edition, scope: UserScope) -> None:
    if scope.valid_to is None:
        raise ScopeProblem(_("An inspection ends some day: enter its last day."), "valid_to")
    if unknown := [form for form in scope.forms if form not in edition.catalog.forms]:
        raise ScopeProblem(_("There is no register '{form}'.", form="、".join(unknown)), "forms")


def _is_region(session: Session, edition: Edition, code: str) -> bool:
    if code == WHOLE_COUNTY or "region" not in edition.catalog.forms:
        return bool(code)
    main = edition.tables("region").main
    found = select(main.c.id).where(main.c.region_code == code, main.c.status == CURRENT)
    return len(code) in LEVELS and session.execute(found).first() is not None


def _is_record(session: Session, edition: Edition, register: str, id_: int | None) -> bool:
    if register not in edition.catalog.forms or id_ is None:
        return False
    main = edition.tables(register).main
    found = select(main.c.id).where(main.c.id == id_, main.c.status == CURRENT)
    return session.execute(found).first() is not None


def scope_facts(scope: UserScope) -> dict[str, object]:
    """A scope for the audit trail."""
    return {
        "role": scope.role,
        "kind": scope.kind,
        "region": scope.region_code,
        "target": scope.target_id,
        "forms": list(scope.forms),
        "reason": scope.reason,
        **_days(scope.valid_from, scope.valid_to),
    }


def _days(valid_from: date | None, valid_to: date | None) -> dict[str, str]:
    return {
        "from": valid_from.isoformat() if valid_from else "",
        "to": valid_to.isoformat() if valid_to else "",
    }


def note(session: Session, store: Store, actor: Actor, action: str, facts: Mapping[str, object]) -> None:
    """One line in the audit trail."""
    audit.note(session, actor, store.clock.now(), "scopes", [audit.Deed(action=action, facts=facts)])
