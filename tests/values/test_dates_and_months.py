"""Dates and months in the spellings that reach a county office."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.values import dates, month
from ffp_admin.values.cleaned import Cleaned, Refused

DAY = date(2026, 3, 5)
DAYS = st.dates(date(dates.FIRST_YEAR, 1, 1), date(dates.LAST_YEAR, 12, 31))


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("2026-03-05", ()),
        (DAY, ()),
        (datetime(2026, 3, 5), ()),  # noqa: DTZ001 - a spreadsheet's date has no zone
        ("2026/3/5", ("date_format",)),
        ("2026.3.5", ("date_format",)),
        ("2026.03.05", ("date_format",)),
        ("20260305", ("date_format",)),
        (20260305, ("date_format",)),
        ("2026年3月5日", ("date_format",)),
        ("２０２６年３月５日", ("date_format",)),
        ("２０２６-０３-０５", ("date_format",)),
        ("2026 年 3 月 5 日", ("date_format",)),
        ("2026-03-05 00:00:00", ("date_time",)),
        (46086, ("date_serial",)),
        (46086.0, ("date_serial",)),
    ],
)
def test_spellings_of_a_day(typed: str | float | date, notes: tuple[str, ...]) -> None:
    assert dates.parse(typed) == Cleaned(DAY, notes)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-02-30", "date_impossible"),
        ("2026.13.1", "date_impossible"),
        ("2026年3月", "date_no_day"),
        ("2026.3", "date_no_day"),
        ("26.3.5", "date_short_year"),
        ("去年", "date_unreadable"),
        ("2026-3/5", "date_unreadable"),
        (3.5, "date_unreadable"),
        (True, "date_unreadable"),
        ("0026-03-05", "date_range"),
        (float("inf"), "date_unreadable"),
    ],
)
def test_what_is_no_day_is_refused_by_its_cause(typed: str | float, code: str) -> None:
    answer = dates.parse(typed)
    assert isinstance(answer, Refused)
    assert answer.code == code


@given(DAYS)
def test_every_spelling_of_every_day_comes_back(day: date) -> None:
    for typed in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        day,
    ):
        answer = dates.parse(typed)
        assert isinstance(answer, Cleaned)
        assert answer.value == day


@given(st.dates(date(1930, 1, 1), date(2090, 12, 31)))
def test_every_day_number_comes_back(day: date) -> None:
    assert dates.parse((day - dates.SERIAL_ORIGIN).days) == Cleaned(day, ("date_serial",))


@pytest.mark.parametrize(
    "typed", ["2024-01", "2024.01", "202401", "2024年1月", "2024/1", 2024.01, 202401, date(2024, 1, 1)]
)
def test_spellings_of_a_month(typed: str | float | date) -> None:
    answer = month.parse(typed)
    assert isinstance(answer, Cleaned)
    assert answer.value == date(2024, 1, 1)


def test_a_day_inside_the_month_is_said() -> None:
    assert month.parse(date(2024, 1, 15)) == Cleaned(date(2024, 1, 1), ("month_from_date",))
    assert month.parse("2024-01-15") == Cleaned(date(2024, 1, 1), ("month_from_date",))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (2024.1, "month_ambiguous"),
        ("2024-13", "month_impossible"),
        ("202400", "month_impossible"),
        ("一月", "month_unreadable"),
        (True, "month_unreadable"),
        (1e300, "month_unreadable"),
        (float("nan"), "month_unreadable"),
    ],
)
def test_what_is_no_month_is_refused_by_its_cause(typed: str | float, code: str) -> None:
    answer = month.parse(typed)
    assert isinstance(answer, Refused)
    assert answer.code == code
