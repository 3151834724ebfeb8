"""What stands around the rows of a worksheet part: merged ranges and hidden columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from ffp_admin.exchange.merges import Span, column_letter, read_range
from ffp_admin.exchange.package import Limits
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.exchange.sheet_xml import local, parse, whole

_ROWS_BEGIN = re.compile(rb"<(?:[\w.-]+:)?sheetData\s*>")
_ROWS_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")
#: longer than either tag with its prefix
_OVERLAP = 256


def read_frame(chunks: Iterable[bytes], limits: Limits) -> tuple[list[Span], set[str]]:
    """Merged ranges and hidden columns, from what stands around the rows."""
    spans: list[Span] = []
    hidden: set[str] = set()
    touched = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal touched
        name = local(name)
        if name == "mergeCell":
            span = read_range(attributes.get("ref", ""))
            if span:
                touched += span.last_column - span.first_column + 1
                spans.append(span)
            if touched > limits.merges:
                raise WorkbookRefused("file_damaged")
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = whole(attributes.get("min"), 1), whole(attributes.get("max"), 0)
            hidden.update(column_letter(one) for one in range(max(first, 1), min(last, limits.columns) + 1))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    for _step in parse(_around_rows(chunks), parser):
        pass
    return spans, hidden


def _around_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The part without what lies between <sheetData> and </sheetData>: a tenth of the work of parsing it all."""
    chunks = iter(chunks)
    held = b""
    for chunk in chunks:
        held += chunk
        begin = _ROWS_BEGIN.search(held)
        if begin:
            yield held[: begin.end()]
            yield from _after_rows(held[begin.end() :], chunks)
            return
        yield held[:-_OVERLAP]
        held = held[-_OVERLAP:]
    yield held


def _after_rows(held: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        end = _ROWS_END.search(held)
        if end:
            yield held[end.start() :]
            yield from chunks
            return
        chunk = next(chunks, None)
        if chunk is None:
            return
        held = held[-_OVERLAP:] + chunk
