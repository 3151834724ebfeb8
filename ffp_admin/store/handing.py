"""Handing over: one account's places, open jobs and unsaved forms go to another one from a day on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.spec.model import Catalog
from ffp_admin.store.actor import SYSTEM, Actor
from ffp_admin.store.cells import Looker
from ffp_admin.store.draft_tables import draft_context, screen_draft
from ffp_admin.store.scope_tables import acting_duty
from ffp_admin.store.scopes import (
    WHOLE_COUNTY,
    Holder,
    ScopeProblem,
    check_duties,
    is_over,
    note,
    require_users_duty,
)
from ffp_admin.store.static import job, user_scope
from ffp_admin.store.store import Store
from ffp_admin.store.user_scopes import (
    DUTY,
    HOUSEHOLD,
    SCOPE_KINDS,
    TASK,
    UNIT,
    UserScope,
    scopes_of_several,
    write_scope,
)

#: states of a job that has still something to do
_OPEN = ("waiting", "running")
_ENTIRELY = N_("the whole county")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What was handed over, in sentences for both sides."""

    lines: tuple[str, ...]


def hand_over(
    session: Session, store: Store, from_user: Holder, to_user: Holder, day: date, actor: Actor
) -> HandOver:
    """Everything of one account is another's from `day` on: scopes end the day before and begin anew that day.

    Unsaved forms and open jobs move at once when the day has come; before it they stay, and the report says so.
    NotAllowed without the duty, ScopeProblem when the two cannot be joined.
    """
    require_users_duty(actor, to_user.id)
    if from_user.id == to_user.id:
        raise ScopeProblem(_("Choose two different accounts."), "to")
    today = store.clock.today()
    moving = [one for one in scopes_of_several(session, [from_user.id]) if not is_over(one.valid_to, day)]
    there = [one for one in scopes_of_several(session, [to_user.id]) if not is_over(one.valid_to, today)]
    check_duties(store.catalog(), (*there, *moving))
    lines = [_move_scope(session, store, one, to_user, day, actor) for one in moving]
    if not moving:
        lines.append(_("{name} holds nothing from that day on.", name=from_user.name))
    lines += _end_acting(session, from_user, day)
    lines += _move_work(session, store, from_user, to_user) if day <= today else _left(session, from_user)
    facts = {"from": from_user.id, "to": to_user.id, "day": day.isoformat(), "scopes": len(moving)}
    note(session, store, actor, "hand_over", facts)
    return HandOver(lines=tuple(lines))


def _move_scope(
    session: Session, store: Store, scope: UserScope, to_user: Holder, day: date, actor: Actor
) -> str:
    """End one scope and begin it anew; one that begins later is only renamed to its new holder."""
    eve = day - timedelta(days=1)
    first = max(day, scope.valid_from) if scope.valid_from else day
    last = (
        eve if scope.valid_from is None or scope.valid_from <= eve else scope.valid_from - timedelta(days=1)
    )
    session.execute(update(user_scope).where(user_scope.c.id == scope.id).values(valid_to=last))
    given = replace(
        scope,
        valid_from=first,
        granted_by=actor.user_id,
        granted_name=actor.name,
        granted_at=store.clock.now(),
    )
    write_scope(session, to_user.id, given)
    return _(
        "{scope}: from {day} on with {name}.",
        scope=scope_words(session, store, scope),
        day=first,
        name=to_user.name,
    )


def _end_acting(session: Session, from_user: Holder, day: date) -> list[str]:
    """Duties to act for others are personal: they end."""
    own = (acting_duty.c.user_id == from_user.id) & (
        acting_duty.c.valid_to.is_(None) | (acting_duty.c.valid_to >= day)
    )
    names = session.execute(select(acting_duty.c.for_name).where(own)).scalars().all()
    session.execute(update(acting_duty).where(own).values(valid_to=day - timedelta(days=1)))
    return [_("{name} no longer acts for {other}.", name=from_user.name, other=one) for one in names]


def _move_work(session: Session, store: Store, from_user: Holder, to_user: Holder) -> list[str]:
    moved, kept = _move_drafts(session, store, from_user, to_user)
    owned = (job.c.owner_id == from_user.id) & job.c.state.in_(_OPEN)
    jobs = session.execute(update(job).where(owned).values(owner_id=to_user.id, owner_name=to_user.name))
    count = int(jobs.rowcount)  # type: ignore[attr-defined]
    lines = [_("Unsaved forms handed over: {count}. Open jobs handed over: {jobs}.", count=moved, jobs=count)]
    if kept:
        lines.append(
            _(
                "{count} unsaved forms stayed behind: {name} had begun the same records.",
                count=kept,
                name=to_user.name,
            )
        )
    return lines


def _move_drafts(session: Session, store: Store, from_user: Holder, to_user: Holder) -> tuple[int, int]:
    """Moved and left behind; each is sealed anew, for its owner is part of the seal."""
    table = screen_draft
    begun = {
        (row.form, row.record_id)
        for row in session.execute(
            select(table.c.form, table.c.record_id).where(table.c.user_id == to_user.id)
        )
    }
    moved = kept = 0
    for row in session.execute(select(table).where(table.c.user_id == from_user.id)).all():
        if (row.form, row.record_id) in begun:
            kept += 1
            continue
        text = store.keyring.open(row.content, draft_context(from_user.id, row.form, row.record_id))
        sealed = store.keyring.seal(text, draft_context(to_user.id, row.form, row.record_id))
        session.execute(update(table).where(table.c.id == row.id).values(user_id=to_user.id, content=sealed))
        moved += 1
    return moved, kept


def _left(session: Session, from_user: Holder) -> list[str]:
    drafts = session.execute(
        select(func.count()).select_from(screen_draft).where(screen_draft.c.user_id == from_user.id)
    ).scalar_one()
    if not drafts:
        return []
    return [
        _(
            "{name} has {count} unsaved forms. They stay until the day; hand over once more then.",
            name=from_user.name,
            count=drafts,
        )
    ]


def scope_words(session: Session, store: Store, scope: UserScope) -> str:
    """A scope in one line: role, place, days."""
    catalog = store.catalog()
    role = catalog.roles[scope.role].label if scope.role in catalog.roles else scope.role
    place = _place(session, store, scope)
    said = _("{role}: {place}", role=role, place=place) if place else role
    if scope.valid_from:
        said += _(", from {day}", day=scope.valid_from)
    if scope.valid_to:
        said += _(", until {day}", day=scope.valid_to)
    return said


def _place(session: Session, store: Store, scope: UserScope) -> str:
    edition = store.edition()
    looker = Looker(session=session, edition=edition, actor=SYSTEM)
    if scope.kind in (HOUSEHOLD, UNIT):
        name = looker.captions(scope.kind, [scope.target_id]).get(scope.target_id, f"#{scope.target_id}")
        return f"{_(SCOPE_KINDS[scope.kind])} {name}"
    if scope.kind == DUTY or not scope.region_code:
        return ""
    code = scope.region_code
    known = looker.captions("region", [code]) if code != WHOLE_COUNTY else {code: _(_ENTIRELY)}
    told = known.get(code) or code
    return f"{_(SCOPE_KINDS[TASK])} {told}{_forms(edition.catalog, scope)}" if scope.kind == TASK else told


def _forms(catalog: Catalog, scope: UserScope) -> str:
    labels = [catalog.forms[one].label for one in scope.forms if one in catalog.forms]
    return f"（{'、'.join(labels)}）" if labels else ""
