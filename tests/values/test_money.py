"""Amounts: read as typed, never rounded in silence, written in capital figures (domain 5.2)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.values import money
from ffp_admin.values.cleaned import Cleaned, Refused

DIGITS = {char: value for value, char in enumerate(money.DIGITS)}
SMALL = {"拾": 10, "佰": 100, "仟": 1000}


def read_whole(words: str) -> int:
    """The number that capital figures say; an independent reader, section by section."""
    if "亿" in words:
        high, low = words.rsplit("亿", 1)
        return read_whole(high) * 10**8 + read_whole(low)
    if "万" in words:
        high, low = words.rsplit("万", 1)
        return read_whole(high) * 10**4 + read_whole(low)
    total, digit = 0, 0
    for char in words:
        if char in SMALL:
            total += digit * SMALL[char]
            digit = 0
        else:
            digit = DIGITS[char]
    return total + digit


def read_words(words: str) -> Decimal:
    """The amount that capital figures say."""
    whole, _, rest = words.rpartition("元")
    jiao = DIGITS[rest[rest.index("角") - 1]] if "角" in rest else 0
    fen = DIGITS[rest[rest.index("分") - 1]] if "分" in rest else 0
    return Decimal(read_whole(whole) * 100 + jiao * 10 + fen) / 100


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("10", "壹拾元整"),
        ("10000", "壹万元整"),
        ("3000", "叁仟元整"),
        ("20080", "贰万零捌拾元整"),
        ("100200.03", "壹拾万零贰佰元零叁分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0.05", "伍分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("0", "零元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000001", "壹万零壹亿零壹元整"),
    ],
)
def test_capital_figures(amount: str, words: str) -> None:
    assert money.in_words(Decimal(amount)) == words


@given(st.integers(min_value=0, max_value=10**14))
def test_capital_figures_say_the_amount(cents: int) -> None:
    amount = Decimal(cents) / 100
    words = money.in_words(amount)
    assert read_words(words) == amount
    assert "零零" not in words
    assert words.endswith("整") == (cents % 100 == 0)


@pytest.mark.parametrize("amount", ["-1", "0.005", "10000000000000000"])
def test_no_capital_figures_for_what_no_form_can_pay(amount: str) -> None:
    with pytest.raises(ValueError, match="no capital figures"):
        money.in_words(Decimal(amount))


@pytest.mark.parametrize(
    ("typed", "amount", "notes"),
    [
        ("1.2万", "12000.00", ("money_wan",)),
        ("1.2 万元", "12000.00", ("money_spaces", "money_wan")),
        ("13,500.00", "13500.00", ("money_comma",)),
        ("8000元", "8000.00", ("money_unit",)),
        ("￥8000元", "8000.00", ("money_unit",)),
        ("８０００", "8000.00", ("money_fullwidth",)),
        ("8000", "8000.00", ()),
        (8000, "8000.00", ()),
        (0.1 + 0.2, "0.30", ()),
        (-12.5, "-12.50", ()),
        (Decimal("7.10"), "7.10", ()),
    ],
)
def test_amounts_are_read_as_typed(typed: str | float | Decimal, amount: str, notes: tuple[str, ...]) -> None:
    assert money.parse(typed) == Cleaned(Decimal(amount), notes)


@pytest.mark.parametrize("mark", ["—", "/", "无", "-", " － "])
def test_marks_for_nothing_are_no_amount(mark: str) -> None:
    assert money.parse(mark) == Cleaned(None, ("money_blank_mark",))


@pytest.mark.parametrize("empty", [None, "", "  ", "\u3000"])
def test_an_empty_cell_is_no_amount_and_no_clean_up(empty: str | None) -> None:
    assert money.parse(empty) == Cleaned(None)


@pytest.mark.parametrize("typed", ["12.345", 12.345, "0.0000001万"])
def test_parts_of_a_cent_are_refused_with_the_rounded_amount_as_a_guess(typed: str | float) -> None:
    answer = money.parse(typed)
    assert isinstance(answer, Refused)
    assert answer.code == "money_decimals"


def test_the_guess_is_rounded_half_up() -> None:
    assert money.parse("12.345") == Refused("money_decimals", {"value": "12.345"}, "12.35")


@pytest.mark.parametrize(
    "typed", ["1,35", "约3000", "三千", "1.2.3", True, float("nan"), float("inf"), "12万3千", "元"]
)
def test_what_is_no_amount_is_refused(typed: str | float) -> None:
    answer = money.parse(typed)
    assert isinstance(answer, Refused)
    assert answer.code == "money_unreadable"


def test_an_amount_beyond_the_column_is_refused() -> None:
    answer = money.parse("123456789万")
    assert isinstance(answer, Refused)
    assert answer.code == "money_too_large"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_written_amount_comes_back(amount: Decimal) -> None:
    for typed in (str(amount), f"{amount:,}", f"{amount}元", float(amount)):
        answer = money.parse(typed)
        assert isinstance(answer, Cleaned)
        assert answer.value == amount
