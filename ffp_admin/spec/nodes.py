"""YAML text as nodes that know their place; nothing is interpreted here.

The events of libyaml are used, not its composed documents: numbers and dates stay the text that was typed,
and tags, anchors, depth and size are seen before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import yaml

from ffp_admin.problems import Code, Place, Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold: bytes, levels of nesting, nodes."""

    size: int = 1_000_000
    depth: int = 20
    nodes: int = 50_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as typed; `style` is "" for plain, else the quote or block sign. start/end count characters."""

    text: str
    place: Place
    start: int
    end: int
    style: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in the order of the file, keys unique; `flow` when written in braces."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place
    start: int
    end: int
    flow: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in the order of the file; `flow` when written in square brackets."""

    items: tuple[Node, ...]
    place: Place
    start: int
    end: int
    flow: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands where a problem was already reported, so that nobody reports it again."""

    place: Place
    start: int
    end: int


Node: TypeAlias = Scalar | Mapping | Sequence | Refused


class Mark(Protocol):
    """A position as libyaml gives it: line and column from 0, index in characters."""

    line: int
    column: int
    index: int


def _start(event: yaml.Event) -> Mark:
    assert event.start_mark is not None  # only events made by hand have none
    return event.start_mark


def _end(event: yaml.Event) -> int:
    assert event.end_mark is not None
    return event.end_mark.index


class TooLarge(Exception):
    """Nesting or number of nodes passes the limit, at a place."""

    def __init__(self, place: Place) -> None:
        super().__init__(str(place))
        self.place = place


@dataclass(frozen=True, slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: yaml.CollectionStartEvent
    children: list[Node]


class Composer:
    """Builds the documents of one text; `problems` fills while it works.

    `inserted` lists (line, column) where a mend put a character, so that places stay those of the file.
    """

    def __init__(self, name: str, limits: Limits, inserted: tuple[tuple[int, int], ...] = ()) -> None:
        self._name = name
        self._limits = limits
        self._inserted = inserted
        self._count = 0
        self.problems: list[Problem] = []

    def documents(self, text: str) -> Iterator[Node]:
        """The root nodes of `text`; raises yaml.YAMLError or TooLarge."""
        open_: list[_Open] = [_Open(yaml.CollectionStartEvent(None, None, True), [])]
        for event in yaml.parse(text, Loader=yaml.CLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                self._weigh(event, len(open_))
                open_.append(_Open(event, []))
            elif isinstance(event, yaml.CollectionEndEvent):
                done = open_.pop()
                open_[-1].children.append(self._collection(done, _end(event)))
            elif isinstance(event, yaml.NodeEvent):
                self._weigh(event, len(open_))
                open_[-1].children.append(self._leaf(event))
            elif isinstance(event, yaml.DocumentEndEvent):
                yield open_[0].children.pop()

    def place(self, mark: Mark) -> Place:
        """The place of a mark in the file as the person sees it."""
        moved = sum(1 for line, column in self._inserted if line == mark.line and column < mark.column)
        return Place(file=self._name, line=mark.line + 1, column=mark.column + 1 - moved)

    def _weigh(self, event: yaml.Event, depth: int) -> None:
        self._count += 1
        if depth > self._limits.depth or self._count > self._limits.nodes:
            raise TooLarge(self.place(_start(event)))

    def _note(self, code: Code, place: Place, **facts: object) -> None:
        self.problems.append(Problem(code=code, place=place, facts=facts))

    def _leaf(self, event: yaml.NodeEvent) -> Node:
        place, start, end = self.place(_start(event)), _start(event).index, _end(event)
        if not isinstance(event, yaml.ScalarEvent) or self._is_marked(event):
            self._note(Code.YAML_ALIAS, place)
            return Refused(place, start, end)
        return Scalar(event.value, place, start, end, event.style or "")

    @staticmethod
    def _is_marked(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> bool:
        return event.anchor is not None or event.tag is not None

    def _collection(self, done: _Open, end: int) -> Node:
        event, children = done.event, done.children
        place, start = self.place(_start(event)), _start(event).index
        if self._is_marked(event):
            self._note(Code.YAML_ALIAS, place)
            return Refused(place, start, end)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(children), place, start, end, bool(event.flow_style))
        pairs = zip(children[::2], children[1::2], strict=True)
        return Mapping(tuple(self._entries(pairs)), place, start, end, bool(event.flow_style))

    def _entries(self, pairs: Iterator[tuple[Node, Node]]) -> Iterator[tuple[Scalar, Node]]:
        first: dict[str, int] = {}
        for key, value in pairs:
            if isinstance(key, Refused):
                continue
            if not isinstance(key, Scalar):
                self._note(Code.BRACKETS_IN_TEXT, key.place, text="{…}")
            elif key.text in first:
                self._note(Code.DUPLICATE_KEY, key.place, key=key.text, first=first[key.text])
            else:
                first[key.text] = key.place.line
                yield key, value
