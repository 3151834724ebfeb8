"""How the records of one household hang together: which form points to which, and in what order they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ffp_admin.exchange.assemble import Home, forms_of
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form, ImportProfile

Values = dict[str, Any]


@dataclass(slots=True, kw_only=True, eq=False)
class Piece:
    """One record to be: its form, the values the sheet gives, and the row it stands in.

    A piece that was kept while the upload waited has no home any more.

    `key` is a number below zero by which other pieces point to it until it has an id.
    """

    form: str
    values: Values
    row: int
    home: Home | None
    key: int
    id: int | None = None


class Linker:
    """Knows the forms of a profile; gives the pieces of a home in the order in which they must be written."""

    def __init__(self, forms: Mapping[str, Form], profile: ImportProfile) -> None:
        self._forms = forms
        self.block_forms, self.line_forms = forms_of(profile)
        #: form → its fields that point to a register, with the register
        self._pointers = {
            form: tuple((one.key, register) for one in forms[form].fields() if (register := _register(one)))
            for form in (*self.block_forms, *self.line_forms)
        }
        self.order = self._ordered()
        self._next = 0

    def _ordered(self) -> tuple[str, ...]:
        """Forms after those they point to."""
        left = [*self.block_forms, *self.line_forms]
        done: list[str] = []
        while left:
            ready = [form for form in left if not (self._targets(form) & (set(left) - {form}))]
            done += ready or left
            left = [form for form in left if form not in done]
        return tuple(done)

    def _targets(self, form: str) -> set[str]:
        return {register for _key, register in self._pointers[form]}

    def pieces(self, home: Home) -> Iterator[Piece]:
        """All records of a home, linked to each other by their keys."""
        shared = {
            form: self._piece(form, home.values[form], home.first_row, home) for form in self.block_forms
        }
        groups = [shared]
        for line in home.lines:
            own = {form: self._piece(form, line.values[form], line.row, home) for form in self.line_forms}
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
        for key, register in self._pointers[piece.form]:
            target = group.get(register)
            if target is not None and target is not piece:
                piece.values.setdefault(key, target.key)

    def resolve(self, piece: Piece, ids: dict[int, int]) -> Values:
        """The piece's values with the ids of what was written before it; a key without one stays."""
        values = dict(piece.values)
        for key, _register in self._pointers[piece.form]:
            value = values.get(key)
            if isinstance(value, int) and value < 0:
                values[key] = ids.get(value, value)
        return values

    def form(self, key: str) -> Form:
        """A form of the profile."""
        return self._forms[key]


def _register(field: Field) -> str:
    return KINDS[field.kind].register
