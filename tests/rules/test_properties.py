"""What holds for every expression: reading never crashes, writing is the inverse of reading, logic is Kleene's."""

from __future__ import annotations

import operator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.problems import Code
from ffp_admin.rules import tree as t
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.functions import FUNCTIONS
from ffp_admin.rules.parser import parse_text
from ffp_admin.rules.words import OPERATORS, SIGNS, WORDS
from ffp_admin.rules.writing import text
from tests.rules.declaring import HERE, a_field, a_form, computed, evaluate

# -- any text

SOUP = st.lists(
    st.sampled_from(
        [
            *WORDS,
            *OPERATORS,
            *map(chr, SIGNS),
            *"()[],.%\"'“”",
            "户",
            "户.类型",
            "SUM",
            "IF",
            "12",
            "2025-01-01",
        ]
    ),
    max_size=25,
)


def read(source: str) -> t.Node | ExpressionError:
    try:
        return parse_text(source)
    except ExpressionError as error:
        return error


def is_sound(found: t.Node | ExpressionError, source: str) -> bool:
    """Read, or refused at a place inside the text with a sentence."""
    if isinstance(found, t.Node):
        return parse_text(text(found)) == found
    return 0 <= found.at <= len(source) and bool(found.problem(HERE).text())


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    assert is_sound(read(source), source)


@given(SOUP, st.sampled_from(["", " "]))
def test_any_words_are_read_or_refused(parts: list[str], between: str) -> None:
    source = between.join(parts)
    assert is_sound(read(source), source)


# -- any tree

NAME = st.sampled_from(["户", "金额", "类型2", "a_b", "甲"])
NAMES = st.builds(lambda parts: t.Name(parts=tuple(parts)), st.lists(NAME, min_size=1, max_size=3))
FIGURES = st.decimals(0, 10**6, places=3)
QUOTABLE = st.text(alphabet="甲乙 a1，（）", max_size=6)
CONSTANTS = st.one_of(
    FIGURES.map(lambda value: t.Number(value=value)),
    FIGURES.map(lambda value: t.Number(value=value.scaleb(-2), percent=True)),
    QUOTABLE.map(lambda value: t.Text(value=value)),
    st.dates(date(1900, 1, 1)).map(lambda value: t.Day(value=value)),
    st.booleans().map(lambda value: t.Truth(value=value)),
)
FREE = [one for one in FUNCTIONS.values() if one.arity[0] <= 2 <= one.arity[1]]


def _larger(inner: st.SearchStrategy[t.Node]) -> st.SearchStrategy[t.Node]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    items = st.lists(inner, min_size=1, max_size=3).map(lambda found: t.Items(items=tuple(found)))
    return st.one_of(
        st.builds(
            lambda sign, left, right: t.Binary(operator=sign, left=left, right=right),
            st.sampled_from(["+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "has", "lacks"]),
            inner,
            inner,
        ),
        st.builds(
            lambda sign, left, right: t.Binary(operator=sign, left=left, right=right),
            st.sampled_from(["in", "not in", "has", "lacks"]),
            inner,
            items,
        ),
        inner.map(lambda one: t.Negative(operand=one)),
        inner.map(lambda one: t.Not(operand=one)),
        st.builds(lambda one, filled: t.Empty(operand=one, filled=filled), inner, st.booleans()),
        pairs.map(lambda parts: t.All(parts=parts)),
        pairs.map(lambda parts: t.Some(parts=parts)),
        st.builds(lambda a, b, c: t.If(condition=a, then=b, otherwise=c), inner, inner, inner),
        st.builds(
            lambda function, a, b: t.Call(function=function.name, arguments=(a, b)),
            st.sampled_from(FREE),
            inner,
            st.one_of(inner, st.builds(lambda a, b: t.Where(source=a, condition=b), NAMES, inner)),
        ),
        st.builds(lambda a, b: t.Every(source=a, condition=b), NAMES, inner),
    )


TREES = st.recursive(st.one_of(NAMES, CONSTANTS), _larger, max_leaves=15)


@given(TREES)
def test_a_written_tree_is_read_as_the_same_tree(tree: t.Node) -> None:
    assert parse_text(text(tree)) == tree


@given(TREES)
def test_full_width_signs_are_read_like_half_width_ones(tree: t.Node) -> None:
    if any(isinstance(node, t.Text) for node in t.walk(tree)):
        return
    wide = text(tree).translate(
        {ord(half): ord(full) for half, full in zip("()=<>+-*/%,", "（）＝＜＞＋－＊／％，", strict=True)}
    )
    assert parse_text(wide) == tree


# -- arithmetic against a second evaluator

Sum = tuple[str, Any, Any]
LEAVES = st.one_of(st.decimals(-1000, 1000, places=2), st.just("零"), st.just("空数"))
SUMS: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner), max_leaves=8
)


def written(sum_: Any) -> str:
    if isinstance(sum_, tuple):
        return f"({written(sum_[1])} {sum_[0]} {written(sum_[2])})"
    return str(sum_) if isinstance(sum_, str) else f"({sum_})"


def worked_out(sum_: Any) -> Fraction | None:
    """By fractions; None for unknown."""
    if not isinstance(sum_, tuple):
        return {"零": Fraction(0), "空数": None}[sum_] if isinstance(sum_, str) else Fraction(sum_)
    sign, left, right = sum_[0], worked_out(sum_[1]), worked_out(sum_[2])
    if left is None or right is None or (sign == "/" and right == 0):
        return None
    if sign in "+-":
        return left + right if sign == "+" else left - right
    exact = left * right if sign == "*" else left / right
    return half_up(exact)


def half_up(exact: Fraction) -> Fraction:
    """To four places; halves away from zero."""
    units, rest = divmod(abs(exact) * 10000, 1)
    size = Fraction(int(units) + (rest >= Fraction(1, 2)), 10000)
    return size if exact >= 0 else -size


@given(SUMS)
def test_arithmetic_is_that_of_fractions(sum_: Any) -> None:
    form = a_form(
        a_field("零", "integer"), a_field("空数", "decimal"), computed("结果", "decimal", written(sum_))
    )
    found: Any = evaluate(form, 零=0).values["结果"]
    expected = worked_out(sum_)
    if expected is not None and abs(expected) >= 10**16:
        expected = None
    assert (None if found is None else Fraction(found)) == expected


# -- logic against Kleene's tables (false 0, unknown 1/2, true 1)

ATOMS = ("甲", "乙", "丙")
LOGIC: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(st.just("非"), inner), st.tuples(st.sampled_from(["且", "或"]), inner, inner)
    ),
    max_leaves=8,
)
RANK = {False: 0.0, None: 0.5, True: 1.0}
TRUTHS = st.fixed_dictionaries({atom: st.sampled_from([True, False, None]) for atom in ATOMS})


def said(logic: Any) -> str:
    if isinstance(logic, str):
        return logic
    return f"(非 {said(logic[1])})" if logic[0] == "非" else f"({said(logic[1])} {logic[0]} {said(logic[2])})"


def ranked(logic: Any, values: dict[str, bool | None]) -> float:
    if isinstance(logic, str):
        return RANK[values[logic]]
    if logic[0] == "非":
        return 1 - ranked(logic[1], values)
    return (min if logic[0] == "且" else max)(ranked(logic[1], values), ranked(logic[2], values))


def truth(condition: str, values: dict[str, bool | None]) -> tuple[bool | None, tuple[str, ...]]:
    form = a_form(*(a_field(atom, "boolean") for atom in ATOMS), computed("结果", "boolean", condition))
    outcome = evaluate(form, **values)
    found = outcome.values["结果"]
    assert found is None or isinstance(found, bool)
    return found, outcome.missing.get("结果", ())


@given(LOGIC, TRUTHS)
def test_logic_is_kleenes(logic: Any, values: dict[str, bool | None]) -> None:
    found, missing = truth(said(logic), values)
    assert RANK[found] == ranked(logic, values)
    assert (found is None) == bool(missing)
    assert all(values[name] is None for name in missing)


@given(LOGIC, TRUTHS, st.booleans())
def test_what_is_known_stays_when_more_becomes_known(
    logic: Any, values: dict[str, bool | None], guess: bool
) -> None:
    found, _missing = truth(said(logic), values)
    completed, _missing = truth(said(logic), {k: guess if v is None else v for k, v in values.items()})
    assert found in (None, completed)


@given(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.integers(-3, 3), st.integers(-3, 3))
def test_comparisons_are_those_of_numbers(sign: str, left: int, right: int) -> None:
    meant = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    meant |= {"=": operator.eq, "!=": operator.ne}
    form = a_form(a_field("数", "integer"), computed("结果", "boolean", f"数 {sign} {right}"))
    assert evaluate(form, 数=left).values["结果"] is meant[sign](left, right)


# -- limits


@pytest.mark.parametrize(
    "source",
    [
        "(" * 900 + "1" + ")" * 900,
        "-" * 1500 + "1",
        "非 " * 900 + "甲",
        "IF(甲, 1, " * 150 + "1" + ")" * 150,
        " + ".join(["1"] * 450),
        "[" * 1900,
        "在 [" * 400,
        "1" * 2001,
        "，" * 5000,
        "甲" + " 且 甲" * 500,
    ],
    ids=["parentheses", "signs", "not", "if", "sum", "brackets", "lists", "digits", "commas", "and"],
)
def test_long_and_deep_expressions_are_refused(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_text(source)
    assert caught.value.code in (Code.EXPR_TOO_LONG, Code.EXPR_SYNTAX)


@pytest.mark.parametrize(
    "source", ["(" * 30 + "1" + ")" * 30, " + ".join(["甲"] * 60), " 且 ".join(["甲"] * 150)]
)
def test_expressions_of_a_reasonable_size_are_read(source: str) -> None:
    assert isinstance(parse_text(source), t.Node)


def test_a_number_too_large_to_store_is_unknown() -> None:
    product = " × ".join(["99999999999"] * 30)
    form = a_form(computed("结果", "decimal", product))
    assert evaluate(form).values["结果"] is None


def test_numbers_are_exact() -> None:
    form = a_form(a_field("数", "decimal"), computed("结果", "boolean", "0.1 + 数 = 0.3"))
    assert evaluate(form, 数=Decimal("0.2")).values["结果"] is True
