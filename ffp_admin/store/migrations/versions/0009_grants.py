"""Rights changed locally; unit and telephone of an account's person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# the types as they were at this revision; ffp_admin.models.types may move on
WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "grant_change",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("verb", WORDS, nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_name", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_grant_change_role", "grant_change", ["role", "form", "verb"])
    op.create_table(
        "account_card",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", WORDS, nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index("ix_account_card_phone", "account_card", ["phone_hash"])
