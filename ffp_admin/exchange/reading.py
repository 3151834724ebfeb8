"""A workbook read by an import profile: layout, then household by household with its findings; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.exchange.assemble import Assembler, Home
from ffp_admin.exchange.blocks import read_blocks
from ffp_admin.exchange.crosscheck import CrossChecks
from ffp_admin.exchange.headings import LayoutWords
from ffp_admin.exchange.layout import Layout, choose_layout
from ffp_admin.exchange.linking import Linker, Piece
from ffp_admin.exchange.rulecheck import RuleCheck
from ffp_admin.exchange.workbook import open_workbook
from ffp_admin.i18n import _
from ffp_admin.spec.model import ImportProfile
from ffp_admin.store import Store


class ImportRefused(Exception):
    """The workbook or the request cannot be taken at all; `messages` say why, in the reader's language."""

    def __init__(self, *messages: str) -> None:
        self.messages = messages
        super().__init__("\n".join(messages))


@dataclass(slots=True, kw_only=True)
class Sheetful:
    """A workbook that can be taken: its layout, and its households one by one."""

    layout: Layout
    assembler: Assembler
    linker: Linker
    #: each home with its records, in the order of the sheet; goes by once, so that only one is in memory
    households: Iterator[tuple[Home, list[Piece]]]


def words_of(profile: ImportProfile) -> LayoutWords:
    """The vocabulary a profile declares."""
    return LayoutWords.of(
        {column.key: column.headings for column in profile.columns},
        sums=profile.sum_words,
        closings=profile.closing_words,
        notes=profile.note_words,
    )


def layout_of(profile: ImportProfile, content: bytes) -> Layout:
    """The structure of the sheet a profile reads; WorkbookRefused when there is none."""
    return choose_layout(open_workbook(content), words_of(profile))


def read_sheetful(
    session: Session, store: Store, profile: ImportProfile, content: bytes, region: str, period: int
) -> Sheetful:
    """Begin to read and check a workbook; WorkbookRefused or ImportRefused when it cannot be taken at all.

    The households are read in `session`, while they are asked for; they too may raise both.
    """
    workbook = open_workbook(content)
    words = words_of(profile)
    layout = choose_layout(workbook, words)
    assembler = Assembler(
        catalog=store.catalog(),
        profile=profile,
        layout=layout,
        region=region,
        groups=groups_below(session, store, region),
        period=period,
        today=store.clock.today(),
    )
    missing = assembler.missing()
    if missing:
        names = "、".join(column.headings[0] for column in missing)
        raise ImportRefused(
            _("The sheet lacks the columns {names}. Add them, or rename the headings.", names=names)
        )
    blocks = read_blocks(
        workbook.sheet(layout.sheet),
        layout,
        words,
        shared=[column.key for column in profile.columns if column.per == "block"],
        starts=profile.block_by,
    )
    linker = Linker(assembler.catalog.forms, profile)
    homes = CrossChecks(assembler).check(assembler.homes(blocks))
    rules = RuleCheck(session, store, assembler, linker)
    return Sheetful(
        layout=layout, assembler=assembler, linker=linker, households=_checked(homes, linker, rules)
    )


def _checked(homes: Iterator[Home], linker: Linker, rules: RuleCheck) -> Iterator[tuple[Home, list[Piece]]]:
    """The homes with what the rules say about their records."""
    home = None
    for home in homes:
        pieces = list(linker.pieces(home))
        rules.check(pieces)
        yield home, pieces
    if home is None:
        raise ImportRefused(_("There are no rows under the headings. Choose the workbook again."))


def groups_below(session: Session, store: Store, region: str) -> dict[str, str]:
    """Names of the regions right below and including `region` → their codes; names that occur twice are left out."""
    return dict(_named(session, store, region))


def _named(session: Session, store: Store, region: str) -> Iterator[tuple[str, str]]:
    main = store.tables("region").main
    rows = session.execute(
        select(main.c.region_code, main.c.name)
        .where(main.c.status == "current", (main.c.parent_code == region) | (main.c.region_code == region))
        .order_by(main.c.region_code.desc())
    )
    for code, name in rows:
        yield str(name), str(code)
