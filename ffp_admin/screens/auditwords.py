"""A line of the trail in plain words; numbers that could name a person are starred, whoever reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.acting import WHOLE_COUNTY
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import NO, YES
from ffp_admin.screens.reasons import REASONS
from ffp_admin.screens.wording import person_text
from ffp_admin.spec.model import Catalog
from ffp_admin.store import AuditLine
from ffp_admin.store.actor import VERB_NAMES
from ffp_admin.store.audit_seen import DIGEST
from ffp_admin.store.audit_words import action_words, exact, starred

#: facts that are told in a list
BRIEF = (
    "fields",
    "reason",
    "seen",
    "document",
    "username",
    "role",
    "verb",
    "release",
    "file",
    "locked",
    "off",
    "unknown_name",
)
#: facts that are fingerprints: they stand as they are
EXACT = frozenset({"sha256", "head"})
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "screen": N_("on a page"),
        "import": N_("by import"),
        "demo": N_("with the demonstration data"),
        "api": N_("through the interface"),
        "command": N_("on the command line"),
        "confirm": N_("by confirming a change"),
        "publish": N_("by publishing"),
        "rights": N_("on the rights pages"),
        "scopes": N_("on the account pages"),
        "beside": N_("beside the pages"),
        "worker": N_("by the worker"),
    }
)
FACTS: Mapping[str, str] = MappingProxyType(
    {
        "fields": N_("Fields"),
        "reason": N_("Reason"),
        "role": N_("Role"),
        "verb": N_("Right"),
        "right": N_("Right"),
        "user": N_("Account no."),
        "username": N_("User name"),
        "name": N_("Name"),
        "regions": N_("Places"),
        "region": N_("Place"),
        "print": N_("Print no."),
        "document": N_("Document"),
        "copy": N_("Copy handed out"),
        "pages": N_("Page count"),
        "seen": N_("Records shown"),
        "rows": N_("Rows"),
        "file": N_("File"),
        "files": N_("Files"),
        "release": N_("Release no."),
        "note": N_("Note"),
        "failures": N_("Failures in a row"),
        "created": N_("Made"),
        "changed": N_("Changed"),
        "rejected": N_("Rejected"),
        "asked": N_("Wait for confirmation"),
        "request": N_("Request no."),
        "asked_by": N_("Asked for by account no."),
        "first_id": N_("First record"),
        "last_id": N_("Last record"),
        "import_id": N_("Import no."),
        "row_version": N_("State of the record"),
        "key": N_("Key"),
        "scope": N_("Scope no."),
        "kind": N_("Kind"),
        "target": N_("Target no."),
        "forms": N_("Registers"),
        "form": N_("Register"),
        "from": N_("From"),
        "to": N_("To"),
        "for": N_("For account no."),
        "day": N_("Day"),
        "last_day": N_("Last day"),
        "scopes": N_("Scopes"),
        "duty": N_("Duty no."),
        "left": N_("Left"),
        "unit": N_("Unit"),
        "second_factor": N_("Second factor"),
        "lines": N_("Lines"),
        "blocks": N_("Blocks"),
        "head": N_("Head of the chain"),
        "whole": N_("Whole"),
        "faults": N_("Damage"),
        "off": N_("Account is switched off"),
        "locked": N_("Account is locked"),
        "unknown_name": N_("Nobody has this user name"),
        "through": N_("Through"),
        "account": N_("Account no."),
        "action": N_("Action"),
        "record": N_("Record no."),
        "address": N_("Address"),
        "first": N_("First day"),
        "line": N_("Line no."),
        "token": N_("Token no."),
        "days": N_("Days"),
        "sha256": N_("Fingerprint"),
    }
)
#: words of a fact that stands for a list of choices
_CHOICES: Mapping[str, str] = MappingProxyType(
    {
        "role": N_("sees full numbers by the role"),
        "code": N_("by the authenticator"),
        "recovery": N_("by a recovery code"),
        "duty": N_("without a place"),
        "household": N_("households"),
        "task": N_("inspection"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """A line in a list."""

    id: int
    href: str
    when: str
    who: str
    did: str
    on: str
    about: str
    place: str
    address: str


def row_of(line: AuditLine, desk: RequestDesk) -> TrailRow:
    """A line for a list."""
    return TrailRow(
        id=line.id,
        href=url_for("AuditPages.line", ident=line.id),
        when=exact(line.at),
        who=who_text(line),
        did=action_words(line.action),
        on=object_text(line, desk.edition.catalog),
        about="；".join(_brief(line, desk)),
        place=desk.caption("region", line.region_code) if line.region_code else "",
        address=line.address or "",
    )


def _brief(line: AuditLine, desk: RequestDesk) -> Iterator[str]:
    """The facts of a list; what is simply so is told by its name."""
    for name, label, text in _told(line, desk):
        if name in BRIEF:
            yield label if line.facts[name] is True else text


def who_text(line: AuditLine) -> str:
    """Who did it, or that nobody is known."""
    return person_text(line.user_name) if line.user_name else _("unknown")


def object_text(line: AuditLine, catalog: Catalog) -> str:
    """Register and number; never a name."""
    if not line.form:
        return ""
    label = form_label(line.form, catalog)
    return label if line.record_id is None else _("{form} no. {id}", form=label, id=line.record_id)


def facts_of(line: AuditLine, desk: RequestDesk) -> list[tuple[str, str]]:
    """What the line says beside, as (label, text)."""
    return [(label, text) for _name, label, text in _told(line, desk)]


def _told(line: AuditLine, desk: RequestDesk) -> Iterator[tuple[str, str, str]]:
    catalog = desk.edition.catalog
    for name, fact in line.facts.items():
        if name == DIGEST or fact in (None, "", [], {}):
            continue
        label = _(FACTS[name]) if name in FACTS else name
        if name in ("region", "regions"):
            yield name, label, _places(fact, desk)
            continue
        text = _TELL.get(name, _plain)(fact, line, catalog)
        yield name, label, text if name in EXACT else starred(text)


def _plain(fact: Any, line: AuditLine, catalog: Catalog) -> str:
    if isinstance(fact, bool):
        return _(YES) if fact else _(NO)
    if isinstance(fact, list):
        return "、".join(_plain(one, line, catalog) for one in fact)
    if isinstance(fact, dict):
        return "、".join(f"{key} {_plain(one, line, catalog)}" for key, one in fact.items())
    text = str(fact)
    return _(_CHOICES[text]) if text in _CHOICES else text


def _fields(fact: Any, line: AuditLine, catalog: Catalog) -> str:
    return "、".join(_field(str(one), line.form, catalog) for one in fact)


def _field(path: str, form: str, catalog: Catalog) -> str:
    """What a field is called; of another register with that one's name before it."""
    other, _dot, key = path.rpartition("/")
    declared = catalog.forms.get(other or form)
    label = next((one.label for one in declared.fields() if one.key == key), key) if declared else key
    return f"{form_label(other, catalog)}·{label}" if other else label


def form_label(key: str, catalog: Catalog) -> str:
    """What a register is called; one that is gone by its key."""
    return catalog.forms[key].label if key in catalog.forms else key


def _seen(fact: Any, _line: AuditLine, catalog: Catalog) -> str:
    return "、".join(_("{form}: {count}", form=form_label(key, catalog), count=n) for key, n in fact.items())


def _role(fact: Any, _line: AuditLine, catalog: Catalog) -> str:
    return catalog.roles[fact].label if fact in catalog.roles else str(fact)


def _forms(fact: Any, _line: AuditLine, catalog: Catalog) -> str:
    return "、".join(form_label(str(one), catalog) for one in (fact if isinstance(fact, list) else [fact]))


def _places(fact: Any, desk: RequestDesk) -> str:
    codes = [str(one) for one in (fact if isinstance(fact, list) else [fact])]
    return "、".join(
        _("whole county") if one == WHOLE_COUNTY else desk.caption("region", one) or one for one in codes
    )


def _reason(fact: Any, line: AuditLine, catalog: Catalog) -> str:
    return _(REASONS[fact]) if fact in REASONS else _plain(fact, line, catalog)


def _verb(fact: Any, _line: AuditLine, _catalog: Catalog) -> str:
    return _(VERB_NAMES[fact]) if fact in VERB_NAMES else str(fact)


def _document(fact: Any, _line: AuditLine, catalog: Catalog) -> str:
    return catalog.documents[fact].label if fact in catalog.documents else str(fact)


def _action(fact: Any, _line: AuditLine, _catalog: Catalog) -> str:
    return "、".join(action_words(str(one)) for one in (fact if isinstance(fact, list) else [fact]))


_TELL: Mapping[str, Callable[[Any, AuditLine, Catalog], str]] = MappingProxyType(
    {
        "fields": _fields,
        "seen": _seen,
        "role": _role,
        "forms": _forms,
        "form": _forms,
        "reason": _reason,
        "verb": _verb,
        "document": _document,
        "action": _action,
    }
)


def source_text(source: str) -> str:
    """By which way it was done."""
    return _(SOURCES[source]) if source in SOURCES else source
