"""Which rows are data, and which of them belong to one household."""

from collections.abc import Sequence

from ffp_admin.exchange.blocks import Block, BlockReader, read_blocks
from ffp_admin.exchange.layout import choose_layout
from ffp_admin.exchange.workbook import open_workbook
from tests.exchange.workbooks import (
    ROSTER,
    ROSTER_SHARED,
    WORDS,
    answers,
    book_of,
    layout_of,
    only_sheet,
    package,
    text_row,
    worksheet,
)

STARTS = ("序号", "户主姓名")
HEAD: list[object] = ["序号", "户主姓名", "姓名", "与户主关系", "联系电话"]


def reader_of(content: bytes, starts: Sequence[str] = STARTS) -> BlockReader:
    """The blocks of a workbook's first sheet."""
    return read_blocks(only_sheet(content), layout_of(content), WORDS, shared=ROSTER_SHARED, starts=starts)


def told(blocks: Sequence[Block]) -> list[tuple[int, int, list[object]]]:
    """First row, last row and members of each block."""
    return [(one.first_row, one.last_row, [line["C"].value for line in one.lines]) for one in blocks]


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
    rows = f'{text_row(HEAD)}<row r="2"><c r="A2"><v>1</v></c></row><row r="1000000"><c r="A1000000"><v>2</v></c></row>'
    reader = reader_of(package(worksheet(rows)))
    assert [block.first_row for block in reader] == [2, 1000000]
    assert reader.ignored == {}


def test_marks_under_the_headings_are_neither_headings_nor_data() -> None:
    content = book_of([HEAD, [1, 2, 3, 4, 5], [1, "张三", "张三", "户主", ""]])
    reader = reader_of(content)
    assert told(list(reader)) == [(3, 3, ["张三"])]
    assert reader.ignored == {2: "numbering"}


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
