"""Where the table is, which rows are data, and which rows belong to one household."""

from collections.abc import Sequence

import pytest

from ffp_admin.exchange.blocks import Block, BlockReader, read_blocks
from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import Layout, choose_layout, find_layout, find_layouts
from ffp_admin.exchange.workbook import WorkbookRefused, open_workbook
from tests.exchange.workbooks import (
    ROSTER,
    ROSTER_HEADINGS,
    ROSTER_SHARED,
    WORDS,
    answers,
    book_of,
    only_sheet,
    package,
    worksheet,
)

STARTS = ("序号", "户主姓名")
HEAD: list[object] = ["序号", "户主姓名", "姓名", "与户主关系", "联系电话"]


def layout_of(content: bytes, words: LayoutWords = WORDS) -> Layout:
    """The layout of a workbook's first sheet, which must have one."""
    layout = find_layout(only_sheet(content), words)
    assert layout is not None
    return layout


def reader_of(content: bytes, starts: Sequence[str] = STARTS) -> BlockReader:
    """The blocks of a workbook's first sheet."""
    return read_blocks(only_sheet(content), layout_of(content), WORDS, shared=ROSTER_SHARED, starts=starts)


def told(blocks: Sequence[Block]) -> list[tuple[int, int, list[object]]]:
    """First row, last row and members of each block."""
    return [(one.first_row, one.last_row, [line["C"].value for line in one.lines]) for one in blocks]


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


def test_the_roster_has_the_households_and_people_of_its_key() -> None:
    book = open_workbook(ROSTER)
    layout = choose_layout(book, WORDS)
    reader = read_blocks(book.sheet(layout.sheet), layout, WORDS, shared=ROSTER_SHARED, starts=STARTS)
    blocks = list(reader)
    assert len(blocks) == answers()["households"]
    assert sum(len(block.lines) for block in blocks) == answers()["people"]
    assert not any(block.odd_columns for block in blocks)
    assert [block.shared["A"].value for block in blocks] == list(range(1, 301))
    assert reader.ignored == {
        236: "blank",
        553: "sum",
        579: "blank",
        898: "blank",
        1058: "sum",
        1059: "blank",
        1060: "closing",
    }


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


def test_marks_under_the_headings_are_neither_headings_nor_data() -> None:
    content = book_of([HEAD, [1, 2, 3, 4, 5], [1, "张三", "张三", "户主", ""]])
    reader = reader_of(content)
    assert told(list(reader)) == [(3, 3, ["张三"])]
    assert reader.ignored == {2: "numbering"}


def test_letters_under_headings_do_not_hide_them() -> None:
    layout = layout_of(
        book_of([["序号", "姓名", "性别"], ["甲", "乙", "丙"], [1, "张三", "男"]], merged=["A1:A1"]), WORDS
    )
    assert [column.key for column in layout.columns] == ["序号", "姓名", "性别"]


def test_the_sheet_with_most_headings_is_chosen_and_hidden_ones_come_last() -> None:
    few, many = worksheet(_texts(["姓名", "性别"])), worksheet(_texts(HEAD))
    book = _three_sheets(few, many, many, hidden=2)
    names = [layout.sheet for layout in find_layouts(open_workbook(book), WORDS)]
    assert names == ["二", "一", "三"]
    assert choose_layout(open_workbook(book), WORDS, "一").sheet == "一"


def test_a_workbook_without_known_headings_is_refused_with_examples() -> None:
    with pytest.raises(WorkbookRefused) as caught:
        choose_layout(open_workbook(book_of([["品种", "数量"], ["猪", 3]])), WORDS)
    assert caught.value.code == "no_headings"
    assert "户主姓名" in str(caught.value)


def _texts(texts: Sequence[object]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row>{cells}</row>"


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


# ---- rows that are no data --------------------------------------------------------------------


def test_sums_closings_notes_and_repeated_headings_are_passed_over() -> None:
    content = book_of(
        [
            ["花名册"],
            HEAD,
            [1, "张三", "张三", "户主", "1"],
            ["小 计", None, 1],
            ["花名册"],
            HEAD,
            [2, "合计平", "合计平", "户主", "2"],
            [None, None, "合计："],
            [" "],
            [],
            ["总计2户"],
            ["说明：只填在家的人"],
            ["以上情况属实"],
            ["填表人（签字）：", None, "审核人："],
        ],
        merged=["A1:E1", "A13:E13"],
    )
    reader = reader_of(content)
    assert told(list(reader)) == [(3, 3, ["张三"]), (7, 7, ["合计平"])]
    assert reader.ignored == {
        4: "sum", 5: "note", 6: "heading", 8: "sum", 9: "blank", 10: "blank", 11: "sum", 12: "note", 13: "note",
        14: "closing",
    }  # fmt: skip


def test_a_name_that_begins_like_a_sum_is_a_name() -> None:
    reader = reader_of(
        book_of([["户主姓名", "性别", "姓名"], ["合计平", "男", "甲"], ["合计(元)", None, 3]]), ["户主姓名"]
    )
    assert [block.first_row for block in reader] == [2]
    assert reader.ignored == {3: "sum"}


def test_a_far_last_cell_does_not_make_a_million_blank_rows() -> None:
    rows = f'{_texts(HEAD)}<row r="2"><c r="A2"><v>1</v></c></row><row r="1000000"><c r="A1000000"><v>2</v></c></row>'
    reader = reader_of(package(worksheet(rows)))
    assert [block.first_row for block in reader] == [2, 1000000]
    assert reader.ignored == {}


# ---- households -------------------------------------------------------------------------------


def test_merged_cells_hold_a_household_together() -> None:
    content = book_of(
        [
            HEAD,
            [1, "张三", "张三", "户主", "1"],
            [None, None, "李四", "配偶"],
            [2, "王五", "王五", "户主", "2"],
        ],
        merged=["A2:A3", "B2:B3", "E2:E3"],
    )
    blocks = list(reader_of(content))
    assert told(blocks) == [(2, 3, ["张三", "李四"]), (4, 4, ["王五"])]
    assert {letter: cell.value for letter, cell in blocks[0].shared.items()} == {
        "A": 1,
        "B": "张三",
        "E": "1",
    }


def test_two_neighbours_with_heads_of_the_same_name_stay_two() -> None:
    content = book_of(
        [["户主姓名", "性别", "姓名"], ["张三", "男", "张三"], [None, "女", "李四"], ["张三", "男", "张三"]],
        merged=["A2:A3"],
    )
    assert told(list(reader_of(content, ["户主姓名"]))) == [(2, 3, ["张三", "李四"]), (4, 4, ["张三"])]


def test_without_merged_cells_a_new_value_begins_a_household() -> None:
    repeated: list[list[object]] = [
        HEAD,
        [1, "张三", "张三"],
        [1, "张三", "李四"],
        [2, "张三", "张三"],
        [3, "王五", "王五"],
    ]
    assert told(list(reader_of(book_of(repeated)))) == [
        (2, 3, ["张三", "李四"]),
        (4, 4, ["张三"]),
        (5, 5, ["王五"]),
    ]
    filled_once: list[list[object]] = [HEAD, [1, "张三", "张三"], [None, None, "李四"], [2, "王五", "王五"]]
    assert told(list(reader_of(book_of(filled_once)))) == [(2, 3, ["张三", "李四"]), (4, 4, ["王五"])]


def test_a_name_that_comes_back_after_an_empty_cell_is_another_household() -> None:
    rows: list[list[object]] = [HEAD, [None, "张三", "张三"], [None, None, "李四"], [None, "张三", "张三"]]
    assert told(list(reader_of(book_of(rows)))) == [(2, 3, ["张三", "李四"]), (4, 4, ["张三"])]


def test_without_start_columns_every_row_is_its_own() -> None:
    rows: list[list[object]] = [["姓名", "性别", "姓名"], ["张三", "男", "甲"], ["张三", "男", "乙"]]
    assert told(list(reader_of(book_of(rows)))) == [(2, 2, ["甲"]), (3, 3, ["乙"])]


def test_ranges_that_disagree_follow_the_first_start_column_and_are_told() -> None:
    content = book_of(
        [HEAD, [1, "张三", "张三"], [None, None, "李四"], [None, "王五", "王五"]], merged=["A2:A4", "B2:B3"]
    )
    (block,) = reader_of(content)
    assert (block.first_row, block.last_row, block.odd_columns) == (2, 4, ("B",))
    assert block.shared["B"].value == "张三"


def test_a_merged_cell_of_members_belongs_to_each_of_them_with_its_row() -> None:
    content = book_of(
        [HEAD, [1, "张三", "张三", "户主"], [None, None, "李四", None]], merged=["A2:A3", "B2:B3", "D2:D3"]
    )
    (block,) = reader_of(content)
    assert [(line["D"].value, line["D"].row) for line in block.lines] == [("户主", 2), ("户主", 3)]


def test_a_range_that_ends_in_a_blank_row_adds_no_member() -> None:
    content = book_of([HEAD, [1, "张三", "张三"], [], [2, "王五", "王五"]], merged=["A2:A3", "B2:B3"])
    assert told(list(reader_of(content))) == [(2, 2, ["张三"]), (4, 4, ["王五"])]


def test_a_household_without_members_has_no_line() -> None:
    (block,) = reader_of(book_of([HEAD, [1, "张三", None, None, "1"]]))
    assert block.lines == ()
    assert block.shared["E"].value == "1"
