"""The rows of one worksheet part, streamed through expat: memory for one row, whatever the sheet claims to be.

Readers that build a grid first end the whole process on two cells at A1 and XFD1048576; this one does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from xml.parsers import expat

from ffp_admin.exchange.cells import Cell, Row, Stored
from ffp_admin.exchange.merges import column_letter, column_number
from ffp_admin.exchange.numerals import Meaning, date_of, number_of
from ffp_admin.exchange.package import Limits
from ffp_admin.exchange.refusals import WorkbookRefused

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"[0-9]{1,9}")
_LETTERS = re.compile(r"[A-Z]{1,2}|[A-W][A-Z]{2}|X[A-E][A-Z]|XF[A-D]")
_DIGITS = "0123456789"
LAST_ROW = 1_048_576
Value = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the cells of a sheet refer to elsewhere in the package: texts, meanings of styles, the day count."""

    strings: list[str]
    meanings: list[Meaning]
    from_1904: bool


def unescaped(text: str) -> str:
    """`text` with _x000D_ and the like made the characters they stand for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    """The character of an escape; half of a pair stands for nothing and becomes U+FFFD."""
    point = int(found[1], 16)
    return "\ufffd" if 0xD800 <= point <= 0xDFFF else chr(point)


def parse(chunks: Iterable[bytes], parser: expat.XMLParserType) -> Iterator[None]:
    """Feed a parser chunk by chunk, stopping after each; a document type or broken XML is a damaged file."""
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise WorkbookRefused("file_damaged") from error


def _refuse_doctype(*_declared: object) -> None:
    raise WorkbookRefused("file_damaged")


def whole(text: str | None, otherwise: int) -> int:
    """The number an attribute gives, `otherwise` when it gives none."""
    return int(text) if text and _WHOLE.fullmatch(text) else otherwise


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


class SheetRows:
    """Turns the events of one worksheet into rows; `finished` holds those complete and not yet taken."""

    def __init__(self, name: str, look: Look, limits: Limits) -> None:
        self.finished: list[Row] = []
        self._name = name
        self._look = look
        self._limits = limits
        self._widths: dict[str, int] = {}
        self._row = 0
        self._rows = 0
        self._hidden = False
        self._cells: dict[str, Cell] = {}
        self._letter = ""
        self._kind = "n"
        self._style = 0
        self._formula = False
        self._skipping = 0
        self._length = 0
        self._pieces: list[str] = []
        self._takes = False

    def attach(self, parser: expat.XMLParserType) -> None:
        """Listen to a parser."""
        # "is" does nothing, but stands in every cell of texts: it is to be found without a second look
        starts: dict[str, Callable[[dict[str, str]], None] | None] = {
            "c": self._begin_cell, "v": self._begin_text, "t": self._begin_text, "f": self._begin_formula,
            "row": self._begin_row, "rPh": self._begin_reading, "is": None,
        }  # fmt: skip
        ends: dict[str, Callable[[], None] | None] = {
            "c": self._end_cell, "v": self._end_text, "t": self._end_text, "row": self._end_row,
            "rPh": self._end_reading, "f": None, "is": None,
        }  # fmt: skip

        def start(name: str, attributes: dict[str, str]) -> None:
            act = starts[name] if name in starts else starts.get(local(name))
            if act:
                act(attributes)

        def end(name: str) -> None:
            act = ends[name] if name in ends else ends.get(local(name))
            if act:
                act()

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = self._take_text

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = whole(attributes.get("r"), self._row + 1)
        if not self._row < number <= LAST_ROW:
            raise WorkbookRefused("file_damaged")
        self._row = number
        self._hidden = attributes.get("hidden") in ("1", "true")
        self._cells = {}
        self._letter = ""

    def _end_row(self) -> None:
        if not self._cells:
            return
        self._rows += 1
        if self._rows > self._limits.rows:
            raise WorkbookRefused("sheet_too_long", sheet=self._name, limit=self._limits.rows)
        self.finished.append(Row(self._row, self._cells, self._hidden))
        self._cells = {}

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place:
            self._letter = place.rstrip(_DIGITS)
        else:
            self._letter = column_letter(self._column(self._letter) + 1 if self._letter else 1)
        self._kind = attributes.get("t", "n")
        self._style = whole(attributes.get("s"), 0)
        self._formula = False
        self._pieces = []
        self._length = 0

    def _begin_formula(self, _attributes: dict[str, str]) -> None:
        self._formula = True

    def _begin_reading(self, _attributes: dict[str, str]) -> None:
        self._skipping += 1

    def _end_reading(self) -> None:
        self._skipping -= 1

    def _begin_text(self, _attributes: dict[str, str]) -> None:
        self._takes = not self._skipping

    def _end_text(self) -> None:
        self._takes = False

    def _take_text(self, text: str) -> None:
        if not self._takes:
            return
        self._length += len(text)
        if self._length > self._limits.cell_characters:
            raise WorkbookRefused(
                "cell_too_long",
                cell=f"{self._letter}{self._row}",
                sheet=self._name,
                limit=self._limits.cell_characters,
            )
        self._pieces.append(text)

    def _end_cell(self) -> None:
        if not self._pieces and not self._formula:
            return
        if self._column(self._letter) > self._limits.columns:
            raise WorkbookRefused(
                "sheet_too_wide", sheet=self._name, column=self._letter, limit=self._limits.columns
            )
        text = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        value, shown, stored = self._meaning(text)
        if value is not None or self._formula or stored == "error":
            self._cells[self._letter] = Cell(self._row, value, shown, stored, self._formula)

    def _column(self, letter: str) -> int:
        number = self._widths.get(letter)
        if number is None:
            if not _LETTERS.fullmatch(letter):
                raise WorkbookRefused("file_damaged")
            number = self._widths[letter] = column_number(letter)
        return number

    def _meaning(self, text: str) -> tuple[Value, str, Stored]:
        """Value, text and storage of the cell just read."""
        if self._kind == "n":
            return self._number(text)
        if self._kind == "s":
            place = whole(text, -1)
            if not 0 <= place < len(self._look.strings):
                raise WorkbookRefused("file_damaged")
            shared = self._look.strings[place]
            return shared or None, shared, "text"
        if self._kind == "b":
            return text in ("1", "true"), text, "boolean"
        if self._kind == "e":
            return None, text, "error"
        if self._kind == "d":
            return _iso_date(text)
        plain = unescaped(text)
        return plain or None, plain, "text" if plain else "nothing"

    def _number(self, text: str) -> tuple[Value, str, Stored]:
        text = text.strip()
        if not text:
            return None, "", "nothing"
        number = number_of(text)
        if number is None:
            return text, text, "text"
        meanings = self._look.meanings
        meaning = meanings[self._style] if self._style < len(meanings) else "number"
        if meaning == "date":
            day = date_of(number, self._look.from_1904)
            return (day, text, "date") if day else (number, text, "number")
        return number, text, meaning


def _iso_date(text: str) -> tuple[Value, str, Stored]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text, text, "text"
    day = moment.date() if moment.time() == datetime.min.time() else moment
    return day, text, "date"
