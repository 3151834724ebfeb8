"""What the tests of checked workbooks share: findings, one call, a look at what came back."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from defusedxml.ElementTree import fromstring
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ffp_admin.exchange.checked import Checked, write_checked
from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.reasons import COLOURS
from ffp_admin.i18n import speaking
from tests.exchange.workbooks import layout_of

RED, YELLOW = COLOURS[Weight.ERROR], COLOURS[Weight.DOUBT]
HEAD: list[object] = ["序号", "户主姓名", "姓名", "联系电话"]
SMALL: list[list[object]] = [
    ["花名册"],
    HEAD,
    [1, "张三", "张三", "1"],
    [None, None, "李四", "2"],
    [2, "王五", "王五", "=1+1"],
]
MERGED = ["A1:D1", "A3:A4", "B3:B4"]


def finding(
    row: int, column: str, reason: str = "错了", weight: Weight = Weight.ERROR, suggestion: str = ""
) -> CellFinding:
    """A finding about a cell."""
    return CellFinding(
        row=row,
        column=column,
        heading="联系电话",
        found="",
        code="c",
        reason=reason,
        weight=weight,
        suggestion=suggestion,
    )


def check(source: bytes | Path, findings: Sequence[CellFinding]) -> tuple[Checked, bytes]:
    """Result and content of the checked workbook, in the language of the msgids."""
    out = io.BytesIO()
    with speaking("en"):
        result = write_checked(source, layout_of(source), findings, out)
    return result, out.getvalue()


def page_of(content: bytes) -> Worksheet:
    """The sheet with the table, after a look at the XML of every part."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                fromstring(archive.read(name))
    return page_in(load_workbook(io.BytesIO(content)))


def page_in(book: Workbook) -> Worksheet:
    """The sheet a workbook opens with."""
    page = book.active
    assert isinstance(page, Worksheet)
    return page


def colour(page: Worksheet, place: str) -> str | None:
    """The colour of a cell, None without one."""
    fill = page[place].fill
    return str(fill.start_color.rgb) if fill.fill_type else None
