"""Writing judged records: claims, serials, rows, history, and the records whose place follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import _
from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT, LEVELS
from ffp_admin.rules.outcome import Finding
from ffp_admin.store import claims, dialect, serial
from ffp_admin.store.actor import Codes
from ffp_admin.store.cells import Looker
from ffp_admin.store.edition import Edition
from ffp_admin.store.history import Scribe, Stamp, same
from ffp_admin.store.judging import Work, finding
from ffp_admin.store.record import Values, chunks
from ffp_admin.store.references import referring_fields
from ffp_admin.store.rows import RowWriter, insert_rows, write_table


class Writer:
    """Writes works of one form; what cannot be written gets a finding and leaves no trace."""

    def __init__(
        self, session: Session, edition: Edition, form_key: str, stamp: Stamp, import_id: int | None
    ) -> None:
        self._session = session
        self._edition = edition
        self._tables: FormTables = edition.tables(form_key)
        self._form = self._tables.form
        self._stamp = stamp
        self._import_id = import_id
        self._rules = claims.unique_rules(self._form)
        self._keyring = edition.keyring
        self._plain = RowWriter(self._tables, edition.keyring)

    def write(self, works: Sequence[Work]) -> None:
        """Write the good ones; unchanged records stay untouched, with their row_version."""
        self._give_ids([work for work in works if work.is_good])
        self._settle_claims([work for work in works if work.is_good])
        good = [work for work in works if work.is_good]
        new = [work for work in good if work.is_new]
        changed = [work for work in good if work.before is not None and self._changed_keys(work)]
        self._number(new)
        self._insert(new)
        self._update(changed)
        self._write_tables(new, changed)
        self._write_history(new, changed)
        self._move_dependants(changed)
        for work in (*new, *changed):
            work.is_changed = True

    def _give_ids(self, works: Iterable[Work]) -> None:
        new = []
        for work in works:
            if work.before is None:
                new.append(work)
            else:
                work.id = work.before.id
        for work, id_ in zip(
            new, dialect.reserve_ids(self._session, self._tables.main, len(new)), strict=True
        ):
            work.id = id_

    def _settle_claims(self, works: Sequence[Work]) -> None:
        if not self._rules:
            return
        wishes = []
        for work in works:
            wanted: dict[claims.Claim, str] = {}
            for claim, place in claims.claims_of(self._rules, work.id, work.values, self._keyring):
                if wanted.setdefault(claim, place) != place:
                    message = _("{label} stands twice in this record.", label=self._label(claim[0]))
                    work.findings.append(finding(place, "unique", message))
            if work.is_good:
                wishes.append(claims.Wish(record_id=work.id, claims=wanted, is_new=work.is_new))
        refused = claims.settle(self._session, self._form.key, wishes)
        by_id = {work.id: work for work in works}
        for record_id, taken in refused.items():
            by_id[record_id].findings += (self._twice(one) for one in taken)

    def objections(self, record_id: int, values: Values) -> list[Finding]:
        """Which unique values of a record another one holds; nothing is claimed."""
        wanted = dict(claims.claims_of(self._rules, record_id, values, self._keyring)) if self._rules else {}
        held = claims.holders(self._session, wanted)
        return [
            self._twice(claims.Taken(place=wanted[claim], rule=claim[0], holder=holder))
            for claim, holder in held.items()
            if holder != record_id
        ]

    def _twice(self, taken: claims.Taken) -> Finding:
        label = self._label(taken.rule)
        if taken.holder is None:
            message = _("{label}: another record of the same batch has it too.", label=label)
        elif caption := self._caption(taken.holder):
            message = _("{label} is recorded already: {caption}.", label=label, caption=caption)
        else:
            message = _(
                "{label} is recorded already, outside your regions. Ask the level above.", label=label
            )
        return finding(taken.place, "unique", message)

    def _label(self, rule: str) -> str:
        fields = next(one.fields for one in self._rules if one.name == rule)
        return "、".join(field.label for field in fields)

    def _caption(self, holder: int) -> str:
        looker = Looker(session=self._session, edition=self._edition, actor=self._stamp.actor)
        if holder not in looker.captions(self._form.key, [holder]):
            return ""
        return looker.captions(self._form.key, [holder])[holder]

    def _number(self, works: Sequence[Work]) -> None:
        day = self._stamp.at.astimezone(COUNTY_ZONE).date()
        for field in serial.serial_fields(self._form):
            prefixes = [serial.filled_pattern(field.pattern, day, work.codes) for work in works]
            serials = serial.take_numbers(self._session, self._form.key, field.key, prefixes)
            for work, number in zip(works, serials, strict=True):
                work.values[field.key] = number

    def _insert(self, works: Sequence[Work]) -> None:
        who = self._who("created") | self._who("updated")
        fixed = {
            "status": CURRENT,
            "version": self._edition.versions.get(self._form.key, 0),
            "row_version": 1,
            "source": self._stamp.source,
            "void_reason": None,
            "import_id": self._import_id,
            **who,
        }
        rows = [{"id": w.id, **fixed, **_levels(w.codes), **self._plain.filled(w.values)} for w in works]
        insert_rows(self._session, self._tables.main, rows)

    def _update(self, works: Sequence[Work]) -> None:
        """One statement per set of changed fields."""
        groups: dict[tuple[str, ...], list[Work]] = {}
        for work in works:
            groups.setdefault(tuple(self._changed_keys(work)), []).append(work)
        main = self._tables.main
        for keys, some in groups.items():
            rows = [{**_levels(w.codes), **self._plain.changed(w.values, keys)} for w in some]
            statement = (
                update(main)
                .where(main.c.id == bindparam("record_id"))
                .values(
                    row_version=main.c.row_version + 1,
                    version=self._edition.versions.get(self._form.key, 0),
                    **self._who("updated"),
                    **{name: bindparam(f"new_{name}", type_=main.c[name].type) for name in rows[0]},
                )
            )
            named = [{f"new_{name}": value for name, value in row.items()} for row in rows]
            self._session.connection().execute(
                statement, [{"record_id": w.id, **row} for w, row in zip(some, named, strict=True)]
            )

    def _who(self, moment: str) -> dict[str, Any]:
        actor = self._stamp.actor
        return {f"{moment}_by": actor.user_id, f"{moment}_name": actor.name, f"{moment}_at": self._stamp.at}

    def _changed_keys(self, work: Work) -> list[str]:
        before: Values = work.before.values if work.before else {}
        return [
            field.key
            for field in self._form.fields()
            if not same(field, before.get(field.key), work.values.get(field.key))
        ]

    def _write_tables(self, new: Sequence[Work], changed: Sequence[Work]) -> None:
        for key in self._tables.rows:
            records = {work.id: work.values.get(key) or () for work in new if work.values.get(key)}
            records |= {w.id: w.values.get(key) or () for w in changed if key in self._changed_keys(w)}
            if records:
                write_table(self._session, self._tables, key, self._keyring, records)

    def _write_history(self, new: Sequence[Work], changed: Sequence[Work]) -> None:
        scribe = Scribe(self._form, self._keyring, self._stamp)
        for work in new:
            scribe.created(work.id, work.values)
        for work in changed:
            assert work.before is not None
            scribe.changed(work.id, work.before.row_version + 1, work.before.values, work.values)
        scribe.write(self._session)

    def _move_dependants(self, works: Sequence[Work]) -> None:
        moved = {
            work.id: work.codes
            for work in works
            if self._form.scope and work.before and _levels(work.codes) != dict(work.before.codes)
        }
        move_dependants(self._session, self._edition, self._form.key, moved)


def _levels(codes: Codes) -> dict[str, str | None]:
    return {column: codes.get(column) for column in LEVELS.values()}


def move_dependants(session: Session, edition: Edition, register: str, moved: Mapping[int, Codes]) -> None:
    """Records whose place is that of a moved record (a household's members) move with it, and what hangs on them."""
    if not moved:
        return
    for form, path in referring_fields(edition, register):
        if form.scope != path:
            continue
        tables = edition.tables(form.key)
        column = tables.column(path)
        followers: dict[int, Codes] = {}
        for some in chunks(moved):
            found = session.execute(select(tables.main.c.id, column).where(column.in_(some)))
            followers.update((id_, moved[owner]) for id_, owner in found)
        for owner, codes in moved.items():
            session.execute(update(tables.main).where(column == owner).values(_levels(codes)))
        move_dependants(session, edition, form.key, followers)
