"""Reading one record: its keys in the file's language, every problem noted, never stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase, Place, Problem
from ffp_admin.spec import habits
from ffp_admin.spec.grammar import Key, Record
from ffp_admin.spec.guess import guess
from ffp_admin.spec.nodes import Mapping as MappingNode
from ffp_admin.spec.nodes import Node, Refused, Scalar, Sequence
from ffp_admin.spec.words import other

LANGUAGE_NAMES = {"zh": N_("Chinese"), "en": N_("English")}
MAPPING = N_("a group of keys")
LIST = N_("a list")
TEXT = N_("a text")
_FOUND = {Scalar: TEXT, MappingNode: MAPPING, Sequence: LIST}

#: a name as typed and where
Named = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Spot:
    """A record that was built, with the names it refers to, for the checks between declarations."""

    record: Record
    owner: Any
    place: Place
    names: Mapping[str, tuple[Named, ...]]


@dataclass(slots=True)
class Notes:
    """What is noted while one declaration is read."""

    language: str
    source: str
    problems: list[Problem] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    #: names of entries that could not be built; nobody complains that they are missing
    lost: set[str] = field(default_factory=set)

    def note(self, code: Code, place: Place, **facts: object) -> None:
        """Remember a problem."""
        self.problems.append(Problem(code=code, place=place, facts=facts))

    def habit(self, found: habits.Habit) -> None:
        """Remember a typing habit."""
        self.problems.append(Problem(code=found.code, place=found.place, facts=found.facts))

    def shape(self, key: str, expected: str, node: Node) -> None:
        """Something of another shape stands behind `key`."""
        if isinstance(node, Refused):
            return
        if expected is LIST and isinstance(node, MappingNode) and (found := habits.instead_of_items(node)):
            self.habit(found)
            return
        entries_asked = expected in (MAPPING, LIST)
        if entries_asked and isinstance(node, Scalar) and (found := habits.instead_of_entries(node)):
            self.habit(found)
            return
        facts = {"expected": Phrase(expected), "found": Phrase(_FOUND[type(node)])}
        self.note(Code.WRONG_SHAPE, node.place, key=key, **facts)

    def spelled(self, key: Key) -> str:
        """A key as the file's language writes it."""
        return key.spelling(self.language)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a record as found: where the key stands, and what stands behind it."""

    key: Key
    place: Place
    node: Node


def entries(notes: Notes, node: MappingNode, record: Record) -> dict[str, Entry]:
    """The known keys of a mapping by English spelling; unknown, foreign, empty and missing ones are noted."""
    found: dict[str, Entry] = {}
    seen: set[str] = set()
    own, foreign = record.spelled(notes.language), record.spelled(other(notes.language))
    after_comma = False
    for scalar, value in node.entries:
        key = own.get(scalar.text) or foreign.get(scalar.text)
        if key is None:
            cut_off = node.flow and isinstance(value, Scalar) and habits.is_empty(value)
            if not (cut_off and after_comma):
                seen.update(_unknown(notes, scalar, record, cut_off))
            after_comma = cut_off
            continue
        after_comma = False
        if scalar.text not in own:
            foreign_word(notes, scalar.place, scalar.text, notes.spelled(key))
        if key.name in seen:
            first = found[key.name].place.line if key.name in found else scalar.place.line
            notes.note(Code.DUPLICATE_KEY, scalar.place, key=scalar.text, first=first)
            continue
        seen.add(key.name)
        if isinstance(value, Refused):
            continue
        if habits.is_empty(value):
            _no_value(notes, scalar, value)
            continue
        found[key.name] = Entry(key, scalar.place, value)
    for key in record:
        if key.needed and key.name not in seen:
            notes.note(Code.MISSING_KEY, node.place, key=notes.spelled(key))
    return found


def _no_value(notes: Notes, scalar: Scalar, value: Node) -> None:
    cut = isinstance(value, Scalar) and habits.cut_text(value, notes.source)
    if cut:
        notes.habit(cut)
    else:
        notes.note(Code.EMPTY_VALUE, scalar.place, key=scalar.text)


def _unknown(notes: Notes, scalar: Scalar, record: Record, cut_off: bool) -> Iterable[str]:
    """Notes why a key is not known; gives the English spellings of the keys it hides."""
    own, foreign = record.spelled(notes.language), record.spelled(other(notes.language))
    habit = habits.in_key(scalar)
    if habit:
        notes.habit(habit)
        hidden = own.get(habit.key) or foreign.get(habit.key)
        return (hidden.name,) if hidden else ()
    if cut_off:
        notes.note(Code.COMMA_IN_BRACES, scalar.place, key=habits.short(scalar.text))
        return ()
    translated = {key.spelling(other(notes.language)): key.spelling(notes.language) for key in record}
    notes.note(
        Code.UNKNOWN_KEY,
        scalar.place,
        key=habits.short(scalar.text),
        guess=guess(scalar.text, own, translated),
    )
    return ()


def foreign_word(notes: Notes, place: Place, word: str, ours: str) -> None:
    """Notes that `word` belongs to the other language, where this file says `ours`."""
    notes.note(
        Code.MIXED_LANGUAGE,
        place,
        key=word,
        found=Phrase(LANGUAGE_NAMES[other(notes.language)]),
        expected=Phrase(LANGUAGE_NAMES[notes.language]),
        other=ours,
    )
