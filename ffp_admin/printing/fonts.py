"""Which fonts a page may use: our own fontconfig file, and what each face really contains.

The choice never depends on the machine: fontconfig sees only the families named in the settings, so a
character without a glyph is missing (and refused) instead of coming silently from some other font.
"""

from __future__ import annotations

import os
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont, TTLibError

from ffp_admin.printing.settings import Hand, PrintFonts, PrintSettings

FONT_FILES = (".ttf", ".otf", ".ttc", ".otc")
REGULAR, BOLD = 400, 700
ROLES = ("body", "heading", "title")

#: zero-width, dropped without harm: zero-width space and the variation selectors (print.md §5)
SILENT = frozenset({0x200B, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
<selectfont>
<rejectfont>
<pattern><patelt name="scalable"><bool>true</bool></patelt></pattern>
<pattern><patelt name="scalable"><bool>false</bool></patelt></pattern>
</rejectfont>
<acceptfont>
{families}
</acceptfont>
</selectfont>
</fontconfig>
"""


def write_fonts_conf(settings: PrintSettings) -> Path:
    """Our fontconfig file, written once per choice of fonts; OSError when the data folder cannot be written."""
    home = settings.data_dir / "fontconfig"
    path = home / f"fonts-{settings.fingerprint()}.conf"
    if path.exists():
        return path
    (home / "cache").mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(fonts_conf(settings), encoding="utf-8")
    draft.replace(path)
    return path


def fonts_conf(settings: PrintSettings) -> str:
    """The text of a fontconfig file that knows the allowed families and nothing else."""
    accepted = '<pattern><patelt name="family"><string>{}</string></patelt></pattern>'
    return FONTS_CONF.format(
        folders="\n".join(f"<dir>{escape(str(folder))}</dir>" for folder in settings.font_folders()),
        cache=escape(str(settings.data_dir / "fontconfig" / "cache")),
        families="\n".join(accepted.format(escape(family)) for family in settings.fonts.families()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFile:
    """Where one face of a family is: file, its number inside a collection, weight (400 regular, 700 bold)."""

    family: str
    path: Path
    number: int
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The characters of one face and how wide they are, in em."""

    file: FaceFile
    advances: dict[int, float]
    #: the font has half-width Latin letters and digits (OpenType feature hwid)
    has_half_width: bool


@dataclass
class FontShelf:
    """The faces of the allowed families, found once and read when first asked for; one per process.

    Built by whoever owns the process (the app, a command, a test) and handed down.
    """

    settings: PrintSettings
    _faces: dict[tuple[str, int], Face | None] = field(default_factory=dict, repr=False)
    _advances: dict[tuple[Hand, int], dict[int, float]] = field(default_factory=dict, repr=False)

    @cached_property
    def files(self) -> tuple[FaceFile, ...]:
        """Every face of an allowed family in the font folders."""
        wanted = frozenset(self.settings.fonts.families())
        paths = {path.resolve() for folder in self.settings.font_folders() for path in _font_paths(folder)}
        found = (face for path in sorted(paths) for face in _faces_in(path))
        return tuple(face for face in found if face.family in wanted)

    def face(self, family: str, weight: int = REGULAR) -> Face | None:
        """The face of a family nearest to a weight, or None when the family is not installed."""
        key = (family, weight)
        if key not in self._faces:
            candidates = [file for file in self.files if file.family == family]
            nearest = min(candidates, key=lambda file: abs(file.weight - weight), default=None)
            self._faces[key] = None if nearest is None else _read_face(nearest)
        return self._faces[key]

    def covers(self, text: str, hand: Hand) -> bool:
        """Whether a hand has a glyph for every character of the text; line ends need none."""
        advances = self.advances(hand)
        return all(ord(character) in advances for character in text if character != "\n")

    def width(self, text: str, hand: Hand, weight: int = REGULAR) -> float:
        """The width of the text in em, without kerning, as the page will set it."""
        advances = self.advances(hand, weight)
        return sum(advances.get(ord(character), 1.0) for character in text)

    def choose(self, text: str, chain: tuple[Hand, ...]) -> int:
        """The place in the chain of the first hand that has the whole text (print.md §5).

        A text no single hand covers is set by the last resort: the place after the last hand, all hands mixed.
        """
        return next((place for place, hand in enumerate(chain) if self.covers(text, hand)), len(chain))

    def sets_half_width(self, text: str, hand: Hand) -> bool:
        """Whether a text is set in half-width letters and digits, so that numbers stand in columns.

        Only texts of nothing else: hwid would also halve full-width brackets and blanks. Digits of Noto Serif CJK
        are otherwise of different widths.
        """
        face = self.face(hand[0])
        return text.isascii() and face is not None and face.has_half_width

    def advances(self, hand: Hand, weight: int = REGULAR) -> dict[int, float]:
        """Code point → width in em for a hand: where two families have a character, the first gives it."""
        key = (hand, weight)
        if key not in self._advances:
            faces = [face for family in hand if (face := self.face(family, weight))]
            merged = {code: width for face in reversed(faces) for code, width in face.advances.items()}
            self._advances[key] = merged | dict.fromkeys(SILENT, 0.0)
        return self._advances[key]


def hands_of(chain: tuple[Hand, ...]) -> tuple[Hand, ...]:
    """The chain and, after it, the last resort `FontShelf.choose` may answer: every family mixed."""
    return (*chain, tuple(dict.fromkeys(family for hand in chain for family in hand)))


def font_sheet(fonts: PrintFonts) -> str:
    """CSS classes body0, body1 …, heading0 …, title0 …: one per place `FontShelf.choose` may answer."""
    rules = (
        f".{role}{place}{{font-family:{','.join(_quoted(family) for family in hand)}}}"
        for role in ROLES
        for place, hand in enumerate(hands_of(fonts.chain(role)))
    )
    half = ".half{font-feature-settings:'hwid'}"
    return "\n".join([*rules, half, f"html{{font-family:{_quoted(fonts.body[0][0])}}}"])


def _quoted(family: str) -> str:
    return '"' + family.replace("\\", "").replace('"', "") + '"'


def _font_paths(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in FONT_FILES and path.is_file())


def _faces_in(path: Path) -> Iterator[FaceFile]:
    """The upright faces of a font file; a damaged file has none (the missing family is reported instead)."""
    number, count = 0, 1
    while number < count:
        try:
            font: Any = TTFont(path, fontNumber=number, lazy=True)
            names = {str(record.toUnicode()) for record in font["name"].names if record.nameID in (1, 16)}
            weight, slanted = font["OS/2"].usWeightClass, font["OS/2"].fsSelection & 1
        except (TTLibError, KeyError, OSError, UnicodeDecodeError):
            return
        count = getattr(font.reader, "numFonts", 1)
        with font:
            yield from (
                FaceFile(family=name, path=path, number=number, weight=weight)
                for name in names
                if not slanted
            )
        number += 1


def _read_face(file: FaceFile) -> Face:
    """Characters and widths of a face; tables are read raw, because fontTools spends a second on glyph names."""
    font: Any = TTFont(file.path, fontNumber=file.number, lazy=True)
    with font:
        em, metrics = font["head"].unitsPerEm, font["hhea"].numberOfHMetrics
        advances = array("H", font.reader["hmtx"][: metrics * 4])[::2]
        if sys.byteorder == "little":
            advances.byteswap()
        glyphs = _characters(font)
        features = font["GSUB"].table.FeatureList.FeatureRecord if "GSUB" in font else ()
        has_half_width = any(record.FeatureTag == "hwid" for record in features)
    last = metrics - 1
    widths = {code: advances[min(glyph, last)] / em for code, glyph in glyphs if glyph}
    return Face(file=file, advances=widths, has_half_width=has_half_width)


def _characters(font: Any) -> list[tuple[int, int]]:
    """(code point, glyph id) pairs of a font: format 12 read directly, other formats by fontTools."""
    raw = font.reader["cmap"]
    count = struct.unpack_from(">H", raw, 2)[0]
    tables = (struct.unpack_from(">HHI", raw, 4 + 8 * place) for place in range(count))
    offsets = [
        offset for _platform, _encoding, offset in tables if struct.unpack_from(">H", raw, offset)[0] == 12
    ]
    if not offsets:
        return [(code, font.getGlyphID(name)) for code, name in (font.getBestCmap() or {}).items()]
    offset = offsets[0]
    groups = struct.unpack_from(">I", raw, offset + 12)[0]
    ranges = struct.iter_unpack(">III", raw[offset + 16 : offset + 16 + groups * 12])
    return [(code, glyph + code - first) for first, last, glyph in ranges for code in range(first, last + 1)]
