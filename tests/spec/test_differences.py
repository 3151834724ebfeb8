"""What a newer catalog says otherwise, in the sentences an administrator reads."""

from __future__ import annotations

from ffp_admin import spec
from ffp_admin.i18n import speaking
from ffp_admin.spec.differences import Difference, differences

FORM = """信息库: aid
名称: 救助
填报内容:
  申请:
    项目:
      户主姓名: {类型: 文本, 必填: 是}
      起付线: {类型: 整数, 最大: 5000}
      票据: {类型: 明细表, 项目: {金额: {类型: 金额}}}
  其他:
    项目:
      备注: {类型: 文本}
列表: {列: [户主姓名]}
填报校验:
  - {须满足: 起付线 > 0, 不满足时告知: 起付线不对。, 级别: 错误}
"""
CODES = "代码表: disease\n名称: 病种\n代码: {'1': 肺病, '2': 肾病}\n"
ROLE = "角色: clerk\n名称: 村级\n权限:  {aid: [查看, 填报]}\n"


def between(old: str, new: str, language: str = "zh") -> list[Difference]:
    """The differences of two catalogs of one file each, read without a problem."""
    with speaking(language):
        catalogs = [spec.read_texts({"form_specs/a.yaml": text.encode()}) for text in (old, new)]
        return list(differences(*catalogs))


def lines(old: str, new: str) -> list[str]:
    """All sentences."""
    return [line for one in between(old, new) for line in one.lines]


def test_the_same_catalog_in_another_file_has_no_differences() -> None:
    assert between(FORM, "# 说明\n\n" + FORM) == []


def test_new_fields_tell_whether_they_must_be_filled_in() -> None:
    new = FORM.replace(
        "      起付线:", "      患病类型: {类型: 文本, 必填: 是}\n      电话: {类型: 电话}\n      起付线:"
    )
    [change] = between(FORM, new)
    assert change.title == "信息库 救助"
    assert change.lines == ("增加必填字段“患病类型”", "增加字段“电话”")
    assert change.demanded == ("患病类型",)


def test_changed_figures_show_old_and_new() -> None:
    assert lines(FORM, FORM.replace("最大: 5000", "最大: 3000")) == ["起付线：最大 “5000” → “3000”"]


def test_a_field_that_is_dropped_keeps_what_was_filled_in() -> None:
    [change] = between(FORM, FORM.replace("      备注: {类型: 文本}\n", "      说明一: {类型: 文本}\n"))
    assert change.hidden == ("备注",)
    assert "不再显示字段“备注”，已填的内容仍保存" in change.lines


def test_a_field_moved_to_another_section_is_not_a_new_one() -> None:
    moved = FORM.replace("      备注: {类型: 文本}\n", "").replace(
        "  其他:\n    项目:\n", "  其他:\n    项目:\n      备注: {类型: 文本}\n"
    )
    assert lines(FORM, moved) == []
    moved = FORM.replace(
        "      备注: {类型: 文本}\n", "      户主姓名: {类型: 文本, 必填: 是}\n      备注: {类型: 文本}\n"
    ).replace("      户主姓名: {类型: 文本, 必填: 是}\n      起付线", "      起付线")
    assert lines(FORM, moved) == ["字段“户主姓名”由“申请”移到“其他”", "字段顺序有变"]


def test_parts_of_tables_lists_and_checks_are_told() -> None:
    assert lines(
        FORM,
        FORM.replace(
            "项目: {金额: {类型: 金额}}", "项目: {金额: {类型: 金额, 必填: 是}, 号码: {类型: 文本}}"
        ),
    ) == [
        "票据: 金额：必填 否 → 是",
        "票据: 增加字段“号码”",
    ]
    assert lines(FORM, FORM.replace("列: [户主姓名]", "列: [户主姓名, 备注]")) == [
        "列表：列 户主姓名 → 户主姓名、备注"
    ]
    assert lines(FORM, FORM.replace("级别: 错误", "级别: 疑点")) == ["起付线不对。：级别 错误 → 疑点"]
    assert lines(FORM, FORM.replace("起付线 > 0", "起付线 > 1")) == [
        "起付线不对。：须满足 “起付线 > 0” → “起付线 > 1”"
    ]


def test_code_lists_and_roles_are_told() -> None:
    assert lines(CODES, CODES.replace("肾病", "尿毒症").replace("'1': 肺病, ", "'3': 肝病, ")) == [
        "增加代码“肝病”",
        "肾病：名称 “肾病” → “尿毒症”",
        "去掉代码“肺病”",
    ]
    both = "\n---\n".join
    assert lines(both([FORM, ROLE]), both([FORM, ROLE.replace("填报", "修改, 导出")])) == [
        "对“aid”增加权限：修改、导出",
        "对“aid”取消权限：填报",
    ]


def test_whole_declarations_come_and_go_and_english_is_complete() -> None:
    assert [(one.change, one.title) for one in between(FORM, CODES)] == [
        ("removed", "信息库 救助"),
        ("added", "代码表 病种"),
    ]
    [change] = between(FORM, FORM.replace("最大: 5000", "最大: 3000"), "en")
    assert (change.title, change.lines) == ("register 救助", ("起付线: maximum '5000' → '3000'",))
