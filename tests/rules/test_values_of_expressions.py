"""Expression, record → value: the decisions of the language, one line each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from tests.rules.declaring import ThisWorld, a_field, a_form, a_table, computed, evaluate

ID_NUMBER = "529901196503012111"
RECORD: dict[str, Any] = {
    "数": 7,
    "价": D("12.50"),
    "零": 0,
    "率": D("0.0345"),
    "起": date(2025, 1, 31),
    "止": date(2026, 2, 28),
    "月": "2026-03",
    "是否甲": True,
    "是否乙": False,
    "等级": "2",
    "户类型": "2",
    "多级": ("1", "3"),
    "文字": "放弃赡养义务",
    "证件号码": ID_NUMBER,
    "户": 5,
    "票据": (
        {"医院": "县医院", "金额": D("680.50"), "数量": 2},
        {"医院": "中医院", "金额": D("1020.00"), "数量": 1},
        {"医院": "省医院", "金额": D("99.99"), "数量": None},
    ),
}
FIELDS = (
    a_field("数", "integer"),
    a_field("价", "money"),
    a_field("零", "integer"),
    a_field("率", "percent"),
    a_field("起", "date"),
    a_field("止", "date"),
    a_field("月", "month"),
    a_field("是否甲", "boolean"),
    a_field("是否乙", "boolean"),
    a_field("等级", "choice", codes="level"),
    a_field("户类型", "choice", codes="type"),
    a_field("多级", "multi_choice", codes="level"),
    a_field("文字", "text"),
    a_field("证件号码", "id_number"),
    a_field("电话", "phone"),
    a_field("户", "household"),
    a_field("空数", "decimal"),
    a_field("空文", "text"),
    a_table(
        "票据",
        a_field("医院", "text"),
        a_field("金额", "money"),
        a_field("数量", "integer"),
    ),
    a_table("空表", a_field("金额", "money")),
)
HOUSEHOLD_5 = {"户类型": "1", "电话": "13812345678", "人口数": 4, "区划": "529901003001"}
WORLD = ThisWorld(records={("household", 5): HOUSEHOLD_5, ("region", "529901003001"): {"名称": "柳树村"}})


def value_of(expression: str, result: str) -> object:
    form = a_form(*FIELDS, computed("结果", result, expression))
    return evaluate(form, WORLD, **RECORD).values["结果"]


NUMBERS: list[tuple[str, object]] = [
    ("1 + 2 × 3", D("7")),
    ("(1 + 2) * 3", D("9")),
    ("10 - 3 - 2", D("5")),
    ("-数 + 10", D("3")),
    ("10 - -数", D("17")),
    ("2000 × 50%", D("1000")),
    ("1 ÷ 3", D("0.3333")),
    ("2 / 3", D("0.6667")),
    ("0.00005 * 1", D("0.0001")),
    ("-0.00005 * 1", D("-0.0001")),
    ("0.3 - 3 × 0.1", D("0")),
    ("数 / 2", D("3.5")),
    ("1 / 0", None),
    ("数 / 零", None),
    ("1 + 空数", None),
    ("99999999999999 × 99999999999999", None),
    ("空作零(空数) + 1", D("1")),
    ("空作零(数)", D("7")),
    ("空作零(1 / 零)", None),
    ("SUM(票据.金额)", D("1800.49")),
    ("SUM(票据.金额, 数, 0.01)", D("1807.50")),
    ("SUM(空表.金额)", D("0")),
    ("SUM(票据.数量)", None),
    ("SUM(票据.数量 其中 数量 不为空)", D("3")),
    ('SUM(票据.金额 其中 医院 为 "县医院")', D("680.50")),
    ("SUM(票据.金额 其中 医院 不在 [县医院，中医院])", D("99.99")),
    ("SUM(票据.金额 其中 金额 > 价 × 10 且 数量 为空)", D("0")),
    ("SUM(票据.金额 其中 数量 > 1)", None),
    ("个数(票据)", D("3")),
    ("COUNT(票据.数量)", D("2")),
    ("个数(票据 其中 金额 ≥ 680.5)", D("2")),
    ("个数(票据 其中 数量 > 0)", None),
    ("个数(空表)", D("0")),
    ("个数(多级)", D("2")),
    ("MIN(SUM(票据.金额), 数 * 100)", D("700")),
    ("MAX(0, 数 - 10)", D("0")),
    ("MIN(票据.金额)", D("99.99")),
    ("MAX(空表.金额)", None),
    ("MIN(1, 空数)", None),
    ("AVERAGE(1, 2, 2)", D("1.6667")),
    ("AVERAGE(空表.金额)", None),
    ("ROUND(2.5)", D("3")),
    ("ROUND(-2.5)", D("-3")),
    ("ROUND(2.345, 2)", D("2.35")),
    ("ROUND(1250, -2)", D("1300")),
    ("ROUND(1, 0.5)", None),
    ("ROUNDUP(2.01)", D("3")),
    ("ROUNDUP(-2.01)", D("-3")),
    ("ROUNDDOWN(2.99, 1)", D("2.9")),
    ("ABS(3 - 数)", D("4")),
    ("IF(数 > 5, 1, 1 / 零)", D("1")),
    ("IF(空数 > 5, 1, 2)", None),
    ("YEAR(起) - MONTH(月)", D("2022")),
    ("YEAR(适用日期)", D("2026")),
    ("年份(月)", D("2026")),
    ("天数(起, 止)", D("393")),
    ("止 - 起", D("393")),
    ("天数(2025-01-01, 2025-03-31) + 1", D("90")),
    ("月数(起, 止)", D("13")),
    ("月数(2025-01-15, 2025-02-14)", D("0")),
    ("月数(止, 起)", None),
    ("周岁(证件号码, 适用日期)", D("61")),
    ("周岁(证件号码, 2026-02-28)", D("60")),
    ("周岁(证件号码.出生日期, 2024-02-29)", D("58")),
    ("周岁(2004-02-29, 2026-02-28)", D("21")),
    ("周岁(2004-02-29, 2026-03-01)", D("22")),
    ("周岁(止, 起)", None),
    ("户.人口数 × 2", D("8")),
]
CONDITIONS: list[tuple[str, object]] = [
    ("数 = 7", True),
    ("数 == 7.0", True),
    ("数 ≠ 7", False),
    ("数 <> 8", True),
    ("价 ≥ 12.5 且 价 ≤ 12.5", True),
    ("价 < 12.5", False),
    ("空数 > 1", None),
    ("是否甲", True),
    ("是否甲 为 是", True),
    ("是否乙 = 否 且 是否甲 ≠ 否", True),
    ("非 是否甲", False),
    ("不是 (数 > 9)", True),
    ("not is_known 或 是否甲".replace("is_known", "是否乙"), True),
    ("AND(是否甲, 数 > 1)", True),
    ("OR(是否乙, 数 > 9)", False),
    ("NOT(是否乙)", True),
    ("是否乙 且 空数 > 1", False),
    ("是否甲 或 空数 > 1", True),
    ("是否甲 且 空数 > 1", None),
    ("等级 为 二级", True),
    ("等级 不为 二级", False),
    ("等级 为 “二级”", True),
    ("等级 在 [一级、二级]", True),
    ("等级 不在 [三级, 四级]", True),
    ("等级 < 三级", True),
    ("等级 ≥ 三级", False),
    ("户类型 为 老户", True),
    ("户类型 为 2", True),
    ("户类型 在 [09, 10]", False),
    ('户类型 为 "监测户（新）"', False),
    ("多级 含 三级", True),
    ("多级 含 [二级, 三级]", True),
    ("多级 不含 [二级, 四级]", True),
    ("文字 含 “赡养”", True),
    ("文字 含 [免除赡养, 放弃赡养]", True),
    ("文字 不含 [免除赡养]", True),
    ("空文 含 [免除赡养]", None),
    ("空文 为空", True),
    ("文字 不为空 且 文字 有值", True),
    ("电话 为空", True),
    ("户.电话 不为空", True),
    ("空表 为空 且 票据 不为空", True),
    ("起 < 止 且 起 ≥ 2025-01-31", True),
    ('起 = "2025-01-31"', True),
    ('月 ≥ "2026-01" 且 月 < "2026-10"', True),
    ("数 在 [1, 7]", True),
    ("数 在 [1, 空数]", None),
    ("数 不在 [7, 空数]", False),
    ("票据 每行 (金额 > 0)", True),
    ("票据 每行 (金额 > 价 × 10)", False),
    ("票据 每行 (数量 > 0)", None),
    ("票据 每行 (数量 > 1)", False),
    ("空表 每行 (金额 > 0)", True),
    ("户.户类型 为 一般农户", True),
    ("户.区划.名称 为 “柳树村”", True),
    ("证件号码.性别 为 男", True),
    ("证件号码.出生日期 < 2000-01-01", True),
    ("证件号码 = '529901196503012111'", True),
    ("户 为空", False),
    ("数 is not empty and 数 not in [1, 2] and 文字 not contains [不]", True),
]
OTHERS: list[tuple[str, str, object]] = [
    ("起 + 29", "date", date(2025, 3, 1)),
    ("起 - 31", "date", date(2024, 12, 31)),
    ("起 + 0.5", "date", None),
    ("起 + 9999999999", "date", None),
    ("MAX(起, 止, 2025-12-31)", "date", date(2026, 2, 28)),
    ("证件号码.出生日期", "date", date(1965, 3, 1)),
    ("适用日期", "date", date(2026, 3, 1)),
    ("IF(是否甲, 月, '2020-01')", "month", "2026-03"),
    ("等级", "text", "二级"),
    ("IF(数 > 5, “大”, “小”)", "text", "大"),
    ("价 ÷ 3", "money", D("4.17")),
    ("数 ÷ 2", "integer", 4),
    ("率 × 2", "percent", D("0.0690")),
]


@pytest.mark.parametrize(("expression", "expected"), NUMBERS)
def test_numbers(expression: str, expected: object) -> None:
    assert value_of(expression, "decimal") == expected


@pytest.mark.parametrize(("expression", "expected"), CONDITIONS)
def test_conditions(expression: str, expected: object) -> None:
    assert value_of(expression, "boolean") is expected


@pytest.mark.parametrize(("expression", "result", "expected"), OTHERS)
def test_other_results(expression: str, result: str, expected: object) -> None:
    found = value_of(expression, result)
    assert found == expected
    assert type(found) is type(expected)


def test_places_of_a_computed_number() -> None:
    form = a_form(a_field("面积", "decimal"), computed("取一位", "decimal", "面积 ÷ 3", places=1))
    assert str(evaluate(form, 面积=D(2)).values["取一位"]) == "0.7"


def test_a_number_that_is_not_an_id_number_has_no_birth_date() -> None:
    form = a_form(a_field("证件号码", "id_number"), computed("生日", "date", "证件号码.出生日期"))
    assert evaluate(form, 证件号码="529901199913992117").values["生日"] is None
    assert evaluate(form, 证件号码="5").values["生日"] is None


def test_a_fact_that_is_given_is_preferred_to_opening_the_number() -> None:
    form = a_form(a_field("本人", "person"), computed("生日", "date", "本人.证件号码.出生日期"))
    world = ThisWorld(records={("person", 1): {"证件号码.出生日期": date(1970, 5, 6)}})
    assert evaluate(form, world, 本人=1).values["生日"] == date(1970, 5, 6)


def test_a_reference_that_leads_nowhere_is_unknown() -> None:
    form = a_form(a_field("户", "household"), computed("人口", "integer", "户.人口数"))
    outcome = evaluate(form, 户=404)
    assert outcome.values["人口"] is None
    assert outcome.missing == {"人口": ("户.人口数",)}
