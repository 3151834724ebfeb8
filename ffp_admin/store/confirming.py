"""Requests to change key data: who may decide on them sees them, confirms or refuses; who asked may take them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.models import FormTables
from ffp_admin.spec.model import Form
from ffp_admin.store import audit
from ffp_admin.store.actor import Actor, NotAllowed
from ffp_admin.store.asking import CONFIRMED, DIGITS, REFUSED, STALE, WAITING, WITHDRAWN, is_of_level
from ffp_admin.store.change_tables import change_request
from ffp_admin.store.history import same, unpack
from ffp_admin.store.judging import Rejected, finding
from ffp_admin.store.record import Draft, Record, Values, fetch_records, load, select_records
from ffp_admin.store.save import save
from ffp_admin.store.store import Store
from ffp_admin.store.visible import region_condition, visible, visible_condition

_T = change_request.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """One request as it is stored; `base` is what stood there when it was made."""

    id: int
    at: datetime
    user_id: int | None
    user_name: str
    form: str
    record_id: int
    level: str
    wanted: Values
    base: Values
    reason: str
    state: str
    decided_name: str
    decided_at: datetime | None
    answer: str
    #: the smallest region the record lies in, "" where it was not asked for
    place: str = ""


class Settled(Exception):
    """Somebody was quicker: the request waits no more."""


def to_decide(session: Session, store: Store, actor: Actor, limit: int = 100) -> list[ChangeRequest]:
    """What waits for this actor, by town and village, the oldest first; never one's own."""
    found: list[tuple[tuple[Any, ...], ChangeRequest]] = []
    for tables in _guarded(store, actor):
        main = tables.main.c
        statement = _waiting(tables, actor, select(change_request, main.town_code, main.village_code))
        for row in session.execute(statement.order_by(_T.id).limit(limit)):
            place = (row.town_code or "", row.village_code or "", row.at, row.id)
            asked = _request(store, tables.form, row)
            found.append((place, replace(asked, place=row.village_code or row.town_code or "")))
    return [one for _place, one in sorted(found, key=lambda pair: pair[0])][:limit]


def count_to_decide(session: Session, store: Store, actor: Actor) -> int:
    """How many requests wait for this actor."""
    counted = (_waiting(one, actor, select(func.count())) for one in _guarded(store, actor))
    return sum(session.execute(one).scalar_one() for one in counted)


def may_decide(store: Store, actor: Actor) -> bool:
    """Whether requests of any register can come before this actor."""
    return any(_regions(one, actor, "town") for one in _guarded(store, actor))


def own_requests(session: Session, store: Store, actor: Actor, limit: int = 100) -> list[ChangeRequest]:
    """What this account asked for, the newest first, of records it still sees."""
    rows = session.execute(
        select(change_request).where(_T.user_id == actor.user_id).order_by(_T.id.desc()).limit(limit)
    ).all()
    return list(_still_seen(session, store, actor, rows))


def requests_of(
    session: Session, store: Store, form_key: str, record_id: int, actor: Actor
) -> list[ChangeRequest]:
    """What waits for a record the actor sees."""
    form = store.catalog().forms[form_key]
    if load(session, store, form_key, record_id, actor) is None:
        return []
    rows = session.execute(
        select(change_request)
        .where(_T.form == form_key, _T.record_id == record_id, _T.state == WAITING)
        .order_by(_T.id)
    )
    return [_request(store, form, row) for row in rows]


def confirm(session: Session, store: Store, id: int, actor: Actor) -> str:
    """Write what was asked for through `save`; "stale" when the record says something else by now.

    NotAllowed outside the actor's level, Settled when it waits no more, Rejected when a rule speaks against it today:
    then nothing was written and the request waits on.
    """
    row, record = _to_be_decided(session, store, id, actor)
    form = store.catalog().forms[row.form]
    asked = _request(store, form, row)
    if not record.is_current or not _still_stands(form, asked, record, row.wanted, store):
        _decide(session, store, row, actor, STALE, "")
        return STALE
    name = _("{name} (asked for by {other})", name=actor.name, other=row.user_name)
    values = {key: _given(value) for key, value in asked.wanted.items()}
    save(session, store, Draft(row.form, row.record_id, None, values), replace(actor, name=name), "confirm")
    _decide(session, store, row, actor, CONFIRMED, "")
    return CONFIRMED


def refuse(session: Session, store: Store, id: int, actor: Actor, reason: str) -> None:
    """The data stays as it is; the requester reads why."""
    if not reason.strip():
        raise Rejected([finding("", "required", _("Say why the change is refused."))])
    row, _record = _to_be_decided(session, store, id, actor)
    _decide(session, store, row, actor, REFUSED, reason.strip())


def withdraw(session: Session, store: Store, id: int, actor: Actor) -> None:
    """Who asked takes it back."""
    row = _locked(session, id)
    if row is None or row.user_id is None or row.user_id != actor.user_id:
        raise NotAllowed(_("Only who asked for a change can take it back."))
    _must_wait(row)
    _decide(session, store, row, actor, WITHDRAWN, "")


def _guarded(store: Store, actor: Actor) -> Iterator[FormTables]:
    """Registers with key data that the actor may change somewhere."""
    for form in store.catalog().forms.values():
        if any(one.confirmed_by for one in form.fields()) and actor.may(form.key, "edit"):
            yield store.tables(form.key)


def _regions(tables: FormTables, actor: Actor, level: str) -> list[str]:
    return [one for one in actor.own_regions(tables.form.key, "edit") if len(one) <= DIGITS[level]]


def _waiting(tables: FormTables, actor: Actor, statement: Select[Any]) -> Select[Any]:
    """The requests of a register the actor may decide on: where the record lies today, not when it was asked."""
    main = tables.main
    return statement.select_from(change_request.join(main, main.c.id == _T.record_id)).where(
        _T.form == tables.form.key,
        _T.state == WAITING,
        or_(_T.user_id.is_(None), _T.user_id != actor.user_id),
        visible_condition(tables, actor, "edit"),
        or_(false(), *_in_level(tables, actor)),
    )


def _in_level(tables: FormTables, actor: Actor) -> Iterator[ColumnElement[bool]]:
    main = tables.main
    for level in DIGITS:
        codes = _regions(tables, actor, level)
        places = [region_condition(main, one) for one in codes]
        if any(len(one) == DIGITS["county"] for one in codes):
            places.append(main.c.county_code.is_(None))
        if actor.everywhere:
            yield _T.level == level
        elif places:
            yield and_(_T.level == level, or_(*places))


def _to_be_decided(session: Session, store: Store, id: int, actor: Actor) -> tuple[Row[Any], Record]:
    row = _locked(session, id)
    record = None if row is None else _record(session, store, row, actor)
    if row is None or record is None:
        raise NotAllowed(_("This request does not exist, or lies outside your regions."))
    if row.user_id is not None and row.user_id == actor.user_id:
        raise NotAllowed(_("Who asked for a change does not decide on it. Another account has to."))
    _must_wait(row)
    return row, record


def _locked(session: Session, id: int) -> Row[Any] | None:
    return session.execute(select(change_request).where(_T.id == id).with_for_update()).first()


def _must_wait(row: Row[Any]) -> None:
    if row.state != WAITING:
        name = row.decided_name or row.user_name
        raise Settled(_("This request has been dealt with already, by {name}.", name=name))


def _record(session: Session, store: Store, row: Row[Any], actor: Actor) -> Record | None:
    """The record as it is stored, when the actor is of the level that decides."""
    if row.form not in store.catalog().forms:
        return None
    tables = store.tables(row.form)
    seen = visible(select_records(tables), tables, actor, "edit").where(tables.main.c.id == row.record_id)
    record = next(iter(fetch_records(session, tables, seen)), None)
    if record is None or not is_of_level(tables.form, record.codes, actor, row.level):
        return None
    return record


def _still_stands(form: Form, asked: ChangeRequest, record: Record, sealed: str, store: Store) -> bool:
    """Whether all that was asked for is still declared, and stands on what was there."""
    keys = json.loads(store.keyring.open(sealed, "change_request.wanted")).keys()
    return keys == asked.wanted.keys() and all(
        same(form.field(key), record.values.get(key), asked.base.get(key)) for key in keys
    )


def _given(value: Any) -> Any:
    return None if value == () else value


def _decide(session: Session, store: Store, row: Row[Any], actor: Actor, state: str, answer: str) -> None:
    now = store.clock.now()
    values = {"state": state, "decided_by": actor.user_id, "decided_name": actor.name, "decided_at": now}
    sealed = store.keyring.seal(answer, "change_request.answer") if answer else None
    session.execute(update(change_request).where(_T.id == row.id).values(**values, answer=sealed))
    facts = {"request": row.id, "asked_by": row.user_id}
    deed = audit.Deed(action=f"request_{state}", form=row.form, record_id=row.record_id, facts=facts)
    audit.note(session, actor, now, "confirm", [deed])


def _still_seen(
    session: Session, store: Store, actor: Actor, rows: Iterable[Row[Any]]
) -> Iterator[ChangeRequest]:
    for row in rows:
        form = store.catalog().forms.get(row.form)
        if form is not None and load(session, store, row.form, row.record_id, actor) is not None:
            yield _request(store, form, row)


def _request(store: Store, form: Form, row: Row[Any]) -> ChangeRequest:
    opened = {
        name: store.keyring.open(getattr(row, name), f"change_request.{name}") for name in ("wanted", "base")
    }
    return ChangeRequest(
        id=row.id,
        at=row.at,
        user_id=row.user_id,
        user_name=row.user_name,
        form=row.form,
        record_id=row.record_id,
        level=row.level,
        wanted=_values(form, json.loads(opened["wanted"])),
        base=_values(form, json.loads(opened["base"])),
        reason=store.keyring.open(row.reason, "change_request.reason"),
        state=row.state,
        decided_name=row.decided_name or "",
        decided_at=row.decided_at,
        answer=store.keyring.open(row.answer, "change_request.answer") if row.answer else "",
    )


def _values(form: Form, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields that are still declared."""
    fields = {one.key: one for one in form.fields()}
    return {key: unpack(fields[key], value) for key, value in stored.items() if key in fields}


def concerns(store: Store, actor: Actor) -> bool:
    """Whether the actor can change key data, or ask for it."""
    return next(_guarded(store, actor), None) is not None
