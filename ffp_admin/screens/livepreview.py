"""What a form being filled in is told: shown, required, computed, wrong; nothing typed is sent back."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fields import KindField
from ffp_admin.screens.filling import judge, read_form
from ffp_admin.screens.forms import LedgerForm
from ffp_admin.store import load


def preview(
    form_type: type[LedgerForm], given: MultiDict[str, str], ident: int, desk: RequestDesk
) -> dict[str, Any]:
    """Per field (by its id in the page) what the page should show; `sections` in paper order."""
    key = form_type.declaration.key
    record = load(desk.session, desk.store, key, ident, desk.actor) if ident else None
    form = read_form(form_type, given, record, desk, "")
    judge(form, record, desk, nags=False)
    cells = form.every_cell()
    return {
        "fields": {cell.id: _told(cell) for cell, _label in cells},
        "sections": [
            any(form.field(field.key).shown for field in section.fields)
            for section in form_type.declaration.sections
        ],
        "doubts": [{"label": label, "text": text} for cell, label in cells for text in cell.doubts]
        + [{"label": "", "text": text} for text in form.doubts],
    }


def _told(cell: KindField) -> dict[str, Any]:
    return {
        "shown": cell.shown,
        "required": cell.required,
        "faults": cell.faults,
        "doubts": cell.doubts,
        "under": cell.under,
        "text": cell.shown_text(),
        "offered": cell.filled,
        "raw": list(cell.raw) if cell.filled else [],
    }
