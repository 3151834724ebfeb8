"""Checks over several cells of a workbook: heads, counts, the same ID number twice, sex against ID number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ffp_admin.exchange.assemble import Assembler, Home, Line, Target
from ffp_admin.exchange.cells import Cell
from ffp_admin.exchange.findings import CellFinding, finding_of
from ffp_admin.values import id_number
from ffp_admin.values.cleaned import Refused


class CrossChecks:
    """Knows one workbook's columns; remembers the ID numbers already met while homes pass by."""

    def __init__(self, assembler: Assembler) -> None:
        self._assembler = assembler
        self._met: dict[str, int] = {}
        self._identity = self._by_kind("id_number")
        self._relation = self._by_codes(_head_list(assembler))
        self._comparisons = {one.declared.compare: one for one in assembler.targets if one.declared.compare}

    def check(self, homes: Iterable[Home]) -> Iterator[Home]:
        """The same homes, with what was found added to each."""
        for home in homes:
            home.findings.extend(self._duplicates(home))
            home.findings.extend(self._heads(home))
            home.findings.extend(self._count(home))
            home.findings.extend(self._sexes(home))
            yield home

    def _by_kind(self, kind: str) -> Target | None:
        return next((one for one in self._assembler.targets if one.field and one.field.kind == kind), None)

    def _by_codes(self, codes: str) -> Target | None:
        return next(
            (one for one in self._assembler.targets if codes and one.field and one.field.codes == codes), None
        )

    def _duplicates(self, home: Home) -> Iterator[CellFinding]:
        if self._identity is None:
            return
        for line in home.lines:
            number = _value(line, self._identity)
            if number is None:
                continue
            first = self._met.setdefault(str(number), line.row)
            if first != line.row:
                refused = Refused("id_duplicate_in_file", {"first": first}, None)
                yield finding_of(self._identity, line.row, _raw(line.cells, self._identity), refused)

    def _heads(self, home: Home) -> Iterator[CellFinding]:
        relation = self._relation
        if relation is None or relation.field is None:
            return
        head_code = self._assembler.catalog.codes[relation.field.codes].words[0].code
        heads = [line for line in home.lines if _value(line, relation) == head_code]
        unread = any(_value(line, relation) is None for line in home.lines)
        if not heads and not unread:
            first = home.lines[0]
            yield finding_of(
                relation, first.row, _raw(first.cells, relation), Refused("household_without_head")
            )
        for line in heads[1:]:
            refused = Refused("household_two_heads", {"first": heads[0].row})
            yield finding_of(relation, line.row, _raw(line.cells, relation), refused)

    def _count(self, home: Home) -> Iterator[CellFinding]:
        target = self._comparisons.get("line_count")
        if target is None or target.field is None:
            return
        declared = home.values[target.form].get(target.field.key)
        if declared is not None and declared != len(home.lines):
            refused = Refused(
                "member_count", {"declared": declared, "found": len(home.lines)}, str(len(home.lines))
            )
            yield finding_of(target, home.first_row, _raw(home.cells, target), refused)

    def _sexes(self, home: Home) -> Iterator[CellFinding]:
        target = self._comparisons.get("gender")
        if target is None or target.field is None or self._identity is None:
            return
        codes = self._assembler.catalog.codes[target.field.codes]
        for line in home.lines:
            number, code = _value(line, self._identity), _value(line, target)
            word = codes.by_code(str(code)) if code is not None else None
            if number is None or word is None:
                continue
            by_number = id_number.gender(str(number))
            if by_number not in (word.code, word.label):
                expected = codes.find(by_number)
                refused = Refused("gender_vs_id", {}, expected.label if expected else by_number)
                yield finding_of(target, line.row, _raw(line.cells, target), refused)


def _value(line: Line, target: Target) -> object | None:
    assert target.field is not None
    return line.values.get(target.form, {}).get(target.field.key)


def _raw(cells: Mapping[str, Cell], target: Target) -> str | None:
    cell = cells.get(target.declared.key)
    return None if cell is None else cell.text


def _head_list(assembler: Assembler) -> str:
    """The code list of the column compared as "relation"; its first word is the head of the household."""
    return next(
        (one.field.codes for one in assembler.targets if one.declared.compare == "relation" and one.field), ""
    )
