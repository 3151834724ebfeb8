"""Taking a draft's values in: each cleaned by its kind, what cannot be read becomes a finding at its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ffp_admin.rules.outcome import Finding
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form, Level
from ffp_admin.store.cleaning import BadValue, Reading
from ffp_admin.store.edition import Edition
from ffp_admin.store.kinds import kind_of


class Taker:
    """Takes values of one form in; made once per batch."""

    def __init__(self, edition: Edition, form: Form) -> None:
        self._form = form
        self._fields = {field.key: field for field in form.fields()}
        self._typed = frozenset(key for key, field in self._fields.items() if KINDS[field.kind].typed)
        inner = [cell for field in form.fields() for cell in field.fields]
        # by identity: a table's field may be called as one of the form
        self._ways = {
            id(field): (kind_of(field).take, Reading(field=field, codes=edition.words(field.codes)))
            for field in (*form.fields(), *inner)
        }

    def take(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
        """The values people type, by field key; computed fields, serials and notes are left out.

        KeyError for a field the form does not have.
        """
        values: dict[str, Any] = {}
        findings: list[Finding] = []
        for key, raw in given.items():
            field = self._fields.get(key)
            if field is None:
                raise KeyError(f"{self._form.key}: {key}")
            if field.fields:
                values[key] = self._rows(field, raw, findings)
            elif key in self._typed:
                values[key] = self._value(field, raw, key, None, findings)
        return values, findings

    def defaults(self) -> dict[str, Any]:
        """What a new record begins with."""
        return self.take({f.key: f.default for f in self._form.fields() if f.default is not None})[0]

    def _rows(
        self, table: Field, raw: Sequence[Mapping[str, Any]] | None, findings: list[Finding]
    ) -> tuple[dict[str, Any], ...]:
        """The rows that say anything; the keys are those of the declaration."""
        fields = {field.key: field for field in table.fields}
        rows: list[dict[str, Any]] = []
        for given in raw or ():
            position = len(rows)
            row = {
                key: self._value(
                    fields[key], value, f"{table.key}[{position}].{key}", (table.key, position), findings
                )
                for key, value in given.items()
                if KINDS[fields[key].kind].typed
            }
            if any(value is not None and value != "" for value in given.values()):
                rows.append({key: row.get(key) for key in fields})
        return tuple(rows)

    def _value(
        self, field: Field, raw: Any, place: str, row: tuple[str, int] | None, findings: list[Finding]
    ) -> Any:
        if raw is None or raw == "" or raw == ():
            return None
        try:
            take, reading = self._ways[id(field)]
            return take(raw, reading)
        except BadValue as bad:
            message = f"{field.label}：{bad}"
            findings.append(Finding(field=place, level=Level.ERROR, code="invalid", message=message, row=row))
            return None
