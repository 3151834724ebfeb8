"""每日审计摘要: one county day of the audit trail on paper, with the head of the chain, to be signed and stamped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.config import Settings
from ffp_admin.i18n import N_, _, speaking
from ffp_admin.printing.child import PrintJob, draw
from ffp_admin.printing.failures import PrintFailed
from ffp_admin.printing.fonts import font_sheet
from ffp_admin.printing.press import FONT_SHEET
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.printing.words import DOCUMENT_LOCALE
from ffp_admin.spec.model import Catalog
from ffp_admin.store import SYSTEM, AuditLine, Store
from ffp_admin.store.actor import VERB_NAMES
from ffp_admin.store.audit_digest import Digest, UnitLine, digest_of, grouped_actions, is_day_over
from ffp_admin.store.audit_words import (
    ACCOUNTS,
    GROUPS,
    LOGINS,
    LOOKS,
    PAPER,
    RECORDS,
    action_words,
    exact,
    head_groups,
    starred,
)

TEMPLATE = "audit_digest.html"
#: units on the sheet; the smaller ones are one line
UNITS = 24
#: columns of the table of units: groups of actions, the others together
COLUMNS = (LOGINS, RECORDS, LOOKS, PAPER, ACCOUNTS)


class DigestPress:
    """Draws digests of one store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = PrintSettings.of(settings)

    def draw(self, day: date) -> bytes | Sequence[str]:
        """The PDF of a day; sentences when it cannot be drawn."""
        with self._store.reading() as session, speaking(DOCUMENT_LOCALE):
            digest = digest_of(session, self._store, day)
            context = {"sheet": sheet_of(digest, self._store.catalog())}
        job = PrintJob(
            template=TEMPLATE, context=context, assets={FONT_SHEET: font_sheet(self._settings.fonts)}
        )
        try:
            return draw(job, settings=self._settings).pdf
        except PrintFailed as failed:
            return [str(one) for one in failed.problems]


def sheet_of(digest: Digest, catalog: Catalog) -> dict[str, Any]:
    """Everything on the sheet, in words."""
    return {
        "title": _("Daily audit digest"),
        "county": digest.county,
        "day": _("{year}-{month}-{day} (county day)", **_parts(digest.day)),
        "made": _("Printed {moment}", moment=exact(digest.made_at)),
        "lead": _lead(digest),
        "headings": {
            "actions": _("I. What was done"),
            "units": _("II. By unit"),
            "events": _("III. To be looked into"),
            "chain": _("IV. Chain against tampering"),
        },
        "actions": _actions(digest),
        "action_heads": (_("Kind"), _("Action"), _("Times")),
        "units": _unit_rows(digest.units),
        "unit_heads": (
            _("Unit or place"),
            _("People"),
            *(_(SHORT[one]) for one in COLUMNS),
            _("Other"),
            _("Sum"),
        ),
        "summaries": list(_summaries(digest)),
        "events": [_event(line, catalog) for line in digest.events],
        "event_heads": (_("Time"), _("Who"), _("Action"), _("What it concerned"), _("Address")),
        "more": _("{count} more events: see the audit trail on the screen.", count=digest.more)
        if digest.more
        else "",
        "quiet": _("Nothing of the kind."),
        "chain": _chain(digest),
        "signatures": (
            _("Audit administrator (signature):"),
            _("Head in charge (signature):"),
            _("Unit (stamp):"),
        ),
        "dated": _("year      month      day"),
        "folio": _("Page {page} of {pages}", page="|", pages="|").split("|"),
    }


#: headings of narrow columns
SHORT: Mapping[str, str] = MappingProxyType(
    {
        LOGINS: N_("log-ins"),
        RECORDS: N_("entries"),
        LOOKS: N_("looks"),
        PAPER: N_("papers"),
        ACCOUNTS: N_("accounts"),
    }
)


def _parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _lead(digest: Digest) -> str:
    said = _("{count} lines in the trail on this day.", count=digest.lines)
    if not is_day_over(digest):
        said += _(" The day is not over: more may come.")
    if digest.unsealed:
        said += _(" {count} of them are not sealed yet.", count=digest.unsealed)
    return said


def _actions(digest: Digest) -> list[dict[str, Any]]:
    return [
        {
            "group": _(GROUPS[group]) if group else _("Other"),
            "lines": [(action_words(action), str(count)) for action, count in found],
            "sum": str(sum(count for _action, count in found)),
        }
        for group, found in grouped_actions(digest.actions)
    ]


def _unit_rows(units: Sequence[UnitLine]) -> list[list[str]]:
    shown, rest = list(units[:UNITS]), units[UNITS:]
    rows = [_unit_row(_unit_name(one.name), [one]) for one in shown]
    if rest:
        rows.append(_unit_row(_("{count} other units", count=len(rest)), rest))
    if len(units) > 1:
        rows.append(_unit_row(_("Sum"), units))
    return rows


def _unit_name(name: str) -> str:
    if name == "-":
        return _("The program itself, and commands")
    return name or _("Without a unit (platform roles)")


def _unit_row(name: str, lines: Sequence[UnitLine]) -> list[str]:
    counts = [sum(one.counts.get(group, 0) for one in lines) for group in COLUMNS]
    total = sum(one.total for one in lines)
    people = sum(one.people for one in lines)
    return [name, *(str(n) if n else "" for n in (people, *counts, total - sum(counts))), str(total)]


def _summaries(digest: Digest) -> Any:
    if digest.failed:
        told = [_("{who} from {address}: {count}", who=who or _("unknown user name"), address=address or "—", count=n)
                for who, address, n in digest.failed]  # fmt: skip
        yield _("Failed log-ins"), told
    if digest.looked:
        told = [_("{who}: {count} times, {records} records one by one", who=_who(who), count=n, records=records)
                for who, n, records in digest.looked]  # fmt: skip
        yield _("Looked at hidden values"), told
    if digest.papers:
        told = [_("{who}: {count} times", who=_who(who), count=n) for who, n in digest.papers]
        yield _("Opened or took documents"), told


def _who(name: str) -> str:
    return _("the system") if name == SYSTEM.name else name


def _event(line: AuditLine, catalog: Catalog) -> list[str]:
    return [
        line.at.astimezone(COUNTY_ZONE).strftime("%H:%M:%S"),
        _who(line.user_name) or "—",
        action_words(line.action),
        _about(line, catalog),
        line.address or "",
    ]


def _about(line: AuditLine, catalog: Catalog) -> str:
    """Role, register and right; user name; file; never a number of a person."""
    facts = line.facts
    role = str(facts.get("role", ""))
    told = [
        str(facts.get("username") or facts.get("name") or ""),
        catalog.roles[role].label if role in catalog.roles else role,
        catalog.forms[line.form].label if line.form in catalog.forms else "",
        _(VERB_NAMES[str(facts["verb"])]) if facts.get("verb") in VERB_NAMES else "",
        str(facts.get("file") or ""),
        _("account no. {id}", id=facts["user"]) if "user" in facts and not facts.get("username") else "",
        _("release {number}", number=facts["release"]) if "release" in facts else "",
    ]
    return starred(" ".join(one for one in told if one))


def _chain(digest: Digest) -> dict[str, Any]:
    block, checked = digest.chain.block, digest.chain.checked
    if block is None:
        return {"groups": [], "lines": [_("Nothing is sealed yet.")]}
    lines = [
        _("Last block: no. {number}, sealed {moment}, up to line {line}.", number=block.number,
          moment=exact(block.sealed_at), line=block.last_id)
    ]  # fmt: skip
    if checked:
        found = _("whole") if checked.facts.get("whole") else _("DAMAGED")
        lines.append(
            _("Last check of the whole chain: {moment}, {found}.", moment=exact(checked.at), found=found)
        )
    lines.append(
        _("Whoever doubts the trail later runs: ffp-admin audit verify --head, and the digits above.")
    )
    groups = head_groups(block.head)
    return {"label": _("Head of the chain"), "groups": groups, "lines": lines}
