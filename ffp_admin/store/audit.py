"""The audit trail: one line per deed, never changed or deleted, without personal values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ffp_admin.store import static
from ffp_admin.store.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What was done to what; `facts` are counts, field keys, reasons, never values of people."""

    action: str
    form: str = ""
    record_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


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


def note(session: Session, actor: Actor, at: datetime, source: str, deeds: Iterable[Deed]) -> None:
    """Add lines to the trail."""
    rows = [
        {
            "at": at,
            "user_id": actor.user_id,
            "user_name": actor.name,
            "action": deed.action,
            "form": deed.form,
            "record_id": deed.record_id,
            "source": source,
            "facts": json.dumps(dict(deed.facts), ensure_ascii=False, sort_keys=True),
        }
        for deed in deeds
    ]
    if rows:
        session.execute(insert(static.audit), rows)


def read_audit(session: Session, before: int | None = None, limit: int = 100) -> Sequence[AuditLine]:
    """Lines from newest to oldest, from the one before id `before`."""
    statement = select(static.audit).order_by(static.audit.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(static.audit.c.id < before)
    return [
        AuditLine(**{**row._mapping, "facts": json.loads(row.facts)}) for row in session.execute(statement)
    ]
