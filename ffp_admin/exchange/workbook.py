"""The one way into a workbook: guard first, then the reader of its format."""

from __future__ import annotations

from ffp_admin.exchange.cells import Cell, Row, Sheet, Workbook
from ffp_admin.exchange.package import Format, Limits, Source, format_of
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.exchange.xls import read_xls
from ffp_admin.exchange.xlsx import read_xlsx

__all__ = ["Cell", "Limits", "Row", "Sheet", "Workbook", "WorkbookRefused", "open_workbook"]

_READERS = {Format.XLSX: read_xlsx, Format.XLS: read_xls}


def open_workbook(source: Source, limits: Limits | None = None) -> Workbook:
    """The workbook in a file or in memory; `WorkbookRefused` says why not.

    Rows are read later, so that a fault deep inside the file is refused while `rows()` runs.
    """
    bounds = limits or Limits()
    return _READERS[format_of(source, bounds)](source, bounds)
