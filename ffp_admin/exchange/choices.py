"""Words of a code list as people write them: label, alias, code, or nothing the list knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from ffp_admin.spec.model import CodeList, CodeWord
from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import as_text, half_width, is_blank_mark, one_line, without_spaces

_SEPARATORS = re.compile(r"[、，,;；/|\n\s]+")


def parse_choice(raw: Raw, codes: CodeList) -> Cleaned[str | None] | Refused:
    """The code of a word; note code_alias for anything but the label, code unknown_code with a guess."""
    text = one_line(as_text(raw))
    if not text:
        return Cleaned(None)
    word = _find(text, codes)
    if word:
        return Cleaned(word.code, () if text == word.label else ("code_alias",))
    if is_blank_mark(text):
        return Cleaned(None, ("blank_mark",))
    return Refused("unknown_code", {"value": text, "list": codes.label}, guess(text, codes))


def parse_choices(raw: Raw, codes: CodeList) -> Cleaned[tuple[str, ...] | None] | Refused:
    """The codes of several words set apart by 、 or the like, each once, in the order of the list."""
    text = one_line(as_text(raw))
    whole = parse_choice(raw, codes)
    if isinstance(whole, Cleaned):
        return Cleaned(None if whole.value is None else (whole.value,), whole.notes)
    found: set[str] = set()
    notes: dict[str, None] = {}
    for part in filter(None, _SEPARATORS.split(text)):
        answer = parse_choice(part, codes)
        if isinstance(answer, Refused):
            return answer
        notes.update(dict.fromkeys(answer.notes))
        found.update((answer.value,) if answer.value else ())
    return Cleaned(tuple(word.code for word in codes.words if word.code in found) or None, tuple(notes))


def guess(text: str, codes: CodeList) -> str | None:
    """The label that was most likely meant."""
    labels = {spelling: word.label for word in codes.words for spelling in (word.label, *word.aliases)}
    close = get_close_matches(text, labels, n=1, cutoff=0.6)
    return labels[close[0]] if close else None


def _find(text: str, codes: CodeList) -> CodeWord | None:
    return next((word for spelling in _spellings(text) if (word := codes.find(spelling))), None)


def _spellings(text: str) -> Iterator[str]:
    """The text as written, then without full-width characters and spaces."""
    yield text
    yield half_width(text)
    yield without_spaces(half_width(text))
    yield without_spaces(text)
