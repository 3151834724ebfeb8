"""Workbooks in the packaged format (.xlsx, .xlsm): parts found by their relations, rows streamed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import cached_property
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ffp_admin.exchange.cells import Row, Sheet, State, Workbook
from ffp_admin.exchange.merges import Merges
from ffp_admin.exchange.numerals import Meaning, meaning_of
from ffp_admin.exchange.package import MEGABYTE, Limits, Source, unpacking
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.exchange.shared_strings import shared_strings
from ffp_admin.exchange.sheet_frame import read_frame
from ffp_admin.exchange.sheet_xml import Look, SheetRows, parse

CHUNK = 64 * 1024
#: parts read as a whole; the largest real ones (styles after years of pasting) have a few megabytes
LARGEST_WHOLE_PART = 32 * MEGABYTE


class _Package:
    """One workbook's parts; what several sheets share is read once."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self._sheets: dict[str, Sheet] = {}

    def element(self, part: str) -> Element | None:
        """A small part as a tree; None when the package lacks it."""
        with unpacking(self.source) as package:
            if part not in package.namelist():
                return None
            if package.getinfo(part).file_size > LARGEST_WHOLE_PART:
                raise WorkbookRefused("file_damaged")
            content = package.read(part)
        try:
            tree: Element = fromstring(content, forbid_dtd=True)
        except (ParseError, DefusedXmlException) as error:
            raise WorkbookRefused("file_damaged") from error
        return tree

    def chunks(self, part: str) -> Iterator[bytes]:
        """A large part piece by piece."""
        with unpacking(self.source) as package, package.open(part) as handle:
            while chunk := handle.read(CHUNK):
                yield chunk

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (last word of the type, part) of a part's relations."""
        folder, name = posixpath.split(part)
        tree = self.element(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for relation in tree if tree is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                kind = relation.get("Type", "").rpartition("/")[2]
                found[relation.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    @cached_property
    def workbook_part(self) -> str:
        """The part that lists the sheets."""
        targets = [target for kind, target in self.relations("").values() if kind == "officeDocument"]
        if not targets:
            raise WorkbookRefused("file_other_format")
        return targets[0]

    @cached_property
    def workbook_tree(self) -> Element:
        """The list of sheets and settings."""
        tree = self.element(self.workbook_part)
        if tree is None or local_tag(tree) != "workbook":
            raise WorkbookRefused("file_other_format")
        return tree

    @cached_property
    def sheet_parts(self) -> dict[str, tuple[str, State]]:
        """Name → (part, state) of the sheets with cells, in order."""
        relations = self.relations(self.workbook_part)
        with unpacking(self.source) as package:
            present = frozenset(package.namelist())
        found: dict[str, tuple[str, State]] = {}
        for entry in below(self.workbook_tree, "sheets", "sheet"):
            kind, part = relations.get(relation_id(entry), ("", ""))
            if kind == "worksheet" and part in present:
                state: State = "visible" if entry.get("state", "visible") == "visible" else "hidden"
                found[entry.get("name", part)] = (part, state)
        return found

    @cached_property
    def from_1904(self) -> bool:
        """Whether day 0 is 1 January 1904 (old workbooks from Macintosh programs)."""
        return any(one.get("date1904") in ("1", "true") for one in below(self.workbook_tree, "workbookPr"))

    def part_of_kind(self, kind: str) -> str | None:
        """The workbook's part of a kind that occurs once."""
        return next(
            (part for found, part in self.relations(self.workbook_part).values() if found == kind), None
        )

    @cached_property
    def meanings(self) -> list[Meaning]:
        """What a number means, by style number."""
        part = self.part_of_kind("styles")
        tree = self.element(part) if part else None
        if tree is None:
            return []
        custom = {
            _number(one.get("numFmtId")): one.get("formatCode", "")
            for one in below(tree, "numFmts", "numFmt")
        }
        known: dict[int, Meaning] = {}
        meanings = []
        for one in below(tree, "cellXfs", "xf"):
            number = _number(one.get("numFmtId"))
            meanings.append(known.setdefault(number, meaning_of(number, custom)))
        return meanings

    @cached_property
    def look(self) -> Look:
        """What cells refer to: texts, meanings of styles, the day count."""
        part = self.part_of_kind("sharedStrings")
        strings = list(shared_strings(self.chunks(part), self.limits)) if part else []
        return Look(strings=strings, meanings=self.meanings, from_1904=self.from_1904)

    def sheet(self, name: str) -> Sheet:
        """One sheet, kept; merged ranges stand behind its rows in the file, so they are read first."""
        if name not in self._sheets:
            part, state = self.sheet_parts[name]
            spans, hidden = read_frame(self.chunks(part), self.limits)
            self._sheets[name] = Sheet(
                name=name,
                state=state,
                merges=Merges(spans),
                rows=lambda: self._rows(part, name),
                hidden_columns=frozenset(hidden),
            )
        return self._sheets[name]

    def _rows(self, part: str, name: str) -> Iterator[Row]:
        reader = SheetRows(name, self.look, self.limits)
        parser = expat.ParserCreate()
        reader.attach(parser)
        for _step in parse(self.chunks(part), parser):
            yield from reader.finished
            reader.finished.clear()


def read_xlsx(source: Source, limits: Limits) -> Workbook:
    """The workbook of a package that passed the guard."""
    package = _Package(source, limits)
    sheets = tuple((name, state) for name, (_part, state) in package.sheet_parts.items())
    if not sheets:
        raise WorkbookRefused("no_sheets")
    return Workbook(sheets=sheets, sheet=package.sheet)


def local_tag(element: Element) -> str:
    """An element's name without its namespace (the strict format has another one)."""
    return element.tag.rpartition("}")[2]


def below(tree: Element, *path: str) -> Iterable[Element]:
    """The elements along a path of names."""
    found = [tree]
    for name in path:
        found = [child for element in found for child in element if local_tag(child) == name]
    return found


def relation_id(element: Element) -> str:
    """The id by which an element points to a part."""
    return next((value for key, value in element.attrib.items() if key.endswith("relationships}id")), "")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
