"""Guesses at what a misspelt word was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from ffp_admin.i18n import N_, _
from ffp_admin.problems import Phrase

#: half of a two-character Chinese word may be wrong
_NEAR = 0.5
_LATIN_NEAR = 0.7
#: more than these are no help in a message
_MOST_LISTED = 30
#: nobody misspells a word of more characters
_LONGEST = 40


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice most like `word`; "" when none is near."""
    if len(word) > _LONGEST:
        return ""
    near = _LATIN_NEAR if word.isascii() else _NEAR
    found = get_close_matches(word.casefold(), list(choices), n=1, cutoff=near)
    return found[0] if found else ""


def guess(word: str, choices: Iterable[str], foreign: Mapping[str, str] | None = None) -> Phrase | str:
    """'Did you mean …?', else what is possible here; `foreign` maps the other language's spelling to ours."""
    known = list(dict.fromkeys(choices))
    abroad = {other: ours for other, ours in (foreign or {}).items() if ours in known}
    meant = nearest(word, known)
    meant_abroad = nearest(word, abroad)
    if meant_abroad and _likeness(word, meant_abroad) > _likeness(word, meant):
        meant = abroad[meant_abroad]
    if meant:
        return Phrase(N_(" Did you mean '{word}'?"), word=meant)
    if known and len(known) <= _MOST_LISTED:
        return Phrase(N_(" Possible here: {words}."), words=listed(known))
    return ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Words one after the other, joined as the reader's language does when they are shown."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return _(", ").join(self.words)


def listed(words: Iterable[str]) -> Listed:
    """Words for a message."""
    return Listed(tuple(words))


def _likeness(one: str, two: str) -> float:
    return SequenceMatcher(None, one.casefold(), two).ratio()
