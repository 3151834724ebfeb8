"""What a declaration becomes, and what Chinese typing may leave in it.

R1 values are read from the typed text   R2 Chinese typing is met half-way   R3 all problems, each once
R4 a broken file drops only what it declares   R5 one language a file   R6 guesses cross the languages
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from ffp_admin.problems import Code, SpecProblems
from ffp_admin.spec import collect, folder_files, read_folder, read_texts
from ffp_admin.spec.model import Level
from tests.spec.declared import SOUND, codes, form, read

TABLE = """类型: 明细表
        至少: １
        至多: 20
        项目:
          数量: {类型: 数量, 小数位: 2, 单位: 亩, 最大: "1,000.50亩"}"""


def test_a_register_becomes_a_form() -> None:
    catalog, problems = read(
        form(
            "户: {类型: 户, 必填: 是}",
            "日期: {类型: 日期, 标签: 走访日期}",
            f"明细:\n        {TABLE}",
            归属="户",
        )
    )
    assert problems == ()
    visit = catalog.forms["visit"]
    assert (visit.key, visit.label, visit.scope, visit.language) == ("visit", "走访", "户", "zh")
    assert [one.key for one in visit.fields()] == ["户", "日期", "明细"]
    assert visit.field("户").required
    assert visit.field("日期").label == "走访日期"
    table = visit.field("明细")
    assert (table.kind, table.at_least, table.at_most) == ("table", 1, 20)
    assert (table.fields[0].maximum, table.fields[0].places) == ("1000.5", 2)
    assert visit.list.columns == ("户", "日期")


def test_codes_keep_their_zeros_and_dates() -> None:
    catalog, problems = read(
        '代码表: way\n名称: 方式\n代码:\n  01: {名称: 入户, 别名: 上门, 自: 2021年5月1日}\n  "02": 电话\n  10: 视频\n'
    )
    assert problems == ()
    way = catalog.codes["way"]
    assert [word.code for word in way.words] == ["01", "02", "10"]
    assert way.words[0].aliases == ("上门",)
    assert way.words[0].valid_from == date(2021, 5, 1)


def test_a_role_a_profile_and_a_document() -> None:
    catalog, problems = read(
        "角色: clerk\n名称: 经办\n层级: 乡镇\n权限: {household: [查看, 导入], '*': 查看}\n看全号: 是\n职责: [审计]\n"
        "不看: {household: [户主证件, 基本信息]}\n遮盖: {region: 名称}\n---\n"
        "导入方案: roster\n名称: 名册\n信息库: household\n成块: [户主]\n列:\n"
        "  户主: {写入: household.户主姓名, 每: 户}\n  人数: {标题: [人口, 人口数], 比对: 人数}\n---\n"
        "表册: roster\n名称: 名册\n信息库: household\n标题: '{县}{年}年名册'\n横向: 否\n"
        "列: [{路径: 区划.名称, 宽: 18, 对齐: 中}, {标签: 签字, 签字: 是}]\n"
    )
    assert problems == ()
    role = catalog.roles["clerk"]
    assert role.grants == {"household": ("view", "import"), "*": ("view",)}
    assert (role.level, role.unmasked, role.duties) == ("town", True, ("audit",))
    assert (role.hides, role.masks) == (("household.户主证件", "household.基本信息"), ("region.名称",))
    columns = catalog.imports["roster"].columns
    assert (columns[0].headings, columns[0].per, columns[1].compare) == (("户主",), "block", "line_count")
    document = catalog.documents["roster"]
    assert (document.landscape, document.footer_every_page, document.paper) == (False, True, "A4")
    assert (document.columns[0].label, document.columns[0].width_mm, document.columns[0].align) == (
        "名称",
        18,
        "center",
    )


def test_checks_and_formulas_keep_text_and_place() -> None:
    text = form("日期: {类型: 日期}\n      方式: {类型: 文本, 显示条件: '日期 不为空'}") + (
        "填报校验:\n  - 须满足: >\n      日期 不为空\n      或 方式 为空\n    不满足时告知: 请填。\n    级别: 疑点\n    位置: 日期\n"
    )
    visit = read(text)[0].forms["visit"]
    check = visit.checks[0]
    assert (check.level, check.at, check.must.text) == (Level.DOUBT, "日期", "日期 不为空 或 方式 为空")
    assert (check.must.place.line, check.must.place.column) == (10, 7)
    shown = visit.field("方式").shown_when
    assert shown is not None
    assert text.splitlines()[shown.place.line - 1][shown.place.column - 1 :].startswith("日期 不为空")


@pytest.mark.parametrize(
    ("kind", "typed", "plain"),
    [
        ("百分比", "50%", "0.5"),
        ("百分比", "５０％", "0.5"),
        ("百分比", "0.5", "0.5"),
        ("百分比", "33.33%", "0.3333"),
        ("金额", "2000元", "2000"),
        ("金额", "1.5万元", "15000"),
        ("金额", "１，０００", "1000"),
        ("整数", "012", "12"),
        ("日期", "2025年1月1日", "2025-01-01"),
        ("日期", "2025/1/1", "2025-01-01"),
        ("年月", "2026年3月", "2026-03"),
        ("数量", "0.1", "0.1"),
        ("数量", "1e2", "100"),
    ],
)
def test_values_are_read_from_the_typed_text(kind: str, typed: str, plain: str) -> None:
    catalog, problems = read(form(f'甲: {{类型: {kind}, 最大: "{typed}"}}'))
    assert problems == ()
    assert catalog.forms["visit"].field("甲").maximum == plain


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("百分比", "50", "D030"),
        ("整数", "1.5", "D030"),
        ("数量", "二十", "D030"),
        ("数量", "20千克", "D030"),
        ("日期", "2025-02-30", "D034"),
        ("年月", "2026-03-05", "D030"),
        ("年月", "2026-13", "D030"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(kind: str, typed: str, code: str) -> None:
    assert codes(form(f'甲: {{类型: {kind}, 最大: "{typed}"}}')) == [code]


def test_yes_and_no_are_no_other_words() -> None:
    for word in ("yes", "Yes", "on", "对", "1", "TRUE"):
        assert codes(form(f"甲: {{类型: 文本, 必填: {word}}}")) == ["D030"], word


def test_a_byte_order_mark_and_line_ends_of_windows_are_accepted() -> None:
    text = form("日期: {类型: 日期}").replace("\n", "\r\n")
    catalog, problems = read(b"\xef\xbb\xbf" + text.encode())
    assert problems == ()
    assert (
        catalog.forms["visit"].fingerprint == read(form("日期: {类型: 日期}"))[0].forms["visit"].fingerprint
    )


def test_a_utf16_file_is_named() -> None:
    problem = read(form("日期: {类型: 日期}").encode("utf-16"))[1][0]
    assert problem.code is Code.FILE_ENCODING
    assert "UTF-16" in problem.text()


def test_every_full_width_colon_is_found_in_one_run() -> None:
    text = form("日期: {类型: 日期}", "方式: {类型: 文本}").replace(": ", "：").replace(":\n", "：\n")
    problems = read(text)[1]
    assert {problem.code for problem in problems} == {Code.FULLWIDTH_COLON}
    assert [problem.place.line for problem in problems] == [1, 2, 3, 4, 5, 6, 6, 7, 7][: len(problems)]


def test_places_behind_a_mend_are_those_of_the_file() -> None:
    line = "名称：走访 #3"
    problems = read(f"信息库: visit\n{line}\n说明: 好\n")[1]
    assert [(one.code.number, one.place.column) for one in problems if one.place.line == 2] == [
        ("D007", 1),
        ("D009", 4),
    ]


def test_all_problems_are_collected() -> None:
    found = codes(
        form("日期: {类型: 日其}", "方式: {类型: 选项, 选项: nowhere, 长度: 3}", 归属="那里")
        + "列表: {列: [空]}\n"
    )
    assert sorted(found) == ["D040", "D041", "D043", "D044", "D044"]


def test_one_mistake_is_reported_once() -> None:
    """A field that cannot be read is not reported again where it is used."""
    assert codes(
        form("日期: {类型: 日其}", 归属="日期", 显示="[日期]") + "列表: {列: [日期], 排序: -日期}\n"
    ) == ["D040"]


def test_a_comma_in_braces_is_reported_once() -> None:
    assert codes(form("甲: {类型: 计算, 结果: 整数, 公式: MAX(1, 2, 3, 4)}")) == ["D010"]


def test_a_broken_file_drops_only_its_own_declarations() -> None:
    catalog, problems = read("信息库: visit\n名称: '没完\n", sound=form("日期: {类型: 日期}", 信息库="other"))
    assert {problem.place.file for problem in problems} == {"tried.yaml"}
    assert set(catalog.forms) == {"region", "household", "other"}


def test_a_broken_declaration_takes_along_only_what_needs_it() -> None:
    files = {
        **SOUND,
        "sound/household.yaml": SOUND["sound/household.yaml"].replace(
            "排序: -创建".encode(), "排序: 无".encode()
        ),
    }
    visit = form("户: {类型: 户}").encode()
    catalog, problems = collect(
        {
            **files,
            "visit.yaml": visit,
            "role.yaml": "角色: a\n名称: 甲\n权限: {household: 查看, region: 查看}\n".encode(),
        }
    )
    assert [problem.code.number for problem in problems] == ["D044"]
    assert set(catalog.forms) == {"region"}
    assert catalog.roles["a"].grants == {"region": ("view",)}
    assert set(catalog.codes) == {"region_level", "household_type"}


def test_a_file_that_cannot_be_read_still_names_what_it_declares() -> None:
    files = {**SOUND, "sound/region.yaml": "信息库: region\n名称: '没完\n".encode()}
    assert [problem.code.number for problem in collect(files)[1]] == ["D004"]


def test_good_documents_of_a_file_with_a_bad_one_stay() -> None:
    catalog, problems = read('代码表: one\n名称: 甲\n代码: {"1": 子}\n---\n代码表: two\n代码: {"1": 丑}\n')
    assert [problem.code.number for problem in problems] == ["D023"]
    assert "one" in catalog.codes
    assert "two" not in catalog.codes


def test_a_twice_used_key_keeps_the_first() -> None:
    catalog, problems = collect({**SOUND, "z.yaml": form("日期: {类型: 日期}", 信息库="household").encode()})
    assert [problem.code.number for problem in problems] == ["D033"]
    assert catalog.forms["household"].label == "农户"


def test_the_english_word_in_a_chinese_file_names_the_chinese_one() -> None:
    problem = read(form("日期: {kind: 日期}"))[1][0]
    assert (problem.code, problem.facts["other"]) == (Code.MIXED_LANGUAGE, "类型")


def test_guesses_cross_the_languages() -> None:
    for typed in ("必填项", "requred", "Required", "必添"):
        problem = read(form(f"日期: {{类型: 日期, {typed}: 是}}"))[1][0]
        assert problem.code is Code.UNKNOWN_KEY
        assert "必填" in str(problem.facts["guess"]), typed


def test_a_comment_with_a_space_is_no_mistake() -> None:
    assert codes(form("日期: {类型: 日期}", 说明="走访   # 每次一条")) == []


def test_chinese_quotes_inside_a_text_are_text() -> None:
    assert codes(form("日期: {类型: 日期}", 说明="“户”指“户口本”")) == []
    assert codes(form("日期: {类型: 日期}", 说明="凭“户口本”填写")) == []


def test_folders_are_read_and_all_problems_raised(tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "visit.yml").write_text(form("日期: {类型: 日期}"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("信息库: nothing", encoding="utf-8")
    assert set(read_folder([tmp_path]).forms) == {"visit"}
    assert list(folder_files([tmp_path])) == [(tmp_path / "registers" / "visit.yml").as_posix()]
    (tmp_path / "bad.yaml").write_text("信息库：x\n", encoding="utf-8")
    with pytest.raises(SpecProblems) as raised:
        read_folder([tmp_path])
    assert [problem.code for problem in raised.value.problems] == [Code.FULLWIDTH_COLON]


def test_the_shipped_declarations_have_no_problem() -> None:
    root = Path(__file__).resolve().parents[2]
    assert read_texts(folder_files([root / "form_specs"])).forms


def test_sixty_forms_of_thirty_fields_are_read_within_a_second() -> None:
    fields = [
        f"字段{number}: {{类型: 金额, 必填: 是, 标签: 金额, 说明: 一二三, 最小: 0}}" for number in range(30)
    ]
    files = {f"{number}.yaml": form(*fields, 信息库=f"visit{number}").encode() for number in range(60)}
    begun = time.perf_counter()
    catalog, problems = collect(files)
    took = time.perf_counter() - begun
    assert problems == ()
    assert len(catalog.forms) == 60
    assert took < 1
