"""Uploaded packages between checking and putting in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table."""
    op.create_table(
        "publish_batch",
        sa.Column("id", ID, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("filename", WORDS, nullable=False),
        sa.Column("sha256", WORDS, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("release", sa.Integer),
        sa.Index("ix_publish_batch_state", "state", "id"),
    )
