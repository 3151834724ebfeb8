"""What somebody typed and has not saved: kept per account and form, sealed, until it is saved or thrown away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ffp_admin.keyring import KeyringError
from ffp_admin.screens.tables import screen_draft
from ffp_admin.store import Store
from ffp_admin.store.draft_tables import draft_context

#: posted names that are no part of what was typed
_BUTTONS = frozenset({"csrf_token", "do", "more", "drop", "reason"})
NEW_RECORD = 0
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A draft in the list of drafts."""

    form: str
    record_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A post that came without a valid session; it travels sealed through the log-in page."""

    form: str
    record_id: int
    pairs: Pairs
    #: whose session ended; None when nobody can tell
    user_id: int | None = None


def typed_pairs(posted: MultiDict[str, str]) -> Pairs:
    """Names and texts of a post, in order, without the buttons."""
    return [(name, text) for name, text in posted.items(multi=True) if name not in _BUTTONS]


def keep(store: Store, user_id: int, form: str, record_id: int, pairs: Pairs) -> datetime:
    """Keep one draft per account, form and record; a newer one replaces it."""
    now = store.clock.now()
    content = store.keyring.seal(
        json.dumps(pairs, ensure_ascii=False), draft_context(user_id, form, record_id)
    )
    with store.writing() as session:
        changed = session.execute(
            update(screen_draft).where(*_own(user_id, form, record_id)).values(at=now, content=content)
        )
        if not changed.rowcount:  # type: ignore[attr-defined]
            session.execute(
                insert(screen_draft).values(
                    user_id=user_id, form=form, record_id=record_id, at=now, content=content
                )
            )
    return now


def find(
    session: Session, store: Store, user_id: int, form: str, record_id: int
) -> tuple[datetime, MultiDict[str, str]] | None:
    """The draft and when it was kept; None when there is none or it cannot be opened any more."""
    row = session.execute(
        select(screen_draft.c.at, screen_draft.c.content).where(*_own(user_id, form, record_id))
    ).first()
    if row is None:
        return None
    try:
        pairs = json.loads(store.keyring.open(row.content, draft_context(user_id, form, record_id)))
    except KeyringError:
        return None
    return row.at, MultiDict((name, text) for name, text in pairs)


def drop(session: Session, user_id: int, form: str, record_id: int) -> None:
    """Forget a draft."""
    session.execute(delete(screen_draft).where(*_own(user_id, form, record_id)))


def drop_all(session: Session, form: str, record_id: int) -> None:
    """Forget everybody's drafts of a record that is changed no more."""
    session.execute(
        delete(screen_draft).where(screen_draft.c.form == form, screen_draft.c.record_id == record_id)
    )


def listed(session: Session, user_id: int, limit: int = 20) -> Iterable[DraftLine]:
    """The drafts of an account, newest first."""
    rows = session.execute(
        select(screen_draft.c.form, screen_draft.c.record_id, screen_draft.c.at)
        .where(screen_draft.c.user_id == user_id)
        .order_by(screen_draft.c.at.desc())
        .limit(limit)
    )
    return [DraftLine(form=row.form, record_id=row.record_id, at=row.at) for row in rows]


def seal_kept(store: Store, kept: Kept) -> str:
    """A post as one opaque text."""
    return store.keyring.seal(
        json.dumps([kept.form, kept.record_id, kept.pairs, kept.user_id], ensure_ascii=False), "kept post"
    )


def open_kept(store: Store, sealed: str) -> Kept | None:
    """The post behind the text; None when it is not ours."""
    try:
        form, record_id, pairs, user_id = json.loads(store.keyring.open(sealed, "kept post"))
    except (KeyringError, ValueError):
        return None
    typed = [(name, text) for name, text in pairs]
    return Kept(form=form, record_id=record_id, pairs=typed, user_id=user_id)


def _own(user_id: int, form: str, record_id: int) -> tuple[ColumnElement[bool], ...]:
    table = screen_draft.c
    return (table.user_id == user_id, table.form == form, table.record_id == record_id)
