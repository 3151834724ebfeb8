"""What was found in a cell of a workbook: code, sentence, proposal, and how it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from ffp_admin.i18n import N_, _
from ffp_admin.spec.model import Level
from ffp_admin.values.cleaned import Refused
from ffp_admin.values.texts import NOTES, REFUSALS

if TYPE_CHECKING:
    from ffp_admin.exchange.assemble import Target

#: shown of a cell's text, the rest is cut
SHOWN = 40


class Weight(Enum):
    """How a finding counts: an error keeps the household out, a doubt wants a look, mended needs nothing."""

    ERROR = "error"
    DOUBT = "doubt"
    MENDED = "mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFinding:
    """One remark about a cell; `row` counts from 1, `column` is the sheet's letter ("" = the whole row)."""

    row: int
    column: str
    heading: str
    found: str
    code: str
    reason: str
    suggestion: str = ""
    weight: Weight = Weight.ERROR


#: findings over several cells, beside those of single values
CROSS: Mapping[str, str] = MappingProxyType(
    {
        "required": N_("Nothing stands here, but it is needed."),
        "id_duplicate_in_file": N_(
            "The same ID number already stands in row {first}. One of the two is wrong."
        ),
        "household_without_head": N_("No member of this household is the head. Say who is."),
        "household_two_heads": N_("This household already has a head in row {first}. Only one can be."),
        "member_count": N_("{declared} people are declared, {found} are listed."),
        "gender_vs_id": N_(
            "The sex does not agree with the 17th digit of the ID number (odd: male, even: female)."
        ),
    }
)
#: these are doubts, everything else that is refused is an error (domain §2.4; answer key of the sample workbook)
DOUBTS = frozenset({"member_count"})


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """The text of a code in the current locale."""
    msgid = CROSS.get(code) or REFUSALS.get(code) or NOTES.get(code) or code
    return _(msgid, **facts)


def finding_of(
    target: Target, row: int, raw: object, what: Refused | str, understood: str = ""
) -> CellFinding:
    """The finding for a refusal, or for the note `what` that led to what was `understood`."""
    found = _shown(raw)
    heading, column = target.declared.key, target.letter
    if isinstance(what, Refused):
        weight = Weight.DOUBT if what.code in DOUBTS else Weight.ERROR
        return CellFinding(
            row=row,
            column=column,
            heading=heading,
            found=found,
            code=what.code,
            reason=sentence(what.code, what.facts),
            suggestion=what.suggestion or "",
            weight=weight,
        )
    return CellFinding(
        row=row,
        column=column,
        heading=heading,
        found=found,
        code=what,
        reason=sentence(what, {}),
        suggestion=understood,
        weight=Weight.MENDED,
    )


def of_rule(target: Target, row: int, raw: object, code: str, message: str, level: Level) -> CellFinding:
    """The finding for what a rule of the register said about a field."""
    return CellFinding(
        row=row,
        column=target.letter,
        heading=target.declared.key,
        found=_shown(raw),
        code=code,
        reason=message,
        weight=Weight.ERROR if level is Level.ERROR else Weight.DOUBT,
    )


def _shown(raw: object) -> str:
    text = "" if raw is None else str(raw)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
