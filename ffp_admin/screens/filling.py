"""Filling in a form: every way a post can end gives the form back with everything that was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from ffp_admin.i18n import N_, _
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.forms import PREFIX, LedgerForm
from ffp_admin.screens.kinds import is_sensitive, masked, shown
from ffp_admin.screens.pages import Clash
from ffp_admin.screens.rows import RowsField
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field
from ffp_admin.store import (
    Actor,
    Conflict,
    Difference,
    Draft,
    NotAllowed,
    Record,
    Rejected,
    Saved,
    Store,
    save,
)
from ffp_admin.store.evaluating import Before, work_out
from ffp_admin.store.taking import Taker

KEEP = "keep:"
FAILED = N_(
    "The database could not save this just now. What you typed is kept: wait a moment and press Save again. If it fails again, tell the administrator."
)
CLASH = N_("{name} saved this record at {time}. For each field choose which version stays, then press Save.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a post asks for beside the values."""

    do: str = "update"
    more: str = ""
    drop: str = ""
    row_version: int | None = None
    theirs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a save ended: saved, or with what the form has to say."""

    saved: Saved | None = None
    notice: str = ""
    clashes: tuple[Clash, ...] = ()
    theirs: Record | None = None
    #: labels of fields somebody else changed meanwhile and this save left alone
    merged: tuple[str, ...] = ()
    theirs_name: str = ""


def read_posted(given: MultiDict[str, str]) -> Posted:
    """Buttons, version and conflict choices of a post."""
    version = given.get("row_version", "")
    more, drop = given.get("more", ""), given.get("drop", "")
    return Posted(
        do="update" if more or drop else given.get("do", "save"),
        more=more,
        drop=drop,
        row_version=int(version) if version.isascii() and version.isdigit() else None,
        theirs=frozenset(
            name.removeprefix(KEEP)
            for name, text in given.items()
            if name.startswith(KEEP) and text == "theirs"
        ),
    )


def read_form(
    form_type: type[LedgerForm],
    given: MultiDict[str, str],
    record: Record | None,
    desk: RequestDesk,
    pick_base: str,
) -> LedgerForm:
    """The posted form, read against the stored record."""
    posted = read_posted(given)
    table, _colon, index = posted.drop.rpartition(":")
    form = form_type(
        desk,
        pick_base=pick_base,
        masks=record is not None and not desk.actor.unmasked,
        without=[(table, index)] if posted.drop else (),
        outdated=record is not None and posted.row_version != record.row_version,
    )
    stored = record.values if record else {}
    form.process(_without(given, posted.theirs), data=stored)
    for key in posted.theirs:
        if key in form and record is not None:
            form.field(key).process(None, stored.get(key))
    if posted.more in form:
        table_field = form.field(posted.more)
        if isinstance(table_field, RowsField):
            table_field.add_row()
    return form


def _without(given: MultiDict[str, str], keys: Iterable[str]) -> MultiDict[str, str]:
    """The post without the fields for which the other version was chosen."""
    names = tuple(f"{PREFIX}-{key}" for key in keys)
    if not names:
        return given
    return MultiDict(
        (name, text)
        for name, text in given.items(multi=True)
        if not any(name == one or name.startswith(f"{one}-") for one in names)
    )


def judge(form: LedgerForm, record: Record | None, desk: RequestDesk, *, nags: bool) -> None:
    """Let the rules fill in, compute, show, hide and judge, as a save would: it also tells what a save would empty."""
    typed = form.values()
    stored: Mapping[str, Any] = record.values if record else {}
    outcome = work_out(
        desk.edition.program(form.declaration.key),
        {**stored, **typed},
        desk.world(),
        own=record.id if record else None,
        before=Before(values=stored, touched=typed) if record else None,
        defaults=None if record else Taker(desk.edition, form.declaration).defaults(),
    )
    form.apply(outcome, nags=nags)


def unmask(form: LedgerForm, desk: RequestDesk) -> list[str]:
    """Put the full values into boxes that hold stars; returns the fields that were opened."""
    opened = []
    for field, _label in form.every_cell():
        if field.kept:
            field.kept = False
            field.raw = field.screen.write(field.stored, field.declared, desk)
            opened.append(field.declared.key)
    return opened


def try_save(
    store: Store,
    form: LedgerForm,
    record: Record | None,
    row_version: int | None,
    actor: Actor,
    reason: str = "",
) -> Answer:
    """Save; whatever goes wrong stands in the form or in the answer, nothing is lost."""
    draft = Draft(
        form=form.declaration.key,
        id=record.id if record else None,
        row_version=row_version,
        values=form.values(),
        reason=reason,
    )
    return _saved(store, form, draft, actor)


def _saved(store: Store, form: LedgerForm, draft: Draft, actor: Actor) -> Answer:
    try:
        with store.writing() as session:
            return Answer(saved=save(session, store, draft, actor))
    except Rejected as refusal:
        form.judge(refusal.findings)
        return Answer()
    except NotAllowed as refusal:
        return Answer(notice=str(refusal))
    except Conflict as conflict:
        return _crossed(store, form, draft, conflict, actor)
    except SQLAlchemyError:
        # the process edge of a save: a locked or failing database must not cost what was typed
        return Answer(notice=_(FAILED))


def _crossed(store: Store, form: LedgerForm, draft: Draft, conflict: Conflict, actor: Actor) -> Answer:
    """Two edits crossed: what only one of them touched is merged, what both touched is asked about."""
    theirs = conflict.theirs
    changed = [one for one in conflict.differences if one.theirs != one.base]
    untouched = {one.field for one in changed if one.mine == one.base}
    if len(untouched) == len(changed):
        values = {key: value for key, value in draft.values.items() if key not in untouched}
        answer = _saved(store, form, replace(draft, row_version=theirs.row_version, values=values), actor)
        return replace(
            answer, merged=tuple(one.label for one in changed), theirs_name=theirs.meta.updated_name
        )
    with store.reading() as session:
        desk = RequestDesk(session, store, actor)
        clashes = tuple(_clash(form, one, desk) for one in changed)
    return Answer(clashes=clashes, theirs=theirs)


def _clash(form: LedgerForm, one: Difference, desk: RequestDesk) -> Clash:
    field = form.declaration.field(one.field)
    return Clash(
        key=one.field,
        label=one.label,
        base=_text(field, one.base, desk),
        theirs=_text(field, one.theirs, desk),
        mine=_text(field, one.mine, desk),
        untouched=one.mine == one.base,
    )


def _text(field: Field, value: Any, desk: RequestDesk) -> str:
    """A value in the table of differences; rows of a table on lines of their own."""
    if field.fields:
        return "\n".join(desk.looker.row_text(field, row) for row in value or ())
    if is_sensitive(field) and not desk.actor.unmasked:
        return masked(value, field, desk)
    return shown(value, field, desk)


def begin(
    form_type: type[LedgerForm], given: MultiDict[str, str], desk: RequestDesk, pick_base: str
) -> LedgerForm:
    """A new form with its defaults, and what the address says it is about (?户=12)."""
    form = form_type(desk, pick_base=pick_base)
    form.begin()
    for field in form.fields():
        asked = given.get(field.declared.key, "")
        if asked and field.screen.widget == "reference":
            field.process(MultiDict([(field.name, asked), (field.name, "x"), (field.name, asked)]), None)
            known = not field.is_unreadable and field.data is not None
            if known and desk.caption(KINDS[field.declared.kind].register, field.data):
                field.take(field.data)
            else:
                field.process(None, None)
    return form
