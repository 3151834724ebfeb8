"""Households of a workbook into the registers: who is known is completed, who is new is added, all in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.exchange.linking import Linker, Piece
from ffp_admin.spec.kinds import KINDS
from ffp_admin.store import Actor, Draft, Rejected, Saved, Store
from ffp_admin.store.matching import match
from ffp_admin.store.record import chunks

#: households matched and saved together; more only costs memory
TOGETHER = 1_000
#: refused records after which the rest need not be tried
ENOUGH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What the registers refused although the workbook looked right, at its row."""

    row: int
    field: str
    reason: str


class Rows:
    """Writes the records of households, form by form; `counts` tells what became of them."""

    def __init__(
        self, session: Session, store: Store, linker: Linker, actor: Actor, import_id: int | None
    ) -> None:
        self._session = session
        self._store = store
        self._linker = linker
        self._actor = actor
        self._import_id = import_id
        self._ids: dict[int, int] = {}
        #: records this import made: what stands in the workbook twice is no reason to change them
        self._made: dict[str, set[int]] = {form: set() for form in linker.order}
        self.counts: Counter[str] = Counter()
        self.refusals: list[Refusal] = []

    def write(self, households: Iterable[Sequence[Piece]], together: int = TOGETHER) -> None:
        """Save all records, `together` households at a time; look at `refusals` before committing."""
        homes = iter(households)
        while len(self.refusals) < ENOUGH and (some := list(islice(homes, together))):
            self._write([piece for pieces in some for piece in pieces])

    def _write(self, pieces: Sequence[Piece]) -> None:
        self._ids = {}
        by_form = {form: [piece for piece in pieces if piece.form == form] for form in self._linker.order}
        self._recognise(by_form)
        for form, some in by_form.items():
            self._save(form, some)

    def _recognise(self, by_form: Mapping[str, list[Piece]]) -> None:
        """Give known records their ids: by unique values, a household by the people who live in it."""
        for form, some in by_form.items():
            self._match(form, some)
        for form in self._linker.block_forms:
            if self._recognise_by_members(form, by_form):
                # members and figures are known by their household: look again
                for other, some in by_form.items():
                    self._match(other, [piece for piece in some if piece.id is None])

    def _match(self, form: str, some: Sequence[Piece]) -> None:
        values = [self._linker.resolve(piece, self._ids) for piece in some]
        for piece, found in zip(some, match(self._session, self._store, form, values), strict=True):
            if found is not None and found not in self._made[form]:
                self._is_known(piece, found)

    def _is_known(self, piece: Piece, id_: int) -> None:
        piece.id = id_
        self._ids[piece.key] = id_

    def _recognise_by_members(self, form: str, by_form: Mapping[str, list[Piece]]) -> bool:
        """A home is the one that most of its known people belong to now; whether any was found."""
        found = False
        for link, home_field, person_field in self._links(form):
            people = {
                piece.values[person_field]: piece for piece in by_form[link] if person_field in piece.values
            }
            known = {self._ids[key]: piece for key, piece in people.items() if key in self._ids}
            votes: dict[int, Counter[int]] = {}
            for person, home in self._memberships(link, home_field, person_field, known):
                if home not in self._made[form]:
                    votes.setdefault(known[person].values[home_field], Counter())[home] += 1
            for piece in by_form[form]:
                if piece.id is None and piece.key in votes:
                    self._is_known(piece, votes[piece.key].most_common(1)[0][0])
                    found = True
        return found

    def _links(self, block_form: str) -> Iterable[tuple[str, str, str]]:
        """Line forms that join a block form with another line form: (form, its field to the block, to the person)."""
        for form in self._linker.line_forms:
            fields = list(self._linker.form(form).fields())
            homes = [one.key for one in fields if KINDS[one.kind].register == block_form]
            people = [
                one.key
                for one in fields
                if KINDS[one.kind].register in self._linker.line_forms and one.kind != form
            ]
            if homes and people:
                yield form, homes[0], people[0]

    def _memberships(
        self, link: str, home_field: str, person_field: str, known: Mapping[int, object]
    ) -> Iterable[tuple[int, int]]:
        tables = self._store.tables(link)
        person, home = tables.column(person_field), tables.column(home_field)
        for some in chunks(known):
            statement = select(person, home).where(person.in_(some), tables.main.c.status == "current")
            yield from ((int(one), int(other)) for one, other in self._session.execute(statement))

    def _save(self, form: str, some: Sequence[Piece]) -> None:
        drafts = [
            Draft(form=form, id=piece.id, row_version=None, values=self._linker.resolve(piece, self._ids))
            for piece in some
        ]
        answers = stores.save_many(
            self._session, self._store, form, drafts, self._actor, source="import", import_id=self._import_id
        )
        for piece, answer in zip(some, answers, strict=True):
            if isinstance(answer, Rejected):
                self.refusals.extend(_refused(piece, answer))
            else:
                self._ids[piece.key] = answer.id
                if piece.id is None:
                    self._made[form].add(answer.id)
                self.counts[_became(piece, answer)] += 1
                if answer.asked:
                    self.counts["asked"] += 1


def _became(piece: Piece, saved: Saved) -> str:
    if not saved.is_changed:
        return "unchanged"
    return "added" if piece.id is None else "changed"


def _refused(piece: Piece, rejected: Rejected) -> Iterable[Refusal]:
    return (Refusal(row=piece.row, field=one.field, reason=one.message) for one in rejected.findings)
