"""Tokens by which other systems use the interface in an account's name; the secret itself is kept nowhere."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Table

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

#: hash is keyed; grants is "form:verb form:verb"; addresses are networks, "" for any; withdrawn ones stay listed
api_token = Table(
    "api_token",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("name", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("grants", Words, nullable=False),
    Column("addresses", Words, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_name", Words, nullable=False),
    Column("used_at", UtcTime),
    Column("used_from", Words, nullable=False),
    Index("ux_api_token_hash", "hash", unique=True),
    Index("ix_api_token_user", "user_id"),
)
