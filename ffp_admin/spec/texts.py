"""Bytes of a file → text → nodes, with every problem on the way; mistakes that can be guessed are read over."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import yaml

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase, Place, Problem
from ffp_admin.spec.diagnose import Mend, diagnose
from ffp_admin.spec.nodes import Composer, Limits, Node, TooLarge

#: characters YAML does not read: controls, lone surrogates, non-characters
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
#: mends tried in one file, and characters read again because of them
_MOST_MENDS = 50
_MOST_READ = 3_000_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of one file; `whole` is False when reading stopped before its end."""

    name: str
    text: str
    documents: tuple[Node, ...]
    problems: tuple[Problem, ...]
    whole: bool


def parse(name: str, data: bytes, limits: Limits) -> Parsed:
    """Reads one file as far as it can be read."""
    if len(data) > limits.size:
        return _stopped(name, Code.FILE_TOO_LARGE, Place(file=name), size=len(data), limit=limits.size)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place(name, data[: error.start].decode("utf-8"), error.start)
        return _stopped(name, Code.FILE_ENCODING, place, looks_like=_looks_like(data))
    return parse_text(name, text, limits)


def parse_text(name: str, text: str, limits: Limits) -> Parsed:
    """Reads the text of one file as far as it can be read."""
    if found := _UNREADABLE.search(text):
        reason = Phrase(N_("it contains the control character U+{point:04X}"), point=ord(found.group()))
        return _stopped(name, Code.FILE_UNREADABLE, _place(name, text, found.start()), reason=reason)
    problems: list[Problem] = []
    inserted: tuple[tuple[int, int], ...] = ()
    while True:
        composer = Composer(name, limits, inserted)
        try:
            documents = tuple(composer.documents(text))
        except TooLarge as error:
            facts = {"depth": limits.depth, "nodes": limits.nodes}
            problems.append(Problem(code=Code.TOO_DEEP, place=error.place, facts=facts))
            break
        except yaml.MarkedYAMLError as error:
            found_here = diagnose(error, text)
            place = Place(
                file=name,
                line=found_here.line + 1,
                column=found_here.column + 1 - _moved(inserted, found_here.line, found_here.column),
            )
            problems.append(Problem(code=found_here.code, place=place, facts=found_here.facts))
            if (
                found_here.mend is None
                or len(problems) > _MOST_MENDS
                or len(problems) * len(text) > _MOST_READ
            ):
                break
            text = _mended(text, found_here.mend)
            if len(found_here.mend.text) > found_here.mend.end - found_here.mend.start:
                inserted = (*inserted, (found_here.line, found_here.mend.start))
        else:
            return Parsed(name, text, documents, (*problems, *composer.problems), whole=True)
    return Parsed(name, text, (), tuple(problems), whole=False)


def _stopped(name: str, code: Code, place: Place, **facts: object) -> Parsed:
    return Parsed(name, "", (), (Problem(code=code, place=place, facts=facts),), whole=False)


def _place(name: str, before: str, index: int) -> Place:
    lines = _BREAKS.split(before[:index])
    return Place(file=name, line=len(lines), column=len(lines[-1]) + 1)


def _moved(inserted: tuple[tuple[int, int], ...], line: int, column: int) -> int:
    return sum(1 for at_line, at_column in inserted if at_line == line and at_column < column)


def _mended(text: str, mend: Mend) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[mend.line]
    lines[mend.line] = line[: mend.start] + mend.text + line[mend.end :]
    return "".join(lines)


def _looks_like(data: bytes) -> Phrase | str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Phrase(N_(" but UTF-16 (Unicode)"))
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return Phrase(N_(" but GBK (ANSI)"))
