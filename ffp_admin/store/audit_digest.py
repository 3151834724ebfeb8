"""What one day's lines come to: counted by action and by unit, with what somebody should look into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.store.account_tables import account_card
from ffp_admin.store.audit import AuditLine, line_of
from ffp_admin.store.audit_reading import ChainState, chain_state, day_begins
from ffp_admin.store.audit_words import ACCOUNTS, ACTIONS, GROUPS, RELEASES, RIGHTS, actions_of
from ffp_admin.store.regions import region_captions
from ffp_admin.store.static import audit
from ffp_admin.store.store import Store
from ffp_admin.store.user_scopes import scopes_of_several

#: events that are told one by one; more are only counted
MOST = 40
#: people who looked and names that failed, the most first
PEOPLE = 12
#: what is told one by one, whoever did it
SINGLE = (
    "login_locked",
    "login_crowded",
    "recovery_code_used",
    *(one for one in actions_of(ACCOUNTS) if one not in ("password_changed", "recovery_codes_renewed")),
    *actions_of(RIGHTS),
    *actions_of(RELEASES),
    "backup",
    "restored",
    "key_rotated",
    "key_dropped",
    "audit_download",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """What the people of one unit did; `counts` by group of actions."""

    name: str
    people: int
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All lines."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One county day."""

    day: date
    county: str
    made_at: datetime
    lines: int
    #: lines of the day that no block holds yet
    unsealed: int
    actions: Mapping[str, int]
    units: Sequence[UnitLine]
    events: Sequence[AuditLine]
    #: events beyond those
    more: int
    #: (name of the account, address, how often)
    failed: Sequence[tuple[str, str, int]]
    #: (name of the account, how often, how many records by themselves)
    looked: Sequence[tuple[str, int, int]]
    #: (name of the account, how often a document was opened or handed out)
    papers: Sequence[tuple[str, int]]
    chain: ChainState


def digest_of(session: Session, store: Store, day: date) -> Digest:
    """The digest of a day as the trail stands now."""
    first, until = day_begins(day), day_begins(day + timedelta(days=1))
    on_day = and_(audit.c.at >= first, audit.c.at < until)
    chain = chain_state(session)
    last = chain.block.last_id if chain.block else 0
    actions = _counted(session, on_day)
    events = select(audit).where(on_day, audit.c.action.in_(SINGLE)).order_by(audit.c.at, audit.c.id)
    told = [line_of(row) for row in session.execute(events.limit(MOST))]
    return Digest(
        day=day,
        county=_county(session, store),
        made_at=store.clock.now(),
        lines=sum(actions.values()),
        unsealed=_count(session, on_day, audit.c.id > last),
        actions=actions,
        units=_units(session, store, on_day, day),
        events=told,
        more=_count(session, on_day, audit.c.action.in_(SINGLE)) - len(told),
        failed=_failed(session, on_day),
        looked=_looked(session, on_day),
        papers=_papers(session, on_day),
        chain=chain,
    )


def is_day_over(digest: Digest) -> bool:
    """Whether nothing more can happen on the day."""
    return digest.made_at.astimezone(COUNTY_ZONE).date() > digest.day


def _count(session: Session, *conditions: Any) -> int:
    return int(session.execute(select(func.count()).select_from(audit).where(*conditions)).scalar_one())


def _counted(session: Session, on_day: Any) -> dict[str, int]:
    rows = session.execute(select(audit.c.action, func.count()).where(on_day).group_by(audit.c.action)).all()
    found = {action: int(count) for action, count in rows}
    known = [action for action in ACTIONS if action in found]
    return {action: found[action] for action in (*known, *sorted(found.keys() - set(known)))}


def _county(session: Session, store: Store) -> str:
    if "region" not in store.catalog().forms:
        return ""
    code = store.tables("region").main.c.region_code
    codes = session.execute(select(code).where(func.length(code) == 6)).scalars().all()
    return "、".join(region_captions(session, store.edition(), codes).values())


def _units(session: Session, store: Store, on_day: Any, day: date) -> list[UnitLine]:
    """By the unit on the account's card, else by where it works; what no account did is the program's."""
    rows = session.execute(
        select(audit.c.user_id, audit.c.action, func.count())
        .where(on_day)
        .group_by(audit.c.user_id, audit.c.action)
    ).all()
    names = _unit_names(session, store, {row.user_id for row in rows if row.user_id is not None}, day)
    people: dict[str, set[int]] = {}
    counts: dict[str, Counter[str]] = {}
    for user_id, action, count in rows:
        name = names.get(user_id, "") if user_id is not None else "-"
        people.setdefault(name, set()).update(() if user_id is None else (user_id,))
        counts.setdefault(name, Counter())[ACTIONS.get(action, ("", ""))[0]] += int(count)
    lines = [UnitLine(name=name, people=len(people[name]), counts=counts[name]) for name in counts]
    return sorted(lines, key=lambda one: (one.name == "-", -one.total, one.name))


def _unit_names(session: Session, store: Store, users: Iterable[int], day: date) -> dict[int, str]:
    wanted = sorted(users)
    places: dict[int, str] = {}
    for scope in scopes_of_several(session, wanted):
        if scope.holds_on(day) and scope.region_code:
            places.setdefault(scope.user_id, scope.region_code)
    captions = region_captions(session, store.edition(), places.values())
    names = {user: captions.get(code, "") for user, code in places.items()}
    cards = select(account_card.c.user_id, account_card.c.unit).where(account_card.c.user_id.in_(wanted))
    names.update((user, unit) for user, unit in session.execute(cards) if unit)
    return names


def _failed(session: Session, on_day: Any) -> list[tuple[str, str, int]]:
    tries = ("login_failed", "second_factor_failed")
    rows = session.execute(
        select(audit.c.user_name, audit.c.address, func.count().label("n"))
        .where(on_day, audit.c.action.in_(tries))
        .group_by(audit.c.user_name, audit.c.address)
        .order_by(func.count().desc(), audit.c.user_name)
        .limit(PEOPLE)
    )
    return [(name, address or "", int(n)) for name, address, n in rows]


def _looked(session: Session, on_day: Any) -> list[tuple[str, int, int]]:
    rows = session.execute(
        select(audit.c.user_name, func.count().label("n"), func.count(audit.c.record_id.distinct()))
        .where(on_day, audit.c.action == "look")
        .group_by(audit.c.user_id, audit.c.user_name)
        .order_by(func.count().desc(), audit.c.user_name)
        .limit(PEOPLE)
    )
    return [(name, int(n), int(records)) for name, n, records in rows]


def _papers(session: Session, on_day: Any) -> list[tuple[str, int]]:
    rows = session.execute(
        select(audit.c.user_name, func.count().label("n"))
        .where(on_day, audit.c.action == "open_print")
        .group_by(audit.c.user_id, audit.c.user_name)
        .order_by(func.count().desc(), audit.c.user_name)
        .limit(PEOPLE)
    )
    return [(name, int(n)) for name, n in rows]


def grouped_actions(actions: Mapping[str, int]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Group → its actions that happened, in the order of the page; unknown ones last, under ""."""
    for group in (*GROUPS, ""):
        found = [(one, count) for one, count in actions.items() if ACTIONS.get(one, ("", ""))[0] == group]
        if found:
            yield group, found
