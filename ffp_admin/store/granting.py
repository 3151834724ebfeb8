"""Rights that differ from the declarations in this county: what they are, how they are changed and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.spec.model import Catalog
from ffp_admin.store import audit
from ffp_admin.store.actor import Actor, NotAllowed
from ffp_admin.store.grant_tables import grant_change
from ffp_admin.store.store import Store

#: role, register, verb
Right = tuple[str, str, str]
VIEW = "view"


class GrantProblem(ValueError):
    """A right cannot be changed as asked; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChange:
    """A right given or taken in this county; it holds until it is ended."""

    role: str
    form: str
    verb: str
    allowed: bool
    user_name: str = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def right(self) -> Right:
        """What it is about."""
        return self.role, self.form, self.verb


def declared_rights(catalog: Catalog) -> frozenset[Right]:
    """What the declarations give; "*" stands for every register there is, later ones too."""
    return frozenset(
        (role.key, form, verb)
        for role in catalog.roles.values()
        for named, verbs in role.grants.items()
        for form in (catalog.forms if named == "*" else (named,))
        for verb in verbs
        if form in catalog.forms
    )


def local_changes(session: Session) -> tuple[GrantChange, ...]:
    """The changes that hold, oldest first."""
    columns = grant_change.c
    rows = session.execute(
        select(
            columns.role,
            columns.form,
            columns.verb,
            columns.allowed,
            columns.user_name,
            columns.at,
            columns.reason,
        )
        .where(columns.ended_at.is_(None))
        .order_by(columns.id)
    )
    return tuple(GrantChange(**row._mapping) for row in rows)


def overriding(catalog: Catalog, changes: Iterable[GrantChange]) -> tuple[GrantChange, ...]:
    """Changes that make a difference: about declared roles and registers, and not what the declaration says.

    A role that looks after the platform gets nothing beyond its declaration, whatever was given earlier.
    """
    declared = declared_rights(catalog)
    return tuple(
        one
        for one in changes
        if one.role in catalog.roles
        and one.form in catalog.forms
        and one.allowed != (one.right in declared)
        and not (one.allowed and catalog.roles[one.role].duties)
    )


def rights_in_force(catalog: Catalog, changes: Iterable[GrantChange]) -> frozenset[Right]:
    """What the declarations give, with the changes of this county."""
    rights = set(declared_rights(catalog))
    for one in overriding(catalog, changes):
        (rights.add if one.allowed else rights.discard)(one.right)
    return frozenset(rights)


def wished_changes(
    now: frozenset[Right], ticked: Iterable[Right], rows: Iterable[tuple[str, str]]
) -> tuple[GrantChange, ...]:
    """What ticks in the rows (role, register) change.

    Nothing can be done with records nobody sees: a tick brings the right to view along, and without it all go.
    """
    asked = set(ticked)
    wished: list[GrantChange] = []
    for role, form in rows:
        held = {verb for r, f, verb in now if (r, f) == (role, form)}
        verbs = {verb for r, f, verb in asked if (r, f) == (role, form)}
        if verbs and VIEW not in verbs:
            verbs = set() if VIEW in held else verbs | {VIEW}
        wished += [
            GrantChange(role=role, form=form, verb=verb, allowed=verb in verbs)
            for verb in sorted(held ^ verbs)
        ]
    return tuple(wished)


def check_changes(catalog: Catalog, changes: Iterable[GrantChange], actor: Actor) -> None:
    """NotAllowed without the duty; GrantProblem for one's own role and for what a duty forbids."""
    if "users" not in actor.duties:
        raise NotAllowed(_("Only the security administrator changes rights."))
    declared = declared_rights(catalog)
    for one in changes:
        role = catalog.roles.get(one.role)
        if role is None or one.form not in catalog.forms:
            raise GrantProblem(_("The role or register does not exist any more. Open the page anew."))
        if one.role in actor.roles:
            raise GrantProblem(
                _(
                    "You hold the role '{role}' yourself. Its rights are changed by declarations.",
                    role=role.label,
                )
            )
        if one.allowed and role.duties and one.right not in declared:
            raise GrantProblem(
                _("'{role}' looks after the platform and gets no rights on records here.", role=role.label)
            )


def change_rights(
    session: Session,
    store: Store,
    catalog: Catalog,
    changes: Iterable[GrantChange],
    reason: str,
    actor: Actor,
) -> None:
    """Record changes of rights, one line of the audit trail each; what is declared again only ends the earlier change.

    The caller holds the lock of publishing and writes the permissions in the same transaction.
    """
    changes = tuple(changes)
    check_changes(catalog, changes, actor)
    if not reason.strip():
        raise GrantProblem(_("Say why the rights change; the sentence stands in the audit trail."))
    declared, now = declared_rights(catalog), store.clock.now()
    for one in changes:
        _end(session, one, actor, now)
        if one.allowed != (one.right in declared):
            _begin(session, one, reason.strip(), actor, now)
    deeds = [
        audit.Deed(
            action="right_given" if one.allowed else "right_taken",
            form=one.form,
            facts={"role": one.role, "verb": one.verb, "reason": reason.strip()},
        )
        for one in changes
    ]
    audit.note(session, actor, now, "rights", deeds)


def _begin(session: Session, change: GrantChange, reason: str, actor: Actor, now: datetime) -> None:
    session.execute(
        insert(grant_change).values(
            role=change.role,
            form=change.form,
            verb=change.verb,
            allowed=change.allowed,
            user_id=actor.user_id,
            user_name=actor.name,
            at=now,
            reason=reason,
            ended_name="",
        )
    )


def _end(session: Session, change: GrantChange, actor: Actor, now: datetime) -> None:
    columns = grant_change.c
    session.execute(
        update(grant_change)
        .where(
            columns.role == change.role,
            columns.form == change.form,
            columns.verb == change.verb,
            columns.ended_at.is_(None),
        )
        .values(ended_at=now, ended_name=actor.name)
    )
