"""Reading the trail: narrowed, newest first, page by page without counting, quick on a million lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.store import audit_seen
from ffp_admin.store.audit import AuditLine, line_of
from ffp_admin.store.audit_block import Block, newest_block
from ffp_admin.store.audit_tables import audit_seen as seen_table
from ffp_admin.store.audit_words import LOOKS, PAPER, actions_of
from ffp_admin.store.static import audit

#: the last line of a page
Place = tuple[datetime, int]
#: lines not sealed yet are counted up to so many
COUNTED = 10_000
#: digits of a village's code
_VILLAGE = 12
#: what shows values of people to somebody
SHOWING = (*actions_of(LOOKS), *actions_of(PAPER))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """What is looked for; empty is not asked for. `until` does not count any more."""

    user_id: int | None = None
    actions: Sequence[str] = ()
    form: str = ""
    record_id: int | None = None
    region: str = ""
    address: str = ""
    first: datetime | None = None
    until: datetime | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """The newest block, what waits to be sealed, and the last check."""

    block: Block | None
    waiting: int
    checked: AuditLine | None


def read_trail(session: Session, query: TrailQuery, limit: int) -> list[AuditLine]:
    """Lines that fit, newest first."""
    statement = select(audit).where(*_conditions(query))
    return [line_of(row) for row in session.execute(_ordered(statement, query.before, limit))]


def each_line(session: Session, query: TrailQuery, most: int) -> Iterator[AuditLine]:
    """The same for many lines, a page in memory at a time."""
    given = 0
    while given < most:
        page = read_trail(session, query, min(1_000, most - given))
        yield from page
        if len(page) < min(1_000, most - given):
            return
        given += len(page)
        query = replace(query, before=(page[-1].at, page[-1].id))


def one_line(session: Session, ident: int) -> AuditLine | None:
    """The line of an id."""
    row = session.execute(select(audit).where(audit.c.id == ident)).first()
    return line_of(row) if row else None


def who_saw(session: Session, form: str, record_id: int, before: Place | None, limit: int) -> list[AuditLine]:
    """Lines that tell of somebody who was shown the record: by itself, in a list, on paper; newest first."""
    own = (audit.c.form == form, audit.c.record_id == record_id, audit.c.action.in_(SHOWING))
    direct = select(audit).where(*own)
    among = (
        select(audit)
        .join(seen_table, seen_table.c.audit_id == audit.c.id)
        .where(audit_seen.showing(form, record_id))
    )
    found = {
        row.id: line_of(row)
        for statement in (direct, among)
        for row in session.execute(_ordered(statement, before, limit))
    }
    return sorted(found.values(), key=lambda line: (line.at, line.id), reverse=True)[:limit]


def chain_state(session: Session) -> ChainState:
    """How the chain stands."""
    block = newest_block(session)
    open_lines = select(audit.c.id).where(audit.c.id > (block.last_id if block else 0)).limit(COUNTED)
    waiting = session.execute(select(func.count()).select_from(open_lines.subquery())).scalar_one()
    checks = read_trail(session, TrailQuery(actions=("audit_verified",)), 1)
    return ChainState(block=block, waiting=waiting, checked=checks[0] if checks else None)


def waiting_since(session: Session) -> datetime | None:
    """The moment of the oldest line behind the last block; None when there is none."""
    block = newest_block(session)
    oldest: datetime | None = session.execute(
        select(func.min(audit.c.at)).where(audit.c.id > (block.last_id if block else 0))
    ).scalar_one()
    return oldest


def day_begins(day: date) -> datetime:
    """The moment a county day begins."""
    return datetime.combine(day, time.min, COUNTY_ZONE).astimezone(UTC)


def _ordered(statement: Select[Any], before: Place | None, limit: int) -> Select[Any]:
    if before is not None:
        statement = statement.where(tuple_(audit.c.at, audit.c.id) < tuple_(*before))
    return statement.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)


def _conditions(query: TrailQuery) -> Iterator[ColumnElement[bool]]:
    """One condition may use its index, which gives lines in their order; the others only sift.

    The one that leaves fewest lines comes first. A database without statistics would take any of them, and sort.
    """
    if query.first is not None:
        yield audit.c.at >= query.first
    if query.until is not None:
        yield audit.c.at < query.until
    drives = True
    for condition, sifting in _asked(query):
        yield condition if drives else sifting
        drives = False


def _asked(query: TrailQuery) -> Iterator[tuple[ColumnElement[bool], ColumnElement[bool]]]:
    """Each condition as one that uses an index, and as one that does not."""
    c = audit.c
    plain_form = c.form.concat("") == query.form
    if query.form and query.record_id is not None:
        record = c.record_id + 0 == query.record_id
        yield and_(c.form == query.form, c.record_id == query.record_id), and_(plain_form, record)
    if query.user_id is not None:
        yield c.user_id == query.user_id, c.user_id + 0 == query.user_id
    if query.address:
        yield c.address == query.address, c.address.concat("") == query.address
    if query.region:
        yield _inside(c.region_code, query.region), _inside(c.region_code.concat(""), query.region)
    if query.actions:
        yield c.action.in_(query.actions), c.action.concat("").in_(query.actions)
    if query.form and query.record_id is None:
        yield c.form == query.form, plain_form


def _inside(column: ColumnElement[str], code: str) -> ColumnElement[bool]:
    if len(code) >= _VILLAGE:
        return column == code[:_VILLAGE]
    # so many lines that sorting those of an index takes longer than looking through all in their order
    column = column.concat("")
    return and_(column >= code, column < f"{code}:")
