"""The platform's tables: releases, history, audit, scopes, serials, claims, jobs, imports, prints, log-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

from ffp_admin.store.dialect import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# the types as they were at this revision; ffp_admin.models.types may move on
WORDS = sa.Text().with_variant(TEXT(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything, and make the audit trail append-only."""
    _audit()
    _form_column()
    _form_plan()
    _form_version()
    _history()
    _import_batch()
    _job()
    _login_state()
    _package()
    _print_log()
    _release()
    _serial_counter()
    _unique_claim()
    _user_scope()
    for statement in append_only("audit", op.get_bind().dialect.name):
        op.execute(statement)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("action", WORDS, nullable=False),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("record_id", sa.BigInteger()),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("facts", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_record", "audit", ["form", "record_id"])


def _form_column() -> None:
    op.create_table(
        "form_column",
        sa.Column("form", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("storage", WORDS, nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("form", "path"),
    )


def _form_plan() -> None:
    op.create_table(
        "form_plan",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("sql", WORDS, nullable=False),
        sa.Column("steps", WORDS, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _form_version() -> None:
    op.create_table(
        "form_version",
        sa.Column("form", WORDS, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("form", "version"),
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("action", WORDS, nullable=False),
        sa.Column("field", WORDS, nullable=False),
        sa.Column("old", sa.Text()),
        sa.Column("new", sa.Text()),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_history_record", "history", ["form", "record_id", "id"])


def _import_batch() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("profile", WORDS, nullable=False),
        sa.Column("register", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("filename", WORDS, nullable=False),
        sa.Column("sha256", WORDS, nullable=False),
        sa.Column("region_code", WORDS),
        sa.Column("period", sa.Integer()),
        sa.Column("content", sa.Text()),
        sa.Column("result", sa.Text()),
        sa.Column("counts", WORDS, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_import_batch_user", "import_batch", ["user_id", "id"])


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("arguments", sa.Text()),
        sa.Column("result", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("checkpoint", sa.Text()),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("owner_name", WORDS, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("lease_until", MOMENT),
        sa.Column("leased_by", WORDS),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger()),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_job_owner", "job", ["owner_id", "id"])
    op.create_index("ix_job_state", "job", ["state", "due_at"])


def _login_state() -> None:
    op.create_table(
        "login_state",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )


def _package() -> None:
    op.create_table(
        "package",
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "path"),
    )


def _print_log() -> None:
    op.create_table(
        "print_log",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("document", WORDS, nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("region_code", WORDS),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("sha256", WORDS, nullable=False),
        sa.Column("check_part", WORDS, nullable=False),
        sa.Column("snapshot", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )


def _release() -> None:
    op.create_table(
        "release",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("user_name", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("note", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _serial_counter() -> None:
    op.create_table(
        "serial_counter",
        sa.Column("form", WORDS, nullable=False),
        sa.Column("field", WORDS, nullable=False),
        sa.Column("prefix", WORDS, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("form", "field", "prefix"),
    )


def _unique_claim() -> None:
    op.create_table(
        "unique_claim",
        sa.Column("key_hash", WORDS, nullable=False),
        sa.Column("rule", WORDS, nullable=False),
        sa.Column("form", WORDS, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "rule", "form"),
    )
    op.create_index("ix_unique_claim_record", "unique_claim", ["form", "record_id"])


def _user_scope() -> None:
    op.create_table(
        "user_scope",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("region_code", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_user_scope_user", "user_scope", ["user_id"])
