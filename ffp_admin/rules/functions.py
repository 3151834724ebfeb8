"""The functions of the expression language, as a table: one entry makes a function known on every reading.

`takes` says what each argument must be (the last entry repeats for functions without an upper limit);
an aggregate gets all its values, of single arguments and of columns, as one list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_
from ffp_admin.rules import arithmetic
from ffp_admin.spec.kinds import Shape


class How(Enum):
    """How the arguments reach a function."""

    #: each argument is one value; unknown when one is unknown
    SINGLE = "single"
    #: single values and columns, all in one list; unknown when one is unknown
    LIST = "list"
    #: the rows of a table, or the values there are in a column
    COUNT = "count"
    #: one value that may be unknown
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function: names, arguments, result, what it does, and what the reference page says."""

    name: str
    chinese: str = ""
    arity: tuple[int, int]
    how: How = How.SINGLE
    takes: tuple[frozenset[Shape], ...]
    #: None: the result is what the arguments are
    result: Shape | None
    apply: Callable[..., Any]
    #: an ID number given as an argument stands for its birth date
    birth_date: bool = False
    #: sentence of an explanation with {0}, {1} …, or {all}
    sentence: str
    #: the same when optional arguments are given
    longer: str = ""
    meaning: str
    example: str


_NUMBER = frozenset({Shape.NUMBER})
_DATE = frozenset({Shape.DATE})
_ORDERED = frozenset({Shape.NUMBER, Shape.DATE, Shape.MONTH})
_CALENDAR = frozenset({Shape.DATE, Shape.MONTH})
_MANY = frozenset({Shape.ROWS, Shape.CHOICES})


def _year(value: date | str) -> int:
    return int(value[:4]) if isinstance(value, str) else value.year


def _month(value: date | str) -> int:
    return int(value[5:7]) if isinstance(value, str) else value.month


def _least(values: list[Any]) -> Any:
    return min(values) if values else arithmetic.NO_ROWS


def _greatest(values: list[Any]) -> Any:
    return max(values) if values else arithmetic.NO_ROWS


_FUNCTIONS = (
    Function(
        name="SUM",
        chinese="合计",
        arity=(1, 50),
        how=How.LIST,
        takes=(_NUMBER,),
        result=Shape.NUMBER,
        apply=arithmetic.total,
        sentence=N_("the sum of {all}"),
        meaning=N_(
            "Adds numbers and columns of a table. 0 for a table without rows; unknown when one is empty."
        ),
        example="SUM(药费票据.金额)",
    ),
    Function(
        name="MIN",
        chinese="最小值",
        arity=(1, 50),
        how=How.LIST,
        takes=(_ORDERED,),
        result=None,
        apply=_least,
        sentence=N_("the smallest of {all}"),
        meaning=N_("The smallest number or earliest date."),
        example="MIN(SUM(药费票据.金额), 2000)",
    ),
    Function(
        name="MAX",
        chinese="最大值",
        arity=(1, 50),
        how=How.LIST,
        takes=(_ORDERED,),
        result=None,
        apply=_greatest,
        sentence=N_("the greatest of {all}"),
        meaning=N_("The greatest number or latest date."),
        example="MAX(0, 自付费用 - 5000)",
    ),
    Function(
        name="AVERAGE",
        chinese="平均值",
        arity=(1, 50),
        how=How.LIST,
        takes=(_NUMBER,),
        result=Shape.NUMBER,
        apply=arithmetic.average,
        sentence=N_("the mean of {all}"),
        meaning=N_("The mean, with 4 places."),
        example="AVERAGE(考勤.出勤天数)",
    ),
    Function(
        name="COUNT",
        chinese="个数",
        arity=(1, 1),
        how=How.COUNT,
        takes=(_MANY,),
        result=Shape.NUMBER,
        apply=len,
        sentence=N_("the number of {0}"),
        meaning=N_("How many rows a table has, how many values a column has, how many words are chosen."),
        example="个数(药费票据 其中 金额 > 500)",
    ),
    Function(
        name="ROUND",
        chinese="四舍五入",
        arity=(1, 2),
        takes=(_NUMBER, _NUMBER),
        result=Shape.NUMBER,
        apply=arithmetic.round_half_up,
        sentence=N_("{0} rounded half up to a whole number"),
        longer=N_("{0} rounded half up to {1} places"),
        meaning=N_("Rounds half up to so many places; without a second value to a whole number."),
        example="ROUND(月补贴 × 出勤天数 ÷ 应出勤天数, 2)",
    ),
    Function(
        name="ROUNDUP",
        chinese="向上取整",
        arity=(1, 2),
        takes=(_NUMBER, _NUMBER),
        result=Shape.NUMBER,
        apply=arithmetic.round_up,
        sentence=N_("{0} rounded up to a whole number"),
        longer=N_("{0} rounded up to {1} places"),
        meaning=N_("Rounds away from zero."),
        example="ROUNDUP(人数 ÷ 8)",
    ),
    Function(
        name="ROUNDDOWN",
        chinese="向下取整",
        arity=(1, 2),
        takes=(_NUMBER, _NUMBER),
        result=Shape.NUMBER,
        apply=arithmetic.round_down,
        sentence=N_("{0} rounded down to a whole number"),
        longer=N_("{0} rounded down to {1} places"),
        meaning=N_("Rounds towards zero."),
        example="ROUNDDOWN(面积, 1)",
    ),
    Function(
        name="ABS",
        chinese="绝对值",
        arity=(1, 1),
        takes=(_NUMBER,),
        result=Shape.NUMBER,
        apply=abs,
        sentence=N_("the size of {0} without its sign"),
        meaning=N_("The number without its sign."),
        example="ABS(本月积分 - 上月积分)",
    ),
    Function(
        name="ZERO_IF_EMPTY",
        chinese="空作零",
        arity=(1, 1),
        how=How.MAYBE,
        takes=(_NUMBER,),
        result=Shape.NUMBER,
        apply=lambda value: 0 if value is None else value,
        sentence=N_("{0} (0 when empty)"),
        meaning=N_(
            "The number, or 0 when it is not filled in. Without it an empty number makes the result empty."
        ),
        example="工资性收入 - 空作零(生产经营性支出)",
    ),
    Function(
        name="YEAR",
        chinese="年份",
        arity=(1, 1),
        takes=(_CALENDAR,),
        result=Shape.NUMBER,
        apply=_year,
        sentence=N_("the year of {0}"),
        meaning=N_("The year of a date or month, as a number."),
        example="YEAR(开票日期) = YEAR(适用日期)",
    ),
    Function(
        name="MONTH",
        chinese="月份",
        arity=(1, 1),
        takes=(_CALENDAR,),
        result=Shape.NUMBER,
        apply=_month,
        sentence=N_("the month of {0}"),
        meaning=N_("The month of a date or month, 1 to 12."),
        example="MONTH(申请日期) ≤ 6",
    ),
    Function(
        name="AGE",
        chinese="周岁",
        arity=(2, 2),
        takes=(_DATE, _DATE),
        result=Shape.NUMBER,
        apply=arithmetic.full_years,
        birth_date=True,
        sentence=N_("the age of {0} on {1}"),
        meaning=N_("Full years from a birth date, or of an ID number, to a day."),
        example="周岁(证件号码, 适用日期) ≥ 60",
    ),
    Function(
        name="DAYS",
        chinese="天数",
        arity=(2, 2),
        takes=(_DATE, _DATE),
        result=Shape.NUMBER,
        apply=arithmetic.days_between,
        sentence=N_("the days from {0} to {1}"),
        meaning=N_("Days from the first day to the second; the first day does not count."),
        example="天数(入院日期, 出院日期) + 1",
    ),
    Function(
        name="MONTHS",
        chinese="月数",
        arity=(2, 2),
        takes=(_DATE, _DATE),
        result=Shape.NUMBER,
        apply=arithmetic.months_between,
        sentence=N_("the full months from {0} to {1}"),
        meaning=N_("Full months from the first day to the second."),
        example="月数(协议起, 协议止) ≤ 12",
    ),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({one.name: one for one in _FUNCTIONS})
_BY_NAME: Mapping[str, Function] = MappingProxyType(
    {name: one for one in _FUNCTIONS for name in (one.name, one.chinese) if name}
)


def by_name(name: str) -> Function | None:
    """The function with this Chinese or Latin name, in any case of letters."""
    return _BY_NAME.get(name.upper())


def names() -> tuple[str, ...]:
    """Every name a function may be called by."""
    return tuple(_BY_NAME)


def parameter(function: Function, index: int) -> frozenset[Shape]:
    """What the argument at `index` must be."""
    return function.takes[min(index, len(function.takes) - 1)]
