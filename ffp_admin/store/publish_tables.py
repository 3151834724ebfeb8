"""Uploaded packages between checking and putting in force."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, LargeBinary, Table

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

#: one uploaded package; `job_id` is the work that puts it in force, `release` what came of it
publish_batch = Table(
    "publish_batch",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("user_id", BigInteger),
    Column("user_name", Words, nullable=False),
    Column("filename", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", Words, nullable=False),
    Column("job_id", BigInteger),
    Column("release", Integer),
    Index("ix_publish_batch_state", "state", "id"),
)
