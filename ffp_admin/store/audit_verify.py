"""Whether the sealed trail is as it was sealed: every block, every line, in constant memory; damage is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.keyring import Keyring
from ffp_admin.store import audit_seen
from ffp_admin.store.audit_block import MARK, Block, chain_key, covered_columns, mark_of, newest_block
from ffp_admin.store.audit_tables import audit_block
from ffp_admin.store.static import audit

#: lines and blocks read at once
_LINES, _BLOCKS = 10_000, 20
#: faults that are kept to be named, and ids named in one of them; the others are counted
NAMED, IDS = 200, 12
#: a head on paper may be typed in part, but not in less than so many digits
HEAD_DIGITS = 16

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "block_changed": N_("Block {block}: its own record in the chain was changed."),
        "block_gone": N_("Block {block} was removed from the chain."),
        "block_order": N_(
            "Block {block} does not follow the block before it: blocks were exchanged or put in between."
        ),
        "changed": N_("Block {block}: changed after sealing: line {ids}."),
        "removed": N_("Block {block}: removed after sealing: line {ids}."),
        "added": N_("Block {block}: added after sealing: line {ids}."),
        "moved": N_("Block {block}: exchanged with each other after sealing: lines {ids}."),
        "seen": N_("Block {block}: the list of records that line {ids} showed was changed."),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of damage in one block; `ids` are lines of the trail."""

    kind: str
    block: int
    ids: tuple[int, ...] = ()

    def text(self) -> str:
        """The damage in words."""
        named = "、".join(str(one) for one in self.ids[:IDS])
        if len(self.ids) > IDS:
            named = _("{ids} and {count} more", ids=named, count=len(self.ids) - IDS)
        return _(_WORDS[self.kind], block=self.block, ids=named)


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a check found."""

    blocks: int = 0
    lines: int = 0
    head: str = ""
    sealed_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    #: faults beyond those that are named
    more: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    #: number and moment of the block that bears the head that was asked for
    found: tuple[int, datetime] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was touched."""
        return not self.faults

    def blame(self, kind: str, block: int, ids: Sequence[int] = ()) -> None:
        """One fault more."""
        if len(self.faults) < NAMED:
            self.faults.append(Fault(kind=kind, block=block, ids=tuple(ids[: IDS * 10])))
        else:
            self.more += 1

    def wait(self, at: datetime) -> None:
        """One line that is not sealed yet."""
        self.unsealed += 1
        self.unsealed_since = min(self.unsealed_since or at, at)


def read_head(typed: str) -> str:
    """A head as somebody typed it from paper, "" when it cannot be one."""
    digits = re.sub(r"[\s\-·]", "", typed).lower()
    fits = re.fullmatch(r"[0-9a-f]+", digits) and HEAD_DIGITS <= len(digits) <= 64
    return digits if fits else ""


def verify_trail(
    session: Session, keyring: Keyring, head: str = "", tell: Callable[[int], None] = lambda _lines: None
) -> Verdict:
    """Check every block and every line up to the newest block; `tell` hears how many lines are done."""
    return _Check(session, keyring, head, tell).run()


@dataclass(frozen=True, slots=True)
class _Coming:
    """A line where its block had none."""

    block: int
    mark: bytes
    at: datetime
    is_final: bool


class _Check:
    """One walk along the chain, lines and blocks side by side."""

    def __init__(self, session: Session, keyring: Keyring, head: str, tell: Callable[[int], None]) -> None:
        self._session, self._key, self._head, self._tell = session, chain_key(keyring), head, tell
        self._verdict = Verdict()
        self._coming: dict[int, _Coming] = {}
        self._lines = _lines(session)
        self._line = next(self._lines, None)

    def run(self) -> Verdict:
        """Walk from the first block to the newest of this moment."""
        verdict = self._verdict
        last = newest_block(self._session)
        before = None
        for block in _blocks(self._session, last.number if last else 0):
            self._check(block, before)
            before = block
            verdict.blocks += 1
            self._tell(verdict.lines)
        if before is not None:
            verdict.head, verdict.sealed_at = before.head, before.sealed_at
        self._end(before)
        return verdict

    def _check(self, block: Block, before: Block | None) -> None:
        number, after = (before.number, before.last_id) if before else (0, 0)
        is_next = block.number == number + 1
        for gone in range(number + 1, min(block.number, number + 1 + NAMED)):
            self._verdict.blame("block_gone", gone)
        if is_next and (block.previous != (before.head if before else "") or block.after_id != after):
            self._verdict.blame("block_order", block.number)
        is_right = block.head == block.computed_head(self._key)
        if not is_right:
            self._verdict.blame("block_changed", block.number)
        elif self._head and block.head.startswith(self._head):
            self._verdict.found = block.number, block.sealed_at
        stray = [row.id for row in self._take(block.after_id)]
        if stray and is_next:
            self._verdict.blame("added", block.number, stray)
        self._compare(block, list(self._take(block.last_id)))

    def _take(self, last: int) -> Iterator[Any]:
        """The lines up to an id."""
        while self._line is not None and self._line.id <= last:
            yield self._line
            self._line = next(self._lines, None)

    def _compare(self, block: Block, rows: Sequence[Any]) -> None:
        """The lines of a block with their marks."""
        marks = _marks(block)
        self._verdict.lines += len(rows)
        if marks is None:  # its record was changed: it says nothing about its lines
            return
        found = {row.id: mark_of(self._key, row) for row in rows}
        for row in rows:
            if row.id not in marks:
                self._coming[row.id] = _Coming(block.number, found[row.id], row.at, not block.horizon)
        for late in block.late_ids:
            if late in self._coming:
                found[late] = self._coming.pop(late).mark
        wrong = [one for one, mark in marks.items() if one in found and found[one] != mark]
        known = {marks[one] for one in wrong}
        moved = [one for one in wrong if found[one] in known]
        self._blame(block, "moved", moved)
        self._blame(block, "changed", [one for one in wrong if one not in set(moved)])
        self._blame(block, "removed", [one for one in marks if one not in found])
        self._blame(
            block, "seen", self._shown_wrongly([row for row in rows if audit_seen.DIGEST in row.facts])
        )

    def _blame(self, block: Block, kind: str, ids: Sequence[int]) -> None:
        if ids:
            self._verdict.blame(kind, block.number, ids)

    def _shown_wrongly(self, rows: Sequence[Any]) -> list[int]:
        wrong = []
        for start in range(0, len(rows), 500):
            some = {row.id: row.facts for row in rows[start : start + 500]}
            for line, digest in audit_seen.digests(self._session, some).items():
                if f'"{digest}"' not in some[line]:
                    wrong.append(line)
        return wrong

    def _end(self, last: Block | None) -> None:
        """What no block has sealed: still to come, or put in later."""
        settled = last.settled if last else 0
        added: dict[int, list[int]] = {}
        for one, coming in sorted(self._coming.items()):
            if coming.is_final or coming.block <= settled:
                added.setdefault(coming.block, []).append(one)
            else:
                self._verdict.wait(coming.at)
        for block, ids in added.items():
            self._verdict.blame("added", block, ids)
        while self._line is not None:
            self._verdict.wait(self._line.at)
            self._line = next(self._lines, None)


def _marks(block: Block) -> dict[int, bytes] | None:
    """The mark of each line of a block by its id; None when there are not as many as lines."""
    late, spans = block.late_ids, list(_spans(block))
    if len(block.marks) != (sum(len(one) for one in spans) + len(late)) * MARK:
        return None
    ids = chain.from_iterable((*spans, late))
    return {one: block.marks[at * MARK : (at + 1) * MARK] for at, one in enumerate(ids)}


def _spans(block: Block) -> Iterator[range]:
    """The ids of a block's range between its holes; a jump of the sequence costs nothing."""
    at = block.after_id
    for first, last in block.holes:
        yield range(at + 1, first)
        at = last
    yield range(at + 1, block.last_id + 1)


def _lines(session: Session) -> Iterator[Any]:
    """All lines in the order of their ids, a page in memory at a time."""
    statement, after = select(*covered_columns()).order_by(audit.c.id).limit(_LINES), None
    while True:
        page = statement if after is None else statement.where(audit.c.id > after)
        rows = session.execute(page).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def _blocks(session: Session, last: int) -> Iterator[Block]:
    """All blocks up to a number, with their marks."""
    statement, after = select(audit_block).order_by(audit_block.c.number).limit(_BLOCKS), 0
    while True:
        page = statement.where(audit_block.c.number > after, audit_block.c.number <= last)
        rows = session.execute(page).all()
        if not rows:
            return
        yield from (Block(**row._mapping) for row in rows)
        after = rows[-1].number
