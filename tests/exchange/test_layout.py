"""Where the table of a sheet is, and what its columns are."""

import pytest

from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import choose_layout, find_layouts
from ffp_admin.exchange.workbook import WorkbookRefused, open_workbook
from tests.exchange.workbooks import (
    ROSTER,
    ROSTER_HEADINGS,
    WORDS,
    answers,
    book_of,
    layout_of,
    package,
    text_row,
    worksheet,
)

STARTS = ("序号", "户主姓名")
HEAD: list[object] = ["序号", "户主姓名", "姓名", "与户主关系", "联系电话"]


# ---- the roster -------------------------------------------------------------------------------


def test_the_roster_is_found_beside_its_instructions() -> None:
    layout = choose_layout(open_workbook(ROSTER), WORDS)
    assert layout.sheet == "柳树村"
    assert layout.title == "青山县石桥镇柳树村农户基本情况花名册"
    assert layout.notes == ("填报单位（盖章）：柳树村村民委员会", "填报时间：2026年3月5日", "单位：元、人")
    assert list(layout.heading_rows) == answers()["header_rows"]
    assert layout.first_data_row == answers()["first_data_row"]


def test_every_column_of_the_roster_has_its_key_and_its_path() -> None:
    layout = choose_layout(open_workbook(ROSTER), WORDS)
    assert [column.key for column in layout.columns] == list(ROSTER_HEADINGS)
    paths = {column.letter: column.path for column in layout.columns}
    assert paths["P"] == ("家庭收入支出情况（元）", "工资性收入")
    assert paths["W"] == ("一卡通信息", "银行账号")
    assert paths["U"] == ("联系电话",)


# ---- headings ---------------------------------------------------------------------------------


def test_headings_may_begin_in_the_first_row_without_title_and_notes() -> None:
    layout = layout_of(book_of([HEAD, [1, "张三", "张三", "户主", ""]]))
    assert (layout.title, layout.notes, layout.heading_rows, layout.first_data_row) == ("", (), (1,), 2)


def test_headings_are_matched_whatever_their_spaces_stars_units_and_breaks() -> None:
    layout = layout_of(book_of([["序 号", "*户主\n姓名", "姓　名：", "务工时间（月）", "联系电话(必填)"]]))
    assert [column.key for column in layout.columns] == ["序号", "户主姓名", "姓名", "月数", "电话"]


def test_unknown_headings_are_kept_without_a_key() -> None:
    layout = layout_of(book_of([["姓名", "养牛头数", "性别"]]))
    assert [(column.letter, column.key) for column in layout.columns] == [
        ("A", "姓名"),
        ("B", None),
        ("C", "性别"),
    ]
    assert [column.letter for column in layout.known] == ["A", "C"]


def test_three_rows_of_headings() -> None:
    layout = layout_of(
        book_of(
            [
                ["花名册"],
                ["序号", "家庭情况", None, None, None],
                [None, "成员", None, "收入", None],
                [None, "姓名", "性别", "工资性收入", "财产性收入"],
                [1, "张三", "男", 1, 2],
            ],
            merged=["A1:E1", "A2:A4", "B2:E2", "B3:C3", "D3:E3"],
        )
    )
    assert layout.heading_rows == (2, 3, 4)
    assert layout.columns[1].path == ("家庭情况", "成员", "姓名")
    assert layout.columns[0].path == ("序号",)
    assert layout.columns[4].key == "财产"


def test_a_heading_over_several_columns_is_that_of_the_first() -> None:
    layout = layout_of(
        book_of([["姓名", "联系电话", None, "性别"], ["张三", "1", None, "男"]], merged=["B1:C1"])
    )
    assert [(column.letter, column.key) for column in layout.columns] == [
        ("A", "姓名"),
        ("B", "电话"),
        ("C", None),
        ("D", "性别"),
    ]


def test_groups_that_nobody_merged_reach_to_the_next_group() -> None:
    layout = layout_of(
        book_of(
            [
                ["序号", "成员情况", None, "收入情况", None],
                [None, "姓名", "性别", "工资性收入", "财产性收入"],
                [1, "张", "男", 1, 2],
            ]
        )
    )
    assert layout.heading_rows == (1, 2)
    assert [column.path for column in layout.columns] == [
        ("序号",),
        ("成员情况", "姓名"),
        ("成员情况", "性别"),
        ("收入情况", "工资性收入"),
        ("收入情况", "财产性收入"),
    ]


def test_a_row_of_merged_notes_is_not_a_row_of_groups() -> None:
    layout = layout_of(
        book_of(
            [
                ["花名册"],
                ["填报单位：柳树村", None, "填报时间：3月5日", None, None],
                HEAD,
                [1, "张三", "张三", "户主", ""],
            ],
            merged=["A1:E1", "A2:B2", "C2:D2"],
        )
    )
    assert layout.heading_rows == (3,)
    assert layout.notes == ("填报单位：柳树村", "填报时间：3月5日")


def test_a_row_of_people_in_charge_is_not_a_row_of_groups() -> None:
    layout = layout_of(
        book_of([["村：柳树村", None, "书记：甲"], HEAD, [1, "张三", "张三"]], merged=["A1:B1"])
    )
    assert layout.heading_rows == (2,)


def test_the_same_heading_under_two_groups_is_told_by_its_path() -> None:
    words = LayoutWords.of({"户主姓名": ["户主/姓名"], "姓名": ["成员/姓名"], "序号": ["序号"]})
    layout = layout_of(
        book_of(
            [
                ["序号", "户主", None, "成员", None],
                [None, "姓名", "电话", "姓名", "电话"],
                [1, "a", 1, "b", 2],
            ],
            merged=["A1:A2", "B1:C1", "D1:E1"],
        ),
        words,
    )
    assert [column.key for column in layout.columns] == ["序号", "户主姓名", None, "姓名", None]


def test_headings_that_repeat_in_a_row_are_numbered() -> None:
    words = LayoutWords.of({"户主": ["户主姓名"], "成员": ["成员#姓名"], "证件": ["成员#身份证号"]})
    layout = layout_of(
        book_of([["户主姓名", "成员1姓名", "成员1身份证号", "成员二姓名", "成员12身份证号"]]), words
    )
    assert [(column.key, column.ordinal) for column in layout.columns] == [
        ("户主", None),
        ("成员", 1),
        ("证件", 1),
        ("成员", 2),
        ("证件", 12),
    ]


def test_letters_under_headings_do_not_hide_them() -> None:
    layout = layout_of(
        book_of([["序号", "姓名", "性别"], ["甲", "乙", "丙"], [1, "张三", "男"]], merged=["A1:A1"]), WORDS
    )
    assert [column.key for column in layout.columns] == ["序号", "姓名", "性别"]


def test_the_sheet_with_most_headings_is_chosen_and_hidden_ones_come_last() -> None:
    few, many = worksheet(text_row(["姓名", "性别"])), worksheet(text_row(HEAD))
    book = _three_sheets(few, many, many, hidden=2)
    names = [layout.sheet for layout in find_layouts(open_workbook(book), WORDS)]
    assert names == ["二", "一", "三"]
    assert choose_layout(open_workbook(book), WORDS, "一").sheet == "一"


def test_a_workbook_without_known_headings_is_refused_with_examples() -> None:
    with pytest.raises(WorkbookRefused) as caught:
        choose_layout(open_workbook(book_of([["品种", "数量"], ["猪", 3]])), WORDS)
    assert caught.value.code == "no_headings"
    assert "户主姓名" in str(caught.value)


def _three_sheets(*parts: str, hidden: int) -> bytes:
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    entries = "".join(
        f'<sheet name="{name}" sheetId="{place + 1}" r:id="r{place}"{" state=" + chr(34) + "hidden" + chr(34) if place == hidden else ""}/>'
        for place, name in enumerate("一二三")
    )
    links = "".join(
        f'<Relationship Id="r{place}" Type="{relations}/worksheet" Target="/xl/worksheets/s{place}.xml"/>'
        for place in range(3)
    )
    more: dict[str, str | bytes] = {
        "xl/workbook.xml": f'<workbook xmlns:r="{relations}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
    }
    more.update({f"xl/worksheets/s{place}.xml": part for place, part in enumerate(parts)})
    return package("<x/>", more=more)
