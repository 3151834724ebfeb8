"""A table inside a form: rows that are edited in place, added and removed, with or without script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms.form import BaseForm

from ffp_admin.i18n import _
from ffp_admin.screens.fields import DeskMeta, KindField
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field

#: the place of a table row in the names of a row that a script adds
BLANK_ROW = "__n__"


class RowForm(BaseForm):
    """One row of a table; `position` is its place in the stored record, "" for a new one."""

    def __init__(
        self, fields: Mapping[str, Any], prefix: str, meta: DeskMeta, index: str, position: str
    ) -> None:
        super().__init__(fields, prefix=prefix, meta=meta)
        self.index = index
        self.position = position

    def cells(self) -> list[KindField]:
        """The cells in order."""
        return [field for field in self if isinstance(field, KindField)]

    @property
    def is_blank(self) -> bool:
        """Whether nobody typed anything: such rows are not saved."""
        return all(cell.data is None and not cell.is_unreadable for cell in self.cells())

    def values(self) -> dict[str, object]:
        """Values of what is typed."""
        return {c.declared.key: c.data for c in self.cells() if KINDS[c.declared.kind].typed}


class RowsField(KindField):
    """A table of rows, edited inside the form."""

    def __init__(self, declared: Field, **kwargs: Any) -> None:
        self.rows: list[RowForm] = []
        self.columns = declared.fields
        self._cells = {one.key: KindField(one) for one in declared.fields}
        super().__init__(declared, **kwargs)

    def process(self, formdata: Any = None, data: Any = None, extra_filters: Any = None) -> None:
        """Rows from what was posted, else from the stored record, else blank ones to begin with."""
        self.process_errors: list[str] = []
        stored = data if isinstance(data, tuple) else ()
        self.stored = stored
        if formdata is not None:
            self.rows = self._posted(formdata, stored)
        else:
            rows: Sequence[Mapping[str, object]] = stored or ({},) * (self.declared.at_least or 0)
            self.rows = [self._row(str(i), str(i) if stored else "", row, None) for i, row in enumerate(rows)]
        self.data = tuple(row.values() for row in self.filled_rows())

    def _posted(self, formdata: Any, stored: Sequence[Mapping[str, object]]) -> list[RowForm]:
        place = re.compile(rf"{re.escape(self.name)}-([0-9]{{1,5}})-")
        indices = sorted({int(found[1]) for found in map(place.match, formdata) if found})
        found_rows = []
        for index in indices:
            if (self.name, str(index)) in self.meta.without:
                continue
            was = (formdata.get(f"{self.name}-{index}-was") or "").strip()
            known = stored[int(was)] if was.isdigit() and int(was) < len(stored) else {}
            found_rows.append(self._row(str(index), was if known else "", known, formdata))
        return found_rows

    def _row(self, index: str, position: str, stored: Mapping[str, object], formdata: Any) -> RowForm:
        row = RowForm(self._cells, f"{self.name}-{index}-", self.meta, index, position)
        row.process(formdata, data=stored)
        return row

    def add_row(self) -> None:
        """One more blank row at the end."""
        index = max((int(row.index) for row in self.rows), default=-1) + 1
        self.rows.append(self._row(str(index), "", {}, None))

    def blank(self) -> RowForm:
        """The row a script copies."""
        return self._row(BLANK_ROW, "", {}, None)

    def filled_rows(self) -> list[RowForm]:
        """Rows in which something stands, in the order of `data`."""
        return [row for row in self.rows if not row.is_blank]

    @property
    def rows_help(self) -> str:
        """How many rows there must and may be."""
        least, most = self.declared.at_least, self.declared.at_most
        said = [_("at least {count} rows", count=least)] if least else []
        said += [_("at most {count} rows", count=most)] if most else []
        return "，".join(said)

    @property
    def is_unreadable(self) -> bool:
        """Whether any cell is."""
        return any(cell.is_unreadable for row in self.rows for cell in row.cells())
