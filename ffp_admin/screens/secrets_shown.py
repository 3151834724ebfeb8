"""Which full values a page shows to who may see them: the records they belong to go into the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ffp_admin.rules.facts import FACTS
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import is_sensitive
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Record, stars_of
from ffp_admin.store.references import holds_codes, register_of

#: record id → its values
Known = Mapping[int, Mapping[str, Any]]


@dataclass(slots=True)
class Shown:
    """Fields (of another register as register/field) and the records whose values they showed, by form."""

    fields: list[str] = field(default_factory=list)
    records: dict[str, set[int]] = field(default_factory=dict)

    def add(self, other: Shown) -> None:
        """The same page shows this too."""
        self.fields += [one for one in other.fields if one not in self.fields]
        for form, ids in other.records.items():
            self.records.setdefault(form, set()).update(ids)

    def __bool__(self) -> bool:
        return bool(self.records)


def holds_secret(one: Field) -> bool:
    """Whether the field, or a column of its rows, is masked for who lacks the right."""
    return is_sensitive(one) or any(is_sensitive(inner) for inner in one.fields)


def secret_fields(form: Form, values: Mapping[str, Any]) -> list[str]:
    """Fields in which something stands that is masked for others."""
    return [
        one.key
        for one in form.fields()
        if holds_secret(one) and values.get(one.key) not in (None, ()) and one.key not in stars_of(values)
    ]


def shown_in(form: Form, records: Sequence[Record], paths: Iterable[str], desk: RequestDesk) -> Shown:
    """What the columns of a list show of hidden values, also of the records they lead to; nothing when masked."""
    shown = Shown()
    if not desk.actor.unmasked:
        return shown
    for path in paths:
        known: Known = {one.id: one.values for one in records}
        owner, last, known = _followed(form, path.split("."), known, desk)
        if owner is None or last is None or not holds_secret(last):
            continue
        ids = {
            ident
            for ident, values in known.items()
            if values.get(last.key) not in (None, ()) and last.key not in stars_of(values)
        }
        if ids:
            told = last.key if owner.key == form.key else f"{owner.key}/{last.key}"
            shown.add(Shown([told], {owner.key: ids}))
    return shown


def _followed(
    form: Form, steps: Sequence[str], known: Known, desk: RequestDesk
) -> tuple[Form | None, Field | None, Known]:
    """The form and field at the end of a path, and the records on the way there."""
    first = form.field(steps[0])
    if len(steps) == 1:
        return form, first, known
    if (first.kind, steps[1]) in FACTS:
        return None, None, known
    if first.fields:
        return form, first, known
    register = register_of(first)
    if holds_codes(register) or register not in desk.edition.catalog.forms:
        return None, None, known
    keys = [values[first.key] for values in known.values() if values.get(first.key) is not None]
    return _followed(
        desk.edition.form(register), steps[1:], desk.looker.records(register, dict.fromkeys(keys)), desk
    )
