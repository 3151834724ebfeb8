"""What a syntax error of libyaml means to someone who types Chinese, and how to read on behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import yaml

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.spec.keys import SPELLINGS

_KEY_COLON = re.compile(r"[ ]*(?:- +)*(?P<key>[^\s:：#\"'“”{}\[\],，]+)[ ]*(?P<colon>：)")
_FLOW_KEY_COLON = re.compile(r"[{,，]\s*(?P<key>[^\s:：#\"'“”{}\[\],，]+)(?P<colon>：)")
_KEY_NO_SPACE = re.compile(r"[ ]*(?:- +)*(?P<key>[^\s:：#\"'“”{}\[\],，]+)(?P<colon>:)(?=[^\s:/])")
_WIDE_BRACKET = re.compile(r"(?:: |- |[\[{,])\s*(?P<at>[｛［【])")
_VALUE = re.compile(r"[ ]*(?:- +)*[^\s:]+:[ ]+(?P<value>[{\[].*?)[ ]*$")
_FLOW_VALUE = re.compile(r"[{,]\s*[^\s:,{}]+:[ ]+(?P<value>[^,:{}\[\]\"']*[{\[].*?)[ ]*}?$")
_COLON = re.compile(r":(\s|$)")
_HALF_BRACKETS = str.maketrans("｛｝［］【】，", "{}[][],")

#: what libyaml says → what we say when no typing habit explains it
_REASONS = {
    "found unexpected end of stream": N_("a quote is opened and never closed"),
    "found unknown escape character": N_("a backslash in double quotes; use single quotes"),
    "found unexpected document indicator": N_("'---' or '...' stands inside a text in quotes"),
    "block sequence entries are not allowed in this context": N_("a list begins on a line of its own"),
    "could not find expected ':'": N_("the line has no colon; a key is followed by a colon and a space"),
    "did not find expected ',' or '}'": N_("a brace is not closed, or a comma is missing"),
    "did not find expected ',' or ']'": N_("a square bracket is not closed, or a comma is missing"),
    "did not find expected key": N_(
        "the indentation does not fit the lines above, or something follows a quote"
    ),
    "did not find expected <document start>": N_("the indentation does not fit the lines above"),
    "did not find expected '-' indicator": N_("the line does not begin with a dash like its neighbours"),
    "mapping values are not allowed in this context": N_("the line is indented further than the one above"),
    "found character that cannot start any token": N_("a text beginning with %, @ or ` must stand in quotes"),
}
_UNKNOWN_REASON = N_("check indentation, colons, quotes and brackets in this line and the one above")
_ANCHOR_CONTEXTS = ("while scanning an alias", "while scanning an anchor", "while scanning a tag")


@dataclass(frozen=True, slots=True)
class Mend:
    """How to read on: characters `start`…`end` of a line (from 0) give way to `text`."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A problem at line and column (from 0), with its facts; without a mend the file is read no further."""

    code: Code
    line: int
    column: int
    facts: dict[str, object] = field(default_factory=dict)
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """The lines and the places libyaml complains about (line, column from 0)."""

    lines: list[str]
    problem: str
    context: str
    at: tuple[int, int]
    begun: tuple[int, int]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def swallowed(self) -> Iterator[tuple[int, str]]:
        """Lines above that YAML took for one text with this one, because none has a colon; topmost first."""
        top = self.at[0]
        if self.problem == "mapping values are not allowed in this context":
            while top > 0 and (above := self.line(top - 1)).strip() and not _COLON.search(above):
                top -= 1
        return ((number, self.line(number)) for number in range(top, self.at[0]))

    def suspects(self) -> Iterator[tuple[int, str]]:
        """Lines to look at, most suspicious first."""
        for number in dict.fromkeys((self.begun[0], self.at[0])):
            yield number, self.line(number)


def diagnose(error: yaml.MarkedYAMLError, text: str) -> Diagnosis:
    """The typing habit behind a syntax error, or the error in our words."""
    mark = error.problem_mark or error.context_mark
    at = (mark.line, mark.column) if mark else (0, 0)
    begun = (error.context_mark.line, error.context_mark.column) if error.context_mark else at
    scene = _Scene(text.splitlines(), error.problem or "", error.context or "", at, begun)
    for habit in _HABITS:
        if found := habit(scene):
            return found
    reason = Phrase(_REASONS.get(scene.problem, _UNKNOWN_REASON))
    where = (
        begun if scene.problem in ("found unexpected end of stream", "could not find expected ':'") else at
    )
    if scene.problem.startswith("did not find expected ','"):
        where = begun
    return Diagnosis(Code.YAML_SYNTAX, *where, {"reason": reason})


def _tab(scene: _Scene) -> Diagnosis | None:
    for number, line in scene.suspects():
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            return Diagnosis(Code.YAML_TAB, number, indent.index("\t"))
    return None


def _marked(scene: _Scene) -> Diagnosis | None:
    if not scene.context.startswith(_ANCHOR_CONTEXTS):
        return None
    return Diagnosis(Code.YAML_ALIAS, *scene.begun)


def _full_width_colon(scene: _Scene) -> Diagnosis | None:
    for number, line in (*scene.swallowed(), *scene.suspects()):
        if found := _KEY_COLON.match(line) or _FLOW_KEY_COLON.search(line):
            return _colon(Code.FULLWIDTH_COLON, number, line, found)
    above = scene.at[0] - 1
    found = _KEY_COLON.match(scene.line(above))
    if found and found["key"] in SPELLINGS:
        return _colon(Code.FULLWIDTH_COLON, above, scene.line(above), found)
    return None


def _missing_space(scene: _Scene) -> Diagnosis | None:
    for number, line in scene.suspects():
        if found := _KEY_NO_SPACE.match(line):
            return _colon(Code.MISSING_SPACE, number, line, found)
    return None


def _colon(code: Code, number: int, line: str, found: re.Match[str]) -> Diagnosis:
    colon = found.start("colon")
    mend = Mend(number, colon, colon + 1, ":" if line[colon + 1 :][:1] in (" ", "") else ": ")
    return Diagnosis(code, number, found.start("key"), {"key": found["key"]}, mend)


def _wide_bracket(scene: _Scene) -> Diagnosis | None:
    for number, line in scene.suspects():
        if found := _WIDE_BRACKET.search(line):
            start = found.start("at")
            mend = Mend(number, start, len(line), line[start:].translate(_HALF_BRACKETS))
            return Diagnosis(Code.FULLWIDTH_BRACKET, number, start, {"text": _short(line[start:])}, mend)
    return None


def _brackets_in_text(scene: _Scene) -> Diagnosis | None:
    number, column = scene.at
    line = scene.line(number)
    if scene.problem.startswith("did not find expected ','") and line[column : column + 1] in ("[", "{"):
        found = _FLOW_VALUE.search(line[: column + 1]) or _FLOW_VALUE.search(line)
    elif scene.problem == "did not find expected key":
        found = _VALUE.match(line)
    else:
        return None
    if not found:
        return None
    return Diagnosis(
        Code.BRACKETS_IN_TEXT, number, found.start("value"), {"text": _short(_value_text(line, found))}
    )


def _value_text(line: str, found: re.Match[str]) -> str:
    """The whole value as typed, up to the comma or brace that ends it."""
    rest = line[found.start("value") :]
    depth = 0
    for at, sign in enumerate(rest):
        depth += (sign in "[{") - (sign in "]}")
        if depth < 0 or (depth == 0 and sign == ","):
            return rest[:at].rstrip()
    return rest.rstrip()


def _wide_comma(scene: _Scene) -> Diagnosis | None:
    if not scene.problem.startswith("did not find expected ','"):
        return None
    number, column = scene.at
    line = scene.line(number)
    at = max(line.rfind(sign, 0, column) for sign in "，、")
    if at < 0:
        return None
    piece = re.split(r"[{\[,:]\s*", line[:at])[-1] + line[at:column]
    return Diagnosis(Code.FULLWIDTH_COMMA, number, at, {"text": _short(piece)}, Mend(number, at, at + 1, ","))


def _second_colon(scene: _Scene) -> Diagnosis | None:
    number, column = scene.at
    before = scene.line(number)[:column]
    if scene.problem != "mapping values are not allowed in this context" or not re.search(r":\s", before):
        return None
    return Diagnosis(Code.COLON_IN_TEXT, number, column)


def _no_colon_above(scene: _Scene) -> Diagnosis | None:
    above = scene.line(scene.at[0] - 1)
    if scene.problem != "mapping values are not allowed in this context" or not above.strip() or ":" in above:
        return None
    facts: dict[str, object] = {"reason": Phrase(_REASONS["could not find expected ':'"])}
    return Diagnosis(Code.YAML_SYNTAX, scene.at[0] - 1, len(above) - len(above.lstrip()), facts)


def _dash(scene: _Scene) -> Diagnosis | None:
    for number, line in scene.suspects():
        bare = line.lstrip()
        if re.match(r"[-－—–•·][^\s\-]", bare) and scene.problem in (
            "did not find expected key",
            "did not find expected '-' indicator",
            "could not find expected ':'",
        ):
            return Diagnosis(Code.DASH_SPACE, number, len(line) - len(bare), {"text": _short(bare)})
    return None


def _short(text: str) -> str:
    """At most twenty characters of `text`, for a message."""
    return text if len(text) <= 20 else text[:19] + "…"


_HABITS: tuple[Callable[[_Scene], Diagnosis | None], ...] = (
    _tab,
    _marked,
    _full_width_colon,
    _wide_bracket,
    _wide_comma,
    _brackets_in_text,
    _second_colon,
    _no_colon_above,
    _dash,
    _missing_space,
)
