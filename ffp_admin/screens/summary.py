"""What a form says at its top: sections to draw, faults with the way to their field, doubts apart."""

from __future__ import annotations

from ffp_admin.i18n import _
from ffp_admin.screens.forms import LedgerForm
from ffp_admin.screens.pages import Remark, SectionBox


def boxes(form: LedgerForm) -> list[SectionBox]:
    """The sections in paper order; one without a shown field is hidden."""
    made = []
    for section in form.declaration.sections:
        fields = [form.field(field.key) for field in section.fields]
        is_shown = any(field.shown for field in fields)
        made.append(SectionBox(label=section.label, help=section.help, shown=is_shown, fields=fields))
    return made


def faults(form: LedgerForm) -> list[Remark]:
    """Every fault in the order of the page, with the field it leads to."""
    beside = [
        Remark(text=text, label=label, anchor=cell.id)
        for cell, label in form.every_cell()
        for text in cell.faults
    ]
    reason = [Remark(text=text, label=_("Reason"), anchor="change_reason") for text in form.reason_messages]
    return [Remark(text=text) for text in form.messages] + beside + reason


def doubts(form: LedgerForm) -> list[Remark]:
    """The same for doubts."""
    beside = [
        Remark(text=text, label=label, anchor=cell.id)
        for cell, label in form.every_cell()
        for text in cell.doubts
    ]
    return [Remark(text=text) for text in form.doubts] + beside
