"""Text → tokens, each with its place; full-width signs are read like half-width ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.words import OPERATORS, PHRASES, SIGNS, WORDS

#: longest expression in characters
LONGEST = 2000

_NUMBER = re.compile(r"(?a:\d+(?:\.\d+)?)")
_DATE = re.compile(r"(?a:\d{4}-\d{2}-\d{2})(?!\d)")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_DOUBLE = '"“”＂'
_SINGLE = "'‘’＇"


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign. `kind`: number, percent, date, text, name, word, operator, a bracket, ",", end."""

    kind: str
    text: str
    at: int
    #: meaning of a word or operator (see `words`), otherwise the text
    value: str


def tokens(text: str) -> list[Token]:
    """All tokens of an expression, closed by one of kind `end`; raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(
            Code.EXPR_TOO_LONG, LONGEST, limit=Phrase(N_("{count} characters"), count=LONGEST)
        )
    plain = text.translate(SIGNS)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if plain[at].isspace():
            at += 1
            continue
        token, at = _next(text, plain, at)
        found.append(token)
    found.append(Token("end", "", len(text), ""))
    return _join_phrases(found)


def _next(text: str, plain: str, at: int) -> tuple[Token, int]:
    sign = text[at]
    if sign in _DOUBLE or sign in _SINGLE:
        return _quoted(text, at)
    if plain[at].isascii() and plain[at].isdigit():
        return _number(plain, at)
    if name := _NAME.match(plain, at):
        word = name.group()
        meaning = WORDS.get(word.lower())
        return Token("word" if meaning else "name", word, at, meaning or word), name.end()
    for length in (2, 1):
        operator = plain[at : at + length]
        if operator in OPERATORS:
            return Token("operator", operator, at, OPERATORS[operator]), at + len(operator)
    if plain[at] in "()[],":
        return Token(plain[at], plain[at], at, plain[at]), at + 1
    raise _stray(plain, at)


def _quoted(text: str, at: int) -> tuple[Token, int]:
    family = _DOUBLE if text[at] in _DOUBLE else _SINGLE
    for end in range(at + 1, len(text)):
        if text[end] in family:
            return Token("text", text[at : end + 1], at, text[at + 1 : end]), end + 1
    raise ExpressionError(
        Code.EXPR_SYNTAX,
        at,
        near=text[at : at + 12],
        reason=Phrase(N_("the closing quotation mark is missing")),
    )


def _number(plain: str, at: int) -> tuple[Token, int]:
    if day := _DATE.match(plain, at):
        return _day(day.group(), at), day.end()
    match = _NUMBER.match(plain, at)
    assert match is not None
    end = match.end()
    if plain[end : end + 1] == "%":
        return Token("percent", plain[at : end + 1], at, match.group()), end + 1
    if re.match(r"\w", plain[end : end + 1]):
        rest = re.match(r"\w*", plain[end:])
        raise ExpressionError(
            Code.EXPR_SYNTAX,
            at,
            near=match.group() + (rest.group() if rest else ""),
            reason=Phrase(
                N_("write the number without a unit; a code that begins with a digit goes into quotes")
            ),
        )
    return Token("number", match.group(), at, match.group()), end


def _day(text: str, at: int) -> Token:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ExpressionError(
            Code.EXPR_SYNTAX, at, near=text, reason=Phrase(N_("there is no such day in the calendar"))
        ) from None
    return Token("date", text, at, text)


def _stray(plain: str, at: int) -> ExpressionError:
    if plain[at] == ":":
        return ExpressionError(Code.EXPR_COLON, at)
    reason = Phrase(N_("this character has no meaning in an expression"))
    if plain[at] in ".。":
        reason = Phrase(N_("a dot stands only between two names, half-width and without spaces: 户.户类型"))
    if plain[at] == "%":
        reason = Phrase(N_("the percent sign stands directly behind a number"))
    return ExpressionError(Code.EXPR_SYNTAX, at, near=plain[at], reason=reason)


def _join_phrases(found: list[Token]) -> list[Token]:
    joined: list[Token] = []
    at = 0
    while at < len(found):
        length, meaning = _phrase_at(found, at)
        if length:
            text = " ".join(token.text for token in found[at : at + length])
            joined.append(Token("word", text, found[at].at, meaning))
        else:
            joined.append(found[at])
        at += length or 1
    return joined


def _phrase_at(found: list[Token], at: int) -> tuple[int, str]:
    for words, meaning in PHRASES:
        part = found[at : at + len(words)]
        if tuple(token.text.lower() for token in part) == words:
            return len(words), meaning
    return 0, ""


def is_name(text: str) -> bool:
    """Whether `text` is read as one name: not a word of the language, not several tokens."""
    plain = text.translate(SIGNS)
    match = _NAME.fullmatch(plain)
    return plain == text and match is not None and "." not in text and text.lower() not in WORDS
