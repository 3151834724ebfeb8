"""Past passwords and drafts of forms; installations of before this revision may have the tables already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# the types as they were at this revision; ffp_admin.models.types may move on
WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what is missing."""
    present = sa.inspect(op.get_bind()).get_table_names()
    if "password_past" not in present:
        _password_past()
    if "screen_draft" not in present:
        _screen_draft()
    op.create_index("ix_screen_draft_at", "screen_draft", ["at"])


def _password_past() -> None:
    op.create_table(
        "password_past",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_password_past_user", "password_past", ["user_id", "id"])


def _screen_draft() -> None:
    op.create_table(
        "screen_draft",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "form", "record_id"),
    )
