"""Amounts of the acceptance examples (domain 6.1) that need no look-ups: the grammar carries them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from ffp_admin.spec.model import Form
from tests.rules.declaring import a_check, a_field, a_form, a_table, computed, evaluate

INVOICES = a_form(
    a_field("已核定", "money"),
    a_table("药费票据", a_field("金额", "money", required=True)),
    computed("补贴金额", "money", "MIN(SUM(药费票据.金额), 2000 - 已核定)"),
)
RELIEF = a_form(
    a_field("急难型", "boolean"),
    a_field("人数", "integer"),
    a_field("月数值", "integer"),
    computed("救助金额", "money", "MIN(10000, 600 × 人数 × 月数值 × IF(急难型, 1, 80%))"),
)
POST = a_form(
    a_field("应出勤", "integer"),
    a_field("出勤", "integer"),
    computed("月补贴", "money", "IF(出勤 ≥ 应出勤, 800, ROUND(800 × 出勤 ÷ 应出勤, 2))"),
)
INDUSTRY = a_form(
    a_field("人口数", "integer"),
    a_table(
        "项目",
        a_field("种植", "boolean"),
        a_field("数量", "decimal"),
        a_field("单价", "money"),
        computed("档价", "money", "IF(数量 < 1, 0, IF(数量 ≤ 3, 500, IF(数量 ≤ 5, 800, 1000)))"),
        computed("金额", "money", "数量 × IF(种植, 档价, 单价)"),
    ),
    computed("奖补金额", "money", "MIN(SUM(项目.金额), 2000 × 人口数, 6000)"),
)
INSURANCE = a_form(
    a_field("基数", "money"),
    computed("超额", "money", "MAX(0, 基数 - 10000)"),
    computed(
        "理赔金额",
        "money",
        "MIN(50000, MIN(超额, 20000) × 50% + MAX(0, MIN(超额, 50000) - 20000) × 60% + MAX(0, 超额 - 50000) × 70%)",
    ),
)
LOAN = a_form(
    a_field("本金", "money"),
    a_field("年利率", "percent"),
    a_field("起", "date"),
    a_field("止", "date"),
    computed("利息", "money", "本金 × 年利率 × (天数(起, 止) + 1) ÷ 360"),
    computed("贴息", "money", "利息 × 70%"),
)


def invoices(paid: str, *amounts: str) -> dict[str, object]:
    return {"已核定": D(paid), "药费票据": tuple({"金额": D(one)} for one in amounts)}


def relief(urgent: bool, people: int, months: int) -> dict[str, object]:
    return {"急难型": urgent, "人数": people, "月数值": months}


def industry(people: int, *items: tuple[bool, str, str]) -> dict[str, object]:
    rows = tuple({"种植": crop, "数量": D(amount), "单价": D(price)} for crop, amount, price in items)
    return {"人口数": people, "项目": rows}


@pytest.mark.parametrize(
    ("form", "values", "field", "expected"),
    [
        (INVOICES, invoices("0", "680.50", "1020.00"), "补贴金额", "1700.50"),
        (INVOICES, invoices("1700.50", "900"), "补贴金额", "299.50"),
        (INVOICES, invoices("2000", "100"), "补贴金额", "0.00"),
        (RELIEF, relief(False, 4, 2), "救助金额", "3840.00"),
        (RELIEF, relief(True, 1, 1), "救助金额", "600.00"),
        (RELIEF, relief(True, 6, 3), "救助金额", "10000.00"),
        (POST, {"应出勤": 22, "出勤": 22}, "月补贴", "800.00"),
        (POST, {"应出勤": 22, "出勤": 18}, "月补贴", "654.55"),
        (INDUSTRY, industry(4, (False, "2", "1000"), (False, "30", "20")), "奖补金额", "2600.00"),
        (INDUSTRY, industry(2, (True, "5", "0")), "奖补金额", "4000.00"),
        (INDUSTRY, industry(4, (True, "6", "0"), (False, "1", "400")), "奖补金额", "6000.00"),
        (INDUSTRY, industry(1, (False, "3", "1000")), "奖补金额", "2000.00"),
        (INDUSTRY, industry(4, (True, "3.0", "0")), "奖补金额", "1500.00"),
        (INDUSTRY, industry(4, (True, "3.1", "0")), "奖补金额", "2480.00"),
        (INDUSTRY, industry(4, (True, "0.5", "0")), "奖补金额", "0.00"),
        (INDUSTRY, industry(4, (True, "2", "0"), (True, "2", "0")), "奖补金额", "2000.00"),
        (INSURANCE, {"基数": D("26800")}, "理赔金额", "8400.00"),
        (INSURANCE, {"基数": D("10000.01")}, "理赔金额", "0.01"),
        (INSURANCE, {"基数": D("45000")}, "理赔金额", "19000.00"),
        (INSURANCE, {"基数": D("80000")}, "理赔金额", "42000.00"),
        (INSURANCE, {"基数": D("100000")}, "理赔金额", "50000.00"),
        (
            LOAN,
            {"本金": D("50000"), "年利率": D("0.0345"), "起": date(2025, 1, 1), "止": date(2025, 3, 31)},
            "贴息",
            "301.88",
        ),
    ],
)
def test_amounts(form: Form, values: dict[str, object], field: str, expected: str) -> None:
    assert str(evaluate(form, **values).values[field]) == expected


@pytest.mark.parametrize(("shares", "ok"), [(("0.6", "0.4"), True), (("0.6", "0.3"), False)])
def test_medical_shares_of_a_support_agreement(shares: tuple[str, ...], ok: bool) -> None:
    form = a_form(
        a_table("赡养人", a_field("医疗分担", "percent")),
        a_check("SUM(赡养人.医疗分担) = 100%", "医疗费分担合计应为100%。"),
    )
    outcome = evaluate(form, 赡养人=tuple({"医疗分担": D(one)} for one in shares))
    assert (outcome.findings == ()) is ok


def test_copies_of_a_support_agreement() -> None:
    form = a_form(
        a_table("赡养人", a_field("姓名", "text")), computed("份数", "integer", "个数(赡养人) + 1 + 3")
    )
    assert evaluate(form, 赡养人=({}, {})).values["份数"] == 6
