"""What Chinese typing leaves in keys and values that YAML takes for something else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ffp_admin.problems import Code, Place
from ffp_admin.spec.keys import SPELLINGS
from ffp_admin.spec.nodes import Mapping, Node, Scalar, Sequence

_WIDE_COLON = re.compile(r"\s*(?P<key>[^：\s]{1,40}?)\s*：")
_NO_SPACE = re.compile(r"(?P<key>[^:：\s]{1,40}):(?=[^\s/])")
_INVISIBLE = "\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff"
_QUOTES = {"“": "”", "‘": "’", "”": "“", "「": "」", "『": "』", "＂": "＂", "＇": "＇"}
_WIDE_BRACKETS = ("｛", "［", "【")
_DASHED = re.compile(r"[-－—–•·][^\s\-]")
_CUT = re.compile(r"[ \t]+(?P<rest>#[^\s#][^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Habit:
    """A typing habit found: what it is, where, and the key it hid (if any)."""

    code: Code
    place: Place
    facts: dict[str, object]
    key: str = ""


def short(text: str) -> str:
    """At most twenty characters of `text`, for a message."""
    return text if len(text) <= 20 else text[:19] + "…"


def in_key(key: Scalar) -> Habit | None:
    """The habit that made a key unknown."""
    text = key.text
    if text.strip(" ") != text.strip(_INVISIBLE + " ") or any(sign in text for sign in _INVISIBLE[1:]):
        bare = "".join(sign for sign in text if sign not in _INVISIBLE)
        return Habit(Code.INVISIBLE_SPACE, key.place, {"text": short(bare)}, bare)
    if quoted := _chinese_quotes(key):
        return Habit(Code.CHINESE_QUOTES, key.place, {"text": short(quoted)}, quoted)
    if hidden := colon(text, key.place):
        return hidden
    if any(sign in text for sign in "｛｝［］"):
        return Habit(Code.FULLWIDTH_BRACKET, key.place, {"text": short(text)})
    if "，" in text:
        return Habit(Code.FULLWIDTH_COMMA, key.place, {"text": short(text)})
    if _DASHED.match(text):
        return Habit(Code.DASH_SPACE, key.place, {"text": short(text)}, text[1:])
    return None


def colon(text: str, place: Place) -> Habit | None:
    """A key whose colon is full-width or has no space behind it."""
    if found := _WIDE_COLON.match(text):
        return Habit(Code.FULLWIDTH_COLON, place, {"key": found["key"]}, found["key"])
    if found := _NO_SPACE.match(text):
        return Habit(Code.MISSING_SPACE, place, {"key": found["key"]}, found["key"])
    return None


def in_text(node: Scalar, source: str) -> Habit | None:
    """A habit that spoils a text, a formula or a word; `source` is the whole file."""
    if quoted := _chinese_quotes(node):
        return Habit(Code.CHINESE_QUOTES, node.place, {"text": short(quoted)})
    return None if node.style else swallowed(node, source)


def cut_text(node: Scalar, source: str) -> Habit | None:
    """' #1' behind a plain text, which YAML takes for a comment."""
    if node.style or not (found := _CUT.match(source, node.end)):
        return None
    return Habit(Code.HASH_IN_TEXT, node.place, {"rest": short(found["rest"])})


def swallowed(node: Scalar, source: str) -> Habit | None:
    """A line of its own ('名称：…') that became part of the text above."""
    lines = source[node.start : node.end].splitlines()
    for offset, line in enumerate(lines[1:], start=1):
        hidden = colon(line.lstrip(" "), node.place)
        if hidden and hidden.key in SPELLINGS:
            column = len(line) - len(line.lstrip(" ")) + 1
            place = Place(file=node.place.file, line=node.place.line + offset, column=column)
            return Habit(hidden.code, place, hidden.facts, hidden.key)
    return None


def in_name(node: Scalar) -> Habit | None:
    """Full-width brackets around a list of names."""
    if node.style or not node.text.startswith(_WIDE_BRACKETS):
        return None
    return Habit(Code.FULLWIDTH_BRACKET, node.place, {"text": short(node.text)})


def instead_of_items(node: Mapping) -> Habit | None:
    """Why keys stand where a list was expected: '-须满足: …'."""
    first = node.entries[0][0] if node.entries else None
    if first is None or first.style or not _DASHED.match(first.text):
        return None
    return Habit(Code.DASH_SPACE, first.place, {"text": short(first.text)})


def instead_of_entries(node: Scalar) -> Habit | None:
    """Why a text stands where keys were expected."""
    if quoted := _chinese_quotes(node):
        return Habit(Code.CHINESE_QUOTES, node.place, {"text": short(quoted)})
    if found := in_name(node):
        return found
    if node.style:
        return None
    if _DASHED.match(node.text):
        return Habit(Code.DASH_SPACE, node.place, {"text": short(node.text)})
    return colon(node.text, node.place)


def is_empty(node: Node) -> bool:
    """Nothing stands here, or YAML's word for nothing, or an empty list."""
    if isinstance(node, Mapping):
        return not node.entries
    if isinstance(node, Sequence):
        return not node.items
    return isinstance(node, Scalar) and not node.style and node.text in ("", "~", "null", "Null", "NULL")


def braces_as_text(node: Node) -> bool:
    """Braces or brackets without quotes where a text was expected: {年}{村}."""
    return not isinstance(node, Scalar) and (not isinstance(node, Mapping) or node.flow)


def _chinese_quotes(node: Scalar) -> str:
    """The text inside Chinese quotes that stand around the whole of a plain scalar."""
    text = node.text.strip(_INVISIBLE + " ")
    if node.style or len(text) < 2 or (_QUOTES.get(text[0]) != text[-1] and text[0] != text[-1]):
        return ""
    if text[0] not in _QUOTES or any(sign in text[1:-1] for sign in (text[0], text[-1])):
        return ""
    return text[1:-1]
