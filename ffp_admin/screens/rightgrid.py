"""The rights as a table a clerk can read: rows, verbs, what is declared and what this county changed, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import N_, _
from ffp_admin.screens.accountlist import holds_role
from ffp_admin.screens.tables import User
from ffp_admin.screens.wording import day_text
from ffp_admin.spec import model
from ffp_admin.spec.model import VERBS, Catalog, Form
from ffp_admin.store import (
    Actor,
    FieldLimits,
    GrantChange,
    Store,
    declared_rights,
    limits_of,
    local_changes,
    overriding,
    rights_in_force,
)
from ffp_admin.store.actor import VERB_NAMES
from ffp_admin.store.granting import Right

GIVEN, TAKEN = N_("given here"), N_("taken here")
#: parts of a tick's value, put together as role:register:verb
_SEPARATOR = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One right; `value` is what its tick posts, "" where it cannot be changed."""

    verb: str
    held: bool
    value: str = ""
    #: "given here", "taken here", or nothing where the declaration holds
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A role's rights on a register; `notes` say what it does not see of it, or why it cannot be changed."""

    role: str
    form: str
    label: str
    href: str
    cells: Sequence[GridCell]
    notes: Sequence[str] = ()
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsNow:
    """What holds at this moment, read once for a page."""

    catalog: Catalog
    declared: frozenset[Right]
    held: frozenset[Right]
    changes: tuple[GrantChange, ...]

    def row(self, role: model.Role, form: Form, actor: Actor, *, by_role: bool) -> GridRow:
        """One row; `by_role`: of a role's page, otherwise of a register's."""
        is_open = role.key not in actor.roles
        label, href = (
            (form.label, f"/rights/register/{form.key}")
            if by_role
            else (role.label, f"/rights/role/{role.key}")
        )
        return GridRow(
            role=role.key,
            form=form.key,
            label=label,
            href=href,
            cells=[self._cell(role, form, verb, is_open=is_open) for verb in VERBS],
            notes=limit_words(self.catalog, role, form),
            open=is_open,
        )

    def _cell(self, role: model.Role, form: Form, verb: str, *, is_open: bool) -> GridCell:
        right = (role.key, form.key, verb)
        held, declared = right in self.held, right in self.declared
        may_change = is_open and (declared or not role.duties)
        mark = "" if held == declared else _(GIVEN) if held else _(TAKEN)
        return GridCell(
            verb=_(VERB_NAMES[verb]),
            held=held,
            value=tick(right) if may_change else "",
            mark=mark,
        )

    def seen(self, rows: Iterable[GridRow]) -> str:
        """A mark of what stood in the rows, so that nobody saves over somebody else's change."""
        keys = {(row.role, row.form) for row in rows}
        told = sorted(right for right in self.held if right[:2] in keys)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def rights_now(session: Session, store: Store) -> RightsNow:
    """Declared and changed rights of the release in force."""
    catalog, changes = store.catalog(), local_changes(session)
    return RightsNow(
        catalog=catalog,
        declared=declared_rights(catalog),
        held=rights_in_force(catalog, changes),
        changes=overriding(catalog, changes),
    )


def tick(right: Right) -> str:
    """What the tick of a right posts."""
    return _SEPARATOR.join(right)


def read_ticks(texts: Iterable[str]) -> frozenset[Right]:
    """The rights behind posted ticks; what is none is left out."""
    parts = [tuple(text.split(_SEPARATOR)) for text in texts]
    return frozenset((one[0], one[1], one[2]) for one in parts if len(one) == 3)


def limit_words(catalog: Catalog, role: model.Role, form: Form) -> list[str]:
    """Which fields of a form the role does not see, or sees as stars."""
    limits = limits_of(catalog, role.key).get(form.key)
    return list(told_limits(form, limits)) if limits else []


def told_limits(form: Form, limits: FieldLimits) -> Iterator[str]:
    """Fields that are kept back, in words."""
    if limits.hidden:
        yield _("Does not see: {fields}", fields=_labels(form, limits.hidden))
    if limits.masked:
        yield _("Sees only stars: {fields}", fields=_labels(form, limits.masked))


def _labels(form: Form, paths: Iterable[str]) -> str:
    """Fields and columns of tables by their labels."""
    wanted = set(paths)
    labels = [field.label for field in form.fields() if field.key in wanted]
    labels += [
        f"{field.label}·{column.label}"
        for field in form.fields()
        for column in field.fields
        if f"{field.key}.{column.key}" in wanted
    ]
    return "、".join(labels)


def change_words(session: Session, store: Store, changes: Iterable[GrantChange]) -> list[str]:
    """What changes, one sentence for each role and register, with how many accounts it touches."""
    catalog = store.catalog()
    counts: dict[str, int] = {}
    grouped: dict[tuple[str, str, bool], list[str]] = {}
    for one in changes:
        grouped.setdefault((one.role, one.form, one.allowed), []).append(one.verb)
    lines = []
    for (role, form, allowed), verbs in grouped.items():
        if role not in counts:
            counts[role] = accounts_with(session, store, role)
        said = (
            _("{role} may from now on {verbs} '{form}': {count} accounts.", **_facts(catalog, role, form, verbs), count=counts[role])
            if allowed
            else _("{role} may no longer {verbs} '{form}': {count} accounts.", **_facts(catalog, role, form, verbs), count=counts[role])
        )  # fmt: skip
        lines.append(said)
    return lines


def _facts(catalog: Catalog, role: str, form: str, verbs: Iterable[str]) -> dict[str, str]:
    wanted = set(verbs)
    return {
        "role": catalog.roles[role].label,
        "form": catalog.forms[form].label,
        "verbs": "、".join(_(VERB_NAMES[verb]) for verb in VERBS if verb in wanted),
    }


def override_words(catalog: Catalog, changes: Iterable[GrantChange]) -> list[str]:
    """Each change of this county that a declaration does not undo, in words."""
    lines = []
    for one in changes:
        facts = _facts(catalog, one.role, one.form, (one.verb,))
        by = (
            f"{one.user_name}，{day_text(one.at.astimezone(COUNTY_ZONE).date())}" if one.at else one.user_name
        )
        said = (
            _("{role} may {verbs} '{form}' beyond the declaration ({by}: {reason})", **facts, by=by, reason=one.reason)
            if one.allowed
            else _("{role} may not {verbs} '{form}' although declared ({by}: {reason})", **facts, by=by, reason=one.reason)
        )  # fmt: skip
        lines.append(said)
    return lines


def standing_overrides(store: Store) -> list[str]:
    """The changes of this county that hold over the release in force, for who publishes."""
    with store.reading() as session:
        return override_words(store.catalog(), overriding(store.catalog(), local_changes(session)))


def accounts_with(session: Session, store: Store, role: str) -> int:
    """How many accounts that are switched on exercise a role today."""
    counted = select(func.count(User.c.id)).where(User.c.active, holds_role(store, role))
    return session.execute(counted).scalar_one()
