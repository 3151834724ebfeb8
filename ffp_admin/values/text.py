"""Characters: full-width and half-width, spaces, dots of names, characters no font or system knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

from ffp_admin.values.cleaned import Cleaned, Raw, Refused

Tidy = Callable[[str], str]

#: marks people write into a cell that has nothing to say
BLANK_MARKS = frozenset({"-", "--", "—", "——", "–", "/", "\\", "无", "、", "*", "N/A", "n/a"})

_FULL_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
#: spaces that only look empty, and zero-width marks that copying from web pages leaves behind
_SPACES = re.compile(r"[\s\u00a0\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_UNUSABLE = re.compile(r"[\ud800-\udfff\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_NAME_DOTS = re.compile(r"[．•‧・･.｡●∙⋅﹒᛫]")
#: ideographs incl. extensions A-J and compatibility forms, and 〇
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s*{_NAME_DOTS.pattern}\s*(?=[{HAN}])")
_SPACED_NAME = re.compile(
    rf"[{HAN}]\s+[{HAN}]{{1,3}}|[{HAN}]{{2}}\s+[{HAN}]{{1,2}}|[{HAN}](\s+[{HAN}]){{2,3}}"
)
_DOTTED_NAME = re.compile(rf"[{HAN}]+(\s*[·{_NAME_DOTS.pattern[1:-1]}]\s*[{HAN}]+)+")
_SPACE_BESIDE_HAN = re.compile(rf"(?<=[{HAN}·])\s+|\s+(?=[{HAN}·])")


def half_width(text: str) -> str:
    """`text` with full-width ASCII and the ideographic space made half-width."""
    return text if text.isascii() else text.translate(_FULL_TO_HALF)


def without_spaces(text: str) -> str:
    """`text` without any kind of space, line break or zero-width mark."""
    # letters and digits only: nothing to look for (an import asks a hundred thousand times)
    return text if text.isalnum() else _SPACES.sub("", text)


def one_line(text: str) -> str:
    """`text` trimmed, each run of spaces and line breaks made one space."""
    return text if text.isalnum() else _SPACES.sub(" ", text).strip()


def as_text(raw: Raw) -> str:
    """What a cell shows: whole numbers without a point, dates as 2026-03-05, nothing as ''."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.isoformat(sep=" ") if raw.time() != datetime.min.time() else raw.date().isoformat()
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def is_blank_mark(text: str) -> bool:
    """True for a cell that only says 'nothing here' (—, /, 无 …)."""
    return without_spaces(half_width(text)) in BLANK_MARKS


def unusable_characters(text: str) -> Iterator[tuple[int, str]]:
    """Places (from 1) and characters that mean nothing elsewhere: private use, unassigned surrogates, U+FFFD."""
    return ((found.start() + 1, found[0]) for found in _UNUSABLE.finditer(text))


def parse_text(raw: Raw) -> Cleaned[str | None] | Refused:
    """A one-line text; None when empty. Refuses characters only one machine's font knows (text_private_use)."""
    return _parse(raw, one_line)


def parse_long_text(raw: Raw) -> Cleaned[str | None] | Refused:
    """A text that may have several lines; None when empty."""
    return _parse(raw, lambda text: "\n".join(line.rstrip() for line in text.splitlines()).strip())


def _parse(raw: Raw, tidy: Tidy) -> Cleaned[str | None] | Refused:
    text = as_text(raw).replace("\r\n", "\n")
    visible = _CONTROL.sub("", text)
    refused = _refuse_unusable(visible)
    if refused:
        return refused
    return Cleaned(tidy(visible) or None, ("text_control",) if visible != text else ())


def parse_name(raw: Raw) -> Cleaned[str | None] | Refused:
    """A person's name: no spaces between ideographs, the one dot · (U+00B7) in names such as 古丽娜尔·艾山.

    Refuses a name that lost characters on the way (?, U+FFFD: name_garbled) or has digits (name_digits).
    """
    text = _CONTROL.sub("", as_text(raw))
    notes = ["text_control"] if text != as_text(raw) else []
    dotted = _DOT_BETWEEN_HAN.sub("·", text)
    if dotted != text:
        notes.append("name_dot")
    trimmed = half_width(dotted).strip()
    tight = one_line(_SPACE_BESIDE_HAN.sub("", trimmed))
    if tight != trimmed:
        notes.append("name_spaces")
    return _refuse_unusable(tight) or _refuse_name(tight) or Cleaned(tight or None, tuple(notes))


def looks_like_name(text: str) -> bool:
    """True for two to four ideographs set apart by spaces (何　荣), or ideographs joined by a dot."""
    return bool(_SPACED_NAME.fullmatch(text.strip()) or _DOTTED_NAME.fullmatch(text.strip()))


def _refuse_unusable(text: str) -> Refused | None:
    for place, char in unusable_characters(text):
        code = "text_garbled" if char == "\ufffd" else "text_private_use"
        return Refused(code, {"place": place, "point": f"U+{ord(char):04X}"})
    return None


def _refuse_name(text: str) -> Refused | None:
    if "?" in text:
        return Refused("name_garbled", {"name": text})
    if any(char.isdigit() for char in text):
        return Refused("name_digits", {"name": text})
    return None
