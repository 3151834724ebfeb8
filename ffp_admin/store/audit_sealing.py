"""The sealer: lines of the trail that were committed are put into blocks, each bound to the one before by an HMAC.

Ids are given before a transaction ends, so on PostgreSQL a line may appear below lines that are sealed already. A
block therefore remembers which ids were absent; whoever had not ended by then is known by the number of its
transaction, and until all of those have, absent ids are looked for again and sealed as late ones by a later block.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.store import dialect
from ffp_admin.store.audit_block import (
    Block,
    blocks_after,
    chain_key,
    covered_columns,
    mark_of,
    newest_block,
    runs_between,
)
from ffp_admin.store.audit_tables import audit_block
from ffp_admin.store.static import audit

#: a line that no worker has sealed after this time tells of a worker that does not run
PATIENCE = timedelta(hours=1)
#: lines of one block at most: sealed in some 50 ms, during which writers on SQLite wait
SIZE = 5_000
#: a transaction gets its id from the sequence moments before its number: no block is settled before this time
SLACK = timedelta(minutes=10)
#: transaction numbers of a database that was restored elsewhere say nothing; no transaction lives this long
LONGEST = timedelta(days=7)
#: runs of ids asked for in one statement
_AT_ONCE = 200


def seal_block(session: Session, keyring: Keyring, now: datetime, size: int = SIZE) -> int:
    """Seal what was committed and is in no block yet, at most `size` lines; returns how many.

    Sealers wait for each other: of two only one continues the chain at a time.
    """
    dialect.lock_for(session.connection(), dialect.SEAL_LOCK)
    oldest, _coming = dialect.transactions(session)
    last = newest_block(session) or _beginning(now)
    late, settled = _late(session, last, oldest, now)
    rows = session.execute(
        select(*covered_columns()).where(audit.c.id > last.last_id).order_by(audit.c.id).limit(size)
    ).all()
    if not (rows or late):
        return 0
    # asked after the lines were read: whoever holds an id below them has begun by now
    _oldest, horizon = dialect.transactions(session)
    key = chain_key(keyring)
    end = rows[-1].id if rows else last.last_id
    block = Block(
        number=last.number + 1,
        after_id=last.last_id,
        last_id=end,
        count=len(rows) + len(late),
        absent=json.dumps(runs_between(last.last_id, end, (row.id for row in rows))),
        late=json.dumps([row.id for row in late]),
        horizon=horizon,
        settled=settled,
        previous=last.head,
        head="",
        sealed_at=now,
        marks=b"".join(mark_of(key, row) for row in (*rows, *late)),
    )
    _write(session, replace(block, head=block.computed_head(key)))
    return block.count


def _beginning(now: datetime) -> Block:
    """What the first block follows."""
    return Block(
        number=0,
        after_id=0,
        last_id=0,
        count=0,
        absent="[]",
        late="[]",
        horizon=0,
        settled=0,
        previous="",
        head="",
        sealed_at=now,
    )


def _write(session: Session, block: Block) -> None:
    values = {column.name: getattr(block, column.name) for column in audit_block.c}
    session.execute(insert(audit_block).values(values))


def _late(session: Session, last: Block, oldest: int, now: datetime) -> tuple[Sequence[Any], int]:
    """Lines that came into blocks which are not settled yet, and the last block that is settled from now on.

    `oldest` was asked before this looks: what it says has ended can be seen here.
    """
    blocks = list(blocks_after(session, last.settled))
    sealed = {one for block in blocks for one in block.late_ids}
    settled = last.settled
    for block in blocks:
        if not _is_settled(block, oldest, now):
            break
        settled = block.number
    # on SQLite nobody else can have been writing: what appears there was put there
    lines = _lines_in(session, [block for block in blocks if block.horizon])
    return sorted((row for row in lines if row.id not in sealed), key=lambda row: int(row.id)), settled


def _lines_in(session: Session, blocks: Sequence[Block]) -> Iterator[Any]:
    """Lines that stand today where the blocks had none."""
    holes = [hole for block in blocks for hole in block.holes]
    for start in range(0, len(holes), _AT_ONCE):
        inside = or_(*(audit.c.id.between(*hole) for hole in holes[start : start + _AT_ONCE]))
        yield from session.execute(select(*covered_columns()).where(inside))


def _is_settled(block: Block, oldest: int, now: datetime) -> bool:
    """Whether every transaction that had begun when the block was sealed has ended."""
    age = now - block.sealed_at
    return not block.horizon or (oldest >= block.horizon and age > SLACK) or age > LONGEST
