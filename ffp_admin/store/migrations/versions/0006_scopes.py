"""Scopes of four kinds with who gave them and why; acting for somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

# the types as they were at this revision; ffp_admin.models.types may move on
WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Scopes are copied into a wider table: what was given holds on, for its region."""
    op.drop_index("ix_user_scope_user", "user_scope")
    op.rename_table("user_scope", "user_scope_old")
    _user_scope()
    op.execute(
        "INSERT INTO user_scope"
        " (user_id, role, kind, region_code, forms, valid_from, valid_to, reason, granted_name)"
        " SELECT user_id, role, 'region', region_code, '', valid_from, valid_to, '', ''"
        " FROM user_scope_old ORDER BY id"
    )
    op.drop_table("user_scope_old")
    op.create_index("ix_user_scope_user", "user_scope", ["user_id"])
    op.create_index("ix_user_scope_target", "user_scope", ["kind", "target_id"])
    _acting_duty()


def _user_scope() -> None:
    op.create_table(
        "user_scope",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("region_code", WORDS, nullable=False),
        sa.Column("target_id", sa.BigInteger()),
        sa.Column("forms", WORDS, nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("granted_by", sa.BigInteger()),
        sa.Column("granted_name", WORDS, nullable=False),
        sa.Column("granted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_user_scope"),
    )


def _acting_duty() -> None:
    op.create_table(
        "acting_duty",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("for_user_id", sa.BigInteger(), nullable=False),
        sa.Column("for_name", WORDS, nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("granted_by", sa.BigInteger()),
        sa.Column("granted_name", WORDS, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_acting_duty_user", "acting_duty", ["user_id"])
    op.create_index("ix_acting_duty_for", "acting_duty", ["for_user_id"])
