"""Reading PDFs back with poppler: words with their places in mm, page by page."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

MM_PER_POINT = 25.4 / 72
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A run of characters without white space and its box in mm from the top left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def words_by_page(pdf: bytes, folder: Path) -> list[list[Word]]:
    """The words of every page."""
    (folder / "read.pdf").write_bytes(pdf)
    command = ["pdftotext", "-bbox", str(folder / "read.pdf"), "-"]
    xml = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    pages = ElementTree.fromstring(xml).iter(f"{XHTML}page")
    return [[_word(element) for element in page.iter(f"{XHTML}word")] for page in pages]


def text_of(words: list[Word]) -> str:
    """All characters of a page in reading order."""
    return "".join(word.text for word in words)


def _word(element: ElementTree.Element) -> Word:
    left, top, right, bottom = (
        float(element.attrib[name]) * MM_PER_POINT for name in ("xMin", "yMin", "xMax", "yMax")
    )
    return Word(text=element.text or "", left=left, top=top, right=right, bottom=bottom)
