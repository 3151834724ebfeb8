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
from ffp_admin.exchange.kinds import Answer, Read, reader
from ffp_admin.exchange.layout import Layout
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Field, ImportColumn, ImportProfile
from ffp_admin.store.kinds import Showing, kind_of
from ffp_admin.values.cleaned import Cleaned, Refused

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A target with a field, taken apart for the loop over all cells."""

    target: Target
    letter: str
    form: str
    key: str
    read: Read
    is_region: bool


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
        self.block_forms, self.line_forms = forms_of(profile)
        self._block_slots = self._slots("block")
        self._line_slots = self._slots("line")
        self._letters = tuple((one.declared.key, one.letter) for one in self.targets)
        #: form → its required regions, which stand in no column
        self._regions = {
            form: tuple(
                one.key
                for one in catalog.forms[form].fields()
                if one.required and KINDS[one.kind].register == "region"
            )
            for form in (*self.block_forms, *self.line_forms)
        }
        self._home_region = next(((one.form, one.key) for one in self._block_slots if one.is_region), None)
        self._period_form, _dot, self._period_key = profile.period.partition(".")

    def _slots(self, per: str) -> tuple[_Slot, ...]:
        return tuple(
            _Slot(
                target=one,
                letter=one.letter,
                form=one.form,
                key=one.field.key,
                read=reader(one.field, self.catalog, self._today),
                is_region=KINDS[one.field.kind].register == "region",
            )
            for one in self.targets
            if one.field is not None and one.declared.per == per
        )

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
        home = Home(
            first_row=block.first_row,
            values={form: {} for form in self.block_forms},
            cells=self._cells(block.shared),
        )
        for slot in self._block_slots:
            self._take(slot, block.shared.get(slot.letter), block.first_row, home.values, home)
        for cells_of_line in block.lines:
            home.lines.append(self._line(cells_of_line, home))
        self._fill_in(home)
        return home

    def _line(self, sheet_cells: Mapping[str, Cell], home: Home) -> Line:
        row = next(iter(sheet_cells.values())).row
        values: dict[str, Values] = {form: {} for form in self.line_forms}
        for slot in self._line_slots:
            self._take(slot, sheet_cells.get(slot.letter), row, values, home)
        return Line(row=row, values=values, cells=self._cells(sheet_cells))

    def _cells(self, sheet_cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {key: sheet_cells[letter] for key, letter in self._letters if letter in sheet_cells}

    def _take(self, slot: _Slot, cell: Cell | None, row: int, values: dict[str, Values], home: Home) -> None:
        if slot.is_region:
            self._take_region(slot, cell, values, home)
            return
        result = slot.read(cell)
        if result.__class__ is Cleaned and not result.notes and result.value is not None:
            values[slot.form][slot.key] = result.value  # nearly always
            return
        self._take_odd(slot, cell, result, row, values, home)

    def _take_odd(
        self,
        slot: _Slot,
        cell: Cell | None,
        result: Answer,
        row: int,
        values: dict[str, Values],
        home: Home,
    ) -> None:
        """What is refused, was mended, or is empty."""
        target = slot.target
        raw = None if cell is None else cell.text
        if isinstance(result, Refused):
            home.findings.append(finding_of(target, row, raw, result))
            return
        if result.notes:
            assert target.field is not None
            words = self._in_words(target.field, result.value)
            home.findings.extend(finding_of(target, row, raw, note, words) for note in result.notes)
        if result.value is not None:
            values[slot.form][slot.key] = result.value
        elif target.declared.required:
            home.findings.append(finding_of(target, row, raw, Refused("required")))

    def _in_words(self, field: Field, value: object | None) -> str:
        """What was understood, as people read it."""
        if value is None:
            return ""
        codes = self.catalog.codes.get(field.codes) if field.codes else None
        return kind_of(field).show(value, Showing(field=field, codes=codes, captions={}))

    def _take_region(self, slot: _Slot, cell: Cell | None, values: dict[str, Values], home: Home) -> None:
        name = "" if cell is None or cell.value is None else str(cell.value).strip()
        code = self._groups.get(name, "") if name else self._region
        if not code:
            home.new_group = name
        values[slot.form][slot.key] = code or self._region

    def _fill_in(self, home: Home) -> None:
        """What the sheet does not say in a column: the region of every record, the period."""
        region = self._region
        if self._home_region is not None:
            form, key = self._home_region
            region = home.values[form][key]
        for owner in (home.values, *(line.values for line in home.lines)):
            for form, values in owner.items():
                for key in self._regions[form]:
                    values.setdefault(key, region)
                if form == self._period_form:
                    values[self._period_key] = self._period


def forms_of(profile: ImportProfile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms filled once per block, and those filled once per line, in the order of the columns."""
    block, line = (_filled_per(profile, per) for per in ("block", "line"))
    return block, tuple(form for form in line if form not in block)


def _filled_per(profile: ImportProfile, per: str) -> tuple[str, ...]:
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
