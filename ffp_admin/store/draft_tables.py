"""Tables that keep what accounts leave behind: past passwords, and drafts of forms nobody saved yet."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text, UniqueConstraint

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

#: hashes of passwords an account has had, the present one among them
password_past = Table(
    "password_past",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("hash", Words, nullable=False),
    Index("ix_password_past_user", "user_id", "id"),
)

#: what somebody typed into a form and has not saved; record_id 0 is a new record; content is sealed
screen_draft = Table(
    "screen_draft",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("form", Words, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("user_id", "form", "record_id"),
    Index("ix_screen_draft_at", "at"),
)


def draft_context(user_id: int, form: str, record_id: int) -> str:
    """What a sealed draft is bound to."""
    return f"draft:{user_id}:{form}:{record_id}"
