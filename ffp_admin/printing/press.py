"""The press: rosters as PDF, with the gates before and after the drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from ffp_admin.i18n import _
from ffp_admin.printing.characters import CharacterFault, PrintedText, character_faults
from ffp_admin.printing.child import PrintJob, PrintResult, draw
from ffp_admin.printing.failures import PrintFailed
from ffp_admin.printing.fonts import FontShelf, font_sheet
from ffp_admin.printing.frame import LINE_SIZES, MARK_SIZES, TITLE_SIZES
from ffp_admin.printing.placing import CELL_PAD, LEADING
from ffp_admin.printing.roster import Roster, cell_text, numbered_lines, person_of
from ffp_admin.printing.settings import PrintFonts, PrintSettings
from ffp_admin.printing.table import CELL_SIZES, COPIES, FOLIO, FOOTER, HEAD, lay_out
from ffp_admin.printing.words import FrameWords, frame_words

ROSTER_TEMPLATE = "roster.html"
FONT_SHEET = "fonts.css"
#: what forms a roster's page
TEMPLATE_FILES = (ROSTER_TEMPLATE, "roster.css", "base.css")

#: hears how many pages of how many are laid out
PageWatch = Callable[[int, int], None]

#: every size of type the layout may choose (pt)
SIZES = sorted({*TITLE_SIZES, *LINE_SIZES, *MARK_SIZES, *CELL_SIZES})

#: heights the template needs, in mm; the layout counted with them
MEASURES = {"head": HEAD, "footer": FOOTER, "copies": COPIES, "folio": FOLIO, "pad": CELL_PAD}


def unwatched(_done: int, _pages: int) -> None:
    """Nobody wants to know."""


def render_roster(
    roster: Roster,
    *,
    settings: PrintSettings,
    shelf: FontShelf | None = None,
    words: FrameWords | None = None,
    watch: PageWatch = unwatched,
) -> PrintResult:
    """The roster as PDF; PrintFailed lists every unprintable character with its row and person, or what else failed.

    `shelf` keeps the fonts of a process that prints often; `words` are the frame's words when not the usual ones;
    `watch` hears how many pages of how many are laid out, and ends the drawing when it raises.
    """
    shelf = shelf or FontShelf(settings)
    words = words or frame_words()
    faults = roster_faults(roster, fonts=settings.fonts, shelf=shelf)
    if faults:
        raise PrintFailed(fault.problem() for fault in faults)
    laid = lay_out(roster, words=words, fonts=settings.fonts, shelf=shelf)
    context = {
        "title": roster.title,
        "roster": laid,
        "measures": MEASURES,
        "leading": str(LEADING),
        "sizes": SIZES,
    }
    job = PrintJob(
        template=ROSTER_TEMPLATE,
        context=context,
        assets={FONT_SHEET: font_sheet(settings.fonts)},
        expected_pages=len(laid.pages),
    )
    pages = len(laid.pages)
    return draw(job, settings=settings, watch=lambda done: watch(min(done, pages), pages))


def template_fingerprint(settings: PrintSettings) -> str:
    """Which template a roster was drawn with: changes when a file that forms the page changes."""
    digest = hashlib.sha256()
    for name in TEMPLATE_FILES:
        found = next((folder / name for folder in settings.template_dirs if (folder / name).exists()), None)
        digest.update(b"\0" + (found.read_bytes() if found else b""))
    return digest.hexdigest()[:16]


def roster_faults(roster: Roster, *, fonts: PrintFonts, shelf: FontShelf) -> tuple[CharacterFault, ...]:
    """Every character of a roster that cannot be printed, for the screen that offers to mend it."""
    return (
        *character_faults(
            [PrintedText(text=roster.title, column=_("Title of the document"))],
            chain=fonts.title,
            shelf=shelf,
        ),
        *character_faults(_labels(roster), chain=fonts.heading, shelf=shelf),
        *character_faults(_around(roster), chain=fonts.body, shelf=shelf),
        *character_faults(_inside(roster), chain=fonts.body, shelf=shelf),
    )


def _labels(roster: Roster) -> Iterator[PrintedText]:
    for column in roster.columns:
        yield PrintedText(text=f"{column.group or ''}{column.label}", column=_("Column heading"))


def _around(roster: Roster) -> Iterator[PrintedText]:
    for text in (roster.subtitle_left, roster.subtitle_middle, roster.subtitle_right, roster.print_mark):
        yield PrintedText(text=text, column=_("Line under the title"))
    for text in (*roster.footer, roster.copies):
        yield PrintedText(text=text, column=_("Line under the table"))
    for total in roster.totals:
        yield PrintedText(
            text="".join([total.label, *(text for _n, text in total.values)]), column=_("Total row")
        )


def _inside(roster: Roster) -> Iterator[PrintedText]:
    """Every cell with its row and person; a household's own cells once, on its first line."""
    for row, group, line, opens in numbered_lines(roster):
        person = person_of(roster, group, line)
        cells = [*zip(roster.columns_per("household"), group.values, strict=True)] if opens else []
        cells += zip(roster.columns_per("member"), line, strict=True)
        for (_number, column), cell in cells:
            yield PrintedText(text=cell_text(cell), column=column.label, row=row, person=person)
