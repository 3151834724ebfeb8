"""Changes of key data that wait for a confirmation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table."""
    op.create_table(
        "change_request",
        sa.Column("id", ID, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("import_id", sa.BigInteger),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("record_id", sa.BigInteger, nullable=False),
        sa.Column("row_version", sa.Integer, nullable=False),
        sa.Column("level", WORDS, nullable=False),
        sa.Column("wanted", sa.Text, nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("decided_by", sa.BigInteger),
        sa.Column("decided_name", WORDS),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text),
    )
    op.create_index("ix_change_request_record", "change_request", ["form", "record_id", "state"])
    op.create_index("ix_change_request_state", "change_request", ["state", "form", "id"])
    op.create_index("ix_change_request_user", "change_request", ["user_id", "id"])
