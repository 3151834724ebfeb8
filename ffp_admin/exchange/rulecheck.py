"""The registers' own rules over the records of a workbook, before anything is written; findings go to their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.exchange.assemble import Assembler, Home
from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.linking import Linker, Piece
from ffp_admin.rules.outcome import Finding
from ffp_admin.spec.model import Level
from ffp_admin.store.evaluating import work_out
from ffp_admin.store.references import Surroundings
from ffp_admin.store.store import Store
from ffp_admin.store.taking import Taker

Values = Mapping[str, Any]
#: hints for somebody who types; over a whole workbook of accounts they would bury the doubts that matter
TYPING_HINTS = frozenset({"account_luhn"})
#: what a check over the records of one household finds
RELATED = "related"


class FileWorld:
    """What rules may know while a workbook is checked: its own records first (keys below zero), then the registers."""

    def __init__(self, surroundings: Surroundings, defaults: Mapping[str, Values]) -> None:
        self._surroundings = surroundings
        self._defaults = defaults
        self._own: dict[tuple[str, object], Values] = {}
        self.today_of_record: date = surroundings.today_of_record

    def know(self, piece: Piece) -> None:
        """Let references find a record of the workbook."""
        self._own[piece.form, piece.key] = piece.values

    def forget(self) -> None:
        """Only one household is kept at a time."""
        self._own.clear()

    def fetch(self, register: str, id_or_code: object) -> Values | None:
        """The values of a record by field key."""
        if isinstance(id_or_code, int) and id_or_code < 0:
            return self._own.get((register, id_or_code))
        return self._surroundings.fetch(register, id_or_code)

    def related(self, register: str, field: str, id: object) -> Mapping[object, Values]:
        """Records of the household at hand; who is registered there already is looked at when it is written."""
        defaults = self._defaults.get(register, {})
        return {
            key: {**defaults, **values}
            for (form, key), values in self._own.items()
            if form == register and values.get(field) == id
        }


class RuleCheck:
    """Evaluates the rules of each form once per record."""

    def __init__(self, session: Session, store: Store, assembler: Assembler, linker: Linker) -> None:
        edition = store.edition()
        self._programs = {form: store.program(form) for form in linker.order}
        self._defaults = {form: Taker(edition, edition.form(form)).defaults() for form in linker.order}
        self._world = FileWorld(Surroundings(session, edition, store.clock.today()), self._defaults)
        self._assembler = assembler
        self._labels = {
            form: {one.key: one.label for one in assembler.catalog.forms[form].fields()}
            for form in linker.order
        }

    def check(self, pieces: Sequence[Piece]) -> None:
        """Add to the pieces' home what the rules say about them."""
        self._world.forget()
        for piece in pieces:
            self._world.know(piece)
        for piece in pieces:
            defaults = self._defaults[piece.form]
            outcome = work_out(
                self._programs[piece.form],
                {**defaults, **piece.values},
                self._world,
                own=piece.key,
                defaults=defaults,
            )
            self._take(piece, outcome.findings)
        if pieces and pieces[0].home is not None:
            _compare_sound_homes(pieces[0].home)

    def _take(self, piece: Piece, findings: Sequence[Finding]) -> None:
        if not findings or piece.home is None:
            return
        known = {(one.row, one.column) for one in piece.home.findings if one.weight is not Weight.MENDED}
        for one in findings:
            letter = self._assembler.letter_of(piece.form, one.field)
            if not letter and one.code == "required":
                continue  # the sheet has no such column: 未采集, not an error
            if one.code in TYPING_HINTS:
                continue
            if (piece.row, letter) in known:
                continue  # said already, more exactly
            piece.home.findings.append(self._finding(piece, letter, one))

    def _finding(self, piece: Piece, letter: str, one: Finding) -> CellFinding:
        value = piece.values.get(one.field)
        assert piece.home is not None
        return CellFinding(
            row=piece.row,
            column=letter,
            heading=self._labels[piece.form].get(one.field, ""),
            found="" if value is None else self._assembler.shown(piece.home, piece.row, letter),
            code=one.code,
            reason=one.message,
            weight=Weight.ERROR if one.level is Level.ERROR else Weight.DOUBT,
        )


def _compare_sound_homes(home: Home) -> None:
    """A household with wrong cells is compared as a whole only when they are mended: until then it says nothing more."""
    if any(one.weight is Weight.ERROR and one.code != RELATED for one in home.findings):
        home.findings[:] = [one for one in home.findings if one.code != RELATED]
