"""Untrusted workbooks as plain rows: one face for .xlsx and .xls, streaming, with what the file really stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from ffp_admin.exchange.merges import Merges

Stored = Literal["text", "number", "percent", "date", "boolean", "error", "nothing"]
State = Literal["visible", "hidden"]


class Cell(NamedTuple):
    """One cell that has something in it.

    `value` is the plain value (date includes datetime), `text` the characters in the file, by which a number
    that lost digits is known. A formula gives the value its program computed last; None and stored "nothing" when
    it never computed one. An error such as #REF! has the value None and stored "error".
    """

    row: int
    value: str | int | float | bool | date | None
    text: str
    stored: Stored = "text"
    is_formula: bool = False


class Row(NamedTuple):
    """A row with at least one cell; number from 1, cells by column letter in the order of the file."""

    number: int
    cells: dict[str, Cell]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: `rows()` streams it from the start each time, in order, without empty rows."""

    name: str
    state: State
    merges: Merges
    rows: Callable[[], Iterator[Row]]
    hidden_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A workbook that passed the guard; sheets are read when asked for."""

    #: names of the sheets with cells (no charts), in order, with their state
    sheets: tuple[tuple[str, State], ...]
    sheet: Callable[[str], Sheet] = field(repr=False)

    def all(self) -> Iterator[Sheet]:
        """The sheets in order."""
        return (self.sheet(name) for name, _state in self.sheets)
