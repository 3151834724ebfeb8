"""A block of the sealed trail: what its head is made of, and the mark of one line."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.store.audit_tables import audit_block
from ffp_admin.store.static import audit

#: bytes of one line's mark
MARK = 16
#: what a line's mark covers, in this order; columns that come later are added at the end and empty ones there left
#: out, so that old marks stay right. The id is not among them: the place in the block binds it.
COVERED = (
    "at",
    "user_id",
    "user_name",
    "action",
    "form",
    "record_id",
    "source",
    "facts",
    "address",
    "region_code",
)
#: a block's columns but for the marks, which are long
_NARROW = tuple(column for column in audit_block.c if column.name != "marks")
_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

#: first and last id of a run of ids
Runs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One row of audit_block."""

    number: int
    after_id: int
    last_id: int
    count: int
    absent: str
    late: str
    horizon: int
    settled: int
    previous: str
    head: str
    sealed_at: datetime
    marks: bytes = b""

    @property
    def holes(self) -> Runs:
        """Runs of ids that were absent."""
        return [(first, last) for first, last in json.loads(self.absent)]

    @property
    def late_ids(self) -> list[int]:
        """Lines that came late."""
        return [int(one) for one in json.loads(self.late)]

    def computed_head(self, key: bytes) -> str:
        """The head the block must have."""
        told = [
            1,
            self.number,
            self.after_id,
            self.last_id,
            self.count,
            self.absent,
            self.late,
            self.horizon,
            self.settled,
            _moment(self.sealed_at),
            self.previous,
        ]
        return hmac.digest(key, _TO_JSON(told).encode() + b"\0" + self.marks, "sha256").hex()


def chain_key(keyring: Keyring) -> bytes:
    """The key of the chain, for nothing else: made from the hash key, which outlives every change of keys."""
    return bytes.fromhex(keyring.hash("audit chain", "key"))


def mark_of(key: bytes, row: Any) -> bytes:
    """The mark of a line; `row` has the columns id, then `COVERED`."""
    values = list(row[1:])
    values[0] = _moment(values[0])
    while values[-1] is None:
        values.pop()
    return hmac.digest(key, _TO_JSON(values).encode(), "sha256")[:MARK]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def covered_columns() -> list[Any]:
    """What `mark_of` wants of a line."""
    return [audit.c.id, *(audit.c[name] for name in COVERED)]


def newest_block(session: Session) -> Block | None:
    """The last block, without its marks."""
    row = session.execute(select(*_NARROW).order_by(audit_block.c.number.desc()).limit(1)).first()
    return Block(**row._mapping) if row else None


def blocks_after(session: Session, number: int) -> Iterator[Block]:
    """Later blocks without their marks, in order."""
    rows = session.execute(
        select(*_NARROW).where(audit_block.c.number > number).order_by(audit_block.c.number)
    )
    return (Block(**row._mapping) for row in rows)


def runs_between(after: int, last: int, present: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of ids in (after, last] that are not among `present`, which are in order."""
    runs, at = [], after
    for one in (*present, last + 1):
        if one - at > 1:
            runs.append((at + 1, one - 1))
        at = one
    return runs
