"""What was found in an upload, kept until it is taken or given up, so that nobody has to read the workbook again.

Kept as a head (figures, findings) and a body: one line of JSON per household without errors, packed. Both hold what
people wrote into the workbook; whoever stores them seals them.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin import __version__
from ffp_admin.exchange.assemble import Home
from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.linking import Piece
from ffp_admin.exchange.reading import Sheetful, groups_below
from ffp_admin.i18n import current_locale
from ffp_admin.spec.model import Form
from ffp_admin.store import Store
from ffp_admin.store.history import pack, unpack

#: counted up when something is kept otherwise
_FORMAT = 1
#: bytes that tell how long the head is
_LENGTH = 8
#: the quickest that still makes a tenth of it
_LEVEL = 1


@dataclass(slots=True, kw_only=True)
class Head:
    """Figures and findings of a whole workbook."""

    #: what the finding rested on; another one means that the workbook has to be read again
    stamp: str
    #: the language of the sentences
    locale: str
    rows: int = 0
    people: int = 0
    households: int = 0
    #: households with an error
    faulty: int = 0
    #: headings found ↔ captions of the fields they fill
    columns: list[tuple[str, str]] = field(default_factory=list)
    #: groups the register of regions does not have, each once, in the order met
    new_groups: list[str] = field(default_factory=list)
    #: all findings by row, then column
    findings: list[CellFinding] = field(default_factory=list)
    #: first and last rows of the households about which there is a finding
    spans: list[tuple[int, int]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """ "ready" households; "mended", "error", "doubt" cells."""
        found = {weight: sum(one.weight is weight for one in self.findings) for weight in Weight}
        return {
            "ready": self.households - self.faulty,
            "mended": found[Weight.MENDED],
            "error": found[Weight.ERROR],
            "doubt": found[Weight.DOUBT],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A head and the packed records of the households without errors."""

    head: Head
    body: bytes = field(repr=False)

    def packed(self) -> bytes:
        """As bytes, from which `opened` makes it again."""
        facts = {name: getattr(self.head, name) for name in Head.__slots__}
        facts["findings"] = [_finding_to_json(one) for one in self.head.findings]
        head = gzip.compress(json.dumps(facts, ensure_ascii=False).encode(), _LEVEL, mtime=0)
        return len(head).to_bytes(_LENGTH, "big") + head + self.body

    @classmethod
    def opened(cls, packed: bytes, stamp: str) -> Kept | None:
        """What `packed` made; None when it rested on something else than `stamp` says."""
        end = _LENGTH + int.from_bytes(packed[:_LENGTH], "big")
        facts = json.loads(gzip.decompress(packed[_LENGTH:end]))
        if facts["stamp"] != stamp:
            return None
        for name in ("columns", "spans"):
            facts[name] = [tuple(one) for one in facts[name]]
        facts["findings"] = [_finding_from_json(one) for one in facts["findings"]]
        return cls(head=Head(**facts), body=packed[end:])

    def households(self, forms: Mapping[str, Form]) -> Iterator[list[Piece]]:
        """The records of each household without errors, in the order of the sheet."""
        unpackers = {key: _by_key(form, unpack) for key, form in forms.items()}
        with gzip.GzipFile(fileobj=io.BytesIO(self.body)) as stream:
            for line in io.BufferedReader(stream):
                yield [_piece_from_json(one, unpackers) for one in json.loads(line)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A workbook and what it is to be read as."""

    profile: str
    sha256: str
    region: str
    period: int


def stamp_of(session: Session, store: Store, upload: Upload) -> str:
    """What the checks of a workbook rest on: the file, the program, the release, the day, the groups of the village.

    Rules that look at other records run again when the records are saved, so those do not count.
    """
    facts = [
        _FORMAT,
        __version__,
        store.release_number,
        store.clock.today().isoformat(),
        upload.sha256,
        upload.profile,
        upload.region,
        upload.period,
        sorted(groups_below(session, store, upload.region).items()),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def keep(full: Sheetful, stamp: str) -> Kept:
    """Read a workbook to its end and keep what was found."""
    head = Head(stamp=stamp, locale=current_locale(), columns=_columns(full))
    groups: dict[str, None] = {}
    forms = full.assembler.catalog.forms
    packers = {key: _by_key(forms[key], pack) for key in full.linker.order}
    body = io.BytesIO()
    with gzip.GzipFile(fileobj=body, mode="wb", compresslevel=_LEVEL, mtime=0) as stream:
        for home, pieces in full.households:
            _count(head, home)
            if home.new_group:
                groups[home.new_group] = None
            if not home.is_faulty:
                line = json.dumps([_piece_to_json(one, packers) for one in pieces], ensure_ascii=False)
                stream.write(line.encode() + b"\n")
    head.new_groups = list(groups)
    head.findings.sort(key=lambda one: (one.row, len(one.column), one.column))
    return Kept(head=head, body=body.getvalue())


def _count(head: Head, home: Home) -> None:
    head.households += 1
    head.people += len(home.lines)
    head.rows += max(1, len(home.lines))
    head.faulty += home.is_faulty
    head.findings += home.findings
    if home.findings:
        last_row = home.lines[-1].row if home.lines else home.first_row
        head.spans.append((home.first_row, last_row))


def _columns(full: Sheetful) -> list[tuple[str, str]]:
    forms = full.assembler.catalog.forms
    return [
        (
            one.declared.headings[0],
            f"{forms[one.form].label} · {one.field.label}" if one.field else "",
        )
        for one in full.assembler.targets
    ]


# -- as JSON

_Change = Callable[[Any], Any]


def _by_key(form: Form, change: Callable[..., Any]) -> Mapping[str, _Change]:
    return {one.key: partial(change, one) for one in form.fields()}


def _piece_to_json(piece: Piece, packers: Mapping[str, Mapping[str, _Change]]) -> list[Any]:
    of_form = packers[piece.form]
    values = {key: of_form[key](value) for key, value in piece.values.items()}
    return [piece.form, piece.key, piece.row, values]


def _piece_from_json(stored: Sequence[Any], unpackers: Mapping[str, Mapping[str, _Change]]) -> Piece:
    form, key, row, values = stored
    of_form = unpackers[form]
    return Piece(
        form=form,
        key=key,
        row=row,
        home=None,
        values={name: of_form[name](value) for name, value in values.items()},
    )


def _finding_to_json(one: CellFinding) -> list[Any]:
    return [
        one.row,
        one.column,
        one.heading,
        one.found,
        one.code,
        one.reason,
        one.suggestion,
        one.weight.value,
    ]


def _finding_from_json(stored: Sequence[Any]) -> CellFinding:
    row, column, heading, found, code, reason, suggestion, weight = stored
    return CellFinding(
        row=row,
        column=column,
        heading=heading,
        found=found,
        code=code,
        reason=reason,
        suggestion=suggestion,
        weight=Weight(weight),
    )
