"""What stands in the checked workbook beside a faulty row, and the colours of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import PatternFill

from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.i18n import _

#: light enough for black text; also the mark by which a second round knows its own colours
COLOURS: Mapping[Weight, str] = MappingProxyType({Weight.ERROR: "FFFF9999", Weight.DOUBT: "FFFFF2A8"})
#: who wrote the comments, by which a second round removes those of the first
AUTHOR = "ffp-admin"
#: the first characters by which a spreadsheet takes a text for a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All that is to be shown: findings by row, only errors and doubts."""

    by_row: Mapping[int, Sequence[CellFinding]]

    def of_row(self, row: int) -> Sequence[CellFinding]:
        """The findings of a row."""
        return self.by_row.get(row, ())

    def reason(self, row: int) -> str:
        """The sentences of a row, errors first, one a line."""
        found = sorted(self.of_row(row), key=lambda one: one.weight is not Weight.ERROR)
        return neutral("\n".join(dict.fromkeys(sentence(one) for one in found)))


def marks_of(findings: Iterable[CellFinding]) -> Marks:
    """The findings that want somebody's hand; what was mended by itself is left out."""
    by_row: dict[int, list[CellFinding]] = {}
    for one in findings:
        if one.weight in COLOURS:
            by_row.setdefault(one.row, []).append(one)
    return Marks(by_row=MappingProxyType(by_row))


def sentence(finding: CellFinding) -> str:
    """Where, what, and what was probably meant."""
    reason = finding.reason
    if finding.suggestion:
        reason = _("{reason} Perhaps: {suggestion}", reason=reason, suggestion=finding.suggestion)
    if not finding.column:
        return reason
    return _(
        "Column {column} ({heading}): {reason}", column=finding.column, heading=finding.heading, reason=reason
    )


def neutral(text: str) -> str:
    """`text` that no spreadsheet takes for a formula and no XML refuses."""
    legal = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{legal}" if legal.startswith(_FORMULA_STARTS) else legal


def fill_of(weight: Weight) -> PatternFill:
    """The colour of a cell."""
    return PatternFill("solid", start_color=COLOURS[weight], end_color=COLOURS[weight])
