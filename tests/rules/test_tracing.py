"""Why a value is what it is."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

from ffp_admin import rules
from ffp_admin.rules.outcome import Step
from tests.rules.declaring import WORLD, ThisWorld, a_catalog, a_field, a_form, a_table, computed

FORM = a_form(
    a_field("户", "household"),
    a_field("低保", "boolean"),
    a_field("等级", "choice", codes="level"),
    a_table(
        "票据",
        a_field("医院", "text"),
        a_field("数量", "integer"),
        a_field("单价", "money"),
        computed("金额", "money", "数量 × 单价"),
    ),
    computed("县内", "money", "SUM(票据.金额 其中 医院 含 “县”)"),
    computed("补贴", "money", "IF(低保 且 等级 在 [一级, 二级], MIN(县内, 300), 户.人口数 × 0)"),
    a_field("抄来", "text", filled_from="户.户主"),
)
ROWS: tuple[dict[str, Any], ...] = (
    {"医院": "县医院", "数量": 2, "单价": D("150.25")},
    {"医院": "省医院", "数量": 1, "单价": D("999")},
    {"医院": "县中医院", "数量": 1, "单价": D("10")},
)


def why(path: str, world: rules.World = WORLD, **values: Any) -> Step:
    step = rules.program(FORM, a_catalog(FORM)).trace(path, values, world)
    assert step is not None
    return step


def every(step: Step) -> list[Step]:
    return [step, *(deeper for below in step.steps for deeper in every(below))]


def told(step: Step) -> dict[str, str]:
    return {one.text: one.written for one in every(step)}


def test_why_300_yuan() -> None:
    step = why("补贴", 低保=True, 等级="2", 票据=ROWS)
    assert step.value == D("300.00")
    said = told(step)
    assert said["低保 且 等级 在 [一级, 二级]"] == "yes"
    assert said["等级"] == "二级"
    assert said["县内"] == "310.50"
    assert said["MIN(县内, 300)"] == "300"
    assert said['SUM(票据.金额 其中 医院 含 "县")'] == "310.50"
    assert said["票据, row 1 金额"] == "300.50"
    assert said["票据, row 3 金额"] == "10.00"
    assert "票据, row 2 金额" not in said


def test_every_cell_is_traced_to_its_own_row() -> None:
    said = [one.written for one in every(why("县内", 票据=ROWS)) if one.text == "数量 * 单价"]
    assert said == ["300.5000", "10.0000"]


def test_one_cell_can_be_asked_for() -> None:
    step = why("票据[1].金额", 票据=ROWS)
    assert step.value == D("999.00")
    assert told(step)["单价"] == "999"


def test_what_is_missing_is_named() -> None:
    step = why("补贴", 低保=True, 等级="1", 票据=({"医院": "县医院", "数量": 1},))
    assert step.value is None
    assert step.written == "unknown"
    assert step.reason == "not filled in: 票据[0].单价"


def test_a_reason_without_a_missing_fact_is_told() -> None:
    form = a_form(a_field("数", "integer"), computed("商", "decimal", "1 ÷ 数"))
    step = rules.program(form, a_catalog(form)).trace("商", {"数": 0}, WORLD)
    assert step is not None
    assert step.reason == "division by zero"


def test_values_say_where_they_come_from() -> None:
    world = ThisWorld(records={("household", 5): {"户主": "张三"}})
    step = why("抄来", world, 户=5)
    assert (step.value, step.steps[0].source) == ("张三", "household:户主")
    assert {one.source for one in every(why("县内", 票据=ROWS))} == {"", "record"}


def test_a_plain_field_has_no_reason() -> None:
    program = rules.program(FORM, a_catalog(FORM))
    assert program.trace("低保", {}, WORLD) is None


def test_a_bound_tree_can_be_traced_alone() -> None:
    program = rules.program(FORM, a_catalog(FORM))
    tree = program.bound[rules.Use.FORMULA, "补贴"]
    values = {"低保": False, "户": 5}
    world = ThisWorld(records={("household", 5): {"人口数": 4}})
    (step,) = rules.trace(tree, values, world, program.catalog)
    assert step.value == D("0.0000")
    assert told(step)["户.人口数"] == "4"
