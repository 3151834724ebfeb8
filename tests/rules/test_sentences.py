"""Rules as sentences, as text, on the reference page, and as a page of a form."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ffp_admin import rules, spec
from ffp_admin.commands.explain import explain
from ffp_admin.rules import reference
from ffp_admin.rules.binder import loosely
from ffp_admin.rules.facts import FACTS
from ffp_admin.rules.functions import FUNCTIONS
from ffp_admin.rules.kinds import RULE_KINDS
from ffp_admin.rules.parser import parse_text
from ffp_admin.rules.scope import scope_of
from ffp_admin.rules.tree import walk
from ffp_admin.spec.kinds import KINDS
from tests.rules.declaring import HERE, a_catalog, a_field, a_form, a_table, computed
from tests.rules.test_values_of_expressions import CONDITIONS, FIELDS, NUMBERS, OTHERS

FORM = a_form(
    *FIELDS,
    a_field("残疾", "choice", codes="level", label="残疾等级"),
    a_table("成员", a_field("年龄", "integer", label="实足年龄"), label="家庭成员"),
)
CATALOG = a_catalog(FORM)
EVERY = [
    *(expression for expression, _value in (*NUMBERS, *CONDITIONS)),
    *(expression for expression, _result, _value in OTHERS),
]


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("残疾 为 一级", "残疾等级 is “一级”"),
        ("残疾 在 [一级, 二级]", "残疾等级 is one of “一级”, “二级”"),
        ("残疾 ≥ 三级", "残疾等级 is “三级” or stands after it in its list"),
        ("数 = 3 且 (起 < 止 或 电话 为空)", "数 equals 3 and (起 is before 止 or 电话 is empty)"),
        ("非 是否甲", "not (是否甲)"),
        ("是否甲 为 否", "是否甲 is “no”"),
        ("户.户类型 不为 脱贫户", "户's 户类型 is not “脱贫户”"),
        ("数 - (价 - 1) × 2", "数 - (价 - 1) × 2"),
        (
            "SUM(成员.年龄 其中 年龄 > 6)",
            "the sum of 实足年龄 of all rows of 家庭成员 (only rows where 实足年龄 is more than 6)",
        ),
        ("成员 每行 (年龄 > 6)", "in every row of 家庭成员: 实足年龄 is more than 6"),
        ("IF(是否甲, 1, 2)", "1 if 是否甲, otherwise 2"),
        ("ROUND(价)", "价 rounded half up to a whole number"),
        ("ROUND(价, 1)", "价 rounded half up to 1 places"),
        (
            "周岁(证件号码, 适用日期) ≥ 60",
            "the age of 证件号码's 出生日期 on the day of the record is at least 60",
        ),
        ("多级 不含 [一级]", "多级 contains none of “一级”"),
    ],
)
def test_what_an_expression_says(expression: str, sentence: str) -> None:
    assert rules.explain(rules.parse(expression, HERE), FORM, CATALOG) == sentence


@pytest.mark.parametrize("expression", EVERY)
def test_every_expression_has_a_sentence_and_a_text_that_means_the_same(expression: str) -> None:
    scope = scope_of(FORM, CATALOG)
    bound = loosely(parse_text(expression), scope)
    assert loosely(parse_text(rules.text(bound)), scope) == bound
    assert rules.explain(bound, FORM, CATALOG)


@pytest.mark.parametrize(
    "expression",
    [
        "数 - (价 - 1) - 2",
        "数 / (价 * 2) * 3",
        "-(数 + 1)",
        "(是否甲 或 是否乙) 且 非 (是否甲 且 是否乙)",
        "(数 > 1) = 是否甲",
        "文字 为 '“引号”'",
        'SUM(票据.金额 其中 医院 为 "县医院")',
        "周岁(证件号码, 适用日期) ≥ 60",
    ],
)
def test_text_keeps_the_parentheses_that_matter(expression: str) -> None:
    tree = parse_text(expression)
    assert parse_text(rules.text(tree)) == tree
    assert rules.text(parse_text(rules.text(tree))) == rules.text(tree)


def test_a_fields_rules_are_whole_sentences() -> None:
    form = a_form(
        a_field("独居", "boolean"),
        a_field("原因", "text", shown_when="独居", required_when="独居 为 是"),
        computed("数", "integer", "1 + 1"),
    )
    said = rules.sentences(form, a_catalog(form))
    assert said == {
        (rules.Use.SHOWN, "原因"): "Shown when 独居.",
        (rules.Use.REQUIRED, "原因"): "Required when 独居 is “yes”.",
        (rules.Use.FORMULA, "数"): "Computed: 1 + 1.",
    }


def test_every_example_of_the_reference_can_be_read() -> None:
    rows = reference.table()
    assert all(parse_text(row.example) for row in rows)
    written = " ".join(row.name for row in rows)
    assert [name for name in FUNCTIONS if name not in written] == []


def test_examples_of_functions_call_their_function() -> None:
    for function in FUNCTIONS.values():
        called = {getattr(node, "function", "") for node in walk(parse_text(function.example))}
        assert function.name in called


def test_every_kind_and_every_fact_is_known() -> None:
    assert RULE_KINDS.keys() == KINDS.keys()
    assert FACTS.keys() == {(kind.name, fact) for kind in KINDS.values() for fact in kind.facts}


# -- the command

COMMON = Path(__file__).parent / "common.yaml"
FORM_FILE = """\
信息库: visit
名称: 走访
说明: 一次走访一条。
归属: 户
显示: [户]
填报内容:
  基本情况:
    项目:
      户: {类型: 户, 必填: 是}
      人数: {类型: 整数, 标签: 在家人数, 最小: 1, 单位: 人}
      未见面原因: {类型: 文本, 长度: 40, 必填条件: 人数 为空, 敏感: 是}
列表: {列: [户]}
不得重复: [[户, 人数]]
填报校验:
  - {须满足: 人数 < 30, 不满足时告知: 人数太多。, 级别: 疑点}
"""


def test_explain_prints_a_form_as_a_page(tmp_path: Path) -> None:
    (tmp_path / "common.yaml").write_bytes(COMMON.read_bytes())
    (tmp_path / "visit.yaml").write_text(FORM_FILE, encoding="utf-8")
    result = CliRunner().invoke(explain, ["visit", "--dir", str(tmp_path)])
    assert result.exit_code == 0
    lines = [line.strip() for line in result.output.splitlines()]
    assert lines[:3] == ["走访 (visit)", "一次走访一条。", "Belongs to: 户"]
    assert "在家人数: integer; at least 1人" in lines
    assert "未见面原因: text; at most 40 characters; masked" in lines
    assert "Required when 在家人数 is empty." in lines
    assert "1. Must hold: 在家人数 is less than 30." in lines
    assert "Otherwise a doubt: 人数太多。" in lines
    assert "No two records with the same: 户、在家人数" in lines


def test_explain_names_the_forms_there_are(tmp_path: Path) -> None:
    (tmp_path / "common.yaml").write_bytes(COMMON.read_bytes())
    result = CliRunner().invoke(explain, ["visit", "--dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "There is no form 'visit'. Forms: household" in result.output


def test_explain_tells_the_problems_of_a_broken_form() -> None:
    broken = Path(__file__).parent / "broken" / "E007_misspelt_word.yaml"
    result = CliRunner().invoke(explain, ["broken", "--dir", str(broken), "--dir", str(COMMON)])
    assert result.exit_code == 1
    assert "E007" in result.output
    assert "Did you mean '一级'?" in result.output


def test_the_declarations_that_are_shipped_have_no_problem() -> None:
    shipped = Path(__file__).parents[2] / "form_specs"
    catalog, _unreadable = spec.collect(spec.folder_files([shipped]))
    assert "household" in catalog.forms
    assert [str(one) for one in rules.check(catalog)] == []
