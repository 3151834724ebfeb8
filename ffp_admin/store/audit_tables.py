"""Beside the audit trail: the chain of sealed blocks, and which records a line showed. Both can only grow."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table

from ffp_admin.models.types import UtcTime, Words
from ffp_admin.store.static import METADATA

#: block `number` holds the lines with ids in (after_id, last_id] that were there, and late ones of earlier blocks
audit_block = Table(
    "audit_block",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("after_id", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    #: JSON [[first, last], …]: ids in the block's range that were not there when it was sealed
    Column("absent", Words, nullable=False),
    #: JSON [id, …]: lines that were absent in an earlier block, since their transaction ended later
    Column("late", Words, nullable=False),
    #: transactions from this number on had not begun when the block was sealed
    Column("horizon", BigInteger, nullable=False),
    #: nothing can come late into blocks up to this one
    Column("settled", Integer, nullable=False),
    #: 16 bytes for each line, in the order of ids, late ones last
    Column("marks", LargeBinary, nullable=False),
    Column("previous", Words, nullable=False),
    Column("head", Words, nullable=False),
    Column("sealed_at", UtcTime, nullable=False),
)

#: a line that showed many records (a list, a print): which, 60 to a row
audit_seen = Table(
    "audit_seen",
    METADATA,
    Column("form", Words, primary_key=True),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", BigInteger, primary_key=True, autoincrement=False),
    Column("bits", BigInteger, nullable=False),
    Index("ix_audit_seen_line", "audit_id"),
)
