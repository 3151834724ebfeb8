"""Changes that wait for a confirmation, in words, only as far as the reader may see the fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Any

from flask import url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.changebox import ChangeBox, ChangeLine
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import is_sensitive, masked, shown
from ffp_admin.screens.wording import moment_text, person_text
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Actor, Record
from ffp_admin.store.asking import CONFIRMED, REFUSED, STALE, WAITING, WITHDRAWN, kept_fields
from ffp_admin.store.cells import STARS
from ffp_admin.store.confirming import ChangeRequest, requests_of

_NOTES = MappingProxyType(
    {
        "town": N_("A change has to be confirmed by the town; until then the old content is shown."),
        "county": N_("A change has to be confirmed by the county; until then the old content is shown."),
    }
)
_SUBMITTED = MappingProxyType(
    {
        "town": N_("{fields}: submitted to the town for confirmation. Until then the old content is shown."),
        "county": N_(
            "{fields}: submitted to the county for confirmation. Until then the old content is shown."
        ),
    }
)
_OUTCOMES = MappingProxyType(
    {
        WAITING: N_("waits for confirmation"),
        CONFIRMED: N_("confirmed"),
        REFUSED: N_("refused"),
        WITHDRAWN: N_("taken back"),
        STALE: N_("lapsed: the content changed meanwhile"),
    }
)


def guarded_notes(form: Form, record: Record, actor: Actor) -> Mapping[str, str]:
    """What is said beside the fields that the actor may only ask to change."""
    return {one.key: _(_NOTES[one.confirmed_by]) for one in kept_fields(form, record, actor)}


def submitted(form: Form, keys: Iterable[str]) -> str:
    """What is said after a save that asked for something."""
    fields = [form.field(key) for key in keys]
    level = "county" if any(one.confirmed_by == "county" for one in fields) else "town"
    return _(_SUBMITTED[level], fields="、".join(one.label for one in fields))


def waiting_boxes(form: Form, ident: int, desk: RequestDesk) -> list[ChangeBox]:
    """What waits for one record."""
    found = requests_of(desk.session, desk.store, form.key, ident, desk.actor)
    return [box for box in (change_box(one, desk) for one in found) if box.lines]


def change_box(asked: ChangeRequest, desk: RequestDesk) -> ChangeBox:
    """One request in words."""
    form = desk.edition.form(asked.form)
    outcome = _(_OUTCOMES[asked.state])
    if asked.decided_name and asked.state != WITHDRAWN:
        outcome = f"{outcome}　{person_text(asked.decided_name)}"
    if asked.decided_at:
        outcome = f"{outcome}　{moment_text(asked.decided_at)}"
    return ChangeBox(
        id=asked.id,
        title=f"{form.label}　{desk.caption(form.key, asked.record_id)}",
        href=url_for("Ledger.record", form=form.key, ident=asked.record_id),
        place=desk.caption("region", asked.place) if asked.place else "",
        when=moment_text(asked.at),
        who=person_text(asked.user_name),
        reason=asked.reason,
        lines=list(_lines(form, asked, desk)),
        outcome=f"{outcome}：{asked.answer}" if asked.answer else outcome,
        waits=asked.state == WAITING,
    )


def sensitive_keys(asked: ChangeRequest, desk: RequestDesk) -> list[str]:
    """Fields of a request that are shown in full and whose viewing is recorded."""
    if not desk.actor.unmasked:
        return []
    form, closed = desk.edition.form(asked.form), desk.actor.limits_on(asked.form).closed
    return [key for key in asked.wanted if key not in closed and is_sensitive(form.field(key))]


def _lines(form: Form, asked: ChangeRequest, desk: RequestDesk) -> Iterator[ChangeLine]:
    limits = desk.actor.limits_on(form.key)
    for field in form.fields():
        if field.key not in asked.wanted or field.key in limits.hidden:
            continue
        old, new = asked.base.get(field.key), asked.wanted[field.key]
        if field.key in limits.masked:
            yield ChangeLine(label=field.label, old=STARS, new=STARS)
            continue
        yield ChangeLine(
            label=field.label,
            old=_text(field, old, desk),
            new=_text(field, new, desk),
            note=_places(field, old, new),
        )


def _text(field: Field, value: Any, desk: RequestDesk) -> str:
    if field.fields:
        return "\n".join(desk.looker.row_text(field, row) for row in value or ())
    hides = is_sensitive(field) and not desk.actor.unmasked
    return masked(value, field, desk) if hides else shown(value, field, desk)


def _places(field: Field, old: Any, new: Any) -> str:
    """Which characters of a long number differ; "" when it is another length or no number."""
    if not KINDS[field.kind].sealed or not old or not new or len(old) != len(new):
        return ""
    differing = [at for at, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other]
    runs = [
        [at for _index, at in some]
        for _gap, some in groupby(enumerate(differing), lambda one: one[1] - one[0])
    ]
    places = "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return _("characters {places} differ", places=places)
