"""One language into the other: keys and value words change where they stand, everything else stays as typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ffp_admin.problems import SpecProblems
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys import RECORDS, openings
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.nodes import Limits, Node, Scalar, Sequence
from ffp_admin.spec.nodes import Mapping as MappingNode
from ffp_admin.spec.patterns import place_edits
from ffp_admin.spec.texts import parse_text
from ffp_admin.spec.words import KIND, LANGUAGES, MOMENT, TRUTH, Words

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start`…`end` give way to `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Pen:
    """Where the text stands and what it becomes."""

    source: str
    language: str

    def replace(self, node: Scalar, old: str, new: str) -> Iterator[Edit]:
        """One word inside a scalar, its quotes and spaces kept."""
        at = self.source.find(old, node.start, node.end)
        if at >= 0 and old != new:
            yield Edit(at, at + len(old), new)

    def word(self, node: Node, words: Words) -> Iterator[Edit]:
        """A scalar that is one of `words` in either language."""
        if not isinstance(node, Scalar):
            return
        typed = node.text.strip()
        for language in LANGUAGES:
            value = words.spelled(language).get(typed)
            if value is not None:
                yield from self.replace(node, typed, words.spelling(value, self.language))
                return


def translate(text: str, language: str) -> str:
    """`text` with keys and value words in `language` ("zh" or "en"); raises SpecProblems when it cannot be read.

    Names, expressions, comments, order, quotes and layout stay as they are.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    source = text.removeprefix(_BOM)
    edits = [edit for node in _read(source) for edit in _document(_Pen(source, language), node)]
    return mark + _applied(source, edits)


def translate_part(text: str, record: Record, language: str) -> str:
    """The same for the inside of one record, such as a single line '必填: 是'."""
    edits = [edit for node in _read(text) for edit in _record(_Pen(text, language), node, record)]
    return _applied(text, edits)


def _read(text: str) -> tuple[Node, ...]:
    parsed = parse_text("", text, Limits())
    if parsed.problems:
        raise SpecProblems(parsed.problems)
    return parsed.documents


def _applied(source: str, edits: list[Edit]) -> str:
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda one: one.start):
        pieces += (source[at : edit.start], edit.text)
        at = edit.end
    return "".join((*pieces, source[at:]))


def _document(pen: _Pen, node: Node) -> Iterator[Edit]:
    if not isinstance(node, MappingNode) or not node.entries:
        return
    first = node.entries[0][0].text
    record = next((openings(one)[first] for one in LANGUAGES if first in openings(one)), None)
    if record:
        yield from _record(pen, node, record)


def _places(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    """Places in braces inside one text or several."""
    for item in node.items if isinstance(node, Sequence) else (node,):
        if key.words is None or not isinstance(item, Scalar):
            continue
        typed = pen.source[item.start : item.end]
        for start, end, spelling in place_edits(typed, key.words, pen.language):
            yield Edit(item.start + start, item.start + end, spelling)


def _record(pen: _Pen, node: Node, record: Record) -> Iterator[Edit]:
    if not isinstance(node, MappingNode):
        return
    known = {key.spelling(one): key for key in record for one in LANGUAGES}
    for name, value in node.entries:
        key = known.get(name.text)
        if key is None:
            continue
        yield from pen.replace(name, name.text, key.spelling(pen.language))
        if key.slot in _SLOTS:
            yield from _SLOTS[key.slot](pen, key, value)
        elif key.slot is Slot.LITERAL and _is_truth(node):
            yield from pen.word(value, TRUTH)


def _is_truth(field: MappingNode) -> bool:
    """Whether a field's kind takes yes and no."""
    keys = {RECORDS["field"].key("kind").spelling(one) for one in LANGUAGES}
    kinds = {spelling: name for one in LANGUAGES for spelling, name in KIND.spelled(one).items()}
    typed = [
        value.text.strip() for name, value in field.entries if name.text in keys and isinstance(value, Scalar)
    ]
    return any(KINDS[kinds[text]].shape is Shape.TRUTH for text in typed if text in kinds)


def _word(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    assert key.words is not None
    yield from pen.word(node, key.words)


def _words(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        yield from _word(pen, key, item)


def _sorting(pen: _Pen, _key: Key, node: Node) -> Iterator[Edit]:
    if not isinstance(node, Scalar):
        return
    name = node.text.strip().lstrip("-－").strip()
    for language in LANGUAGES:
        value = MOMENT.spelled(language).get(name)
        if value is not None:
            yield from pen.replace(node, name, MOMENT.spelling(value, pen.language))
            return


def _nested(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    yield from _record(pen, node, RECORDS[key.record])


def _listed(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    for item in node.items if isinstance(node, Sequence) else ():
        yield from _nested(pen, key, item)


def _named(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    for _name, value in node.entries if isinstance(node, MappingNode) else ():
        yield from _nested(pen, key, value)


def _grants(pen: _Pen, key: Key, node: Node) -> Iterator[Edit]:
    for _form, verbs in node.entries if isinstance(node, MappingNode) else ():
        yield from _words(pen, key, verbs)


#: slots whose values have words of the language in them; the others stay as they are
_SLOTS: Mapping[Slot, Callable[[_Pen, Key, Node], Iterator[Edit]]] = MappingProxyType(
    {
        Slot.WORD: _word,
        Slot.WORDS: _words,
        Slot.TEXT: _places,
        Slot.TEXTS: _places,
        Slot.SORTING: _sorting,
        Slot.RECORD: _nested,
        Slot.RECORDS: _listed,
        Slot.NAMED: _named,
        Slot.CODES: _named,
        Slot.GRANTS: _grants,
    }
)
