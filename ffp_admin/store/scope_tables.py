"""Where an account holds which role, and in whose stead it acts: from and to which day (both count)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Identity, Index, Table

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.static import METADATA

#: for whom an account acts beside its own work
acting_duty = Table(
    "acting_duty",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("for_user_id", BigInteger, nullable=False),
    Column("for_name", Words, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("reason", Words, nullable=False),
    Column("granted_by", BigInteger),
    Column("granted_name", Words, nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    Index("ix_acting_duty_user", "user_id"),
    Index("ix_acting_duty_for", "for_user_id"),
)
