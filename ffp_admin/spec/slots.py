"""One reader for each slot of the grammar: node → value, None when it cannot be read (and that was noted)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase, Place
from ffp_admin.spec import habits, literals, names
from ffp_admin.spec.grammar import Key, Slot
from ffp_admin.spec.guess import guess, listed
from ffp_admin.spec.model import Formula
from ffp_admin.spec.nodes import Mapping as MappingNode
from ffp_admin.spec.nodes import Node, Refused, Scalar, Sequence
from ffp_admin.spec.reading import LIST, MAPPING, TEXT, Notes, foreign_word
from ffp_admin.spec.words import KIND, MOMENT, TRUTH, VERB, Words, other

ONE_OF = N_("one of {choices}")
ONE_LINE = N_("a text on one line")
LIST_OF_LISTS = N_("a list of lists, such as [[a, b]]")
FROM_TO = N_("a whole number from {low} to {high}")
#: longest expression, in characters
FORMULA_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as typed with its place, for what is read later (by kind, or against other declarations)."""

    text: str
    place: Place


def text(notes: Notes, key: str, node: Node) -> str | None:
    """A text without the spaces around it, its typing habits noted."""
    if not isinstance(node, Scalar):
        _no_text(notes, key, node)
        return None
    if found := habits.in_text(node, notes.source):
        notes.habit(found)
        return None
    return node.text.strip()


def _no_text(notes: Notes, key: str, node: Node) -> None:
    if isinstance(node, Refused):
        return
    if habits.braces_as_text(node):
        typed = habits.short(notes.source[node.start : node.end])
        notes.note(Code.BRACKETS_IN_TEXT, node.place, text=typed)
    else:
        notes.shape(key, TEXT, node)


def _free_text(notes: Notes, key: Key, node: Node) -> str | None:
    found = text(notes, notes.spelled(key), node)
    if found is None or not isinstance(node, Scalar):
        return None
    if cut := habits.cut_text(node, notes.source):
        notes.habit(cut)
    if key.high and len(found) > key.high:
        notes.note(
            Code.NAME_TOO_LONG, node.place, name=habits.short(found), length=len(found), limit=key.high
        )
    if "\n" in found and node.style not in ("|", ">"):
        notes.note(Code.BAD_VALUE, node.place, value=habits.short(found), expected=Phrase(ONE_LINE))
    return found


def _key(notes: Notes, key: Key, node: Node) -> str | None:
    found = text(notes, notes.spelled(key), node)
    if found is None:
        return None
    if not names.KEY.fullmatch(found) or len(found) > names.KEY_LENGTH:
        notes.note(Code.BAD_KEY, node.place, name=habits.short(found), limit=names.KEY_LENGTH)
    return found


def _typed(notes: Notes, key: Key, node: Node) -> Typed | None:
    found = text(notes, notes.spelled(key), node)
    if found is None or not isinstance(node, Scalar):
        return None
    if habit := habits.in_name(node):
        notes.habit(habit)
        return None
    return Typed(found, node.place)


def _formula(notes: Notes, key: Key, node: Node) -> Formula | None:
    found = text(notes, notes.spelled(key), node)
    if found is None or not isinstance(node, Scalar):
        return None
    if cut := habits.cut_text(node, notes.source):
        notes.habit(cut)
    if len(found) > FORMULA_LENGTH:
        notes.note(
            Code.NAME_TOO_LONG, node.place, name=habits.short(found), length=len(found), limit=FORMULA_LENGTH
        )
    return Formula(text=found, place=first_character(node, notes.source))


def first_character(node: Scalar, source: str) -> Place:
    """Where the text itself begins: behind the quote, on the line below a block sign."""
    place = node.place
    if node.style in ("'", '"'):
        return Place(file=place.file, line=place.line, column=place.column + 1)
    if node.style in ("|", ">"):
        for offset, line in enumerate(source[node.start : node.end].splitlines()[1:], start=1):
            if line.strip():
                column = len(line) - len(line.lstrip()) + 1
                return Place(file=place.file, line=place.line + offset, column=column)
    return place


def _count(notes: Notes, key: Key, node: Node) -> int | None:
    found = text(notes, notes.spelled(key), node)
    if found is None:
        return None
    value = literals.whole_number(found)
    if value is None or not key.low <= value <= key.high:
        expected = Phrase(FROM_TO, low=key.low, high=key.high)
        notes.note(Code.BAD_VALUE, node.place, value=habits.short(found), expected=expected)
        return None
    return value


def _day(notes: Notes, key: Key, node: Node) -> object:
    found = text(notes, notes.spelled(key), node)
    if found is None:
        return None
    value = literals.day(found)
    if value is None:
        notes.note(Code.BAD_DATE, node.place, value=habits.short(found))
    return value


def word(notes: Notes, words: Words, node: Node, key: str) -> str | None:
    """A word of a closed set, in either language (the foreign one noted)."""
    found = text(notes, key, node)
    if found is None:
        return None
    if isinstance(node, Scalar) and (habit := habits.in_name(node)):
        notes.habit(habit)
        return None
    own, foreign = words.spelled(notes.language), words.spelled(other(notes.language))
    if found in own:
        return own[found]
    if found in foreign:
        foreign_word(notes, node.place, found, words.spelling(foreign[found], notes.language))
        return foreign[found]
    translated = {spelling: words.spelling(value, notes.language) for spelling, value in foreign.items()}
    _unknown_word(notes, words, habits.short(found), node.place, guess(found, own, translated))
    return None


def _unknown_word(notes: Notes, words: Words, found: str, place: Place, hint: Phrase | str) -> None:
    choices = listed(words.spelled(notes.language))
    if words is KIND:
        notes.note(Code.UNKNOWN_KIND, place, kind=found, guess=hint)
    elif words is VERB:
        notes.note(Code.UNKNOWN_VERB, place, name=found, choices=choices, guess="")
    else:
        near = hint if isinstance(hint, Phrase) and "word" in hint.facts else ""
        notes.note(Code.BAD_VALUE, place, value=found, expected=Phrase(ONE_OF, choices=choices), guess=near)


def _word(notes: Notes, key: Key, node: Node) -> object:
    assert key.words is not None  # every WORD slot names its words, a test holds it
    found = word(notes, key.words, node, notes.spelled(key))
    return found == "true" if key.words is TRUTH and found is not None else found


def items(notes: Notes, key: Key, node: Node) -> Iterator[Node]:
    """The items of a list; one text alone is a list of one."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        yield from node.items
    else:
        notes.shape(notes.spelled(key), LIST, node)


def _words(notes: Notes, key: Key, node: Node) -> tuple[str, ...]:
    assert key.words is not None
    found: list[str] = []
    for item in items(notes, key, node):
        one = word(notes, key.words, item, notes.spelled(key))
        if one in found:
            notes.note(Code.REPEATED, item.place, name=key.words.spelling(one, notes.language))
        elif one is not None:
            found.append(one)
    return tuple(found)


def _texts(notes: Notes, key: Key, node: Node) -> tuple[str, ...]:
    found = [text(notes, notes.spelled(key), item) for item in items(notes, key, node)]
    return tuple(one for one in found if one is not None)


def _names(notes: Notes, key: Key, node: Node) -> tuple[Typed, ...]:
    return tuple(_each_name(notes, key, items(notes, key, node)))


def _each_name(notes: Notes, key: Key, nodes: Iterator[Node]) -> Iterator[Typed]:
    seen: set[str] = set()
    for item in nodes:
        found = _typed(notes, key, item)
        if found is None:
            continue
        if "，" in found.text or "、" in found.text:
            notes.note(Code.FULLWIDTH_COMMA, found.place, text=habits.short(found.text))
        elif found.text in seen:
            notes.note(Code.REPEATED, found.place, name=found.text)
        else:
            seen.add(found.text)
            yield found


def _groups(notes: Notes, key: Key, node: Node) -> tuple[tuple[Typed, ...], ...]:
    if not isinstance(node, Sequence):
        notes.shape(notes.spelled(key), LIST, node)
        return ()
    for item in node.items:
        if not isinstance(item, Sequence):
            notes.shape(notes.spelled(key), LIST_OF_LISTS, item)
    lists = [item for item in node.items if isinstance(item, Sequence)]
    return tuple(_names(notes, key, item) for item in lists)


def _sorting(notes: Notes, key: Key, node: Node) -> Typed | None:
    found = _typed(notes, key, node)
    if found is None:
        return None
    sign, name = ("-", found.text[1:].lstrip()) if found.text[:1] in ("-", "－") else ("", found.text)
    own, foreign = MOMENT.spelled(notes.language), MOMENT.spelled(other(notes.language))
    if name in foreign and name not in own:
        foreign_word(notes, found.place, name, MOMENT.spelling(foreign[name], notes.language))
    return Typed(sign + (own.get(name) or foreign.get(name) or name), found.place)


def _grants(notes: Notes, key: Key, node: Node) -> dict[Typed, tuple[str, ...]] | None:
    if not isinstance(node, MappingNode):
        notes.shape(notes.spelled(key), MAPPING, node)
        return None
    found = {}
    for form, verbs in node.entries:
        if habit := (habits.in_key(form) if form.text != "*" else None):
            notes.habit(habit)
        elif habits.is_empty(verbs):
            notes.note(Code.EMPTY_VALUE, form.place, key=form.text)
        else:
            found[Typed(form.text, form.place)] = _words(notes, key, verbs)
    return found


def _limits(notes: Notes, key: Key, node: Node) -> tuple[Typed, ...] | None:
    """Register and its fields, each as register.field; a field's place is its own."""
    if not isinstance(node, MappingNode):
        notes.shape(notes.spelled(key), MAPPING, node)
        return None
    found: list[Typed] = []
    for form, fields in node.entries:
        if habit := habits.in_key(form):
            notes.habit(habit)
        elif habits.is_empty(fields):
            notes.note(Code.EMPTY_VALUE, form.place, key=form.text)
        else:
            found += (Typed(f"{form.text}.{one.text}", one.place) for one in _names(notes, key, fields))
    return tuple(found)


#: records inside a record are read by `reader`, which knows how each is built
READ: Mapping[Slot, Callable[[Notes, Key, Node], Any]] = MappingProxyType(
    {
        Slot.KEY: _key,
        Slot.TEXT: _free_text,
        Slot.LITERAL: _typed,
        Slot.FORMULA: _formula,
        Slot.COUNT: _count,
        Slot.DAY: _day,
        Slot.WORD: _word,
        Slot.WORDS: _words,
        Slot.NAME: _typed,
        Slot.NAMES: _names,
        Slot.GROUPS: _groups,
        Slot.SORTING: _sorting,
        Slot.TEXTS: _texts,
        Slot.GRANTS: _grants,
        Slot.LIMITS: _limits,
    }
)
