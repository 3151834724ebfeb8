"""What lists, papers and pickers show of records: values and words along dotted paths, only what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.models.kinds import is_sealed
from ffp_admin.rules.facts import FACTS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store.actor import Actor
from ffp_admin.store.edition import Edition
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.limits import stars_of
from ffp_admin.store.record import chunks, fetch_records, select_records
from ffp_admin.store.references import holds_codes, key_column, register_of
from ffp_admin.store.regions import region_captions
from ffp_admin.store.visible import visible
from ffp_admin.store.wording import Showing
from ffp_admin.values import mask

Values = Mapping[str, Any]
#: what stands for a value that is kept from the actor
STARS = mask.everything("*")
#: captions of references inside captions stop here
_DEEPEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value along a path: raw and in words; both masked when the actor may not see it in full."""

    field: Field
    value: Any
    text: str
    is_masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Who looks, and at which release."""

    session: Session
    edition: Edition
    actor: Actor

    def cells(
        self, form_key: str, records: Sequence[Values], paths: Sequence[str], depth: int = 0
    ) -> list[dict[str, Cell]]:
        """For each record (values by field key) its cells by path; a path without a value is absent.

        KeyError for a path the form does not have.
        """
        form = self.edition.form(form_key)
        result: list[dict[str, Cell]] = [{} for _record in records]
        for path in paths:
            first, _dot, rest = path.partition(".")
            field = form.field(first)
            filled = [i for i, values in enumerate(records) if values.get(first) not in (None, ())]
            for i, values in enumerate(records):
                if first in stars_of(values):
                    result[i][path] = Cell(field=field, value=STARS, text=STARS, is_masked=True)
            found = self._along(form, field, rest, [records[i][first] for i in filled], depth)
            for i, cell in zip(filled, found, strict=True):
                if cell is not None:
                    result[i][path] = cell
        return result

    def _along(
        self, form: Form, field: Field, rest: str, values: Sequence[Any], depth: int
    ) -> list[Cell | None]:
        if not rest:
            return self.words(field, values, depth)
        if field.fields:
            return [self._inside(field, rest, rows) for rows in values]
        if fact := FACTS.get((field.kind, rest)):
            told = replace(field, kind="text", codes=fact.codes, sensitive=False, label=rest)
            return [self._fact(told, fact.read(value)) for value in values]
        return self._behind(register_of(field), rest, values, depth)

    def _fact(self, field: Field, value: Any) -> Cell:
        kind = "choice" if field.codes in self.edition.catalog.codes else field.kind
        kind = kind if isinstance(value, str) else "date"
        [cell] = self.words(replace(field, kind=kind), [value])
        assert cell is not None
        return cell

    def _inside(self, table: Field, key: str, rows: Sequence[Values]) -> Cell | None:
        """One column of a record's own rows, joined."""
        field = next(one for one in table.fields if one.key == key)
        cells = self.words(field, [row[key] for row in rows if row.get(key) is not None])
        known = [cell for cell in cells if cell is not None]
        if not known:
            return None
        text = "、".join(cell.text for cell in known)
        return Cell(field=field, value=tuple(c.value for c in known), text=text, is_masked=known[0].is_masked)

    def _behind(self, register: str, rest: str, keys: Sequence[Any], depth: int) -> list[Cell | None]:
        found = self.records(register, keys)
        order = list(found)
        cells = dict(zip(order, self.cells(register, [found[k] for k in order], [rest], depth), strict=True))
        return [cells[key].get(rest) if key in cells else None for key in keys]

    def records(self, register: str, keys: Iterable[Any]) -> dict[Any, Values]:
        """Values of the records of a register that the actor may see, void ones too, by id (regions: code)."""
        tables = self.edition.tables(register)
        column = key_column(tables)
        by_code = next((path for path, name in tables.names.items() if name == column.name), "")
        limits = self.actor.limits_on(register)
        found: dict[Any, Values] = {}
        for some in chunks(keys):
            statement = visible(select_records(tables), tables, self.actor).where(column.in_(some))
            for record in fetch_records(self.session, tables, statement, limits, with_rows=False):
                found[record.values[by_code] if by_code else record.id] = record.values
        return found

    def words(self, field: Field, values: Sequence[Any], depth: int = 0) -> list[Cell | None]:
        """The values of one field in words."""
        register = register_of(field)
        captions = (
            {(register, key): t for key, t in self.captions(register, values, depth).items()}
            if register
            else {}
        )
        showing = Showing(field=field, codes=self.edition.catalog.codes.get(field.codes), captions=captions)
        hides = (field.sensitive or is_sealed(field)) and not self.actor.unmasked
        return [None if value is None else self._word(field, value, showing, hides=hides) for value in values]

    def _word(self, field: Field, value: Any, showing: Showing, *, hides: bool) -> Cell | None:
        if field.fields:
            return Cell(field=field, value=value, text=self._rows(field, value))
        kind = kind_of(field)
        text = kind.show(value, showing)
        if not text:
            return None  # a reference to what the actor may not see
        if hides:
            hidden = kind.masked(text)
            return Cell(field=field, value=hidden, text=hidden, is_masked=True)
        return Cell(field=field, value=value, text=text)

    def _rows(self, table: Field, rows: Sequence[Values]) -> str:
        return "\n".join(self.row_text(table, row) for row in rows)

    def row_text(self, table: Field, row: Values) -> str:
        """One row of a table on one line: label：value；…"""
        parts = []
        for field in table.fields:
            [cell] = self.words(field, [row.get(field.key)])
            if cell is not None:
                parts.append(f"{field.label}：{cell.text}")
        return "；".join(parts)

    def captions(self, register: str, keys: Iterable[Any], depth: int = 0) -> dict[Any, str]:
        """Id or code → caption, of the records the actor may see; regions for everybody."""
        wanted = [key for key in dict.fromkeys(keys) if key is not None]
        if holds_codes(register):
            return {**region_captions(self.session, self.edition, wanted)}
        if depth >= _DEEPEST or register not in self.edition.catalog.forms or not wanted:
            return {}
        found = self.records(register, wanted)
        display = self.edition.form(register).display
        cells = self.cells(register, list(found.values()), display, depth + 1)
        return {
            key: " ".join(cell.text for path in display if (cell := shown.get(path))) or f"#{key}"
            for key, shown in zip(found, cells, strict=True)
        }
