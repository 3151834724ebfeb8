"""Tables behind the door: how often somebody did something, second factors, recovery codes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

#: how often something was done since a window began; the key holds no name and no address, only their keyed hash
rate_window = Table(
    "rate_window",
    METADATA,
    Column("key", Words, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Index("ix_rate_window_ends", "ends_at"),
)

#: the secret an account shares with its authenticator, sealed; last_step is the newest code taken (30-second steps)
second_factor = Table(
    "second_factor",
    METADATA,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("secret", Text, nullable=False),
    Column("last_step", BigInteger, nullable=False),
)

#: keyed hashes of the codes on the recovery slip; each opens once
recovery_code = Table(
    "recovery_code",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("hash", Words, nullable=False),
    Column("used_at", UtcTime),
    Index("ux_recovery_code", "user_id", "hash", unique=True),
)
