"""How the records of one household hang together: which form points to which, and in what order they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ffp_admin.exchange.assemble import Assembler, Home
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Form

Values = dict[str, Any]


@dataclass(slots=True, kw_only=True, eq=False)
class Piece:
    """One record to be: its form, the values the sheet gives, and the row it stands in.

    `key` is a number below zero by which other pieces point to it until it has an id.
    """

    form: str
    values: Values
    row: int
    home: Home
    key: int
    id: int | None = None


class Linker:
    """Knows the forms of a profile; gives the pieces of a home in the order in which they must be written."""

    def __init__(self, assembler: Assembler) -> None:
        self._forms = assembler.catalog.forms
        self._block_forms = assembler.block_forms
        self._line_forms = assembler.line_forms
        self.order = self._ordered()
        self._next = 0

    def _ordered(self) -> tuple[str, ...]:
        """Forms after those they point to."""
        left = [*self._block_forms, *self._line_forms]
        done: list[str] = []
        while left:
            ready = [form for form in left if not (self._targets(form) & (set(left) - {form}))]
            done += ready or left
            left = [form for form in left if form not in done]
        return tuple(done)

    def _targets(self, form: str) -> set[str]:
        return {KINDS[one.kind].register for one in self._forms[form].fields() if KINDS[one.kind].register}

    def pieces(self, home: Home) -> Iterator[Piece]:
        """All records of a home, linked to each other by their keys."""
        shared = {
            form: self._piece(form, home.values[form], home.first_row, home) for form in self._block_forms
        }
        groups = [shared]
        for line in home.lines:
            own = {form: self._piece(form, line.values[form], line.row, home) for form in self._line_forms}
            groups.append({**shared, **own})
        for group in groups:
            for piece in group.values():
                self._link(piece, group)
        yield from shared.values()
        for group in groups[1:]:
            yield from (piece for form, piece in group.items() if form not in shared)

    def _piece(self, form: str, values: Values, row: int, home: Home) -> Piece:
        self._next -= 1
        return Piece(form=form, values=values, row=row, home=home, key=self._next)

    def _link(self, piece: Piece, group: dict[str, Piece]) -> None:
        for one in self._forms[piece.form].fields():
            target = group.get(KINDS[one.kind].register)
            if target is not None and target is not piece:
                piece.values.setdefault(one.key, target.key)

    def resolve(self, piece: Piece, ids: dict[int, int]) -> Values:
        """The piece's values with the ids of what was written before it; a key without one stays."""
        return {
            key: ids.get(value, value)
            if isinstance(value, int) and value < 0 and self._points(piece, key)
            else value
            for key, value in piece.values.items()
        }

    def _points(self, piece: Piece, key: str) -> bool:
        return bool(KINDS[self._forms[piece.form].field(key).kind].register)

    def form(self, key: str) -> Form:
        """A form of the profile."""
        return self._forms[key]
