"""The audit trail knows address and region, is sealed in blocks, and names the records a line showed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

from ffp_admin.store.dialect import append_only, beyond_tricks

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# the types as they were at this revision; ffp_admin.models.types may move on
WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two new columns with their indexes, two new tables that can only grow."""
    _trail()
    _blocks()
    _seen()
    name = op.get_bind().dialect.name
    for table in ("audit_block", "audit_seen"):
        for statement in append_only(table, name):
            op.execute(statement)
    keys = {"audit": ("id",), "audit_block": ("number",), "audit_seen": ("form", "bucket", "audit_id")}
    for table, key in keys.items():
        for statement in beyond_tricks(table, key, name):
            op.execute(statement)


def _trail() -> None:
    op.add_column("audit", sa.Column("address", WORDS))
    op.add_column("audit", sa.Column("region_code", WORDS))
    op.drop_index("ix_audit_at", "audit")
    op.drop_index("ix_audit_record", "audit")
    op.create_index("ix_audit_at", "audit", ["at", "id"])
    op.create_index("ix_audit_record", "audit", ["form", "record_id", "at", "id"])
    for name, column in (
        ("form", "form"),
        ("user", "user_id"),
        ("action", "action"),
        ("region", "region_code"),
        ("address", "address"),
    ):
        op.create_index(f"ix_audit_{name}", "audit", [column, "at", "id"])


def _blocks() -> None:
    op.create_table(
        "audit_block",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("absent", WORDS, nullable=False),
        sa.Column("late", WORDS, nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.Column("previous", WORDS, nullable=False),
        sa.Column("head", WORDS, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _seen() -> None:
    op.create_table(
        "audit_seen",
        sa.Column("form", WORDS, nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("form", "bucket", "audit_id"),
    )
    op.create_index("ix_audit_seen_line", "audit_seen", ["audit_id"])
