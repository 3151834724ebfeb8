"""Telephone numbers and bank accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.values import bank_account, phone
from ffp_admin.values.cleaned import Cleaned, Refused


@pytest.mark.parametrize(
    ("typed", "number", "notes"),
    [
        ("18055150183", "18055150183", ()),
        ("18055150183.0", "18055150183", ("phone_number",)),
        (18055150183, "18055150183", ("phone_number",)),
        (18055150183.0, "18055150183", ("phone_number",)),
        ("１８０５５１５０１８３", "18055150183", ("phone_fullwidth",)),
        ("180 5515 0183", "18055150183", ("phone_spaces",)),
        ("180-5515-0183", "18055150183", ("phone_spaces",)),
        ("+86 18055150183", "18055150183", ("phone_spaces", "phone_country")),
        ("0851-1234567".replace("1234567", "8234567"), "0851-8234567", ()),
        ("08518234567", "0851-8234567", ("phone_landline",)),
        ("（010）82345678", "010-82345678", ("phone_fullwidth", "phone_landline")),
        (None, None, ()),
        ("无", None, ("blank_mark",)),
    ],
)
def test_spellings_of_a_telephone_number(typed: str | float, number: str, notes: tuple[str, ...]) -> None:
    assert phone.parse(typed) == Cleaned(number, notes)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1366279448", "phone_length"),
        ("136627944812", "phone_length"),
        ("8234567", "phone_length"),
        ("12055150183", "phone_prefix"),
        ("王支书", "phone_characters"),
        ("18055150183/18055150184", "phone_several"),
        ("18055150183、18055150184", "phone_several"),
    ],
)
def test_what_is_no_telephone_number_is_refused_by_its_cause(typed: str, code: str) -> None:
    answer = phone.parse(typed)
    assert isinstance(answer, Refused)
    assert answer.code == code


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_cleaning_a_mobile_number_twice_changes_nothing(number: str) -> None:
    assert phone.parse(number) == Cleaned(number)


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("6217589896513034801", ()),
        ("6217 5898 9651 3034 801", ("account_spaces",)),
        ("'6217589896513034801", ("account_quote",)),
        ("６２１７５８９８９６５１３０３４８０１", ("account_fullwidth",)),
    ],
)
def test_spellings_of_an_account(typed: str, notes: tuple[str, ...]) -> None:
    assert bank_account.parse(typed) == Cleaned("6217589896513034801", notes)


def test_a_short_account_kept_as_a_number_is_whole_and_said() -> None:
    assert bank_account.parse(123456789012) == Cleaned("123456789012", ("account_number",))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (6.217855466016373e18, "account_precision_lost"),
        ("6.21786E+18", "account_precision_lost"),
        ("12345678901", "account_length"),
        ("1" * 24, "account_length"),
        ("农信社", "account_characters"),
    ],
)
def test_what_is_no_account_is_refused_by_its_cause(typed: str | float, code: str) -> None:
    answer = bank_account.parse(typed)
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_the_check_digit_of_a_card_is_only_a_doubt() -> None:
    assert bank_account.doubt("6217000010000000002") == "account_luhn"
    assert bank_account.doubt("6217000010000000003") is None
    assert bank_account.doubt("123456789012") is None


@given(st.from_regex(r"62[0-9]{16}", fullmatch=True))
def test_exactly_one_check_digit_fits_a_card(first: str) -> None:
    assert sum(bank_account.luhn_fits(first + str(digit)) for digit in range(10)) == 1
