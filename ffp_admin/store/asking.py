"""Key data of a record that is there: who is below the declared level asks for a change, and the old value stays.

What may be stored at once is stored; where the rest makes no sense without the key data (a birth date with another ID
number), the whole change waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.models.compile import LEVELS
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import audit
from ffp_admin.store.actor import Actor, Codes
from ffp_admin.store.change_tables import change_request
from ffp_admin.store.history import Stamp, pack, same, unpack
from ffp_admin.store.judging import Work, finding
from ffp_admin.store.record import Draft, Record, Values, chunks, fetch_records, select_records
from ffp_admin.store.references import lock_owners
from ffp_admin.store.related import hold_targets
from ffp_admin.store.store import Store
from ffp_admin.store.taking import Taker
from ffp_admin.store.visible import visible

WAITING, CONFIRMED, REFUSED, WITHDRAWN, STALE = "waiting", "confirmed", "refused", "withdrawn", "stale"
#: digits of the widest region code that is below a level
DIGITS: Mapping[str, int] = {"town": 9, "county": 6}
_IMPORT = "import"
#: code of the finding that a reason is missing
REASON_NEEDED = "reason_needed"


def is_of_level(form: Form, codes: Codes, actor: Actor, level: str) -> bool:
    """Whether an actor may change records of a form for a town or the county they lie in.

    Records that lie nowhere are the county's.
    """
    if actor.everywhere:
        return True
    regions = [one for one in actor.own_regions(form.key, "edit") if len(one) <= DIGITS[level]]
    if not any(codes.values()):
        return any(len(one) == DIGITS["county"] for one in regions)
    return any(codes.get(LEVELS[len(one)]) == one for one in regions if len(one) in LEVELS)


def kept_fields(form: Form, before: Record, actor: Actor) -> list[Field]:
    """The fields of a record that the actor may only ask to change."""
    return [
        one
        for one in form.fields()
        if one.confirmed_by
        and before.values.get(one.key) not in (None, "", ())
        and not is_of_level(form, before.codes, actor, one.confirmed_by)
    ]


class Guard:
    """Keeps the key data of one form for one actor; made once per call of `save` or `save_many`."""

    def __init__(self, session: Session, store: Store, form_key: str, actor: Actor) -> None:
        self._session = session
        self._edition = store.edition()
        self._form = self._edition.form(form_key)
        self._actor = actor
        self._taker = Taker(self._edition, self._form)
        self._fields = [] if actor.everywhere else [one for one in self._form.fields() if one.confirmed_by]
        self._wanted: dict[int, Draft] = {}
        self._held: dict[int, frozenset[str]] = {}

    def hold(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """The drafts without the changes that need a confirmation; the records are locked."""
        ids = [one.id for one in drafts if one.id is not None]
        if not self._fields or not ids:
            return drafts
        befores = {record.id: record for record in self._stored(drafts, ids)}
        return [self._without(one, befores.get(one.id or 0)) for one in drafts]

    def _stored(self, drafts: Sequence[Draft], ids: Sequence[int]) -> Iterator[Record]:
        """In the order in which the judge locks."""
        form, tables = self._form, self._edition.tables(self._form.key)
        hold_targets(self._session, self._edition, form.key, drafts)
        lock_owners(self._session, self._edition, form.key, ids)
        main = tables.main
        for some in chunks(sorted(ids)):
            seen = visible(select_records(tables), tables, self._actor, "edit").where(main.c.id.in_(some))
            locked = seen.order_by(main.c.id).with_for_update()
            yield from fetch_records(self._session, tables, locked, with_rows=False)

    def _without(self, draft: Draft, before: Record | None) -> Draft:
        if before is None:
            return draft
        given = {
            one.key: draft.values[one.key]
            for one in kept_fields(self._form, before, self._actor)
            if one.key in draft.values
        }
        taken, _unreadable = self._taker.take(given)
        held = frozenset(
            key for key in taken if not same(self._form.field(key), before.values.get(key), taken[key])
        )
        self._wanted[before.id] = draft
        self._held[before.id] = held
        left = {key: value for key, value in draft.values.items() if key not in held}
        return replace(draft, values=left) if held else draft

    def asking(self, works: Sequence[Work]) -> list[Work]:
        """Works with something to confirm, also what a rule would change without being asked."""
        return [
            one
            for one in works
            if one.before is not None
            and one.before.id in self._wanted
            and (self._held[one.before.id] or (one.is_good and self._slips(one)))
        ]

    def _slips(self, work: Work) -> bool:
        assert work.before is not None
        return any(
            not same(one, work.before.values.get(one.key), work.values.get(one.key))
            for one in kept_fields(self._form, work.before, self._actor)
        )

    def wanted(self, work: Work) -> Draft:
        """The draft as it was handed in."""
        assert work.before is not None
        return self._wanted[work.before.id]

    def companions(self, drafts: Sequence[Draft]) -> list[Draft]:
        """What waits for other records that the checks of these look at.

        A new head may be asked for while the change of the old one still waits.
        """
        program, tables = self._edition.program(self._form.key), self._edition.tables(self._form.key)
        ways = sorted({link.through for link in program.links if link.has_own and link.through})
        main, table = tables.main, change_request
        ids = [one.id for one in drafts]
        found: dict[int, str] = {}
        for column in (tables.column(way) for way in ways):
            for some in chunks(ids):
                aims = select(column).where(main.c.id.in_(some))
                rows = self._session.execute(
                    select(table.c.record_id, table.c.wanted)
                    .join(main, main.c.id == table.c.record_id)
                    .where(table.c.form == self._form.key, table.c.state == WAITING, column.in_(aims))
                    .order_by(table.c.id)
                )
                found.update((row.record_id, row.wanted) for row in rows if row.record_id not in ids)
        return [Draft(self._form.key, id_, None, self._opened(sealed)) for id_, sealed in found.items()]

    def _opened(self, sealed: str) -> Values:
        stored = json.loads(self._edition.keyring.open(sealed, "change_request.wanted"))
        return {one.key: unpack(one, stored[one.key]) for one in self._form.fields() if one.key in stored}

    def settle(self, work: Work, full: Work, source: str) -> None:
        """Say what of a work is stored and what is asked for; `full` is the same with all that is wanted."""
        before, draft = work.before, self.wanted(work)
        assert before is not None
        if not full.is_good:
            work.findings, work.refusal = full.findings, full.refusal
            return
        if not work.is_good or self._slips(work):
            work.findings, work.refusal = list(full.doubts), None
            work.values, work.codes = dict(before.values), dict(before.codes)
        # also what rules fill in from the key data: confirmed, the record shall say what was asked for
        work.asked = {one.key: full.values.get(one.key) for one in self._differing(work.values, full.values)}
        if not (draft.reason.strip() or source == _IMPORT):
            labels = "、".join(self._form.field(key).label for key in work.asked)
            message = _("Say why {fields} changes: the town confirms it first.", fields=labels)
            work.findings.append(finding("", REASON_NEEDED, message))

    def _differing(self, stored: Values, values: Values) -> Iterator[Field]:
        return (
            one
            for one in self._form.fields()
            if KINDS[one.kind].typed and not same(one, stored.get(one.key), values.get(one.key))
        )

    def write(self, works: Sequence[Work], stamp: Stamp, import_id: int | None) -> None:
        """One request per record; what waits already in the same words is not asked for again."""
        for work in works:
            before = work.before
            assert before is not None
            wanted = self._packed(work.asked)
            if wanted in self._waiting(before.id):
                continue
            level = min((self._level(key) for key in work.asked), key=lambda one: DIGITS[one])
            row = {
                "at": stamp.at,
                "user_id": stamp.actor.user_id,
                "user_name": stamp.actor.name,
                "source": stamp.source,
                "import_id": import_id,
                "form": self._form.key,
                "record_id": before.id,
                "row_version": before.row_version,
                "level": level,
                "wanted": self._sealed("wanted", wanted),
                "base": self._sealed("base", self._packed({k: before.values.get(k) for k in work.asked})),
                "reason": self._sealed(
                    "reason", self.wanted(work).reason.strip() or _("From an imported workbook")
                ),
                "state": WAITING,
            }
            made = self._session.execute(
                insert(change_request).values(**row).returning(change_request.c.id)
            ).scalar_one()
            facts = {"request": made, "fields": list(work.asked)}
            deed = audit.Deed(action="ask", form=self._form.key, record_id=before.id, facts=facts)
            audit.note(self._session, stamp.actor, stamp.at, stamp.source, [deed])

    def _level(self, key: str) -> str:
        return self._form.field(key).confirmed_by or "town"

    def _packed(self, values: Values) -> str:
        return packed(self._form, values)

    def _sealed(self, column: str, text: str) -> str:
        return self._edition.keyring.seal(text, f"change_request.{column}")

    def _waiting(self, record_id: int) -> set[str]:
        table = change_request
        rows = self._session.execute(
            select(table.c.wanted).where(
                table.c.form == self._form.key, table.c.record_id == record_id, table.c.state == WAITING
            )
        ).scalars()
        return {self._edition.keyring.open(one, "change_request.wanted") for one in rows}


def packed(form: Form, values: Mapping[str, Any]) -> str:
    """Values by field as one text, the same for the same values."""
    return json.dumps(
        {key: pack(form.field(key), value) for key, value in values.items()},
        ensure_ascii=False,
        sort_keys=True,
    )
