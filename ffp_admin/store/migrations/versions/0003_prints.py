"""Prints keep their PDF and name their job; jobs know their language and are not ordered twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# the types as they were at this revision; ffp_admin.models.types may move on
WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """New columns of jobs and prints, and the table of sealed PDFs."""
    op.add_column("job", sa.Column("locale", WORDS))
    op.add_column("job", sa.Column("alive_key", WORDS))
    op.create_index("ux_job_alive_key", "job", ["alive_key"], unique=True)
    op.add_column("print_log", sa.Column("template", WORDS))
    op.add_column("print_log", sa.Column("job_id", sa.BigInteger()))
    op.add_column("print_log", sa.Column("milliseconds", sa.Integer()))
    op.create_index("ux_print_log_job", "print_log", ["job_id"], unique=True)
    op.create_index("ix_print_log_user", "print_log", ["user_id", "id"])
    op.create_table(
        "print_file",
        sa.Column("print_id", ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("records", sa.Text()),
        sa.PrimaryKeyConstraint("print_id"),
    )
    op.create_index("ix_print_file_at", "print_file", ["at"])
