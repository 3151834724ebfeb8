"""Blocks of a workbook → draft values of the registers an import profile names, every cell cleaned on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from ffp_admin.exchange.blocks import Block
from ffp_admin.exchange.cells import Cell
from ffp_admin.exchange.findings import CellFinding, Weight, finding_of
from ffp_admin.exchange.kinds import clean
from ffp_admin.exchange.layout import Layout
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Field, Form, ImportColumn, ImportProfile
from ffp_admin.store.kinds import Showing, kind_of
from ffp_admin.values.cleaned import Refused

Values = dict[str, Any]
#: a region's name under the village → its code
Groups = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Line:
    """One person's row: values by form, and where each column stands."""

    row: int
    values: dict[str, Values]
    cells: Mapping[str, Cell]


@dataclass(slots=True, kw_only=True)
class Home:
    """One household of the workbook with its lines and everything found in its cells."""

    first_row: int
    values: dict[str, Values]
    cells: Mapping[str, Cell]
    lines: list[Line] = field(default_factory=list)
    findings: list[CellFinding] = field(default_factory=list)
    #: name of a group (组) that the register of regions lacks
    new_group: str = ""

    @property
    def is_faulty(self) -> bool:
        """Whether an error keeps this household out."""
        return any(one.weight is Weight.ERROR for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a column goes: the declared column, its place in the sheet, the form and field it fills."""

    declared: ImportColumn
    letter: str
    form: str
    field: Field | None


class Assembler:
    """Turns blocks into homes for one profile, one layout, one village and one period."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        profile: ImportProfile,
        layout: Layout,
        region: str,
        groups: Groups,
        period: int,
        today: date,
    ) -> None:
        self.catalog = catalog
        self.profile = profile
        self._region = region
        self._groups = groups
        self._period = period
        self._today = today
        self.targets = tuple(_targets(catalog, profile, layout))
        self.by_key = MappingProxyType({one.declared.key: one for one in self.targets})
        self.block_forms = _forms_of(profile, "block")
        self.line_forms = tuple(form for form in _forms_of(profile, "line") if form not in self.block_forms)

    def missing(self) -> tuple[ImportColumn, ...]:
        """Required columns the sheet lacks: without them nothing can be imported."""
        return tuple(
            column for column in self.profile.columns if column.required and column.key not in self.by_key
        )

    def letter_of(self, form: str, field_key: str) -> str:
        """The sheet column that fills a field; "" when the sheet lacks it."""
        return next(
            (
                one.letter
                for one in self.targets
                if one.form == form and one.field and one.field.key == field_key
            ),
            "",
        )

    def shown(self, home: Home, row: int, letter: str) -> str:
        """The characters that stand in a cell of a home."""
        key = next((one.declared.key for one in self.targets if one.letter == letter), "")
        owners = [home.cells, *(line.cells for line in home.lines if line.row == row)]
        cell = next((cells[key] for cells in reversed(owners) if key in cells), None)
        return "" if cell is None else cell.text

    def homes(self, blocks: Iterable[Block]) -> Iterator[Home]:
        """Each block as a home."""
        for block in blocks:
            yield self._home(block)

    def _home(self, block: Block) -> Home:
        cells = self._cells(block.shared)
        home = Home(first_row=block.first_row, values={form: {} for form in self.block_forms}, cells=cells)
        for target in self._targets_per("block"):
            self._take(target, cells.get(target.declared.key), block.first_row, home.values, home)
        for cells_of_line in block.lines:
            home.lines.append(self._line(cells_of_line, home))
        self._fill_in(home)
        return home

    def _line(self, sheet_cells: Mapping[str, Cell], home: Home) -> Line:
        row = next(iter(sheet_cells.values())).row
        cells = self._cells(sheet_cells)
        line = Line(row=row, values={form: {} for form in self.line_forms}, cells=cells)
        for target in self._targets_per("line"):
            self._take(target, cells.get(target.declared.key), row, line.values, home)
        return line

    def _targets_per(self, per: str) -> Iterator[Target]:
        return (one for one in self.targets if one.declared.per == per)

    def _cells(self, sheet_cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {
            one.declared.key: sheet_cells[one.letter] for one in self.targets if one.letter in sheet_cells
        }

    def _take(
        self, target: Target, cell: Cell | None, row: int, values: dict[str, Values], home: Home
    ) -> None:
        if target.field is None:
            return
        if KINDS[target.field.kind].register == "region":
            self._take_region(target, cell, values, home)
            return
        raw = None if cell is None else cell.text
        result = clean(target.field, cell, self.catalog, self._today)
        if isinstance(result, Refused):
            home.findings.append(finding_of(target, row, raw, result))
            return
        words = self._in_words(target.field, result.value)
        home.findings.extend(finding_of(target, row, raw, note, words) for note in result.notes)
        if result.value is None:
            if target.declared.required:
                home.findings.append(finding_of(target, row, raw, Refused("required")))
            return
        values[target.form][target.field.key] = result.value

    def _in_words(self, field: Field, value: object | None) -> str:
        """What was understood, as people read it."""
        if value is None:
            return ""
        codes = self.catalog.codes.get(field.codes) if field.codes else None
        return kind_of(field).show(value, Showing(field=field, codes=codes, captions={}))

    def _take_region(self, target: Target, cell: Cell | None, values: dict[str, Values], home: Home) -> None:
        assert target.field is not None
        name = "" if cell is None or cell.value is None else str(cell.value).strip()
        code = self._groups.get(name, "") if name else self._region
        if not code:
            home.new_group = name
        values[target.form][target.field.key] = code or self._region

    def _fill_in(self, home: Home) -> None:
        """What the sheet does not say in a column: the region of every record, the period."""
        region = next(
            (
                home.values[one.form][one.field.key]
                for one in self._targets_per("block")
                if one.field is not None and KINDS[one.field.kind].register == "region"
            ),
            self._region,
        )
        form, _dot, field_key = self.profile.period.partition(".")
        for owner in (home.values, *(line.values for line in home.lines)):
            for key, values in owner.items():
                self._fill_regions(self.catalog.forms[key], values, region)
                if key == form:
                    values[field_key] = self._period

    def _fill_regions(self, form: Form, values: Values, region: str) -> None:
        for one in form.fields():
            if one.required and KINDS[one.kind].register == "region":
                values.setdefault(one.key, region)


def _forms_of(profile: ImportProfile, per: str) -> tuple[str, ...]:
    """The forms filled per block or per line, in the order of the columns."""
    return tuple(
        dict.fromkeys(
            column.target.partition(".")[0]
            for column in profile.columns
            if column.target and column.per == per
        )
    )


def _targets(catalog: Catalog, profile: ImportProfile, layout: Layout) -> Iterator[Target]:
    declared = {column.key: column for column in profile.columns}
    for found in layout.columns:
        if found.key is None:
            continue
        column = declared[found.key]
        form, _dot, field_key = column.target.partition(".")
        target_field = catalog.forms[form].field(field_key) if form else None
        yield Target(declared=column, letter=found.letter, form=form, field=target_field)
