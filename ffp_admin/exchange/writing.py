"""Households of a workbook into the registers: who is known is completed, who is new is added, all in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.linking import Linker, Piece
from ffp_admin.exchange.reading import Sheetful
from ffp_admin.spec.kinds import KINDS
from ffp_admin.store import Actor, Draft, Rejected, Saved, Store
from ffp_admin.store.matching import match
from ffp_admin.store.record import chunks


class Rows:
    """Writes the pieces of chosen homes, form by form; `counts` tells what became of them."""

    def __init__(
        self, session: Session, store: Store, full: Sheetful, actor: Actor, import_id: int | None
    ) -> None:
        self._session = session
        self._store = store
        self._linker: Linker = full.linker
        self._assembler = full.assembler
        self._actor = actor
        self._import_id = import_id
        self._ids: dict[int, int] = {}
        self.counts: Counter[str] = Counter()
        #: what the registers refused although the workbook looked right, at its rows
        self.refusals: list[CellFinding] = []

    def write(self, pieces: Sequence[Piece]) -> None:
        """Save all pieces; look at `refusals` before committing."""
        by_form = {form: [piece for piece in pieces if piece.form == form] for form in self._linker.order}
        self._recognise(by_form)
        for form, some in by_form.items():
            self._save(form, some)

    def _recognise(self, by_form: Mapping[str, list[Piece]]) -> None:
        """Give known records their ids: by unique values, a household by the people who live in it."""
        for form, some in by_form.items():
            for piece, found in zip(some, self._matches(form, some), strict=True):
                piece.id = found
                if found is not None:
                    self._ids[piece.key] = found
        for form in self._assembler.block_forms:
            self._recognise_by_members(form, by_form)

    def _matches(self, form: str, some: Sequence[Piece]) -> list[int | None]:
        return match(
            self._session, self._store, form, [self._linker.resolve(piece, self._ids) for piece in some]
        )

    def _recognise_by_members(self, form: str, by_form: Mapping[str, list[Piece]]) -> None:
        """A home is the one that most of its known people belong to now."""
        for link, home_field, person_field in self._links(form):
            people = {
                piece.values[person_field]: piece for piece in by_form[link] if person_field in piece.values
            }
            known = {self._ids[key]: piece for key, piece in people.items() if key in self._ids}
            votes: dict[int, Counter[int]] = {}
            for person, home in self._memberships(link, home_field, person_field, known):
                votes.setdefault(known[person].values[home_field], Counter())[home] += 1
            for piece in by_form[form]:
                if piece.id is None and piece.key in votes:
                    piece.id = votes[piece.key].most_common(1)[0][0]
                    self._ids[piece.key] = piece.id
        # members and figures are known by their household: look again
        for other, some in by_form.items():
            for piece, found in zip(some, self._matches(other, some), strict=True):
                if piece.id is None and found is not None:
                    piece.id = found
                    self._ids[piece.key] = found

    def _links(self, block_form: str) -> Iterable[tuple[str, str, str]]:
        """Line forms that join a block form with another line form: (form, its field to the block, to the person)."""
        for form in self._assembler.line_forms:
            fields = list(self._linker.form(form).fields())
            homes = [one.key for one in fields if KINDS[one.kind].register == block_form]
            people = [
                one.key
                for one in fields
                if KINDS[one.kind].register in self._assembler.line_forms and one.kind != form
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
                self.refusals.extend(self._refused(piece, answer))
            else:
                self._ids[piece.key] = answer.id
                self.counts[self._became(piece, answer)] += 1

    def _became(self, piece: Piece, saved: Saved) -> str:
        if not saved.is_changed:
            return "unchanged"
        return "added" if piece.id is None else "changed"

    def _refused(self, piece: Piece, rejected: Rejected) -> Iterable[CellFinding]:
        for one in rejected.findings:
            letter = self._assembler.letter_of(piece.form, one.field)
            yield CellFinding(
                row=piece.row,
                column=letter,
                heading=one.field,
                found=self._assembler.shown(piece.home, piece.row, letter) if letter else "",
                code=one.code,
                reason=one.message,
                weight=Weight.ERROR,
            )
