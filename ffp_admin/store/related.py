"""Records that point to the same record, read in sets for the checks that look at them.

They are facts, read without regard to who asks: a check tells its own sentence, never what a record says. Drafts that
are about to be written in the same call stand in their new state (`Coming`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT
from ffp_admin.rules.related import Link
from ffp_admin.spec.kinds import KINDS
from ffp_admin.store.dialect import is_sqlite
from ffp_admin.store.edition import Edition
from ffp_admin.store.record import Draft, Values, chunks, stored_fields
from ffp_admin.store.taking import Taker

#: (register, field by which its records point)
Way = tuple[str, str]


class Coming:
    """The drafts of one call, by what they point to; those before `start` and the refused ones count no more."""

    def __init__(
        self, edition: Edition, form_key: str, drafts: Sequence[Draft], links: Iterable[Link]
    ) -> None:
        own = [link for link in links if link.register == form_key]
        keys = frozenset(key for link in own for key in link.reads)
        taker = Taker(edition, edition.form(form_key))
        self.form = form_key
        self.start = 0
        self._refused: set[int] = set()
        self._defaults = {key: value for key, value in taker.defaults().items() if key in keys}
        self._given = [taker.take({k: v for k, v in one.values.items() if k in keys})[0] for one in drafts]
        self._ids = [one.id for one in drafts]
        self._by_id = {one.id: index for index, one in enumerate(drafts) if one.id is not None}
        self._aiming: dict[Way, dict[object, list[int]]] = {}
        for link in own:
            aims = self._aiming.setdefault((link.register, link.field), {})
            for index, given in enumerate(self._given):
                aims.setdefault(given.get(link.field), []).append(index)

    def refuse(self, indices: Iterable[int]) -> None:
        """These drafts will not be written."""
        self._refused.update(indices)

    def key(self, index: int) -> int:
        """How rules know a draft: its id, a number below zero for a new record."""
        return self._ids[index] or -1 - index

    def changed(self, id: int, values: Values) -> Values:
        """What a stored record will say."""
        index = self._by_id.get(id)
        return values if index is None or not self._counts(index) else {**values, **self._given[index]}

    def edits(self, way: Way, targets: Iterable[object]) -> Iterator[int]:
        """Ids of stored records that will point to one of the targets."""
        for index in self._at(way, targets):
            if self._ids[index]:
                yield self._ids[index] or 0

    def new(self, way: Way, targets: Iterable[object]) -> Iterator[tuple[int, Values]]:
        """Records to be made that will point to one of the targets."""
        for index in self._at(way, targets):
            if not self._ids[index]:
                yield self.key(index), {**self._defaults, **self._given[index]}

    def _at(self, way: Way, targets: Iterable[object]) -> Iterator[int]:
        aims = self._aiming.get(way, {})
        return (index for one in targets for index in aims.get(one, ()) if self._counts(index))

    def _counts(self, index: int) -> bool:
        return index >= self.start and index not in self._refused


class RelatedRecords:
    """What `World.related` answers; `expect` lets one statement read for all records of a batch."""

    def __init__(
        self, session: Session, edition: Edition, coming: Coming | None, heard: Callable[[str, Values], None]
    ) -> None:
        self._session = session
        self._edition = edition
        self._coming = coming
        #: is told of every record that was read: what it points to will be asked for
        self._heard = heard
        self._reads: dict[Way, frozenset[str]] = {}
        self._wanted: dict[Way, set[object]] = {}
        self._found: dict[Way, dict[object, dict[object, Values]]] = {}

    def expect(self, links: Iterable[Link], values: Mapping[str, Any], own: object | None) -> None:
        """Note what the checks of a record will look at."""
        for link in links:
            way = (link.register, link.field)
            self._reads[way] = self._reads.get(way, frozenset()) | link.reads
            target = values.get(link.through) if link.through else own
            if target is not None and target not in self._found.get(way, ()):
                self._wanted.setdefault(way, set()).add(target)

    def rows(self, register: str, field: str, target: object) -> Mapping[object, Values]:
        """Current records of `register` whose `field` points to `target`, by id."""
        way = (register, field)
        found = self._found.setdefault(way, {})
        if target not in found:
            self._read(way, {*self._wanted.pop(way, ()), target}, found)
        return found[target]

    def forget(self) -> None:
        """Read again what was read: other drafts count now."""
        for way, found in self._found.items():
            self._wanted.setdefault(way, set()).update(found)
        self._found.clear()

    def _read(self, way: Way, targets: set[object], found: dict[object, dict[object, Values]]) -> None:
        register, field = way
        found.update((target, {}) for target in targets)
        tables = self._edition.tables(register)
        column, coming = tables.column(field), self._coming
        stored: dict[object, Values] = {}
        for some in chunks(targets):
            stored.update(self._select(way, tables, column.in_(some)))
        if coming is None or coming.form != register:
            self._sort(register, field, stored, found)
            return
        for ids in chunks(one for one in coming.edits(way, targets) if one not in stored):
            stored.update(self._select(way, tables, tables.main.c.id.in_(ids)))
        changed = {id_: coming.changed(int(str(id_)), values) for id_, values in stored.items()}
        self._sort(register, field, {**changed, **dict(coming.new(way, targets))}, found)

    def _sort(
        self,
        register: str,
        field: str,
        records: Mapping[object, Values],
        found: dict[object, dict[object, Values]],
    ) -> None:
        for id_, values in records.items():
            if values.get(field) in found:
                found[values[field]][id_] = values
                self._heard(register, values)

    def _select(
        self, way: Way, tables: FormTables, condition: ColumnElement[bool]
    ) -> Iterator[tuple[int, Values]]:
        """Only the fields that are asked for: an encrypted one is opened only when a check compares it."""
        reads = self._reads.get(way)
        some = [(f.key, column) for f, column in stored_fields(tables) if reads is None or f.key in reads]
        keys = [key for key, _column in some]
        statement = select(tables.main.c.id, *(column for _key, column in some)).where(
            condition, tables.main.c.status == CURRENT
        )
        for id_, *cells in self._session.execute(statement.order_by(tables.main.c.id)):
            yield id_, dict(zip(keys, cells, strict=True))


def hold_targets(session: Session, edition: Edition, form_key: str, drafts: Sequence[Draft]) -> None:
    """Hold what the drafts of a form point to when its checks look at the others that point there.

    Two people who each make a head of the same household follow one another, so that the second is told. Taken before
    any other lock of the records; SQLite has one writer at a time anyway.
    """
    ways = {link.through for link in edition.program(form_key).links if link.has_own and link.through}
    if not ways or is_sqlite(session):
        return
    tables = edition.tables(form_key)
    taker = Taker(edition, tables.form)
    for way in sorted(ways):
        told = [taker.take({way: one.values[way]})[0][way] for one in drafts if way in one.values]
        targets = {target for target in told if target is not None}
        column = tables.column(way)
        for some in chunks(one.id for one in drafts if one.id is not None):
            targets.update(session.execute(select(column).where(tables.main.c.id.in_(some))).scalars())
        main = edition.tables(KINDS[tables.form.field(way).kind].register).main
        for some in chunks(sorted(targets)):
            held = select(main.c.id).where(main.c.id.in_(some)).order_by(main.c.id)
            session.execute(held.with_for_update(key_share=True)).all()
