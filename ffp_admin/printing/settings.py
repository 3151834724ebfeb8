"""What a print needs to know about its machine: folders, fonts and limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ffp_admin.config import Settings

#: Families tried together, character by character: two halves of one design (HanaMinA and HanaMinB).
Hand = tuple[str, ...]

SERIF: Hand = ("Noto Serif CJK SC",)
SANS: Hand = ("Noto Sans CJK SC",)
RARE: Hand = ("HanaMinA", "HanaMinB")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintFonts:
    """Chains of hands; a value is set whole in the first hand that has all its characters (print.md §5)."""

    body: tuple[Hand, ...] = (SERIF, RARE)
    heading: tuple[Hand, ...] = (SANS, RARE)
    title: tuple[Hand, ...] = (SERIF, RARE)

    def chain(self, role: str) -> tuple[Hand, ...]:
        """The hands of one role: "body", "heading" or "title"."""
        return {"body": self.body, "heading": self.heading, "title": self.title}[role]

    def families(self) -> tuple[str, ...]:
        """Every family a page may use, in the order in which they are first named."""
        hands = (*self.body, *self.heading, *self.title)
        return tuple(dict.fromkeys(family for hand in hands for family in hand))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLimits:
    """What one render may use before it is stopped."""

    wall_seconds: float = 120
    cpu_seconds: int = 90
    memory_bytes: int = 1_500_000_000
    file_bytes: int = 200_000_000
    open_files: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSettings:
    """Folders, fonts and limits of one installation."""

    #: where our fontconfig file, its cache and the county's own fonts (`fonts/`) live
    data_dir: Path
    #: searched in this order; the first is print_templates, measure folders may follow
    template_dirs: tuple[Path, ...]
    font_dirs: tuple[Path, ...] = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    fonts: PrintFonts = field(default_factory=PrintFonts)
    limits: PrintLimits = field(default_factory=PrintLimits)

    @classmethod
    def of(cls, settings: Settings) -> PrintSettings:
        """The print settings of an installation; fonts of its own lie in `<data folder>/fonts`."""
        return cls(data_dir=settings.data_dir, template_dirs=(settings.print_templates,))

    def font_folders(self) -> tuple[Path, ...]:
        """The county's own fonts first, then the machine's."""
        return (self.data_dir / "fonts", *self.font_dirs)

    def fingerprint(self) -> str:
        """Changes when fonts or their folders change: names the fontconfig file, so two settings never share one."""
        parts = [*self.fonts.families(), *(str(folder) for folder in self.font_folders())]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
