"""Rights changed in this county beside the declarations; none is ever deleted, the last one that was not ended holds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Table

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

grant_change = Table(
    "grant_change",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("role", Words, nullable=False),
    Column("form", Words, nullable=False),
    Column("verb", Words, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("user_id", BigInteger),
    Column("user_name", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ended_at", UtcTime),
    Column("ended_name", Words, nullable=False),
    Index("ix_grant_change_role", "role", "form", "verb"),
)
