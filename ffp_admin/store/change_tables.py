"""Changes of key data that wait for a confirmation, and what became of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

#: one request; `wanted` and `base` are the values asked for and those that stood there, by field, sealed
change_request = Table(
    "change_request",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("user_id", BigInteger),
    Column("user_name", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("import_id", BigInteger),
    Column("form", Words, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("row_version", Integer, nullable=False),
    Column("level", Words, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Words, nullable=False),
    Column("decided_by", BigInteger),
    Column("decided_name", Words),
    Column("decided_at", UtcTime),
    Column("answer", Text),
    Index("ix_change_request_record", "form", "record_id", "state"),
    Index("ix_change_request_state", "state", "form", "id"),
    Index("ix_change_request_user", "user_id", "id"),
)
