"""Why somebody looks at hidden values: asked once per session, recorded with every look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from flask import session as cookie
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.store import Actor, Store, audit
from ffp_admin.store.actor import Codes

REASONS = {
    "visit": N_("Visit or survey at home"),
    "apply": N_("Handling an application"),
    "check": N_("Comparing with data of other departments"),
    "payment": N_("Paying out or correcting an account"),
    "correction": N_("Correcting wrong data"),
}
_COOKIE = "ffp_reason"
NOWHERE: Codes = MappingProxyType({})
NOTHING: Mapping[str, Collection[int]] = MappingProxyType({})


def choices() -> list[tuple[str, str]]:
    """The reasons to choose from."""
    return [(key, _(label)) for key, label in REASONS.items()]


def given_reason() -> str:
    """The reason given in this session, "" before."""
    reason = cookie.get(_COOKIE, "")
    return reason if reason in REASONS else ""


def take_reason(key: str | None) -> str:
    """Remember a chosen reason; returns the reason in force."""
    if key in REASONS:
        cookie[_COOKIE] = key
    return given_reason()


def note_look(
    session: Session,
    store: Store,
    actor: Actor,
    form: str,
    record_id: int | None,
    fields: Sequence[str],
    *,
    codes: Codes = NOWHERE,
    seen: Mapping[str, Collection[int]] = NOTHING,
) -> None:
    """One line in the audit trail: who looked at which hidden fields, and what for (role when it needs no reason).

    `seen` are records whose values a list showed.
    """
    facts = {"fields": list(fields), "reason": given_reason() or "role"}
    deed = audit.Deed(
        action="look", form=form, record_id=record_id, facts=facts, region=audit.place_of(codes), seen=seen
    )
    audit.note(session, actor, store.clock.now(), "screen", [deed])
