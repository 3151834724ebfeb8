"""The expression language for the reference page: one row for every sign, word and function."""

from __future__ import annotations

from dataclasses import dataclass

from ffp_admin.i18n import N_, _
from ffp_admin.rules.functions import FUNCTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How it is written, what it means (in the current locale), an example."""

    name: str
    meaning: str
    example: str


_SIGNS = (
    (
        "+ - × ÷",
        N_("Exact arithmetic; × and ÷ round half up to 4 places, amounts of money to 2."),
        "单价 × 数量",
    ),
    ("+ -", N_("A date plus or minus days; the days between two dates."), "到期日 - 30"),
    (
        "= ≠ < ≤ > ≥",
        N_("Compares numbers, dates, months and choices (in the order of their list)."),
        "人数 ≥ 3",
    ),
    ("为 不为", N_("Is, or is not, a word of a code list, a text in quotes, 是 or 否."), "户类型 为 脱贫户"),
    ("在 不在", N_("Is one, or none, of a list in brackets."), "残疾等级 在 [一级, 二级]"),
    (
        "含 不含",
        N_("A text or several choices contain a word, or one of a list."),
        "补充条款 不含 [免除赡养, 放弃赡养]",
    ),
    ("为空 不为空", N_("The field is not filled in, or is."), "联系电话 不为空"),
    ("且 或 非", N_("Both; at least one; the opposite."), "非 (居民医保 为 是 且 职工医保 为 是)"),
    ("每行", N_("Every row of a table meets a condition; true for no rows."), "赡养人 每行 (月现金 > 0)"),
    (
        "其中",
        N_("Only the rows that meet a condition; inside a function."),
        'SUM(药费票据.金额 其中 医院 为 "县医院")',
    ),
    (
        "户.家庭成员",
        N_(
            "In a check only: the records of a register that point to the same record, this one as it is being "
            "saved; they are counted and read like the rows of a table. 家庭成员 alone: those that point to this record."
        ),
        "COUNT(户.家庭成员 其中 与户主关系 为 户主) ≤ 1",
    ),
    (".", N_("A field of the record a reference points to, of a table, or a fact of a number."), "户.户类型"),
    ("适用日期", N_("The day for which the record is worked out; there is no 'today'."), "YEAR(适用日期)"),
    ("50% 2025-01-01", N_("A percentage; a date. A month stands in quotes."), '缴费月份 ≥ "2026-03"'),
)


def table() -> tuple[Row, ...]:
    """Signs and words first, then the functions in the order of their table."""
    signs = [Row(name=name, meaning=_(meaning), example=example) for name, meaning, example in _SIGNS]
    logic = Row(
        name="IF",
        meaning=_("One of two values by a condition; AND, OR and NOT can be written the same way."),
        example="IF(人数 ≥ 3, 2000, 1000)",
    )
    functions = [
        Row(
            name=" / ".join(filter(None, (one.name, one.chinese))),
            meaning=_(one.meaning),
            example=one.example,
        )
        for one in FUNCTIONS.values()
    ]
    return (*signs, logic, *functions)
