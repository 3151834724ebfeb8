"""Translating a declaration loses nothing.

T1 there and back is the same text   T2 both languages mean the same   T3 names, comments, layout stay
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from ffp_admin.problems import Code, SpecProblems
from ffp_admin.spec import collect, folder_files
from ffp_admin.spec.fingerprint import fingerprint
from ffp_admin.spec.fmt import translate
from tests.spec.declared import SOUND, declarations, form, read

ROOT = Path(__file__).resolve().parents[2]


@settings(max_examples=60)
@given(declarations())
def test_there_and_back_is_the_same_text(text: str) -> None:
    english = translate(text, "en")
    assert translate(english, "zh") == text
    assert translate(text, "zh") == text
    assert translate(english, "en") == english


@settings(max_examples=60)
@given(declarations())
def test_both_languages_have_the_same_problems(text: str) -> None:
    """What is wrong in Chinese is wrong in English at the same line, and nothing is mixed."""
    chinese = [(one.code, one.place.line) for one in read(text)[1]]
    english = [(one.code, one.place.line) for one in read(translate(text, "en"))[1]]
    assert sorted(chinese, key=str) == sorted(english, key=str)


def test_both_languages_have_one_fingerprint() -> None:
    files = folder_files([ROOT / "form_specs"])
    chinese, problems = collect(files)
    assert problems == ()
    english, problems = collect(
        {name: translate(data.decode(), "en").encode() for name, data in files.items()}
    )
    assert problems == ()
    for sort in ("forms", "codes", "imports", "documents"):
        ours, theirs = getattr(chinese, sort), getattr(english, sort)
        assert ours.keys() == theirs.keys()
        assert {key: one.fingerprint for key, one in ours.items()} == {
            k: one.fingerprint for k, one in theirs.items()
        }
        assert {one.language for one in theirs.values()} <= {"en"}


def test_layout_and_comments_do_not_touch_the_fingerprint_but_content_does() -> None:
    plain = read(form("日期: {类型: 日期, 必填: 是}"))[0].forms["visit"]
    airy = read(form("日期:   # 哪天", "  类型: '日期'", "", "  必填:   是"))[0].forms["visit"]
    other = read(form("日期: {类型: 日期, 必填: 否}"))[0].forms["visit"]
    assert plain.fingerprint == airy.fingerprint
    assert len(plain.fingerprint) == 64
    assert other.fingerprint != plain.fingerprint
    assert fingerprint(plain) == plain.fingerprint


def test_only_words_of_the_language_change() -> None:
    text = (
        "# 类型: 金额\n信息库: visit   # 名称\n名称: '类型'\n填报内容:\n  类型:\n    项目:\n"
        '      "类型": {"类型": "文本",  必填 : 是, 标签: 必填}   # 必填: 是\n'
        "      是: {类型: 是否, 默认: 是}\n      否: {类型: 选项, 选项: way, 默认: 是, 标签: 是否}\n"
    )
    assert translate(text, "en") == (
        "# 类型: 金额\nregister: visit   # 名称\nlabel: '类型'\nsections:\n  类型:\n    fields:\n"
        '      "类型": {"kind": "text",  required : true, label: 必填}   # 必填: 是\n'
        "      是: {kind: boolean, default: true}\n      否: {kind: choice, codes: way, default: 是, label: 是否}\n"
    )


def test_byte_order_mark_and_line_ends_stay() -> None:
    text = "\ufeff代码表: way\r\n名称: 方式\r\n代码: {'1': 甲}\r\n"
    assert translate(text, "en") == "\ufeffcode_list: way\r\nlabel: 方式\r\ncodes: {'1': 甲}\r\n"


def test_what_cannot_be_read_is_not_touched() -> None:
    with pytest.raises(SpecProblems):
        translate("信息库：visit\n名称: 甲\n", "en")
    assert translate("随便: 什么\n", "en") == "随便: 什么\n"
    assert (
        translate(SOUND["sound/codes.yaml"].decode() + "---\n", "zh")
        == SOUND["sound/codes.yaml"].decode() + "---\n"
    )


def test_places_in_patterns_and_titles_have_both_spellings() -> None:
    serial = '编号: {类型: 编号, 格式: "{年}-{村}-{序号:4}"}'
    english = translate(form(serial), "en")
    assert '"{year}-{village}-{number:4}"' in english
    assert translate(english, "zh") == form(serial)
    forms = [read(text)[0].forms["visit"] for text in (form(serial), english)]
    assert forms[0].fingerprint == forms[1].fingerprint
    assert {one.field("编号").pattern for one in forms} == {"{年}-{村}-{序号:4}"}
    title = "表册: r\n名称: 名册\n信息库: visit\n标题: '{县}{年}年名册（county）'\n副题: ['填报单位：{村}', '{不是}']\n"
    told = translate(title, "en")
    assert "'{county}{year}年名册（county）'" in told
    assert "['填报单位：{village}', '{不是}']" in told
    assert translate(told, "zh") == title


@pytest.mark.parametrize("pattern", ["{year}{number:4}", "{年}{序号:0}", "{年:2}{序号:4}", "{序号}{序号:2}"])
def test_a_wrong_place_in_a_chinese_pattern_is_told(pattern: str) -> None:
    """One file, one language; digits belong to the counter only."""
    problems = read(form(f'编号: {{类型: 编号, 格式: "{pattern}"}}'))[1]
    assert [one.code for one in problems] == [Code.BAD_PATTERN]
