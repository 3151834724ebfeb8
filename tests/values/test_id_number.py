"""ID numbers (GB 11643) and disability cards: what is cleaned, what is refused, what they tell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.values import disability_card, id_number
from ffp_admin.values.cleaned import Cleaned, Refused

TODAY = date(2026, 3, 5)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Right numbers of any region and sequence, born in the last 120 years."""
    region = draw(st.integers(0, 999999))
    born = draw(st.dates(date(1906, 3, 6), TODAY))
    first = f"{region:06}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first + id_number.check_digit(first)


@given(numbers())
def test_right_numbers_pass_whatever_their_region(number: str) -> None:
    assert id_number.parse(number, TODAY) == Cleaned(number)


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_never_passes(number: str, place: int, step: int) -> None:
    old = 10 if number[place] == "X" else int(number[place])
    changed = number[:place] + str((old + step) % 10) + number[place + 1 :]
    if changed == number or (number[place] == "X" and place != 17):
        return
    assert isinstance(id_number.parse(changed, TODAY), Refused)


@given(numbers(), st.sampled_from(["full", "spaced", "quoted", "lower", "newline"]))
def test_every_spelling_is_cleaned_to_the_same_number_once(number: str, spelling: str) -> None:
    typed = {
        "full": "".join(chr(ord(char) + 0xFEE0) for char in number),
        "spaced": f"{number[:6]} {number[6:14]}\u3000{number[14:]}",
        "quoted": f"'{number}",
        "lower": number.lower(),
        "newline": f"{number}\n",
    }[spelling]
    first = id_number.clean(typed)
    assert isinstance(first, Cleaned)
    assert first.value == number
    assert bool(first.notes) == (typed != number)
    assert id_number.clean(first.value) == Cleaned(number)


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("５２９９０１１９８００４２８６２４８", ("id_fullwidth",)),
        ("'529901198004286248", ("id_quote",)),
        (" 529901 19800428 6248\n", ("id_spaces",)),
        ("529901\u300019800428\u00a06248", ("id_spaces",)),
        ("’529901 198004286248", ("id_quote", "id_spaces")),
    ],
)
def test_each_cleaning_has_its_code(typed: str, notes: tuple[str, ...]) -> None:
    assert id_number.clean(typed) == Cleaned("529901198004286248", notes)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("529901860626900", "id_15_digits"),
        (529901860626900, "id_15_digits"),
        ("52990119800428624", "id_length"),
        ("5299011980042862480", "id_length"),
        ("5299O1198004286248", "id_characters"),
        ("52990119800428X248", "id_characters"),
        ("待补", "id_characters"),
        ("529901202709310016", "id_birth_date"),
        ("529901198108107071", "id_check_digit"),
        (5.299011953062374e17, "id_precision_lost"),
        ("5.29901E+17", "id_precision_lost"),
    ],
)
def test_each_fault_has_its_code(typed: str | float, code: str) -> None:
    answer = id_number.parse(typed, TODAY)
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_nobody_is_born_tomorrow_or_older_than_anybody_alive() -> None:
    born = {
        "52990120260306001": "id_birth_date",
        "52990118950101001": "id_birth_date",
        "52990120260305001": None,
    }
    for first, code in born.items():
        assert id_number.check(first + id_number.check_digit(first), TODAY) == code


@pytest.mark.parametrize("mark", ["无", "/", "—"])
def test_a_mark_for_nothing_is_no_number(mark: str) -> None:
    assert id_number.parse(mark, TODAY) == Cleaned(None, ("blank_mark",))


def test_the_number_tells_birth_date_and_gender() -> None:
    assert id_number.birth_date("529901198004286248") == date(1980, 4, 28)
    assert id_number.gender("529901198004286248") == id_number.FEMALE
    assert id_number.gender("529901197712256512") == id_number.MALE


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1980, 4, 28), date(2026, 4, 27), 45),
        (date(1980, 4, 28), date(2026, 4, 28), 46),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
    ],
)
def test_age_in_completed_years(born: date, on: date, years: int) -> None:
    assert id_number.age(born, on) == years


@pytest.mark.parametrize("card", ["52990119800428624862", "52990119800428624862B1"])
def test_a_card_tells_holder_class_and_level(card: str) -> None:
    assert disability_card.parse(card, TODAY) == Cleaned(card)
    assert disability_card.holder(card) == "529901198004286248"
    assert (disability_card.disability_class(card), disability_card.disability_level(card)) == ("6", "2")


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("5299011980042862486", "card_length"),
        ("52990119800428624882", "card_class"),
        ("52990119800428624865", "card_level"),
        ("52990119800428624862X1", "card_suffix"),
        ("52990119800428624762", "id_check_digit"),
    ],
)
def test_each_fault_of_a_card_has_its_code(card: str, code: str) -> None:
    answer = disability_card.parse(card, TODAY)
    assert isinstance(answer, Refused)
    assert answer.code == code
