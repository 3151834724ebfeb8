"""Files → drafts: every declaration as far as it can be read, with its problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ffp_admin.problems import Code, Place, Problem
from ffp_admin.spec import habits
from ffp_admin.spec.builders import BUILDERS
from ffp_admin.spec.fingerprint import fingerprint
from ffp_admin.spec.grammar import Record
from ffp_admin.spec.guess import guess, listed, nearest
from ffp_admin.spec.keys import DECLARATIONS, openings
from ffp_admin.spec.nodes import Limits, Mapping, Node, Refused, Scalar
from ffp_admin.spec.reading import Notes, Spot, foreign_word
from ffp_admin.spec.records import build, values
from ffp_admin.spec.texts import Parsed, parse
from ffp_admin.spec.words import LANGUAGES, other

#: names of records at the top of a document
REGISTER, CODE_LIST, ROLE, IMPORT_PROFILE, DOCUMENT = DECLARATIONS


@dataclass(frozen=True, slots=True)
class Draft:
    """A declaration as read; with a problem it stays out of the catalog but is still checked and referred to."""

    #: name of its record in the grammar: "register", "code_list", …
    sort: str
    key: str
    language: str
    place: Place
    declared: Any
    spots: tuple[Spot, ...]
    lost: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileDrafts:
    """What one file gave: drafts, problems, and the names a broken file seems to declare (sort, key)."""

    drafts: tuple[Draft, ...]
    #: each problem with the draft it stands in
    problems: tuple[tuple[Problem, Draft | None], ...]
    missed: frozenset[tuple[str, str]]


def read_file(name: str, data: bytes, limits: Limits) -> FileDrafts:
    """Reads one file; a problem belongs to the draft it stands in, to None when nothing could be built there."""
    parsed = parse(name, data, limits)
    documents = [one for one in parsed.documents if not habits.is_empty(one)]
    if not documents:
        return _nothing(parsed, data)
    language = _language(documents)
    read = [_document(parsed, node, language) for node in documents]
    return FileDrafts(
        drafts=tuple(draft for draft, _notes in read if draft),
        problems=(
            *((problem, _owner(problem, documents, read)) for problem in parsed.problems),
            *((problem, draft) for draft, notes in read for problem in notes.problems),
        ),
        missed=frozenset(),
    )


def _nothing(parsed: Parsed, data: bytes) -> FileDrafts:
    problems = list(parsed.problems)
    if parsed.whole and not problems:
        facts = {"choices": listed(openings("zh"))}
        problems.append(Problem(code=Code.EMPTY_FILE, place=Place(file=parsed.name), facts=facts))
    missed = frozenset(_seeming_names(data.decode("utf-8", errors="replace")))
    return FileDrafts(drafts=(), problems=tuple((one, None) for one in problems), missed=missed)


def _seeming_names(text: str) -> Iterator[tuple[str, str]]:
    """What a file that cannot be read seems to declare, so that others may refer to it without a complaint."""
    for language in LANGUAGES:
        for opening, record in openings(language).items():
            for found in re.finditer(rf"^\ufeff?{opening}\s*[:：]\s*[\"'“]?([a-z0-9_]+)", text, re.MULTILINE):
                yield record.name, found[1]


def _owner(problem: Problem, documents: list[Node], read: list[tuple[Draft | None, Notes]]) -> Draft | None:
    """The draft of the document a problem of the text stands in."""
    before = [at for at, node in enumerate(documents) if node.place.line <= problem.place.line]
    return read[before[-1] if before else 0][0]


def _language(documents: Iterable[Node]) -> str:
    """The language most keys at the top are written in."""
    tops = [key.text for node in documents if isinstance(node, Mapping) for key, _value in node.entries]
    known = {
        language: {key.spelling(language) for record in DECLARATIONS.values() for key in record}
        for language in LANGUAGES
    }
    opened = next((one for one in LANGUAGES if tops and tops[0] in openings(one)), None)
    return opened or max(LANGUAGES, key=lambda one: sum(top in known[one] for top in tops))


def _document(parsed: Parsed, node: Node, language: str) -> tuple[Draft | None, Notes]:
    notes = Notes(language, parsed.text)
    record = _record(notes, node)
    if record is None or not isinstance(node, Mapping):
        return None, notes
    read = values(notes, node, record, BUILDERS, node.place)
    named = read.given.get(record.keys[0].target, "")
    place = next((value.place for key, value in node.entries if key.text in _spellings(record)), node.place)
    declared = build(notes, "", read, BUILDERS)
    if not notes.problems and hasattr(declared, "fingerprint"):
        declared = replace(declared, fingerprint=fingerprint(declared))
    return Draft(
        record.name, named, notes.language, place, declared, tuple(notes.spots), frozenset(notes.lost)
    ), notes


def _spellings(record: Record) -> set[str]:
    return {record.keys[0].spelling(language) for language in LANGUAGES}


def _record(notes: Notes, node: Node) -> Record | None:
    """What a document declares: its first key says so."""
    if isinstance(node, Scalar) and (habit := habits.instead_of_entries(node)):
        notes.habit(habit)
        return None
    if isinstance(node, Refused):
        return None
    if not isinstance(node, Mapping) or not node.entries:
        _undeclared(notes, node.place, "")
        return None
    first = node.entries[0][0]
    own, foreign = openings(notes.language), openings(other(notes.language))
    if first.text in own:
        return own[first.text]
    if first.text in foreign:
        record = foreign[first.text]
        foreign_word(notes, first.place, first.text, notes.spelled(record.keys[0]))
        return record
    if habit := habits.in_key(first):
        notes.habit(habit)
        return own.get(habit.key)
    _undeclared(notes, first.place, first.text)
    return None


def _undeclared(notes: Notes, place: Place, word: str) -> None:
    own = openings(notes.language)
    near = nearest(word, own) if word else ""
    notes.note(Code.UNKNOWN_DECLARATION, place, choices=listed(own), guess=guess(word, own) if near else "")
