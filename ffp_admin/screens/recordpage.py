"""The page of one record: its values in paper order, what points to it, what happened to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from flask import url_for

from ffp_admin.i18n import N_, _
from ffp_admin.rules.outcome import Finding
from ffp_admin.screens.changes import waiting_boxes
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import SCREENS, is_sensitive, line_under, masked, shown
from ffp_admin.screens.listing import count_text, filter_fields, link_column, rows_of
from ffp_admin.screens.pages import (
    Column,
    Fact,
    FactSection,
    FactTable,
    RecordPage,
    Related,
    Remark,
    StoryEvent,
    StoryLine,
)
from ffp_admin.screens.secrets_shown import holds_secret, secret_fields, shown_in
from ffp_admin.screens.wording import moment_text, person_text
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Query, Record, history, page, shown_form, stars_of
from ffp_admin.store.cells import STARS
from ffp_admin.store.evaluating import Before, work_out
from ffp_admin.store.owning import may_reveal
from ffp_admin.store.references import holds_codes, referring_fields

#: lines shown of each register that points here
FEW = 5
#: a longer text takes the whole width
SHORT = 36
SOURCES: Mapping[str, str] = {
    "screen": N_("on the screen"),
    "import": N_("by import"),
    "demo": N_("with the demonstration data"),
    "api": N_("through the interface"),
    "confirm": N_("by confirmation"),
}


def record_page(form: Form, record: Record, revealed: Iterable[str], desk: RequestDesk) -> RecordPage:
    """The page; sensitive values of fields not in `revealed` are masked unless the actor's role sees them."""
    open_fields = frozenset(revealed)
    program, before = desk.edition.program(form.key), Before(values=record.values)
    outcome = work_out(program, record.values, desk.world(), own=record.id, before=before)
    may, ident = desk.actor.may, record.id
    current = record.is_current
    return RecordPage(
        title=desk.title(form, record.values, ident),
        lead=_lead(record),
        label=form.label,
        list_url=url_for("Ledger.list", form=form.key),
        sections=list(_sections(form, record, outcome.shown, open_fields, desk)),
        story=_story(form, record, desk),
        related=list(_related(form, record, desk)),
        doubts=_doubts(form, outcome.findings, desk) if current else (),
        void=not current,
        void_reason=record.meta.void_reason or "",
        edit_url=url_for("Ledger.edit", form=form.key, ident=ident)
        if current and may(form.key, "edit")
        else "",
        void_url=url_for("Ledger.void", form=form.key, ident=ident)
        if current and may(form.key, "void")
        else "",
        who_url=url_for("AuditWho.who", form=form.key, ident=ident) if "audit" in desk.actor.duties else "",
        waiting=waiting_boxes(form, ident, desk) if current else (),
    )


def _doubts(form: Form, findings: Iterable[Finding], desk: RequestDesk) -> list[Remark]:
    """What the rules doubt, but for fields that are kept from the reader."""
    closed = desk.actor.limits_on(form.key).closed
    told = (one for one in findings if one.field.partition("[")[0] not in closed)
    return [Remark(text=one.message, label=_label(form, one.field)) for one in told]


def _label(form: Form, path: str) -> str:
    key = path.partition("[")[0]
    return next((field.label for field in form.fields() if field.key == key), "")


def _lead(record: Record) -> str:
    meta = record.meta
    made = _(
        "Recorded {when} by {who}", when=moment_text(meta.created_at), who=person_text(meta.created_name)
    )
    if record.row_version == 1:
        return made
    return "　".join(
        (
            made,
            _(
                "last changed {when} by {who}",
                when=moment_text(meta.updated_at),
                who=person_text(meta.updated_name),
            ),
        )
    )


def _sections(
    form: Form, record: Record, visible: Mapping[str, bool], revealed: frozenset[str], desk: RequestDesk
) -> Iterator[FactSection]:
    for section in form.sections:
        fields = [field for field in section.fields if visible.get(field.key, True) and field.kind != "note"]
        if not fields:
            continue
        yield FactSection(
            label=section.label,
            facts=[_fact(form, record, f, revealed, desk) for f in fields if not f.fields],
            tables=[_table(f, record.values.get(f.key) or (), desk) for f in fields if f.fields],
        )


def _fact(form: Form, record: Record, field: Field, revealed: frozenset[str], desk: RequestDesk) -> Fact:
    value = record.values.get(field.key)
    if field.key in stars_of(record.values):
        return Fact(label=field.label, text=STARS)
    hides = (
        is_sensitive(field) and not desk.actor.unmasked and field.key not in revealed and value is not None
    )
    if hides:
        own = may_reveal(desk.session, desk.edition.tables(form.key), record, desk.actor)
        address = url_for("Ledger.reveal", form=form.key, ident=record.id, field=field.key) if own else ""
        return Fact(label=field.label, text=masked(value, field, desk), reveal=address)
    text = shown(value, field, desk)
    return Fact(
        label=field.label,
        text=text,
        wide=len(text) > SHORT or "\n" in text,
        href=_target(field, value, desk),
        under=line_under(value, field),
    )


def _target(field: Field, value: Any, desk: RequestDesk) -> str:
    """The page a reference leads to, when the actor may go there."""
    register = KINDS[field.kind].register
    if value is None or not register or holds_codes(register) or not desk.caption(register, value):
        return ""
    return url_for("Ledger.record", form=register, ident=value)


def _table(field: Field, rows: Iterable[Mapping[str, Any]], desk: RequestDesk) -> FactTable:
    return FactTable(
        label=field.label,
        columns=[Column(label=f.label, number=SCREENS[f.result or f.kind].number) for f in field.fields],
        rows=[[_cell(f, row.get(f.key), desk) for f in field.fields] for row in rows],
    )


def _cell(field: Field, value: Any, desk: RequestDesk) -> str:
    hides = is_sensitive(field) and not desk.actor.unmasked
    return masked(value, field, desk) if hides else shown(value, field, desk)


def looked_at(form: Form, record: Record, revealed: Iterable[str], desk: RequestDesk) -> list[str]:
    """Keys of hidden fields whose full value the page shows: each such look is recorded."""
    if not desk.actor.unmasked:
        return [key for key in secret_fields(form, record.values) if key in revealed]
    told = set(secret_fields(form, record.values))
    if record.row_version > 1:  # what stood there earlier is told below
        changes = history(desk.session, desk.store, form.key, record.id, desk.actor)
        told |= {re.split(r"[.\[]", one.field)[0] for one in changes}
    return [field.key for field in form.fields() if holds_secret(field) and field.key in told]


def _related(form: Form, record: Record, desk: RequestDesk) -> Iterator[Related]:
    """Records of other registers that name this one, through their own rights."""
    if holds_codes(form.key):
        return
    for other, path in referring_fields(desk.edition, form.key):
        limits = desk.actor.limits_on(other.key)
        if "." in path or not desk.actor.may(other.key, "view") or path in limits.closed:
            continue
        other = shown_form(other, limits)
        query = Query(filters={path: record.id}, size=FEW)
        found = page(desk.session, desk.store, other.key, desk.actor, query)
        filters = {field.key for field in filter_fields(other)}
        paths = [one for one in other.list.columns if one != path]  # it names this record on every line
        add = record.is_current and desk.actor.may(other.key, "fill")
        base = url_for("Ledger.list", form=other.key)
        yield Related(
            label=other.label,
            count_text=count_text(found),
            columns=[
                Column(label=label, number=number) for label, number in (desk.column(other, p) for p in paths)
            ],
            rows=rows_of(other, found.records, desk, paths),
            link=link_column(other, paths),
            all_url=f"{base}?{path}={record.id}" if path in filters and found.total > FEW else "",
            shown=shown_in(other, found.records, paths, desk),
            add_url=f"{url_for('Ledger.add', form=other.key)}?{path}={record.id}" if add else "",
        )


def _story(form: Form, record: Record, desk: RequestDesk) -> list[StoryEvent]:
    changes = history(desk.session, desk.store, form.key, record.id, desk.actor)
    return [
        StoryEvent(
            when=moment_text(at),
            who=_("{who}, {source}", who=person_text(who), source=_(SOURCES.get(source, source))),
            lines=[
                StoryLine(
                    label=one.label if one.field else "", old=one.old, new=_new(one.field, one.label, one.new)
                )
                for one in some
            ],
        )
        for (at, who, source), some in groupby(changes, key=lambda one: (one.at, one.who, one.source))
    ]


def _new(field: str, label: str, new: str) -> str:
    """For the whole record the deed itself stands in place of a value."""
    if field:
        return new
    return f"{label}：{new}" if new else label
