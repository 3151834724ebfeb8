"""Tokens → tree, by precedence climbing.

From loose to tight (the loosest binds last):

    其中                         SUM(药费票据.金额 其中 医院 为 县医院)      only as the argument of a function
    或  or
    且  and
    非  not                      非 (户类型 为 脱贫户)
    = ≠ < ≤ > ≥  为 不为  在 不在  含 不含  为空 不为空  每行       one per condition: no a < b < c
    + -
    × ÷  * /
    -x
    number 50% "text" 2025-01-01 是 否 name 户.户类型 function(…) […] (…)

`在` takes a list in brackets, `含` a value or a list (any of them), `每行` a condition in parentheses.
IF, AND, OR and NOT are also written like functions. Nothing is ever executed: the text becomes records.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase, Place
from ffp_admin.rules.calling import LOGIC, called
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.lexer import Token, tokens
from ffp_admin.rules.tree import (
    All,
    Binary,
    Day,
    Empty,
    Every,
    Items,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Some,
    Text,
    Truth,
    Where,
    depth,
    walk,
)
from ffp_admin.rules.words import COMPARISONS, INSTEAD

#: deepest nesting and most parts of one expression
DEEPEST = 40
LARGEST = 400

#: left binding power of what stands between two parts
_POWER = {"or": 1, "and": 2, "every": 4, "+": 5, "-": 5, "*": 6, "/": 6} | dict.fromkeys(COMPARISONS, 4)
_NOT, _COMPARISON, _MINUS = 3, 4, 7


class ExpressionProblem(Exception):
    """An expression cannot be used; `problem` says where and why."""

    def __init__(self, error: ExpressionError, place: Place) -> None:
        self.problem = error.problem(place)
        super().__init__(str(self.problem))


def parse(text: str, place: Place) -> Node:
    """The tree of an expression with unresolved names; raises ExpressionProblem."""
    try:
        return parse_text(text)
    except ExpressionError as error:
        raise ExpressionProblem(error, place) from None


def parse_text(text: str) -> Node:
    """The tree of an expression with unresolved names; raises ExpressionError."""
    tree = _Parser(tokens(text)).whole()
    if len(walk(tree)) > LARGEST:
        raise ExpressionError(Code.EXPR_TOO_LONG, 0, limit=Phrase(N_("{count} parts"), count=LARGEST))
    if depth(tree) > 2 * DEEPEST:
        raise ExpressionError(Code.EXPR_TOO_LONG, 0, limit=Phrase(N_("{count} levels"), count=DEEPEST))
    return tree


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0
        self._depth = 0

    # -- moving along the tokens

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += token.kind != "end"
        return token

    def _expect(self, kind: str, reason: Phrase) -> Token:
        if self._here.kind != kind:
            raise self._wrong(self._here, reason)
        return self._take()

    def _wrong(self, token: Token, reason: Phrase) -> ExpressionError:
        near = token.text or Phrase(N_("the end"))
        return ExpressionError(Code.EXPR_SYNTAX, token.at, near=near, reason=reason)

    # -- expressions

    def whole(self) -> Node:
        if self._here.kind == "end":
            raise self._wrong(self._here, Phrase(N_("nothing is written here")))
        tree = self._expression(0)
        if self._here.kind != "end":
            raise self._wrong(self._here, self._surplus(self._here))
        return tree

    def _surplus(self, token: Token) -> Phrase:
        word = token.text
        if token.value == "where":
            return Phrase(
                N_("其中 stands only inside the parentheses of a function: SUM(药费票据.金额 其中 …)")
            )
        if instead := INSTEAD.get(word):
            return Phrase(N_("write '{word}' instead"), word=instead)
        if token.kind == ")":
            return Phrase(N_("this parenthesis was never opened"))
        return Phrase(N_("a sign or word that joins two parts is missing before it, such as 且, 或, 为, +"))

    def _expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(
                Code.EXPR_TOO_LONG, self._here.at, limit=Phrase(N_("{count} levels"), count=DEEPEST)
            )
        left = self._first()
        while (mine := _POWER.get(self._joiner(), 0)) > power:
            left = self._joined(left, mine)
            if mine == _COMPARISON and _POWER.get(self._joiner(), 0) == _COMPARISON:
                raise ExpressionError(Code.EXPR_COMPARISON_CHAIN, self._here.at)
        self._depth -= 1
        return left

    def _joiner(self) -> str:
        return self._here.value if self._here.kind in ("word", "operator") else ""

    def _joined(self, left: Node, power: int) -> Node:
        token = self._take()
        match token.value:
            case "and" | "or":
                return self._chain(left, token, power)
            case "empty" | "filled":
                return Empty(operand=left, filled=token.value == "filled", at=left.at)
            case "in" | "not in":
                if self._here.kind != "[":
                    raise self._wrong(
                        self._here, Phrase(N_("a list in square brackets follows: 在 [甲, 乙]"))
                    )
                right = self._items(self._take())
            case "every":
                return self._every(left)
            case _:
                right = self._expression(power)
        return Binary(operator=token.value, left=left, right=right, at=token.at)

    def _chain(self, left: Node, token: Token, power: int) -> Node:
        parts = [left, self._expression(power)]
        while self._joiner() == token.value:
            self._take()
            parts.append(self._expression(power))
        return (All if token.value == "and" else Some)(parts=tuple(parts), at=left.at)

    def _every(self, left: Node) -> Node:
        if not isinstance(left, Name):
            raise ExpressionError(
                Code.EXPR_SYNTAX,
                left.at,
                near="每行",
                reason=Phrase(N_("the name of a table stands before it")),
            )
        self._expect("(", Phrase(N_("a condition in parentheses follows: 每行 (…)")))
        condition = self._expression(0)
        self._expect(")", Phrase(N_("the closing parenthesis is missing")))
        return Every(source=left, condition=condition, at=left.at)

    # -- what a part begins with

    def _first(self) -> Node:
        token = self._take()
        match token.kind:
            case "number":
                return Number(value=Decimal(token.value), written=token.text, at=token.at)
            case "percent":
                value = Decimal(token.value).scaleb(-2)
                return Number(value=value, written=token.text, percent=True, at=token.at)
            case "text":
                return Text(value=token.value, at=token.at)
            case "date":
                return Day(value=date.fromisoformat(token.value), at=token.at)
            case "name":
                return self._named(token)
            case "[":
                return self._items(token)
            case "(":
                return self._parenthesis()
            case "operator" if token.value in "+-":
                return self._signed(token)
            case "word":
                return self._word(token)
        raise self._wrong(token, Phrase(N_("a value or a name is missing here")))

    def _parenthesis(self) -> Node:
        inner = self._expression(0)
        self._expect(")", Phrase(N_("the closing parenthesis is missing")))
        return inner

    def _signed(self, token: Token) -> Node:
        operand = self._expression(_MINUS)
        return operand if token.value == "+" else Negative(operand=operand, at=token.at)

    def _word(self, token: Token) -> Node:
        if token.value in ("yes", "no"):
            return Truth(value=token.value == "yes", at=token.at)
        if token.text.upper() in LOGIC and self._here.kind == "(" and token.value != "not":
            return self._call(token)
        if token.value == "not":
            return Not(operand=self._expression(_NOT), at=token.at)
        raise self._wrong(token, Phrase(N_("a value or a name is missing before it")))

    def _named(self, token: Token) -> Node:
        if self._here.kind == "(":
            return self._call(token)
        return Name(parts=tuple(token.value.split(".")), at=token.at)

    def _items(self, bracket: Token) -> Node:
        items = [self._expression(0)]
        while self._here.kind == ",":
            self._take()
            items.append(self._expression(0))
        self._expect("]", Phrase(N_("the closing square bracket is missing, or a comma between two words")))
        return Items(items=tuple(items), at=bracket.at)

    # -- functions

    def _call(self, token: Token) -> Node:
        self._take()
        arguments = [] if self._here.kind == ")" else [self._argument()]
        while self._here.kind == ",":
            self._take()
            arguments.append(self._argument())
        self._expect(")", Phrase(N_("the closing parenthesis is missing, or a comma between two values")))
        return called(token.text, tuple(arguments), token.at)

    def _argument(self) -> Node:
        value = self._expression(0)
        if self._joiner() != "where":
            return value
        self._take()
        return Where(source=value, condition=self._expression(0), at=value.at)
