"""What changed in a record, field by field; encrypted and sensitive values stay encrypted here too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.keyring import Keyring
from ffp_admin.models.kinds import STORED, is_sealed
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import static
from ffp_admin.store.actor import Actor
from ffp_admin.store.cells import STARS, Looker
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.limits import FieldLimits
from ffp_admin.store.record import Record, Values, load
from ffp_admin.store.rows import align, insert_rows
from ffp_admin.store.store import Store

CREATED, CHANGED, VOIDED = "created", "changed", "void"
_ACTIONS = {CREATED: N_("Record created"), VOIDED: N_("Record made void")}


#: one for all records: making it costs as much as using it
_TO_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a record's history, in words. `field` is "" for the whole record (created, void)."""

    at: datetime
    who: str
    source: str
    action: str
    field: str
    label: str
    old: str
    new: str
    row_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who writes when, from where."""

    actor: Actor
    at: datetime
    source: str


def pack(field: Field, value: Any) -> Any:
    """A value as JSON knows it."""
    if value is None:
        return None
    if field.fields:
        return [{one.key: pack(one, row.get(one.key)) for one in field.fields} for row in value]
    return kind_of(field).to_json(value)


def _packer(field: Field) -> Callable[[Any], Any]:
    """`pack` for one field, without looking the kind up again for every record."""
    return partial(pack, field) if field.fields else kind_of(field).to_json


def unpack(field: Field, stored: Any) -> Any:
    """The value of `pack`; keys of a table's rows that are declared no longer are dropped."""
    if stored is None:
        return () if field.fields else None
    if field.fields:
        return tuple({one.key: unpack(one, row.get(one.key)) for one in field.fields} for row in stored)
    return kind_of(field).from_json(stored)


def is_secret(field: Field) -> bool:
    """Whether history keeps the field's values encrypted."""
    return field.sensitive or is_sealed(field) or any(is_secret(one) for one in field.fields)


class Scribe:
    """Collects history rows of one form and writes them in one go."""

    def __init__(self, form: Form, keyring: Keyring, stamp: Stamp) -> None:
        self._form = form
        self._packers = tuple((field.key, _packer(field)) for field in form.fields())
        self._keyring = keyring
        self._context = history_context(form.key)
        self._fixed = {
            "form": form.key,
            "at": stamp.at,
            "user_id": stamp.actor.user_id,
            "user_name": stamp.actor.name,
            "source": stamp.source,
        }
        self._rows: list[dict[str, Any]] = []

    def created(self, record_id: int, values: Values) -> None:
        """One line with the whole record, sealed."""
        packed = {
            key: pack_it(value)
            for key, pack_it in self._packers
            if (value := values.get(key)) is not None and value != ()
        }
        self._add(record_id, 1, CREATED, "", None, packed, sealed=True)

    def changed(self, record_id: int, row_version: int, before: Values, after: Values) -> None:
        """One line per field that differs; for tables one per cell, or per added or removed row."""
        for path, field, old, new in differences(self._form, before, after):
            secret = is_secret(field)
            self._add(
                record_id, row_version, CHANGED, path, pack(field, old), pack(field, new), sealed=secret
            )

    def voided(self, record_id: int, row_version: int, reason: str) -> None:
        """One line with the reason."""
        self._add(record_id, row_version, VOIDED, "", None, reason, sealed=True)

    def _add(
        self, record_id: int, row_version: int, action: str, path: str, old: Any, new: Any, *, sealed: bool
    ) -> None:
        self._rows.append(
            {
                **self._fixed,
                "record_id": record_id,
                "row_version": row_version,
                "action": action,
                "field": path,
                "old": self._text(old, sealed=sealed),
                "new": self._text(new, sealed=sealed),
                "sealed": sealed,
            }
        )

    def _text(self, packed: Any, *, sealed: bool) -> str | None:
        if packed is None:
            return None
        text = _TO_JSON(packed)
        return self._keyring.seal(text, self._context) if sealed else text

    def write(self, session: Session) -> None:
        """Insert what was collected."""
        insert_rows(session, static.history, self._rows)
        self._rows = []


def history_context(form: str) -> str:
    """What sealed history lines of a form are bound to."""
    return f"history.{form}"


def differences(form: Form, before: Values, after: Values) -> Iterator[tuple[str, Field, Any, Any]]:
    """Path ("金额", "药费票据[2].金额", "药费票据[3]" for a whole row), field, old and new value."""
    for field in form.fields():
        if field.kind not in STORED:
            continue
        old, new = before.get(field.key), after.get(field.key)
        if not field.fields:
            if old != new:
                yield field.key, field, old, new
            continue
        for change in align(old or (), new or ()):
            position = change.old_position if change.new is None else change.new_position
            place = f"{field.key}[{position}]"
            if change.old is None or change.new is None:
                yield place, field, _one(change.old), _one(change.new)
                continue
            for cell in field.fields:
                if change.old.get(cell.key) != change.new.get(cell.key):
                    yield f"{place}.{cell.key}", cell, change.old.get(cell.key), change.new.get(cell.key)


def _one(row: Values | None) -> tuple[Values, ...] | None:
    return None if row is None else (row,)


def history(session: Session, store: Store, form_key: str, id: int, actor: Actor) -> list[Change]:
    """The changes of a record the actor may see, newest first; empty for a hidden record."""
    if load(session, store, form_key, id, actor) is None:
        return []
    edition = store.edition()
    form = edition.form(form_key)
    looker = Looker(session=session, edition=edition, actor=actor)
    limits = actor.limits_on(form_key)
    table = static.history
    rows = session.execute(
        select(table).where(table.c.form == form_key, table.c.record_id == id).order_by(table.c.id.desc())
    )
    kept = [row for row in rows if not is_within(row.field, limits.hidden)]
    return [_in_words(row, form, looker, limits) for row in kept]


def is_within(path: str, closed: frozenset[str]) -> bool:
    """Whether a place such as "药费票据[2].金额" is a field, a table or a column that is kept back."""
    table, bracket, rest = path.partition("[")
    inner = rest.partition("].")[2] if bracket else ""
    return table in closed or f"{table}.{inner}" in closed


def _in_words(row: Row[Any], form: Form, looker: Looker, limits: FieldLimits) -> Change:
    field, label = _field_of(form, row.field)
    old, new = (_opened(row, side, looker.edition.keyring) for side in ("old", "new"))
    words = partial(_seen_word, field, row.field, looker=looker, limits=limits)
    return Change(
        at=row.at,
        who=row.user_name,
        source=row.source,
        action=row.action,
        field=row.field,
        label=label or _(_ACTIONS.get(row.action, row.action)),
        old=words(old),
        new=new if row.action == VOIDED else words(new),
        row_version=row.row_version,
    )


def _opened(row: Row[Any], side: str, keyring: Keyring) -> Any:
    stored = getattr(row, side)
    if stored is None:
        return None
    return json.loads(keyring.open(stored, history_context(row.form)) if row.sealed else stored)


def _seen_word(field: Field | None, path: str, packed: Any, *, looker: Looker, limits: FieldLimits) -> str:
    """The value in words as far as the actor may see it; of a row that came or went only the open columns."""
    if packed is not None and is_within(path, limits.masked):
        return STARS
    if field is not None and field.fields and packed:
        shut = {one.partition(".")[2] for one in limits.closed if one.startswith(f"{field.key}.")}
        packed = [{key: cell for key, cell in row.items() if key not in shut} for row in packed]
    return _word(field, packed, looker)


def _word(field: Field | None, packed: Any, looker: Looker) -> str:
    if field is None or packed is None:
        return ""
    [cell] = looker.words(field, [unpack(field, packed)])
    return cell.text if cell else ""


def _field_of(form: Form, path: str) -> tuple[Field | None, str]:
    """The field a path stands for, and what it is called; a field that is declared no longer is called by its key."""
    place, _dot, inner = path.partition(".")
    key, _bracket, number = place.partition("[")
    field = next((one for one in form.fields() if one.key == key), None)
    if field is None or not number:
        return field, field.label if field else path
    cell = next((one for one in field.fields if one.key == inner), None) if inner else field
    what = cell.label if cell is not None and inner else inner
    label = _("{table}, row {row}", table=field.label, row=int(number.rstrip("]")) + 1)
    return cell, f"{label} {what}".rstrip()


def values_at(session: Session, keyring: Keyring, form: Form, record: Record, row_version: int) -> Values:
    """The record's values as they were at an earlier version; tables as they are now where rows changed since."""
    values = dict(record.values)
    table = static.history
    rows = session.execute(
        select(table)
        .where(table.c.form == form.key, table.c.record_id == record.id)
        .where(table.c.row_version > row_version, table.c.action == CHANGED)
        .order_by(table.c.id.desc())
    )
    fields: Mapping[str, Field] = {field.key: field for field in form.fields()}
    for row in rows:
        if row.field in fields and not fields[row.field].fields:
            values[row.field] = unpack(fields[row.field], _opened(row, "old", keyring))
    return values


def same(field: Field, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same."""
    if not field.fields:
        return bool(one == other)
    return _rows(one) == _rows(other)


def _rows(value: Sequence[Values] | None) -> list[Values]:
    return [{key: cell for key, cell in row.items() if cell is not None} for row in value or ()]
