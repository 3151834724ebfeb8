"""What is added up or counted: the line that closes a page, the totals of a roster, money in capital figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from ffp_admin.printing.roster import Amount, Cell, Closing, Roster, RosterColumn, RosterGroup, RosterTotal
from ffp_admin.printing.words import FrameWords
from ffp_admin.values.money import in_words

Count = Callable[[Sequence[RosterGroup], FrameWords], str]


def _households(groups: Sequence[RosterGroup], words: FrameWords) -> str:
    return words.households.format(count=sum(not group.is_continued for group in groups))


def _lines(groups: Sequence[RosterGroup], words: FrameWords) -> str:
    return words.lines.format(count=sum(len(group.lines) for group in groups))


_COUNTS: Mapping[Closing, Count] = MappingProxyType({"households": _households, "lines": _lines})


def closing_values(
    roster: Roster, groups: Sequence[RosterGroup], words: FrameWords
) -> tuple[tuple[int, str], ...]:
    """What stands in the line that closes these groups, by column number; '' where no household has any."""
    closed = [(number, column) for number, column in enumerate(roster.columns) if column.total]
    return tuple((number, _closing(roster, number, column, groups, words)) for number, column in closed)


def with_totals(roster: Roster, words: FrameWords) -> Roster:
    """The roster with its closing rows: the totals of all its groups, then each sum of money in capital figures."""
    if not any(column.total for column in roster.columns):
        return roster
    values = closing_values(roster, roster.groups, words)
    rows = (RosterTotal(label=words.total, values=values), *_capitals(roster, words))
    return replace(roster, totals=(*roster.totals, *rows))


def _closing(
    roster: Roster, number: int, column: RosterColumn, groups: Sequence[RosterGroup], words: FrameWords
) -> str:
    if column.total in _COUNTS:
        return _COUNTS[column.total](groups, words)
    if next(_amounts(roster, number, roster.groups), None) is None:
        return ""
    total = sum(_amounts(roster, number, groups), Decimal(0))
    return f"{total.normalize():f}" if column.decimals is None else f"{total:.{column.decimals}f}"


def _capitals(roster: Roster, words: FrameWords) -> Iterator[RosterTotal]:
    """Nothing below zero and nothing empty is written in capital figures."""
    for number, column in enumerate(roster.columns):
        amounts = list(_amounts(roster, number, roster.groups)) if column.capitals else []
        total = sum(amounts, Decimal(0))
        if amounts and total >= 0:
            text = words.in_capitals.format(column=column.label, amount=in_words(total))
            yield RosterTotal(label=text)


def _amounts(roster: Roster, number: int, groups: Sequence[RosterGroup]) -> Iterator[Decimal]:
    """The amounts in a column; a household's own cell counts once, however many lines it has."""
    for group in groups:
        for per, cells in (("household", group.values), *(("member", line) for line in group.lines)):
            cell = _cell(roster, number, per, cells)
            if isinstance(cell, Amount):
                yield cell.value


def _cell(roster: Roster, number: int, per: str, cells: Sequence[Cell]) -> Cell | None:
    if roster.columns[number].per != per:
        return None
    place = sum(column.per == per for column in roster.columns[:number])
    return cells[place]
