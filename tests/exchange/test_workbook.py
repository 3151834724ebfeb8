"""Untrusted workbooks: what is refused before it is parsed, and what the rows of sound ones say."""

import contextlib
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ffp_admin.exchange.merges import column_letter
from ffp_admin.exchange.package import MEGABYTE, Limits
from ffp_admin.exchange.workbook import WorkbookRefused, open_workbook
from tests.exchange.workbooks import (
    MAIN,
    RELATIONS,
    ROSTER,
    book_of,
    only_sheet,
    package,
    values,
    worksheet,
)

WORD = package("<x/>", more={"word/document.xml": "<document/>"})


def read_all(content: bytes | Path, limits: Limits | None = None) -> int:
    """Read everything; the number of rows."""
    return sum(1 for sheet in open_workbook(content, limits).all() for _row in sheet.rows())


def refusal(content: bytes | Path, limits: Limits | None = None) -> str:
    """The code with which a workbook is refused, at the latest when all its rows are read."""
    with pytest.raises(WorkbookRefused) as caught:
        read_all(content, limits)
    assert str(caught.value)
    return caught.value.code


# ---- what is no workbook ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        ("姓名,身份证号码\n张三,1\n".encode(), "file_is_text"),
        ("姓名,身份证号码\n张三,1\n".encode("gb18030"), "file_is_text"),
        ("姓名\t性别".encode("utf-16"), "file_is_text"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file_is_html"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "file_is_html"),
        (b"%PDF-1.7", "file_other_format"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file_other_format"),
        (WORD, "file_is_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "file_is_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "file_damaged"),
        (b"PK\x03\x04 and nothing more", "file_damaged"),
        (book_of([[1]])[:-30], "file_damaged"),
    ],
)
def test_what_is_no_workbook_is_named(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_an_encrypted_package_is_named() -> None:
    content = bytearray(book_of([[1]]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) == "file_encrypted"


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    renamed = tmp_path / "花名册.xlsx"
    renamed.write_text("姓名,性别\n张三,男\n", encoding="utf-8")
    assert refusal(renamed) == "file_is_text"


def test_a_workbook_without_sheets_is_refused() -> None:
    empty = package("<x/>", more={"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'})
    assert refusal(empty) == "no_sheets"


def test_a_package_without_a_workbook_is_refused() -> None:
    assert refusal(package("<x/>", more={"xl/workbook.xml": "<other/>"})) == "file_other_format"
    assert refusal(package("<x/>", more={"_rels/.rels": "<Relationships/>"})) == "file_other_format"


# ---- what would cost too much -----------------------------------------------------------------


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = package(worksheet("<row r='1'>" + " " * (20 * MEGABYTE) + "</row>"))
    assert len(bomb) < MEGABYTE
    tracemalloc.start()
    assert refusal(bomb) == "file_unpacks_too_large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * MEGABYTE


def test_a_package_that_lies_about_its_size_yields_no_more_than_it_told() -> None:
    content = bytearray(package(worksheet("<row r='1'>" + " " * (3 * MEGABYTE) + "</row>")))
    directory = zipfile.ZipFile(io.BytesIO(bytes(content))).getinfo("xl/worksheets/sheet1.xml")
    told = directory.file_size.to_bytes(4, "little")
    assert content.count(told) == 2
    assert refusal(bytes(content).replace(told, (1000).to_bytes(4, "little"))) == "file_damaged"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(file_bytes=1000), "file_too_large"),
        (Limits(unpacked_bytes=1000), "file_unpacks_too_large"),
        (Limits(entries=3), "file_damaged"),
        (Limits(rows=100), "sheet_too_long"),
        (Limits(columns=10), "sheet_too_wide"),
        (Limits(cell_characters=10), "cell_too_long"),
        (Limits(merges=100), "file_damaged"),
    ],
)
def test_every_limit_holds(limits: Limits, code: str) -> None:
    assert refusal(ROSTER, limits) == code


def test_two_far_cells_cost_no_more_than_two_near_ones() -> None:
    far = package(
        worksheet(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALL1048576"><v>2</v></c></row>'
        )
    )
    assert values(only_sheet(far)) == {"A1": 1, "ALL1048576": 2}


def test_a_row_of_sixteen_thousand_columns_is_refused_with_the_column() -> None:
    cells = "".join(f'<c r="{column_letter(column)}1"><v>1</v></c>' for column in range(1, 16385))
    with pytest.raises(WorkbookRefused) as caught:
        list(only_sheet(package(worksheet(f'<row r="1">{cells}</row>'))).rows())
    assert caught.value.code == "sheet_too_wide"
    assert caught.value.facts["column"] == "ALM"


def test_formatted_cells_without_a_value_do_not_count() -> None:
    cells = "".join(f'<c r="{column_letter(column)}1" s="1"/>' for column in range(1, 16385))
    assert values(
        only_sheet(package(worksheet(f'<row r="1">{cells}</row><row r="2"><c><v>7</v></c></row>')))
    ) == {"A2": 7}


@pytest.mark.parametrize("where", ["inline", "shared"])
def test_ten_megabytes_in_one_cell_are_refused(where: str) -> None:
    text = "救" * (10 * MEGABYTE // 3)
    inline = worksheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>')
    shared = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'}
    referring = worksheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    content = package(inline) if where == "inline" else package(referring, more=shared)
    limits = Limits(unpacked_bytes=10**9)
    assert refusal(content, limits) in ("cell_too_long", "string_too_long", "file_unpacks_too_large")
    stored = (
        package(inline, compression=zipfile.ZIP_STORED)
        if where == "inline"
        else package(referring, more=shared, compression=zipfile.ZIP_STORED)
    )
    assert refusal(stored, limits) == ("cell_too_long" if where == "inline" else "string_too_long")


@pytest.mark.parametrize(
    "part",
    [
        '<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        + worksheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'),
        worksheet('<row r="1"><c r="A1"><v>1</v></c>'),
        worksheet('<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'),
        worksheet('<row r="9999999"><c r="A9999999"><v>1</v></c></row>'),
        worksheet('<row r="1"><c r="XXX1"><v>1</v></c></row>'),
        worksheet('<row r="1"><c r="A1" t="s"><v>5</v></c></row>'),
        worksheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
        worksheet("", after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 300 + "</mergeCells>"),
        "",
    ],
)
def test_broken_and_hostile_sheets_are_refused(part: str) -> None:
    assert refusal(package(part)) == "file_damaged"


def test_entities_in_small_parts_are_refused_too() -> None:
    bomb = f'<!DOCTYPE workbook [<!ENTITY a "a">]><workbook xmlns="{MAIN}"><sheets/></workbook>'
    assert refusal(package(worksheet(""), more={"xl/workbook.xml": bomb})) == "file_damaged"


@settings(max_examples=60)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=4))
def test_a_spoilt_file_is_read_or_refused_but_never_breaks(place: int, junk: bytes) -> None:
    content = bytearray(book_of([["姓名", "性别"], ["张三", "男"], [1, 2.5]], merged=["A1:A2"]))
    place %= len(content)
    content[place : place + len(junk)] = junk
    with contextlib.suppress(WorkbookRefused):
        assert read_all(bytes(content)) <= 3


def test_relations_out_of_the_package_are_not_followed() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="s" Type="{RELATIONS}/worksheet" TargetMode="External" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    assert refusal(package(worksheet(""), more={"xl/_rels/workbook.xml.rels": rels})) == "no_sheets"
