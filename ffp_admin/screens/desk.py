"""The desk of one request: code lists, look-ups and captions, all through the actor's eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.screens.kinds import SCREENS, shown
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import CodeList, Form
from ffp_admin.store import Actor, Store, pick
from ffp_admin.store.cells import Cell, Looker
from ffp_admin.store.references import Surroundings

OFFERED = 20


class RequestDesk:
    """Answers what kinds ask; remembers captions for the request."""

    def __init__(self, session: Session, store: Store, actor: Actor) -> None:
        self.session = session
        self.store = store
        self.actor = actor
        self.edition = store.edition()
        self.looker = Looker(session=session, edition=self.edition, actor=actor)
        self._captions: dict[tuple[str, object], str] = {}

    @property
    def today(self) -> date:
        """The county's day."""
        return self.store.clock.today()

    def codes(self, key: str) -> CodeList:
        """A code list of the release in force."""
        return self.edition.catalog.codes[key]

    def pick(self, register: str, typed: str) -> Sequence[tuple[object, str]]:
        """Records the actor may choose, best first."""
        return pick(self.session, self.store, register, typed, self.actor, limit=OFFERED, inside=True)

    def details(self, register: str, idents: Sequence[object]) -> dict[object, str]:
        """What tells records of one caption apart: their number, and where or whose they are."""
        form = self.edition.catalog.forms.get(register)
        if form is None or not form.scope or not idents:
            return {}
        paths = [*(field.key for field in form.fields() if field.pattern), form.scope]
        found = self.looker.records(register, idents)
        lines = self.lines(form, list(found.values()), paths)
        return {
            ident: " ".join(text for text in line if text) for ident, line in zip(found, lines, strict=True)
        }

    def caption(self, register: str, ident: object) -> str:
        """What a record is called; "" when it is unknown or hidden."""
        if (register, ident) not in self._captions:
            self.learn(register, [ident])
        return self._captions[register, ident]

    def learn(self, register: str, idents: Iterable[object]) -> None:
        """Look up several captions at once."""
        new = [ident for ident in idents if ident is not None and (register, ident) not in self._captions]
        found = self.looker.captions(register, new) if new else {}
        self._captions.update(((register, ident), found.get(ident, "")) for ident in new)

    def world(self) -> Surroundings:
        """What rules may know of other registers."""
        return Surroundings(self.session, self.edition, self.today, viewer=self.actor)

    def lines(
        self, form: Form, records: Sequence[Mapping[str, Any]], paths: Sequence[str]
    ) -> list[list[str]]:
        """Texts of list columns, one row per record; "" where nothing is known."""
        cells = self.looker.cells(form.key, records, paths)
        return [[self._text(found.get(path)) for path in paths] for found in cells]

    def _text(self, cell: Cell | None) -> str:
        if cell is None:
            return ""
        if (
            cell.is_masked
            or KINDS[cell.field.kind].register
            or cell.field.fields
            or isinstance(cell.value, tuple)
        ):
            return cell.text
        return shown(cell.value, cell.field, self)

    def title(self, form: Form, values: Mapping[str, Any], ident: int) -> str:
        """What a record of `form` is called."""
        texts = self.lines(form, [values], form.display)[0] if form.display else []
        return " ".join(text for text in texts if text) or f"{form.label} {ident}"

    def column(self, form: Form, path: str) -> tuple[str, bool]:
        """The heading of a column, and whether it holds figures."""
        first, _dot, rest = path.partition(".")
        field = next((one for one in form.fields() if one.key == first), None)
        if field is None:
            return path, False
        if not rest:
            return field.label, SCREENS[field.result or field.kind].number
        register = KINDS[field.kind].register
        if register in self.edition.catalog.forms:
            return self.column(self.edition.form(register), rest)
        return rest, False
