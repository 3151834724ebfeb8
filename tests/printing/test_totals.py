"""What closes a roster: sums, numbers of households and people, money in capital figures."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.printing.document import compose
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.roster import Amount, Roster, RosterColumn, RosterGroup
from ffp_admin.printing.settings import PrintFonts
from ffp_admin.printing.table import PlacedPage, lay_out
from ffp_admin.printing.totals import closing_values, with_totals
from ffp_admin.printing.words import FrameWords
from ffp_admin.spec.nodes import Limits
from ffp_admin.spec.reader import read_file
from ffp_admin.store import SYSTEM, Store
from tests.printing.conftest import VILLAGE
from tests.printing.village import household, pay_roster

COLUMNS = (
    RosterColumn(label="户主", width_mm=20, per="household", total="households"),
    RosterColumn(label="姓名", width_mm=20, is_name=True, total="lines"),
    RosterColumn(label="补助金额", width_mm=25, per="household", total="sum", decimals=2, capitals=True),
    RosterColumn(label="数量", width_mm=15, total="sum"),
)


def money(text: str) -> Amount:
    return Amount(text=text, value=Decimal(text))


def roster(*groups: tuple[str, list[str]], **changes: Any) -> Roster:
    """Households with their amount and the quantity of each line; '' is nothing filled in."""
    made = tuple(
        RosterGroup(
            values=("王某", money(amount) if amount else ""),
            lines=tuple(("某人", money(one) if one else "") for one in lines),
        )
        for amount, lines in groups
    )
    return Roster(title="花名册", columns=COLUMNS, groups=made, **changes)


def test_households_people_and_amounts_close_the_roster(words: FrameWords) -> None:
    made = with_totals(roster(("100.00", ["1.5", ""]), ("", ["2.5"]), ("20.30", ["", "1"])), words)
    first, second = made.totals
    assert (first.label, first.values) == ("合计", ((0, "3户"), (1, "5人"), (2, "120.30"), (3, "5")))
    assert (second.label, second.values) == ("补助金额合计（大写）：人民币壹佰贰拾元零叁角", ())


def test_what_nobody_filled_in_has_no_sum(words: FrameWords) -> None:
    made = with_totals(roster(("", ["1"]), ("", ["2"])), words)
    assert [total.values for total in made.totals] == [((0, "2户"), (1, "2人"), (2, ""), (3, "3"))]


def test_a_roster_without_totals_stays_as_it_is(words: FrameWords) -> None:
    plain = Roster(title="花名册", columns=(RosterColumn(label="姓名", width_mm=20),), groups=())
    assert with_totals(plain, words) is plain


@given(st.lists(st.tuples(st.decimals("0", "9999", places=2), st.integers(1, 4)), min_size=1, max_size=9))
def test_pages_make_the_total_and_a_household_counts_once(homes: list[tuple[Decimal, int]]) -> None:
    words = FrameWords(
        page_of="", page_subtotal="", total="", households="{count}", lines="{count}", in_capitals="",
        blank_below="", continued="", left_sheet="", right_sheet="", signatures=(),
    )  # fmt: skip
    made = roster(*((str(amount), ["1"] * lines) for amount, lines in homes))
    whole = closing_values(made, made.groups, words)
    assert [text for _n, text in whole[:2]] == [str(len(homes)), str(sum(n for _a, n in homes))]
    pages = [closing_values(made, made.groups[place : place + 2], words) for place in range(0, len(homes), 2)]
    for column in range(4):
        assert sum(Decimal(page[column][1]) for page in pages) == Decimal(whole[column][1])


def texts(page: PlacedPage, label: str) -> list[str]:
    """The texts of the row that begins with `label`."""
    rows = [["".join(cell.text.lines) for cell in row.cells] for row in page.rows]
    return next(row for row in rows if row[0].startswith(label))


def test_the_rest_of_a_long_household_is_no_household_again(shelf: FontShelf, words: FrameWords) -> None:
    columns = tuple(
        RosterColumn(**{**_given(one), "total": "households" if one.label == "户主" else one.total})
        for one in pay_roster().columns
    )
    groups = (household(1, 4, Random(1)), household(2, 40, Random(2)), household(3, 2, Random(3)))
    made = pay_roster(groups, columns=columns, totals=())
    pages = lay_out(made, words=words, fonts=PrintFonts(), shelf=shelf).pages
    counted = [next(text for text in texts(page, "本页小计") if text.endswith("户")) for page in pages]
    assert len(pages) > 2
    assert sum(int(text.removesuffix("户")) for text in counted) == 3


def _given(column: RosterColumn) -> dict[str, Any]:
    return {name: getattr(column, name) for name in RosterColumn.__slots__}


def test_the_label_stands_before_a_total_of_the_first_column(shelf: FontShelf, words: FrameWords) -> None:
    made = with_totals(roster(("1.00", ["1"])), words)
    (page,) = lay_out(made, words=words, fonts=PrintFonts(), shelf=shelf).pages
    assert texts(page, "合计")[0].replace(" ", "") == "合计1户"


def test_the_household_roster_counts_households_and_people(village: Store) -> None:
    document = village.catalog().documents["household_roster"]
    with village.reading() as session:
        made = compose(session, village, document, VILLAGE, SYSTEM)
    (total,) = made.totals
    people = sum(len(group.lines) for group in made.groups)
    labels = {made.columns[number].label: text for number, text in total.values}
    assert labels == {"户主": "12户", "人口": str(people), "姓名": f"{people}人"}


def test_both_spellings_of_the_roster_declare_the_same_totals() -> None:
    chinese = """
表册: r
名称: 册
信息库: household
合并: 户
标题: 册
本页小计: 是
列:
  - {路径: 户主姓名, 合计: 户数}
  - {路径: 联系电话, 合计: 人数}
"""
    english = """
document: r
label: 册
form: household
block_by: 户
title: 册
page_totals: true
columns:
  - {path: 户主姓名, total: blocks}
  - {path: 联系电话, total: lines}
"""
    read = [read_file(f"{n}.yaml", text.encode(), Limits()) for n, text in enumerate((chinese, english))]
    documents = [draft.declared for one in read for draft in one.drafts]
    assert [[column.total for column in one.columns] for one in documents] == [["blocks", "lines"]] * 2
    assert [one.page_totals for one in documents] == [True, True]
