"""Each kind of cell is read as its answer key says, and nothing else is called a fault or a clean-up."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from ffp_admin.exchange.blocks import read_blocks
from ffp_admin.exchange.cells import Cell
from ffp_admin.exchange.choices import parse_choice, parse_choices
from ffp_admin.exchange.kinds import KINDS, clean
from ffp_admin.exchange.layout import choose_layout
from ffp_admin.exchange.workbook import open_workbook
from ffp_admin.problems import Place
from ffp_admin.spec.kinds import KINDS as SPEC_KINDS
from ffp_admin.spec.model import Catalog, CodeList, CodeWord, Field
from ffp_admin.values import texts
from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from tests.exchange.workbooks import ROSTER, ROSTER_SHARED, WORDS, answers

TODAY = date(2026, 3, 5)
HERE = Place(file="test")

#: labels of domain 2.26, aliases behind a colon
LISTS: Mapping[str, str] = {
    "户类型": "一般农户 脱贫户 未脱贫户",
    "性别": "未知的性别 男 女 未说明的性别",
    "关系": "户主 配偶:妻子 之子:儿子 之女:女儿 之父 之母 之孙子 之孙女 其他",
    "民族": "汉族:汉 蒙古族 回族 苗族 彝族:彝 布依族",
    "文化": "文盲或半文盲 小学 初中 高中 大专 本科及以上",
    "健康": "健康 长期慢性病 患有大病 残疾",
    "技能": "普通劳动力 技能劳动力 弱劳动力或半劳动力 丧失劳动力 无劳动力",
}
ROSTER_KINDS: Mapping[str, str] = {
    "序号": "integer", "小组": "region", "户主姓名": "text", "人口": "integer", "户类型": "choice", "姓名": "text",
    "性别": "choice", "身份证": "id_number", "关系": "choice", "民族": "choice", "文化": "choice",
    "健康": "multi_choice", "技能": "choice", "地点": "text", "月数": "integer", "工资": "money", "经营": "money",
    "财产": "money", "转移": "money", "支出": "money", "电话": "phone", "开户行": "text", "账号": "bank_account",
    "备注": "long_text",
}  # fmt: skip
#: faults that only show when several cells are compared
CROSS = frozenset(
    {
        "required",
        "id_duplicate_in_file",
        "household_without_head",
        "household_two_heads",
        "member_count",
        "gender_vs_id",
    }
)


def code_list(key: str) -> CodeList:
    """A list of words with codes 1, 2, 3 …"""
    words = []
    for number, entry in enumerate(LISTS[key].split(), start=1):
        label, _, alias = entry.partition(":")
        words.append(CodeWord(code=str(number), label=label, aliases=(alias,) if alias else ()))
    return CodeList(key=key, label=key, place=HERE, language="zh", words=tuple(words))


CATALOG = Catalog(codes=MappingProxyType({key: code_list(key) for key in LISTS}))


def field(kind: str, codes: str = "", places: int | None = None) -> Field:
    """A field of a kind."""
    return Field(key="f", kind=kind, label="f", place=HERE, codes=codes, places=places)


def shown(key: str, value: object) -> str:
    """A value as the answer key writes it."""
    if key in LISTS:
        codes = value if isinstance(value, tuple) else (value,)
        return "、".join(word.label for word in CATALOG.codes[key].words if word.code in codes)
    return "" if value is None else str(value)


def roster_answers() -> Iterator[tuple[int, str, str, str, str | None]]:
    """Row, column, level, code and value of every cell of the roster that is not simply right."""
    book = open_workbook(ROSTER)
    layout = choose_layout(book, WORDS)
    keys = {column.letter: str(column.key) for column in layout.columns}
    fields = {key: field(kind, key if key in LISTS else "") for key, kind in ROSTER_KINDS.items()}
    for block in read_blocks(
        book.sheet(layout.sheet), layout, WORDS, shared=ROSTER_SHARED, starts=("序号", "户主姓名")
    ):
        for cells in (block.shared, *block.lines):
            for letter, cell in cells.items():
                key = keys[letter]
                answer = clean(fields[key], cell, CATALOG, TODAY)
                if isinstance(answer, Refused):
                    yield cell.row, letter, "error", answer.code, None
                else:
                    for note in answer.notes:
                        yield cell.row, letter, "normalised", note, shown(key, answer.value)


def test_the_roster_gives_exactly_the_answers_of_its_key() -> None:
    expected = {
        (cell["row"], cell["column"], cell["level"], cell["code"], cell["expected"])
        for cell in answers()["cells"]
        if cell["code"] not in CROSS
    }
    found = list(roster_answers())
    # the head's name stands twice in the row, as head and as member; its key names the member's cell only
    repeated = {(368, "C"), (826, "C")}
    assert {one[:2] for one in found if one[:2] in repeated} == repeated
    assert all((row, "F", *rest) in found for row, letter, *rest in found if (row, letter) in repeated)
    remaining = [one for one in found if one[:2] not in repeated]
    assert set(remaining) == expected
    assert len(remaining) == len(expected)


def test_every_kind_of_the_language_is_read() -> None:
    assert set(KINDS) == set(SPEC_KINDS)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "何　荣", "何荣"),
        ("text", "桥头组 12号", "桥头组 12号"),
        ("text", "外出 务工人员", "外出 务工人员"),
        ("text", 12, "12"),
        ("long_text", "一\n二", "一\n二"),
        ("integer", "7", 7),
        ("decimal", "2.5", Decimal("2.5")),
        ("money", "1.2万", Decimal("12000.00")),
        ("percent", "35%", Decimal("0.35")),
        ("date", "2026.3.5", TODAY),
        ("month", "2026年3月", date(2026, 3, 1)),
        ("boolean", "√", True),
        ("id_number", "529901198004286248", "529901198004286248"),
        ("disability_card", "52990119800428624862", "52990119800428624862"),
        ("phone", 18055150183, "18055150183"),
        ("bank_account", "6217589896513034801", "6217589896513034801"),
        ("region", " 桥头组 ", "桥头组"),
        ("member", "张三", "张三"),
        ("serial", "FP2026-0001", "FP2026-0001"),
        ("computed", "3", None),
    ],
)
def test_each_kind_reads_its_cells(kind: str, raw: Raw, value: object) -> None:
    answer = clean(field(kind), raw, CATALOG, TODAY)
    assert isinstance(answer, Cleaned)
    assert answer.value == value


def test_the_places_of_a_quantity_are_those_of_its_field() -> None:
    assert clean(field("decimal", places=1), "2.55", CATALOG, TODAY) == Refused(
        "number_places", {"value": "2.55", "places": 1}
    )


def test_what_a_formula_left_open_is_refused_whatever_the_kind() -> None:
    empty = Cell(5, None, "", "nothing", True)
    broken = Cell(5, None, "#REF!", "error", True)
    assert clean(field("text"), empty, CATALOG, TODAY) == Refused("formula_no_value")
    assert clean(field("money"), broken, CATALOG, TODAY) == Refused("cell_error", {"value": "#REF!"})
    assert clean(field("money"), Cell(5, 12.5, "12.5", "number", True), CATALOG, TODAY) == Cleaned(
        Decimal("12.50")
    )


def test_a_cell_formatted_as_per_cent_is_the_ratio_it_stores() -> None:
    assert clean(field("percent"), Cell(5, 1.2, "1.2", "percent"), CATALOG, TODAY) == Cleaned(Decimal("1.2"))


RELATION = code_list("关系")
HEALTH = code_list("健康")


@pytest.mark.parametrize(
    ("typed", "code", "notes"),
    [
        ("配偶", "2", ()),
        ("妻子", "2", ("code_alias",)),
        (" 配 偶", "2", ("code_alias",)),
        ("2", "2", ("code_alias",)),
        (2, "2", ("code_alias",)),
        (None, None, ()),
        ("/", None, ("blank_mark",)),
    ],
)
def test_spellings_of_a_choice(typed: Raw, code: str | None, notes: tuple[str, ...]) -> None:
    assert parse_choice(typed, RELATION) == Cleaned(code, notes)


def test_an_unknown_word_is_refused_with_the_nearest_label() -> None:
    assert parse_choice("之孙孙子", RELATION) == Refused(
        "unknown_code", {"value": "之孙孙子", "list": "关系"}, "之孙子"
    )
    assert parse_choice("邻居", RELATION) == Refused("unknown_code", {"value": "邻居", "list": "关系"}, None)


@pytest.mark.parametrize(
    "typed", ["患有大病、残疾", "残疾，患有大病", "残疾 患有大病", "残疾/患有大病/残疾", "残疾\n患有大病"]
)
def test_several_choices_are_kept_in_the_order_of_the_list(typed: str) -> None:
    assert parse_choices(typed, HEALTH) == Cleaned(("3", "4"))


def test_one_unknown_word_among_several_is_the_one_refused() -> None:
    answer = parse_choices("残疾、精神不好", HEALTH)
    assert isinstance(answer, Refused)
    assert answer.facts["value"] == "精神不好"


def test_the_codes_of_this_floor_have_sentences() -> None:
    assert {"unknown_code", "cell_error", "formula_no_value"} <= set(texts.REFUSALS)
    assert "code_alias" in texts.NOTES
