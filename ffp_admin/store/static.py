"""The platform's own tables, as the newest migration leaves them (a test compares the two)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from ffp_admin.models.types import Id, UtcTime, Words

METADATA = MetaData()


def _id() -> Column[Any]:
    return Column("id", Id, Identity(), primary_key=True)


def _who() -> tuple[Column[Any], ...]:
    """When and who: the account's id, and its name as it was then."""
    return (
        Column("at", UtcTime, nullable=False),
        Column("user_id", BigInteger),
        Column("user_name", Words, nullable=False),
    )


#: releases of the whole catalog, newest is in force
release = Table(
    "release",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_who(),
    Column("fingerprint", Words, nullable=False),
    Column("note", Words, nullable=False),
)

#: all declaration files of a release, kept once per content
package = Table(
    "package",
    METADATA,
    Column("fingerprint", Words, primary_key=True),
    Column("path", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: version n of a form and the content it had
form_version = Table(
    "form_version",
    METADATA,
    Column("form", Words, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Words, nullable=False),
    Column("release", Integer, nullable=False),
)

#: the physical column of each field, fixed at its first publish
form_column = Table(
    "form_column",
    METADATA,
    Column("form", Words, primary_key=True),
    Column("path", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("storage", Words, nullable=False),
    Column("release", Integer, nullable=False),
)

#: every change publishing made to tables
form_plan = Table(
    "form_plan",
    METADATA,
    _id(),
    Column("release", Integer, nullable=False),
    Column("form", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", Words, nullable=False),
    Column("sql", Words, nullable=False),
    Column("steps", Words, nullable=False),
    Column("milliseconds", Integer, nullable=False),
)

#: who changed which field of which record from what to what; field "" is the whole record as it was made
history = Table(
    "history",
    METADATA,
    _id(),
    Column("form", Words, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("row_version", Integer, nullable=False),
    *_who(),
    Column("source", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("field", Words, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("sealed", Boolean, nullable=False),
    Index("ix_history_record", "form", "record_id", "id"),
)

#: who did what when; rows are never changed or deleted
audit = Table(
    "audit",
    METADATA,
    _id(),
    *_who(),
    Column("action", Words, nullable=False),
    Column("form", Words, nullable=False),
    Column("record_id", BigInteger),
    Column("source", Words, nullable=False),
    Column("facts", Words, nullable=False),
    #: the address the deed came from; unknown for what the program does by itself
    Column("address", Words),
    #: the region concerned, down to its village
    Column("region_code", Words),
    Index("ix_audit_at", "at", "id"),
    Index("ix_audit_record", "form", "record_id", "at", "id"),
    Index("ix_audit_form", "form", "at", "id"),
    Index("ix_audit_user", "user_id", "at", "id"),
    Index("ix_audit_action", "action", "at", "id"),
    Index("ix_audit_region", "region_code", "at", "id"),
    Index("ix_audit_address", "address", "at", "id"),
)

#: where an account holds which role, from and to which day (both count): a region's subtree, a household, a unit,
#: an inspection of a region's registers, or nowhere (see `user_scopes`)
user_scope = Table(
    "user_scope",
    METADATA,
    _id(),
    Column("user_id", BigInteger, nullable=False),
    Column("role", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("region_code", Words, nullable=False),
    Column("target_id", BigInteger),
    #: keys of registers, separated by spaces
    Column("forms", Words, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("reason", Words, nullable=False),
    Column("granted_by", BigInteger),
    Column("granted_name", Words, nullable=False),
    Column("granted_at", UtcTime),
    Index("ix_user_scope_user", "user_id"),
    Index("ix_user_scope_target", "kind", "target_id"),
)

#: last number given per pattern of a serial (everything but the number filled in)
serial_counter = Table(
    "serial_counter",
    METADATA,
    Column("form", Words, primary_key=True),
    Column("field", Words, primary_key=True),
    Column("prefix", Words, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

#: values that may occur once, held by a current record; the primary key is the lock between writers
unique_claim = Table(
    "unique_claim",
    METADATA,
    Column("key_hash", Words, primary_key=True),
    Column("rule", Words, primary_key=True),
    Column("form", Words, primary_key=True),
    Column("record_id", BigInteger, nullable=False),
    Index("ix_unique_claim_record", "form", "record_id"),
)

#: long work: the row is the truth, a queue only tells workers to look; arguments and result are sealed texts
job = Table(
    "job",
    METADATA,
    _id(),
    Column("kind", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("arguments", Text),
    Column("result", Text),
    Column("message", Text),
    Column("checkpoint", Text),
    Column("owner_id", BigInteger),
    Column("owner_name", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("leased_by", Words),
    Column("tries", Integer, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("cancelled", Boolean, nullable=False),
    #: the language its messages are written in
    Column("locale", Words),
    #: keyed hash of kind, arguments and owner while it waits or runs: the same work is not ordered twice
    Column("alive_key", Words),
    Index("ix_job_state", "state", "due_at"),
    Index("ix_job_owner", "owner_id", "id"),
    Index("ux_job_alive_key", "alive_key", unique=True),
)

#: one uploaded workbook from staging to commit; content and result are sealed texts
import_batch = Table(
    "import_batch",
    METADATA,
    _id(),
    *_who(),
    Column("profile", Words, nullable=False),
    Column("register", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("filename", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("region_code", Words),
    Column("period", Integer),
    Column("content", Text),
    Column("result", Text),
    Column("counts", Words, nullable=False),
    Column("finished_at", UtcTime),
    Index("ix_import_batch_user", "user_id", "id"),
)

#: every print: what it showed (sealed), its fingerprint, who and how many copies
print_log = Table(
    "print_log",
    METADATA,
    _id(),
    *_who(),
    Column("document", Words, nullable=False),
    Column("release", Integer, nullable=False),
    Column("region_code", Words),
    Column("pages", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("check_part", Words, nullable=False),
    Column("snapshot", Text),
    #: fingerprint of the template's files
    Column("template", Words),
    #: the job that drew it: taken up again after a crash, it finds what it has made
    Column("job_id", BigInteger),
    #: how long the drawing took, to tell the next person
    Column("milliseconds", Integer),
    Index("ux_print_log_job", "job_id", unique=True),
    Index("ix_print_log_user", "user_id", "id"),
)

#: the PDF of a print and the ids of the records it shows, both sealed; emptied after a while, the print's row stays
print_file = Table(
    "print_file",
    METADATA,
    Column("print_id", Id, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("content", Text),
    Column("records", Text),
    Index("ix_print_file_at", "at"),
)

#: failed log-ins, locks and one-time passwords; session_version + 1 ends all sessions of the account
login_state = Table(
    "login_state",
    METADATA,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTime),
    Column("must_change", Boolean, nullable=False),
    Column("session_version", Integer, nullable=False),
)
