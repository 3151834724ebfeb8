"""Records as JSON, as far as the asker may see them: stars where values are kept back, words beside codes and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import _
from ffp_admin.rules.outcome import Finding
from ffp_admin.screens.api.trouble import Fault
from ffp_admin.screens.kinds import is_sensitive
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Actor, Cell, Change, Conflict, Looker, Page, Record
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.limits import is_closed
from ffp_admin.store.references import register_of

Told = dict[str, Any]


def moment(at: datetime) -> str:
    """RFC 3339 in the county's zone."""
    return at.astimezone(COUNTY_ZONE).isoformat(timespec="seconds")


def told_page(form: Form, found: Page, looker: Looker) -> Told:
    """A page of a list; tables inside records are told with the record itself."""
    return {
        "records": told_records(form, found.records, looker, with_rows=False),
        "total": found.total,
        "capped": found.capped,
        "next": found.next,
        "previous": found.previous,
    }


def told_records(
    form: Form, records: Sequence[Record], looker: Looker, *, with_rows: bool = True
) -> list[Told]:
    """Records of one form; `form` is what the asker sees of it."""
    fields = [field for field in form.fields() if field.kind != "note"]
    plain = [field for field in fields if not field.fields]
    tables = [field for field in fields if field.fields] if with_rows else []
    cells = looker.cells(form.key, [one.values for one in records], [field.key for field in plain])
    return [
        _record(record, plain, tables, found, looker) for record, found in zip(records, cells, strict=True)
    ]


def _record(
    record: Record, plain: Sequence[Field], tables: Sequence[Field], cells: Mapping[str, Cell], looker: Looker
) -> Told:
    values, words, masked = _told_cells(plain, cells)
    for table in tables:
        rows = [_row(table, row, looker) for row in record.values.get(table.key) or ()]
        values[table.key] = [row for row, _masked in rows]
        masked += sorted({f"{table.key}.{key}" for _row_, starred in rows for key in starred})
    meta = record.meta
    return {
        "id": record.id,
        "version": record.row_version,
        "status": record.status,
        "values": values,
        "words": words,
        "masked": masked,
        "created": {"at": moment(meta.created_at), "by": meta.created_name},
        "changed": {"at": moment(meta.updated_at), "by": meta.updated_name},
        "void_reason": meta.void_reason,
    }


def _told_cells(fields: Iterable[Field], cells: Mapping[str, Cell]) -> tuple[Told, Told, list[str]]:
    values: Told = {}
    words: Told = {}
    masked: list[str] = []
    for field in fields:
        cell = cells.get(field.key)
        values[field.key] = None if cell is None else _value(field, cell)
        if cell is not None and cell.is_masked:
            masked.append(field.key)
        elif cell is not None and (field.codes or register_of(field)):
            words[field.key] = cell.text
    return values, words, masked


def _value(field: Field, cell: Cell) -> Any:
    return cell.text if cell.is_masked else kind_of(field).to_json(cell.value)


def _row(table: Field, row: Mapping[str, Any], looker: Looker) -> tuple[Told, list[str]]:
    cells: dict[str, Cell] = {}
    for field in table.fields:
        [cell] = looker.words(field, [row.get(field.key)])
        if cell is not None:
            cells[field.key] = cell
    values, _words, masked = _told_cells(table.fields, cells)
    return values, masked


def told_history(changes: Iterable[Change]) -> Told:
    """What happened to a record, newest first, in words."""
    return {
        "changes": [
            {
                "at": moment(one.at),
                "by": one.who,
                "source": one.source,
                "action": one.action,
                "field": one.field,
                "label": one.label,
                "old": one.old,
                "new": one.new,
                "version": one.row_version,
            }
            for one in changes
        ]
    }


def faults_of(
    findings: Iterable[Finding], form: Form, actor: Actor, given: Mapping[str, Any] | None = None
) -> list[Fault]:
    """Findings as faults; about a value that is kept from the asker, and was not sent, only that there is one."""
    return [_fault(one, form, actor, given or {}) for one in findings]


def _fault(one: Finding, form: Form, actor: Actor, given: Mapping[str, Any]) -> Fault:
    key = one.field.partition("[")[0]
    field = next((field for field in form.fields() if field.key == key), None)
    cells = () if field is None else (field, *field.fields)
    kept = field is not None and (
        any(is_sensitive(cell) for cell in cells) or is_closed(actor.limits_on(form.key), key)
    )
    if kept and key not in given and field is not None:
        message = _(
            "What is stored in '{label}' does not pass. Ask somebody who may see it.", label=field.label
        )
        return Fault(field=one.field, code=one.code, message=message)
    return Fault(field=one.field, code=one.code, message=one.message)


def differences_of(conflict: Conflict, form: Form, looker: Looker) -> list[Fault]:
    """The fields on which two changes disagree, with what stood there and what stands there now, in words."""
    return [
        Fault(
            field=one.field,
            code="changed",
            message=_("Somebody changed '{label}' meanwhile.", label=one.label),
            more={
                "before": _words(form.field(one.field), one.base, looker),
                "now": _words(form.field(one.field), one.theirs, looker),
            },
        )
        for one in conflict.differences
        if one.theirs != one.base
    ]


def _words(field: Field, value: Any, looker: Looker) -> str:
    if value is None or value == ():
        return ""
    [cell] = looker.words(field, [value])
    return cell.text if cell is not None else ""


def typed_fields(form: Form) -> list[Field]:
    """What people and programs may fill in."""
    return [field for field in form.fields() if field.fields or KINDS[field.kind].typed]
