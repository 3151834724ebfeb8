"""A declared form as one WTForms form: reads a post, takes over what the rules say, knows every cell by its path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wtforms.form import BaseForm

from ffp_admin.i18n import _
from ffp_admin.rules.outcome import Finding, Outcome
from ffp_admin.screens.fields import DeskMeta, KindField
from ffp_admin.screens.kinds import beginning
from ffp_admin.screens.reading import Desk
from ffp_admin.screens.rows import RowsField
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form, Level
from ffp_admin.store.asking import REASON_NEEDED

#: posted names begin with this, so that no field is mistaken for a button
PREFIX = "f"
#: codes of findings that only say something is still missing
EMPTINESS = frozenset({"required", "at_least"})


def field_of(declared: Field) -> Any:
    """The unbound WTForms field of a declared one."""
    return RowsField(declared) if declared.kind == "table" else KindField(declared)


class LedgerForm(BaseForm):
    """The form of one declaration; subclasses made by `form_class` carry its fields."""

    declaration: Form
    unbound: Mapping[str, Any]

    def __init__(
        self,
        desk: Desk,
        *,
        pick_base: str,
        masks: bool = False,
        without: Iterable[tuple[str, str]] = (),
        outdated: bool = False,
    ) -> None:
        meta = DeskMeta(desk, pick_base=pick_base, masks=masks, without=without, outdated=outdated)
        super().__init__(self.unbound, prefix=PREFIX, meta=meta)
        self.messages: list[str] = []
        #: what is wrong with the reason for a change of key data
        self.reason_messages: list[str] = []
        self.doubts: list[str] = []

    def use(self, desk: Desk) -> None:
        """Go on with another desk: the first one's session has ended."""
        self.meta.desk = desk  # type: ignore[attr-defined]

    def fields(self) -> list[KindField]:
        """All fields in paper order."""
        return [field for field in self if isinstance(field, KindField)]

    def field(self, key: str) -> KindField:
        """The field of a key."""
        found = self[key]
        assert isinstance(found, KindField)
        return found

    def begin(self) -> None:
        """Fill in the declared defaults of a new record."""
        desk = self.meta.desk
        self.process(None, data={f.key: beginning(f, desk) for f in self.declaration.fields() if f.default})

    def values(self) -> dict[str, object]:
        """Values of everything people type; unreadable texts count as unknown."""
        return {f.declared.key: f.data for f in self.fields() if KINDS[f.declared.kind].typed}

    @property
    def is_unreadable(self) -> bool:
        """Whether a text is no value of its kind."""
        return any(field.is_unreadable for field in self.fields())

    def cell(self, path: str) -> KindField | None:
        """The field of "金额" or of "药费票据[2].金额" (rows of `data`, from 0)."""
        found = re.fullmatch(r"(.+)\[([0-9]+)\]\.(.+)", path)
        if found is None:
            return self.field(path) if path in self else None
        table = self.field(found[1]) if found[1] in self else None
        rows = table.filled_rows() if isinstance(table, RowsField) else []
        row = rows[int(found[2])] if int(found[2]) < len(rows) else None
        cell = row[found[3]] if row is not None and found[3] in row else None
        return cell if isinstance(cell, KindField) else None

    def apply(self, outcome: Outcome, *, nags: bool) -> None:
        """Take over what the rules say; without `nags` nothing is said about fields that are still empty."""
        for path, is_shown in outcome.shown.items():
            cell = self.cell(path)
            if cell is not None:
                cell.shown = is_shown
                cell.required = outcome.required.get(path, cell.required)
        for path, names in outcome.missing.items():
            cell = self.cell(path)
            if cell is not None:
                cell.lacking = tuple(self._called(name) for name in names)
        for field in self.fields():
            key = field.declared.key
            if not KINDS[field.declared.kind].typed:
                field.take(outcome.values.get(key))
            elif key in outcome.filled and not any(field.raw) and not field.is_unreadable:
                field.take(outcome.values.get(key))
                field.filled = True
        self.judge(finding for finding in outcome.findings if nags or finding.code not in EMPTINESS)

    def _called(self, name: str) -> str:
        """The label of a field's name as rules know it."""
        first = re.split(r"[.\[]", name)[0]
        return self.field(first).declared.label if first in self else name

    def judge(self, findings: Iterable[Finding]) -> None:
        """Put every finding beside its field; an unreadable field already has its own message."""
        for finding in findings:
            cell = self.cell(finding.field) if finding.field else None
            if cell is not None and cell.is_unreadable and not isinstance(cell, RowsField):
                continue
            place = cell if cell is not None else self
            said = place.messages if finding.level is Level.ERROR else place.doubts
            said = self.reason_messages if finding.code == REASON_NEEDED else said
            if finding.message not in said:
                said.append(finding.message)

    def every_cell(self) -> list[tuple[KindField, str]]:
        """All fields and cells with the words that lead to them: "药费票据 · 第 2 行 · 金额"."""
        found = []
        for field in self.fields():
            found.append((field, field.declared.label))
            if isinstance(field, RowsField):
                for number, row in enumerate(field.rows, start=1):
                    found.extend((cell, _row_label(field, number, cell)) for cell in row.cells())
        return found


def _row_label(table: KindField, number: int, cell: KindField) -> str:
    return _(
        "{table} · row {number} · {field}",
        table=table.declared.label,
        number=number,
        field=cell.declared.label,
    )


def form_class(declaration: Form) -> type[LedgerForm]:
    """The form class of one declaration, made once per version."""
    unbound = {field.key: field_of(field) for field in declaration.fields()}
    return type(f"Form_{declaration.key}", (LedgerForm,), {"declaration": declaration, "unbound": unbound})
