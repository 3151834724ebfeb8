"""A whole record: fill, compute, hide, require, check."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from ffp_admin import rules
from ffp_admin.rules.validation import MOST_ROWS
from ffp_admin.spec.model import CodeList, CodeWord, Field, Level
from tests.rules.declaring import (
    ThisWorld,
    a_catalog,
    a_check,
    a_field,
    a_form,
    a_list,
    a_section,
    a_table,
    computed,
    evaluate,
)

WORLD = ThisWorld(records={("household", 5): {"户类型": "2", "电话": "13812345678"}})


def found(outcome: rules.Outcome) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in outcome.findings]


# -- filling


FILLED = a_form(a_field("户", "household"), a_field("电话", "phone", filled_from="户.电话"))


def test_an_empty_field_is_filled_and_named() -> None:
    outcome = evaluate(FILLED, WORLD, 户=5)
    assert outcome.values["电话"] == "13812345678"
    assert outcome.filled == {"电话"}


def test_what_was_typed_is_not_overwritten() -> None:
    outcome = evaluate(FILLED, WORLD, 户=5, 电话="13900000000")
    assert outcome.values["电话"] == "13900000000"
    assert outcome.filled == frozenset()


def test_an_unknown_source_leaves_the_field_empty() -> None:
    assert evaluate(FILLED, WORLD).values == {"户": None, "电话": None}


def test_a_choice_is_filled_as_its_label_into_a_text() -> None:
    form = a_form(a_field("户", "household"), a_field("类型", "text", filled_from="户.户类型"))
    assert evaluate(form, WORLD, 户=5).values["类型"] == "脱贫户"


def test_cells_are_filled_too() -> None:
    rows = a_table("成员", a_field("户", "household"), a_field("电话", "phone", filled_from="户.电话"))
    outcome = evaluate(a_form(rows), WORLD, 成员=({"户": None}, {"户": 5}))
    assert [row["电话"] for row in outcome.values["成员"]] == [None, "13812345678"]  # type: ignore[attr-defined]
    assert outcome.filled == {"成员[1].电话"}


# -- computing


def test_computed_fields_come_in_the_order_of_need() -> None:
    form = a_form(
        computed("三", "integer", "二 + 1"),
        computed("二", "integer", "一 + 1"),
        a_field("一", "integer"),
    )
    assert evaluate(form, 一=1).values == {"三": 3, "二": 2, "一": 1}


def test_what_was_sent_for_a_computed_field_does_not_count() -> None:
    assert evaluate(a_form(computed("总额", "money", "1 + 1")), 总额=D(900)).values["总额"] == D("2.00")


ITEMS = a_form(
    a_table(
        "项目",
        a_field("数量", "decimal"),
        a_field("单价", "money"),
        computed("金额", "money", "数量 × 单价"),
        computed("占比", "percent", "金额 ÷ 总额"),
    ),
    computed("总额", "money", "SUM(项目.金额)"),
)


def test_rows_and_record_compute_each_other() -> None:
    rows = ({"数量": D(3), "单价": D("0.33")}, {"数量": D(1), "单价": D("0.99")})
    values: Any = evaluate(ITEMS, 项目=rows).values
    assert values["总额"] == D("1.98")
    assert [row["占比"] for row in values["项目"]] == [D("0.5000"), D("0.5000")]


def test_a_value_that_cannot_be_computed_says_what_is_missing() -> None:
    outcome = evaluate(ITEMS, 项目=({"数量": D(3)},))
    assert outcome.values["总额"] is None
    assert outcome.missing["总额"] == ("项目[0].单价",)
    assert outcome.missing["项目[0].金额"] == ("项目.单价",)


def test_rows_shadow_the_names_of_the_record() -> None:
    form = a_form(
        a_field("数量", "integer"),
        a_field("单价", "integer"),
        a_table("项目", a_field("数量", "integer"), computed("金额", "integer", "数量 × 单价")),
    )
    values: Any = evaluate(form, 数量=100, 单价=2, 项目=({"数量": 3},)).values
    assert values["项目"][0]["金额"] == 6


def test_a_row_is_read_again_after_all_rows_were() -> None:
    form = a_form(
        a_table("项目", a_field("金额", "integer"), computed("其余", "integer", "SUM(项目.金额) - 金额"))
    )
    values: Any = evaluate(form, 项目=({"金额": 1}, {"金额": 10}, {"金额": 100})).values
    assert [row["其余"] for row in values["项目"]] == [110, 101, 11]


def test_the_values_given_stay_as_they_are() -> None:
    row = {"数量": D(1), "单价": D(1)}
    given = {"项目": (row,)}
    rules.program(ITEMS, a_catalog(ITEMS)).evaluate(given, WORLD)
    assert given == {"项目": ({"数量": D(1), "单价": D(1)},)}


def test_names_that_are_not_declared_do_not_come_back() -> None:
    assert evaluate(FILLED, WORLD, 户=5, 别的=1).values.keys() == {"户", "电话"}


# -- hiding


SHOWN = a_form(
    a_field("类型", "choice", codes="type"),
    a_field("年度", "integer", required=True, shown_when="类型 为 脱贫户"),
    computed("次年", "integer", "年度 + 1"),
)


def test_a_hidden_field_is_empty_everywhere_and_asks_for_nothing() -> None:
    outcome = evaluate(SHOWN, 类型="1", 年度=2019)
    assert outcome.values == {"类型": "1", "年度": None, "次年": None}
    assert outcome.shown == {"类型": True, "年度": False, "次年": True}
    assert outcome.required["年度"] is False
    assert found(evaluate(SHOWN, 类型="1")) == []


def test_a_value_that_is_not_taken_is_told() -> None:
    outcome = evaluate(SHOWN, 类型="1", 年度=2019)
    assert outcome.emptied == {"年度": 2019}
    [doubt] = outcome.doubts
    assert (doubt.field, doubt.code, outcome.errors) == ("年度", "not_taken", ())
    assert "年度 is filled in only when 类型 is “脱贫户”" in doubt.message


def test_a_shown_field_counts() -> None:
    assert evaluate(SHOWN, 类型="2", 年度=2019).values["次年"] == 2020
    assert found(evaluate(SHOWN, 类型="2")) == [("年度", "required")]


def test_an_unknown_condition_hides_what_is_empty_and_keeps_what_is_filled_in() -> None:
    empty, filled = evaluate(SHOWN), evaluate(SHOWN, 年度=2019)
    assert (empty.shown["年度"], found(empty)) == (False, [])
    assert (filled.shown["年度"], filled.values["年度"], filled.values["次年"]) == (True, 2019, 2020)
    assert (filled.emptied, found(filled)) == ({}, [])


def test_what_a_record_had_may_stay_although_its_condition_is_false() -> None:
    form = rules.program(SHOWN, a_catalog(SHOWN))
    outcome = form.evaluate({"类型": "1", "年度": 2019}, WORLD, kept=frozenset({"年度"}))
    assert (outcome.values["年度"], outcome.shown["年度"], outcome.emptied) == (2019, True, {})
    assert found(outcome) == [("年度", "kept")]


def test_a_field_that_does_not_apply_takes_those_that_hang_on_it_along() -> None:
    form = a_form(
        a_field("搬迁", "boolean"),
        a_field("安置", "choice", codes="type", shown_when="搬迁"),
        a_field("年度", "integer", shown_when="安置 为 脱贫户"),
    )
    outcome = evaluate(form, 搬迁=False, 安置="2", 年度=2019)
    assert outcome.emptied == {"安置": "2", "年度": 2019}
    # nothing is known: nothing is lost
    assert evaluate(form, 安置="2", 年度=2019).values == {"搬迁": None, "安置": "2", "年度": 2019}
    assert evaluate(form, 搬迁=True, 年度=2019).values["年度"] == 2019


def test_a_hidden_section_hides_its_fields() -> None:
    form = a_form(
        a_field("有票", "boolean"),
        a_section(
            "票",
            a_field("号码", "text", required=True),
            a_table("明细", a_field("金额", "money", required=True), at_least=1),
            shown_when="有票",
        ),
        computed("合计", "money", "SUM(明细.金额)"),
    )
    hidden = evaluate(form, 有票=False, 号码="1", 明细=({"金额": D(5)},))
    assert hidden.values == {"有票": False, "号码": None, "明细": (), "合计": D("0.00")}
    assert found(hidden) == [("号码", "not_taken"), ("明细", "not_taken")]
    assert "only when 有票" in hidden.doubts[1].message
    assert found(evaluate(form, 有票=False)) == []
    shown = evaluate(form, 有票=True, 明细=({"金额": D(5)},))
    assert shown.values["合计"] == D("5.00")
    assert found(shown) == [("号码", "required")]


def test_an_unknown_condition_keeps_what_a_section_has() -> None:
    form = a_form(a_field("有票", "boolean"), a_section("票", a_field("号码", "text"), shown_when="有票"))
    outcome = evaluate(form, 号码="1")
    assert (outcome.values, outcome.shown["号码"]) == ({"有票": None, "号码": "1"}, True)
    assert evaluate(form).shown["号码"] is False


def test_a_hidden_table_has_no_cells() -> None:
    form = a_form(
        a_field("丙", "boolean"),
        a_table("表", a_field("甲", "text", shown_when="丙 为 否"), shown_when="乙 > 1"),
        computed("乙", "integer", "1 + 0"),
    )
    outcome = evaluate(form, 表=({"甲": "一"},), 丙=True)
    assert outcome.values["表"] == ()
    assert outcome.shown == {"表": False, "乙": True, "丙": True}


def test_cells_are_hidden_row_by_row() -> None:
    form = a_form(
        a_table(
            "成员",
            a_field("年龄", "integer"),
            a_field("学校", "text", shown_when="年龄 < 18", required_when="年龄 > 6"),
        )
    )
    outcome = evaluate(form, 成员=({"年龄": 40, "学校": "甲"}, {"年龄": 10}, {"年龄": 3}))
    values: Any = outcome.values["成员"]
    assert values[0]["学校"] is None
    assert outcome.shown["成员[0].学校"] is False
    assert "成员[1].学校" not in outcome.shown
    assert {k: v for k, v in outcome.required.items() if "[" in k} == {
        "成员[1].学校": True,
        "成员[2].学校": False,
    }
    assert found(outcome) == [("成员[0].学校", "not_taken"), ("成员[1].学校", "required")]
    assert "row 1" in outcome.doubts[0].message
    unknown = evaluate(form, 成员=({"学校": "甲"},))
    assert unknown.values["成员"] == ({"年龄": None, "学校": "甲"},) or unknown.values["成员"] == [
        {"年龄": None, "学校": "甲"}
    ]


# -- requiring and limits


def one(field: Field, value: object) -> list[tuple[str, str]]:
    return found(evaluate(a_form(field), **{field.key: value}))


@pytest.mark.parametrize(
    ("field", "bad", "code", "good"),
    [
        (a_field("一", "text", required=True), None, "required", "有"),
        (a_field("一", "boolean", required=True), None, "required", False),
        (a_table("一", a_field("二", "text"), required=True), (), "required", ({},)),
        (a_table("一", a_field("二", "text"), at_least=2), ({},), "at_least", ({}, {})),
        (a_table("一", a_field("二", "text"), at_least=1), (), "at_least", ({},)),
        (a_table("一", a_field("二", "text"), at_most=1), ({}, {}), "at_most", ()),
        (a_table("一", a_field("二", "text")), ({},) * (MOST_ROWS + 1), "at_most", ({},) * MOST_ROWS),
        (a_field("一", "integer", minimum="1"), 0, "minimum", 1),
        (a_field("一", "money", maximum="99.99"), D("100"), "maximum", D("99.99")),
        (a_field("一", "percent", maximum="0.5"), D("0.51"), "maximum", D("0.5")),
        (a_field("一", "date", minimum="2025-01-01"), date(2024, 12, 31), "minimum", date(2025, 1, 1)),
        (a_field("一", "month", maximum="2026-03"), "2026-04", "maximum", "2026-03"),
        (a_field("一", "text", length=2), "三个字", "length", "两字"),
        (a_field("一", "choice", codes="level"), "9", "unknown_code", "4"),
        (a_field("一", "choice", codes="type"), "10", "code_expired", "09"),
        (a_field("一", "multi_choice", codes="level"), ("1", "9"), "unknown_code", ("1", "4")),
        (a_field("一", "multi_choice", codes="level", at_least=2), ("1",), "at_least", ("1", "2")),
        (a_field("一", "multi_choice", codes="level", at_most=1), ("1", "2"), "at_most", ("1",)),
        (a_field("一", "id_number"), "529901196503012112", "id_check_digit", "529901196503012111"),
        (a_field("一", "disability_card"), "52990119650301211186", "card_class", "52990119650301211162"),
        (a_field("一", "phone"), "12345", "phone_length", "13812345678"),
        (a_field("一", "bank_account"), "123", "account_length", "123456789012"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_a_value_must_be(field: Field, bad: object, code: str, good: object) -> None:
    assert one(field, bad) == [("一", code)]
    assert one(field, good) == []


def test_a_doubtful_account_does_not_stop_a_save() -> None:
    outcome = evaluate(a_form(a_field("一", "bank_account")), 一="6217000012345678")
    assert [(one.code, one.level) for one in outcome.doubts] == [("account_luhn", Level.DOUBT)]
    assert outcome.errors == ()


def test_an_empty_value_is_not_measured() -> None:
    assert one(a_field("一", "integer", minimum="1"), None) == []
    assert one(a_field("一", "choice", codes="level"), None) == []


def test_code_words_are_judged_on_the_day_of_the_record() -> None:
    form = a_form(a_field("类型", "choice", codes="type"))
    last = ThisWorld(today_of_record=date(2025, 12, 31))
    after = ThisWorld(today_of_record=date(2026, 1, 1))
    assert found(evaluate(form, last, 类型="10")) == []
    assert found(evaluate(form, after, 类型="10")) == [("类型", "code_expired")]


def test_limits_are_told_in_their_unit() -> None:
    outcome = evaluate(a_form(a_field("一", "percent", label="分担比例", maximum="0.5")), 一=D(1))
    assert outcome.findings[0].message == "分担比例 must be at most 50%."


def test_required_when_depends_on_the_finished_record() -> None:
    form = a_form(
        a_field("户", "household"),
        computed("类型", "text", "户.户类型"),
        a_field("原因", "text", required_when="类型 为 “脱贫户”"),
    )
    assert evaluate(form, WORLD, 户=5).required["原因"] is True
    assert found(evaluate(form, WORLD, 户=5)) == [("原因", "required")]
    assert evaluate(form, WORLD).required["原因"] is False


def test_findings_in_rows_name_the_row() -> None:
    form = a_form(a_table("票据", a_field("金额", "money", minimum="0", label="开票金额"), label="药费票据"))
    (finding,) = evaluate(form, 票据=({"金额": D(1)}, {"金额": D(-1)})).findings
    assert (finding.field, finding.row, finding.code) == ("票据[1].金额", ("票据", 1), "minimum")
    assert finding.message == "药费票据, row 2: 开票金额 must be at least 0."


# -- checks


def test_a_false_check_is_a_finding_an_unknown_one_is_not() -> None:
    form = a_form(
        a_field("甲", "integer"),
        a_check("甲 > 5", "甲须大于5", at="甲"),
        a_check("甲 > 9", "甲最好大于9", level=Level.DOUBT),
    )
    assert found(evaluate(form)) == []
    assert found(evaluate(form, 甲=10)) == []
    outcome = evaluate(form, 甲=1)
    assert [(f.field, f.code, f.level, f.message) for f in outcome.findings] == [
        ("甲", "check", Level.ERROR, "甲须大于5"),
        ("", "check", Level.DOUBT, "甲最好大于9"),
    ]


def test_a_check_on_every_row_names_the_rows_that_fail() -> None:
    form = a_form(
        a_table("赡养人", a_field("月现金", "money"), a_field("年粮食", "decimal")),
        a_check("赡养人 每行 (月现金 > 0 或 年粮食 > 0)", "须承担现金或实物", at="赡养人.月现金"),
    )
    rows = ({"月现金": D(1)}, {"月现金": D(0), "年粮食": D(0)}, {"月现金": D(0)}, {"年粮食": D(2)})
    (finding,) = evaluate(form, 赡养人=rows).findings
    assert (finding.field, finding.row) == ("赡养人[1].月现金", ("赡养人", 1))
    assert finding.message == "赡养人, row 2: 须承担现金或实物"


def test_a_program_knows_which_fields_rules_read() -> None:
    form = a_form(
        a_field("甲", "integer"),
        a_field("乙", "integer"),
        a_field("丙", "integer"),
        a_table("表", a_field("丁", "integer")),
        computed("戊", "integer", "甲 + SUM(表.丁)"),
        a_check("乙 > 1"),
    )
    assert rules.program(form, a_catalog(form)).watched == {"甲", "乙", "表"}


def test_two_worlds_do_not_mix() -> None:
    program = rules.program(FILLED, a_catalog(FILLED))
    other = ThisWorld(records={("household", 5): {"电话": "13900000000"}})
    assert program.evaluate({"户": 5}, WORLD).values["电话"] == "13812345678"
    assert program.evaluate({"户": 5}, other).values["电话"] == "13900000000"


def test_the_order_of_choices_is_that_of_the_list_not_of_the_codes() -> None:
    in_order = (("3", "IIA"), ("1", "IIB"), ("2", "IA"))
    stages: CodeList = a_list("level", *(CodeWord(code=code, label=label) for code, label in in_order))
    form = a_form(a_field("分期", "choice", codes="level"), a_check("分期 ≥ IIB", "分期低于IIB"))
    catalog = a_catalog(form)
    catalog = type(catalog)(forms=catalog.forms, codes={**catalog.codes, "level": stages})
    program = rules.program(form, catalog)
    judged = [found(program.evaluate({"分期": code}, WORLD)) for code in ("1", "2", "3")]
    assert judged == [[], [], [("", "check")]]
