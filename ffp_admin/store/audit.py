"""The audit trail: one line per deed, never changed or deleted, without personal values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ffp_admin.models.compile import LEVELS
from ffp_admin.store import audit_seen, static
from ffp_admin.store.actor import Actor, Codes

#: where what is done just now comes from; each request has its own
_address: ContextVar[str | None] = ContextVar("ffp_address", default=None)
#: digits of region codes a line may carry, the nearest first; what lies below a village tells too much of one family
_PLACES = (12, 9, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What was done to what; `facts` are counts, field keys, reasons, never values of people."""

    action: str
    form: str = ""
    record_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    #: the region concerned; `place_of` a record's codes
    region: str = ""
    #: records that were shown all at once, by form
    seen: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line as it is read back."""

    id: int
    at: datetime
    user_id: int | None
    user_name: str
    action: str
    form: str
    record_id: int | None
    source: str
    facts: Mapping[str, object]
    address: str | None = None
    region_code: str | None = None


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    """Every line noted inside the block bears the address."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def come_from(address: str | None) -> None:
    """Every line noted from now on in this thread bears the address; None when it comes from nowhere."""
    _address.set(address)


def place_of(codes: Codes) -> str:
    """The nearest region of a record's codes a line may carry, "" for none."""
    return next((code for digits in _PLACES if (code := codes.get(LEVELS[digits]))), "")


def note(session: Session, actor: Actor, at: datetime, source: str, deeds: Iterable[Deed]) -> None:
    """Add lines to the trail."""
    plain: list[dict[str, Any]] = []
    for deed in deeds:
        if not deed.seen:
            plain.append(_row(actor, at, source, deed))
            continue
        _write(session, plain)
        plain = []
        packed = audit_seen.pack(deed.seen)
        made = insert(static.audit).values(
            _row(actor, at, source, deed, audit_seen.facts_of(deed.seen, packed))
        )
        audit_seen.write(
            session, int(session.execute(made.returning(static.audit.c.id)).scalar_one()), packed
        )
    _write(session, plain)


def _write(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(static.audit), list(rows))


def _row(
    actor: Actor, at: datetime, source: str, deed: Deed, more: Mapping[str, object] | None = None
) -> dict[str, Any]:
    return {
        "at": at,
        "user_id": actor.user_id,
        "user_name": actor.name,
        "action": deed.action,
        "form": deed.form,
        "record_id": deed.record_id,
        "source": source,
        "facts": json.dumps({**deed.facts, **(more or {})}, ensure_ascii=False, sort_keys=True),
        "address": _address.get() or None,
        "region_code": deed.region[: _PLACES[0]] or None,
    }


def read_audit(session: Session, before: int | None = None, limit: int = 100) -> Sequence[AuditLine]:
    """Lines from newest to oldest, from the one before id `before`."""
    statement = select(static.audit).order_by(static.audit.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(static.audit.c.id < before)
    return [line_of(row) for row in session.execute(statement)]


def line_of(row: Any) -> AuditLine:
    """A row of the trail."""
    return AuditLine(**{**row._mapping, "facts": json.loads(row.facts)})
