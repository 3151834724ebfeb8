"""Texts, names, numbers, yes and no, masks, pinyin; and a sentence for every code."""

import string
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.values import (
    bank_account,
    dates,
    disability_card,
    id_number,
    mask,
    money,
    month,
    numbers,
    phone,
    pinyin,
    text,
    texts,
    truth,
)
from ffp_admin.values.cleaned import Cleaned, Raw, Refused

TODAY = date(2026, 3, 5)
PARSERS: dict[str, Callable[[Raw], Cleaned[object] | Refused]] = {
    "id": lambda raw: id_number.parse(raw, TODAY),
    "card": lambda raw: disability_card.parse(raw, TODAY),
    "money": money.parse,
    "decimal": numbers.parse_decimal,
    "integer": numbers.parse_integer,
    "percent": numbers.parse_percent,
    "phone": phone.parse,
    "account": bank_account.parse,
    "date": dates.parse,
    "month": month.parse,
    "truth": truth.parse,
    "text": text.parse_text,
    "long": text.parse_long_text,
    "name": text.parse_name,
}
TYPED = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789０１２Xx.,，-/年月日万元%￥ '\n\u3000+eE", max_size=24),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.booleans(),
    st.none(),
)


@pytest.mark.parametrize("kind", PARSERS)
@given(raw=TYPED)
def test_no_cell_breaks_a_parser_and_every_code_has_a_sentence(kind: str, raw: Raw) -> None:
    answer = PARSERS[kind](raw)
    if isinstance(answer, Refused):
        facts = {name for _, name, _, _ in string.Formatter().parse(texts.REFUSALS[answer.code]) if name}
        assert facts <= set(answer.facts)
    else:
        assert set(answer.notes) <= set(texts.NOTES)


@pytest.mark.parametrize("kind", PARSERS)
@given(raw=TYPED)
def test_cleaning_what_is_clean_changes_nothing(kind: str, raw: Raw) -> None:
    first = PARSERS[kind](raw)
    if isinstance(first, Cleaned) and isinstance(first.value, str | int | Decimal | date):
        again = PARSERS[kind](first.value)
        assert isinstance(again, Cleaned)
        assert again.value == first.value


@pytest.mark.parametrize(
    ("typed", "name", "notes"),
    [
        ("何\u3000荣", "何荣", ("name_spaces",)),
        ("何 荣", "何荣", ("name_spaces",)),
        ("古丽娜尔．艾山", "古丽娜尔·艾山", ("name_dot",)),
        ("古丽娜尔•艾山", "古丽娜尔·艾山", ("name_dot",)),
        ("古丽娜尔‧艾山", "古丽娜尔·艾山", ("name_dot",)),
        ("古丽娜尔・艾山", "古丽娜尔·艾山", ("name_dot",)),
        ("古丽娜尔.艾山", "古丽娜尔·艾山", ("name_dot",)),
        ("古丽娜尔·艾山", "古丽娜尔·艾山", ()),
        ("古丽娜尔 · 艾山", "古丽娜尔·艾山", ("name_spaces",)),
        ("John Smith", "John Smith", ()),
        ("周䶮", "周䶮", ()),
        ("𠮷田\u200b", "𠮷田", ("text_control",)),
    ],
)
def test_names_are_written_one_way(typed: str, name: str, notes: tuple[str, ...]) -> None:
    assert text.parse_name(typed) == Cleaned(name, notes)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("王\ue863", "text_private_use"),
        ("王\ufffd", "text_garbled"),
        ("王?", "name_garbled"),
        ("王二2", "name_digits"),
    ],
)
def test_names_that_lost_characters_are_refused(typed: str, code: str) -> None:
    answer = text.parse_name(typed)
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_a_private_use_character_is_told_by_place_and_number() -> None:
    answer = text.parse_text("桥头组\ue863")
    assert answer == Refused("text_private_use", {"place": 4, "point": "U+E863"})


def test_texts_keep_words_and_lose_what_cannot_be_seen() -> None:
    assert text.parse_text("  外出\u3000务工\n ") == Cleaned("外出 务工")
    assert text.parse_text("外出\x07务工") == Cleaned("外出务工", ("text_control",))
    assert text.parse_long_text("一。\r\n二。 \n") == Cleaned("一。\n二。")
    assert text.parse_text(3.0) == Cleaned("3")
    assert text.parse_text(" ") == Cleaned(None)


@pytest.mark.parametrize(
    ("typed", "share"),
    [("35%", "0.35"), ("35％", "0.35"), (0.35, "0.35"), ("0.5%", "0.005"), (35, "0.35"), ("100%", "1")],
)
def test_shares_are_ratios(typed: str | float, share: str) -> None:
    answer = numbers.parse_percent(typed)
    assert isinstance(answer, Cleaned)
    assert answer.value == Decimal(share)


def test_whole_numbers_and_quantities() -> None:
    assert numbers.parse_integer("１２") == Cleaned(12, ("number_fullwidth",))
    assert numbers.parse_integer(3.0) == Cleaned(3)
    assert numbers.parse_integer("3.5") == Refused("number_whole", {"value": "3.5"})
    assert numbers.parse_decimal("2.35", places=1) == Refused("number_places", {"value": "2.35", "places": 1})
    assert numbers.parse_decimal("1,200.50") == Cleaned(Decimal("1200.5"), ("number_comma",))
    assert numbers.parse_decimal("3亩") == Refused("number_unreadable", {"value": "3亩"})


@pytest.mark.parametrize(
    ("typed", "value", "notes"),
    [
        ("是", True, ()),
        ("否", False, ()),
        ("√", True, ("boolean_word",)),
        ("有", True, ("boolean_word",)),
        ("无", False, ("boolean_word",)),
        ("×", False, ("boolean_word",)),
        (1, True, ("boolean_word",)),
        (False, False, ()),
        ("/", None, ("blank_mark",)),
        ("", None, ()),
    ],
)
def test_yes_and_no(typed: str | bool, value: bool | None, notes: tuple[str, ...]) -> None:
    assert truth.parse(typed) == Cleaned(value, notes)


def test_masks_show_no_more_than_allowed() -> None:
    assert mask.id_number("529901198004286248") == "529901********6248"
    assert mask.phone("13812341234") == "138****1234"
    assert mask.phone("0851-8234567") == "**********67"
    assert mask.account("6217589896513034801") == "***************4801"
    assert mask.name("张三丰") == "张*"
    assert mask.everything("尿毒症") == "****"


@given(st.text(max_size=12))
def test_a_mask_never_shows_a_short_value_whole(value: str) -> None:
    for masked in (mask.id_number(value), mask.phone(value), mask.account(value)):
        assert masked != value or not value.strip("*")


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("单秀英", "shanxiuying", "sxy"),
        ("曾国平", "zengguoping", "zgp"),
        ("解小东", "xiexiaodong", "xxd"),
        ("单于明", "chanyuming", "cym"),
        ("欧阳明", "ouyangming", "oym"),
        ("吕娜", "lvna", "ln"),
        ("古丽娜尔·艾山", "gulinaeraishan", "glneas"),
        ("王小曾", "wangxiaoceng", "wxc"),
    ],
)
def test_people_are_found_by_the_sound_of_their_names(name: str, full: str, initials: str) -> None:
    assert (pinyin.of_name(name), pinyin.initials_of_name(name)) == (full, initials)


def test_places_keep_their_numbers() -> None:
    assert pinyin.of_text("石桥镇12组") == "shiqiaozhen12zu"
    assert pinyin.initials_of_text("石桥镇12组") == "sqz12z"
