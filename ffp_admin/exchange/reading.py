"""A workbook read by an import profile: layout, households, all findings; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.exchange.assemble import Assembler, Home
from ffp_admin.exchange.blocks import read_blocks
from ffp_admin.exchange.crosscheck import CrossChecks
from ffp_admin.exchange.findings import CellFinding, Weight
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
    """What stands in a workbook: households as records to be, in the order of the sheet."""

    layout: Layout
    assembler: Assembler
    linker: Linker
    homes: list[Home] = field(default_factory=list)
    #: the records of each home, by the place of the home in `homes`
    pieces: list[list[Piece]] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many lines the households have."""
        return sum(len(home.lines) for home in self.homes)

    @property
    def new_groups(self) -> tuple[str, ...]:
        """Groups the register of regions does not have, each once, in the order met."""
        return tuple(dict.fromkeys(home.new_group for home in self.homes if home.new_group))

    def findings(self) -> list[CellFinding]:
        """All findings by row, then column."""
        found = [one for home in self.homes for one in home.findings]
        return sorted(found, key=lambda one: (one.row, len(one.column), one.column))

    def counts(self) -> dict[str, int]:
        """ "ready" households; "mended", "error", "doubt" cells."""
        found = self.findings()
        return {
            "ready": sum(not home.is_faulty for home in self.homes),
            "mended": sum(one.weight is Weight.MENDED for one in found),
            "error": sum(one.weight is Weight.ERROR for one in found),
            "doubt": sum(one.weight is Weight.DOUBT for one in found),
        }


def words_of(profile: ImportProfile) -> LayoutWords:
    """The vocabulary a profile declares."""
    return LayoutWords.of(
        {column.key: column.headings for column in profile.columns},
        sums=profile.sum_words,
        closings=profile.closing_words,
        notes=profile.note_words,
    )


def read_sheetful(
    session: Session, store: Store, profile: ImportProfile, content: bytes, region: str, period: int
) -> Sheetful:
    """Read and check a whole workbook; WorkbookRefused or ImportRefused when it cannot be taken at all."""
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
    linker = Linker(assembler)
    full = Sheetful(layout=layout, assembler=assembler, linker=linker)
    blocks = read_blocks(
        workbook.sheet(layout.sheet),
        layout,
        words,
        shared=[column.key for column in profile.columns if column.per == "block"],
        starts=profile.block_by,
    )
    rules = RuleCheck(session, store, assembler, linker)
    for home in CrossChecks(assembler).check(assembler.homes(blocks)):
        pieces = list(linker.pieces(home))
        rules.check(pieces)
        full.homes.append(home)
        full.pieces.append(pieces)
    if not full.homes:
        raise ImportRefused(_("There are no rows under the headings. Choose the workbook again."))
    return full


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
