"""Whether this machine can print: fonts, libraries, folder, and one page drawn for proof."""

from __future__ import annotations

from collections.abc import Iterator

from ffp_admin.printing.child import PrintJob, draw
from ffp_admin.printing.failures import PrintCode, PrintFailed, PrintProblem
from ffp_admin.printing.fonts import FontShelf, font_sheet
from ffp_admin.printing.press import FONT_SHEET
from ffp_admin.printing.settings import PrintSettings

#: characters of real names that small fonts lack (print.md §5, domain.md §4.4)
SAMPLE = "堃喆赟昇珺璟芃翀燚淼犇玥瑢樭㛃䶮𬭼龑彧祎皛媄垚骉甪𬭩𠮷𣲘𫖯·"
SELF_TEST = "self_test.html"
#: Debian packages by the beginning of the family's name
PACKAGES = {"Noto": "fonts-noto-cjk", "HanaMin": "fonts-hanazono", "LXGW": "fonts-lxgw-wenkai"}


def check_printing(settings: PrintSettings) -> list[PrintProblem]:
    """Everything that keeps this machine from printing; empty when a page with rare names comes out right."""
    shelf = FontShelf(settings)
    problems = [*_missing_fonts(settings, shelf), *_missing_characters(settings, shelf)]
    return problems or _self_test(settings)


def _missing_fonts(settings: PrintSettings, shelf: FontShelf) -> Iterator[PrintProblem]:
    for family in settings.fonts.families():
        if shelf.face(family) is None:
            yield PrintProblem(
                code=PrintCode.FONT_MISSING, facts={"family": family, "package": _package(family)}
            )


def _missing_characters(settings: PrintSettings, shelf: FontShelf) -> Iterator[PrintProblem]:
    lacking = [c for c in SAMPLE if not any(shelf.covers(c, hand) for hand in settings.fonts.body)]
    if lacking:
        facts = {"characters": " ".join(lacking), "package": PACKAGES["HanaMin"]}
        yield PrintProblem(code=PrintCode.SAMPLE_MISSING, facts=facts)


def _self_test(settings: PrintSettings) -> list[PrintProblem]:
    """One page through the same child and gates as every print."""
    job = PrintJob(
        template=SELF_TEST,
        context={"sample": SAMPLE},
        assets={FONT_SHEET: font_sheet(settings.fonts)},
        expected_pages=1,
    )
    try:
        draw(job, settings=settings)
    except PrintFailed as failed:
        return list(failed.problems)
    return []


def _package(family: str) -> str:
    return next((package for start, package in PACKAGES.items() if family.startswith(start)), family)
