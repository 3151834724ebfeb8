"""What comes out of evaluating a record: findings, completed values, and the steps that explain a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from ffp_admin.spec.model import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a record, at a field, in a sentence for the person who filled it in.

    `field` is "金额", for a cell of a table "药费票据[2].金额" (rows count from 0), "" for the whole record.
    `code` is stable: required, check, related (a check that looked at other records), minimum, maximum, length,
    at_least, at_most, unknown_code, code_expired, not_taken (a value whose 显示条件 is false), kept (the same, but
    it was stored before), or a code of `values.texts` (id_check_digit, phone_length …).
    """

    field: str
    level: Level
    code: str
    message: str
    row: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A record after its rules ran.

    `values` holds every field: filled in, computed, None where hidden (tables: an empty tuple). A field is hidden
    while its 显示条件 is false, and while it is unknown and the field is empty: what is filled in stays.
    `shown` and `required` hold every top-level field, and "明细表[3].金额" where a cell has a condition.
    `filled` names the fields that took their value from elsewhere (filled_from); `missing` says for a computed
    field without a value which fields would have to be filled in first. `emptied` has the values that were taken
    away because the condition of their field is false.
    """

    values: dict[str, object]
    shown: dict[str, bool]
    required: dict[str, bool]
    findings: tuple[Finding, ...]
    filled: frozenset[str] = frozenset()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    emptied: Mapping[str, object] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a save."""
        return tuple(one for one in self.findings if one.level is Level.ERROR)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """The findings that are listed but do not stop a save."""
        return tuple(one for one in self.findings if one.level is Level.DOUBT)


class World(Protocol):
    """What rules may know beside the record itself; the caller keeps what it fetched.

    `fetch` answers with the values of another register's record by field key, or None when there is none.
    A fact of an encrypted field may stand there under "证件号码.出生日期"; it is preferred to opening the field.
    """

    @property
    def today_of_record(self) -> date:
        """The day for which code words (later standards) are taken: 适用日期."""
        ...

    def fetch(self, register: str, id_or_code: object) -> Mapping[str, object] | None:
        """Values of the record a reference points to."""
        ...

    def related(self, register: str, field: str, id: object) -> Mapping[object, Mapping[str, object]] | None:
        """The current records of `register` whose `field` points to `id`, by their own id.

        Records about to be saved together stand there in their new state; None when the world cannot know.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of an explanation: the part's text, its value (None: unknown), where the value came from.

    `written` is the value in words (labels of codes, 是 and 否). `source` is "record", "day", or "register:field"
    for a value from another register, "" for what was computed from `steps`; `reason` says why a value is unknown.
    """

    text: str
    value: object
    written: str = ""
    source: str = ""
    reason: str = ""
    steps: tuple[Step, ...] = ()
