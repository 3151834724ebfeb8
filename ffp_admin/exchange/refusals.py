"""Why a whole workbook is refused: a code, a sentence, and the facts in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ffp_admin.i18n import N_, _

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "file_empty": N_("The file is empty. Choose the workbook again."),
        "file_too_large": N_("The file has {size} MB; at most {limit} MB are read. Split it by village."),
        "file_is_text": N_(
            "The file is a text file (CSV) that was only renamed. Open it in WPS and save it as an Excel workbook (.xlsx)."
        ),
        "file_is_html": N_(
            "The file is a web page or XML with the name of a workbook. Open it in WPS and save it as an Excel workbook (.xlsx)."
        ),
        "file_is_word": N_("The file is a text document, not a workbook. Put the table into an Excel workbook (.xlsx)."),
        "file_other_format": N_(
            "The file is no Excel workbook. Open it in WPS and save it as an Excel workbook (.xlsx or .xls)."
        ),
        "file_encrypted": N_("The workbook has a password. Remove it (save again without a password), then choose it again."),
        "file_damaged": N_("The workbook is damaged and cannot be read. Open it in WPS, save it again, then choose it again."),
        "file_unpacks_too_large": N_(
            "The workbook unpacks to more than {limit} MB. Delete unused sheets, pictures and empty formatted rows, then save it again."
        ),
        "no_sheets": N_("The workbook has no sheet with cells."),
        "sheet_too_wide": N_("Sheet '{sheet}' has something in column {column}; columns up to {limit} are read. Delete what lies beyond."),
        "sheet_too_long": N_("Sheet '{sheet}' has more than {limit} rows. Split it by village."),
        "cell_too_long": N_("Cell {cell} of sheet '{sheet}' has more than {limit} characters. Shorten it."),
        "string_too_long": N_("A text in the workbook has more than {limit} characters. Shorten it."),
        "no_headings": N_("No heading row was found. The sheet needs at least {needed} of these headings: {headings}."),
    }
)  # fmt: skip


class WorkbookRefused(Exception):
    """The workbook cannot be read at all; `str()` is the sentence in the current locale."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return _(MESSAGES[self.code], **self.facts)
