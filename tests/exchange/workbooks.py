"""Workbooks made for tests: by openpyxl where they are sound, by hand where they are not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import Layout, choose_layout
from ffp_admin.exchange.merges import Merges, read_range
from ffp_admin.exchange.workbook import Sheet, open_workbook

DATA = Path(__file__).resolve().parent.parent / "data"
ROSTER = DATA / "农户花名册-柳树村.xlsx"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

#: key → headings of the roster, as a declaration would give them
ROSTER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "序号": ("序号",),
    "小组": ("村民小组", "组别"),
    "户主姓名": ("户主姓名", "户主"),
    "人口": ("家庭人口",),
    "户类型": ("户类型",),
    "姓名": ("姓名",),
    "性别": ("性别",),
    "身份证": ("身份证号码", "身份证号"),
    "关系": ("与户主关系",),
    "民族": ("民族",),
    "文化": ("文化程度",),
    "健康": ("健康状况",),
    "技能": ("劳动技能",),
    "地点": ("务工地点",),
    "月数": ("务工时间",),
    "工资": ("工资性收入",),
    "经营": ("生产经营性收入",),
    "财产": ("财产性收入",),
    "转移": ("转移性收入",),
    "支出": ("生产经营性支出",),
    "电话": ("联系电话",),
    "开户行": ("开户行",),
    "账号": ("银行账号",),
    "备注": ("备注",),
}
ROSTER_SHARED = (
    "序号", "小组", "户主姓名", "人口", "户类型", "工资", "经营", "财产", "转移", "支出", "电话", "开户行", "账号", "备注",
)  # fmt: skip
WORDS = LayoutWords.of(
    ROSTER_HEADINGS,
    sums=("小计", "合计", "总计"),
    closings=("填表人", "审核人"),
    notes=("填报单位", "填报时间", "单位：", "说明", "注："),
)


def answers() -> dict[str, Any]:
    """The key to the roster."""
    key: dict[str, Any] = json.loads(ROSTER.with_suffix(".answers.json").read_text(encoding="utf-8"))
    return key


def saved(book: Workbook) -> bytes:
    """A workbook as the bytes of its file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(rows: Iterable[Iterable[object]], *, merged: Iterable[str] = (), title: str = "表") -> bytes:
    """A workbook with one sheet of these rows."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(list(row))
    for area in merged:
        page.merge_cells(area)
    return saved(book)


def only_sheet(content: bytes) -> Sheet:
    """The first sheet of a workbook."""
    book = open_workbook(content)
    return book.sheet(book.sheets[0][0])


def values(sheet: Sheet) -> dict[str, object]:
    """Every value of a sheet by its place."""
    return {f"{letter}{row.number}": cell.value for row in sheet.rows() for letter, cell in row.cells.items()}


def layout_of(content: bytes | Path, words: LayoutWords | None = None) -> Layout:
    """The layout of a workbook's best sheet."""
    return choose_layout(open_workbook(content), words or WORDS)


def text_row(texts: Iterable[object]) -> str:
    """The XML of a row of texts, without places."""
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row>{cells}</row>"


def merges(*areas: str) -> Merges:
    """Merged ranges from their names."""
    return Merges(span for area in areas if (span := read_range(area)))


def package(
    sheet_xml: str | bytes,
    *,
    more: Mapping[str, str | bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A minimal .xlsx around the XML of one worksheet; `more` adds or replaces parts."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="s" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="t" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="y" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"/>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>',
        "xl/worksheets/sheet1.xml": sheet_xml,
    }
    parts.update(more or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def worksheet(rows: str, *, after: str = "", before: str = "") -> str:
    """A worksheet part around the XML of its rows."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
