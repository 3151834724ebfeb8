"""Texts with places in braces: number patterns ({年}{村}{序号:4}) and titles ({县}{年}).

A place is a word of the language of its file; the catalog has the Chinese one, under which numbers are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ffp_admin.i18n import N_
from ffp_admin.problems import Phrase
from ffp_admin.spec.guess import listed
from ffp_admin.spec.words import SERIAL_PLACE, Words

#: the place that counts, with its digits
COUNTER = "number"

_PLACE = re.compile(r"\{([^{}]*)\}")
_DIGITS = re.compile(r"[1-9]")


def serial_fault(pattern: str, language: str) -> Phrase | None:
    """What is wrong with a number pattern written in `language`, None when nothing is."""
    if fault := _brace_fault(pattern) or _unknown_place(pattern, SERIAL_PLACE, language):
        return fault
    counter = SERIAL_PLACE.spelling(COUNTER, language)
    if [name for name, _digits in _places(pattern)].count(counter) != 1:
        return Phrase(N_("it needs {{{counter}:4}} exactly once"), counter=counter)
    return None


def title_fault(title: str, words: Words, language: str) -> Phrase | None:
    """What is wrong with the places of a title, None when nothing is."""
    return _brace_fault(title) or _unknown_place(title, words, language)


def place_edits(text: str, words: Words, language: str) -> Iterator[tuple[int, int, str]]:
    """Where a place of `text` begins and ends, and how it is spelled in `language`; what is no place is left out."""
    known = {spelling: value for one in ("zh", "en") for spelling, value in words.spelled(one).items()}
    for found in _PLACE.finditer(text):
        name = found[1].partition(":")[0]
        if name in known:
            yield found.start(1), found.start(1) + len(name), words.spelling(known[name], language)


def in_chinese(text: str, words: Words) -> str:
    """The text with its places as the catalog has them."""
    for start, end, spelling in reversed(list(place_edits(text, words, "zh"))):
        text = text[:start] + spelling + text[end:]
    return text


def _places(text: str) -> list[tuple[str, str]]:
    """Names of the places and what stands behind their colon."""
    parts = [place.partition(":") for place in _PLACE.findall(text)]
    return [(name, colon + digits) for name, colon, digits in parts]


def _brace_fault(text: str) -> Phrase | None:
    rest = _PLACE.sub("", text)
    return Phrase(N_("a brace is not closed")) if "{" in rest or "}" in rest else None


def _unknown_place(text: str, words: Words, language: str) -> Phrase | None:
    spelled = words.spelled(language)
    for name, behind in _places(text):
        is_counter = spelled.get(name) == COUNTER
        if name not in spelled or (behind and not (is_counter and _DIGITS.fullmatch(behind[1:]))):
            return Phrase(
                N_("{{{place}}} is not one of {places}"), place=name + behind, places=listed(spelled)
            )
    return None
