"""The texts that cells of a packaged workbook refer to by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.parsers import expat

from ffp_admin.exchange.package import Limits
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.exchange.sheet_xml import local, parse, unescaped


def shared_strings(chunks: Iterable[bytes], limits: Limits) -> Iterator[str]:
    """Each text without its phonetic reading."""
    reader = _Strings(limits)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.take
    for _step in parse(chunks, parser):
        yield from reader.finished
        reader.finished.clear()


class _Strings:
    """Collects the texts of the shared strings part."""

    def __init__(self, limits: Limits) -> None:
        self.finished: list[str] = []
        self._limits = limits
        self._count = 0
        self._pieces: list[str] = []
        self._length = 0
        self._takes = False
        self._reading = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """`t` begins text, unless inside `rPh`."""
        name = local(name)
        if name == "si":
            self._pieces, self._length = [], 0
        self._reading = self._reading or name == "rPh"
        self._takes = name == "t" and not self._reading

    def end(self, name: str) -> None:
        """`si` ends a text."""
        name = local(name)
        self._takes = False
        self._reading = self._reading and name != "rPh"
        if name == "si":
            self._count += 1
            if self._count > self._limits.shared_strings:
                raise WorkbookRefused("file_damaged")
            self.finished.append(unescaped("".join(self._pieces)))

    def take(self, text: str) -> None:
        """A piece of text."""
        if self._takes:
            self._length += len(text)
            if self._length > self._limits.cell_characters:
                raise WorkbookRefused("string_too_long", limit=self._limits.cell_characters)
            self._pieces.append(text)
