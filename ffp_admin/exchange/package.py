"""What a file really is, and whether it may be unpacked: the guard in front of every reader."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ffp_admin.exchange.refusals import WorkbookRefused

MEGABYTE = 1024 * 1024
#: deflate cannot do better than 1032:1; sheets of text reach 30, of empty formatted cells 100
HIGHEST_RATIO = 250
RATIO_COUNTS_FROM = 5 * MEGABYTE
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MARKUP = ("<html", "<!doctype html", "<table", "<?xml", "<meta", "<style", "<body", "mime-version:")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: streams of an OLE file by which its program is known, in order of meaning
_OLE_STREAMS = (
    ("EncryptedPackage", "file_encrypted"),
    ("WordDocument", "file_is_word"),
    ("Workbook", None),
    ("Book", None),
)

Source = bytes | Path


class Format(Enum):
    """The two formats that are read."""

    XLSX = "xlsx"
    XLS = "xls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of an untrusted workbook is read."""

    file_bytes: int = 50 * MEGABYTE
    unpacked_bytes: int = 600 * MEGABYTE
    entries: int = 5_000
    rows: int = 300_000
    columns: int = 1_000
    #: the most a cell can hold in any spreadsheet program
    cell_characters: int = 32_767
    shared_strings: int = 3_000_000
    #: merged ranges, counted once per column they touch
    merges: int = 4_000_000


def format_of(source: Source, limits: Limits) -> Format:
    """The format by content, never by name; everything else is refused with what it is."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size == 0:
        raise WorkbookRefused("file_empty")
    if size > limits.file_bytes:
        raise WorkbookRefused(
            "file_too_large", size=-(-size // MEGABYTE), limit=limits.file_bytes // MEGABYTE
        )
    with opened(source) as handle:
        start = handle.read(4096)
        if start.startswith(_ZIP):
            _check_package(source, limits)
            return Format.XLSX
        if start.startswith(_OLE):
            _check_ole(start + handle.read())
            return Format.XLS
    raise WorkbookRefused(_kind_of_text(start))


@contextmanager
def opened(source: Source) -> Iterator[io.BufferedIOBase]:
    """The source as a file to read."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    with source.open("rb") as handle:
        yield handle


@contextmanager
def unpacking(source: Source) -> Iterator[zipfile.ZipFile]:
    """The package for reading; what breaks while reading is a damaged file."""
    with opened(source) as handle:
        try:
            with zipfile.ZipFile(handle) as package:
                yield package
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError) as error:
            raise WorkbookRefused("file_damaged") from error


def _check_package(source: Source, limits: Limits) -> None:
    """Refuse before anything is unpacked. The sizes told are binding: zipfile never reads beyond them."""
    with unpacking(source) as package:
        entries = package.infolist()
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookRefused("file_encrypted")
    if len(entries) > limits.entries or len(set(names)) != len(names):
        raise WorkbookRefused("file_damaged")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise WorkbookRefused("file_damaged")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes or any(_is_bomb(entry) for entry in entries):
        raise WorkbookRefused("file_unpacks_too_large", limit=limits.unpacked_bytes // MEGABYTE)
    if "word/document.xml" in names:
        raise WorkbookRefused("file_is_word")
    if "_rels/.rels" not in names or "xl/workbook.bin" in names:
        raise WorkbookRefused("file_other_format")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_COUNTS_FROM and entry.file_size > entry.compress_size * HIGHEST_RATIO


def _check_ole(content: bytes) -> None:
    for stream, refusal in _OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            if refusal:
                raise WorkbookRefused(refusal)
            return
    raise WorkbookRefused("file_other_format")


def _kind_of_text(start: bytes) -> str:
    """The refusal for what is neither a package nor an OLE file."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "file_is_text"
    try:
        text = start.decode("utf-8-sig", errors="ignore" if b"\0" not in start else "strict")
    except UnicodeDecodeError:
        return "file_other_format"
    if text.lstrip().casefold().startswith(_MARKUP):
        return "file_is_html"
    if start.startswith((b"%PDF", b"{\\rtf")):
        return "file_is_word" if start.startswith(b"{") else "file_other_format"
    printable = sum(byte >= 0x20 or byte in b"\t\r\n" for byte in start)
    return "file_is_text" if printable == len(start) else "file_other_format"
