"""Which records a line of the trail showed all at once: found by record without a row for each of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ffp_admin.store import dialect
from ffp_admin.store.audit_tables import audit_seen as table

#: ids of one row; all bits stay positive numbers on every database
WIDTH = 60
#: fact of a line that binds its rows here to the sealed line
DIGEST = "seen_digest"

#: (form, bucket, bits)
Packed = Sequence[tuple[str, int, int]]


def pack(seen: Mapping[str, Collection[int]]) -> Packed:
    """Ids by form as rows, in order."""
    bits: dict[tuple[str, int], int] = {}
    for form, ids in seen.items():
        for one in ids:
            key = form, one // WIDTH
            bits[key] = bits.get(key, 0) | 1 << one % WIDTH
    return sorted((form, bucket, found) for (form, bucket), found in bits.items())


def facts_of(seen: Mapping[str, Collection[int]], packed: Packed) -> dict[str, object]:
    """What the line itself says of them: how many of which form, and the digest of the rows."""
    return {"seen": {form: len(set(ids)) for form, ids in seen.items()}, DIGEST: digest_of(packed)}


def digest_of(packed: Packed) -> str:
    """32 hex digits that change with any id more or less."""
    return hashlib.sha256(json.dumps([list(one) for one in packed]).encode()).hexdigest()[:32]


def write(session: Session, line: int, packed: Packed) -> None:
    """Keep the rows of a line."""
    columns: dict[str, list[Any]] = {
        "form": [form for form, _bucket, _bits in packed],
        "bucket": [bucket for _form, bucket, _bits in packed],
        "audit_id": [line] * len(packed),
        "bits": [bits for _form, _bucket, bits in packed],
    }
    dialect.insert_columns(session, table, columns)


def digests(session: Session, lines: Iterable[int]) -> dict[int, str]:
    """The digest of the rows that are kept of each line."""
    found: dict[int, list[tuple[str, int, int]]] = {line: [] for line in lines}
    rows = select(table).where(table.c.audit_id.in_(list(found)))
    for row in session.execute(rows):
        found[row.audit_id].append((row.form, row.bucket, row.bits))
    return {line: digest_of(sorted(packed)) for line, packed in found.items()}


def showing(form: str, record_id: int) -> ColumnElement[bool]:
    """Rows of lines that showed a record."""
    bit = 1 << record_id % WIDTH
    return (
        (table.c.form == form) & (table.c.bucket == record_id // WIDTH) & (table.c.bits.bitwise_and(bit) != 0)
    )
