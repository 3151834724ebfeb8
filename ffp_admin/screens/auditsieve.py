"""What the audit page can be narrowed by: asked on a sheet, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import request, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.asking import ACCOUNT, Answers, AskBox, Question, blank, found_accounts
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.numbers import record_number
from ffp_admin.store.audit_reading import Place, TrailQuery, day_begins
from ffp_admin.store.audit_words import ACTIONS, GROUPS, action_words, actions_of

PICK = "/audit/pick"
#: longest text taken from an address
TEXT = 60
NOT_A_NUMBER = N_("A record's number is written in digits.")
_MICRO = 1_000_000
NAMES = ("account", "action", "form", "record", "first", "to", "region", "address")


def questions(desk: RequestDesk) -> list[Question]:
    """The sheet."""
    forms = [(form.key, form.label) for form in desk.edition.catalog.forms.values()]
    groups = [(f"{key}*", _("all: {group}", group=_(label))) for key, label in GROUPS.items()]
    actions = [(action, action_words(action)) for action in ACTIONS]
    return [
        Question(name="account", label=_("Who"), kind=ACCOUNT, base=PICK),
        Question(name="action", label=_("Action"), kind="select", options=[*groups, *actions]),
        Question(name="form", label=_("Register"), kind="select", options=forms),
        Question(name="record", label=_("Record no.")),
        Question(name="first", label=_("First day"), kind="date"),
        Question(name="to", label=_("Last day"), kind="date"),
        Question(name="region", label=_("Village or area"), kind="region", base=PICK),
        Question(name="address", label=_("Address")),
    ]


def address_of(given: Answers) -> tuple[dict[str, str], Answers]:
    """What was posted as it stands in an address, and the sheet with what is wrong."""
    number = str(given.values.get("record") or "")
    if number and record_number(number) is None:
        given = given.refused("record", _(NOT_A_NUMBER))
    kept = {name: given.values.get(name) for name in NAMES}
    return {name: _text(value)[:TEXT] for name, value in kept.items() if value}, given


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def asked() -> tuple[TrailQuery, dict[str, str]]:
    """What the address asks for, and the part of it that could be read; what is wrong counts as not asked."""
    texts = {name: request.args.get(name, "").strip()[:TEXT] for name in NAMES}
    actions = _actions(texts["action"])
    account, record = record_number(texts["account"]), record_number(texts["record"])
    first, to = read_day(texts["first"]), read_day(texts["to"])
    region = texts["region"] if texts["region"].isascii() and texts["region"].isdigit() else ""
    read = {
        "account": account,
        "action": actions,
        "record": record,
        "first": first,
        "to": to,
        "region": region,
        "form": texts["form"],
        "address": texts["address"],
    }
    query = TrailQuery(
        user_id=account,
        actions=actions,
        form=texts["form"],
        record_id=record,
        region=region,
        address=texts["address"],
        first=day_begins(first) if first else None,
        until=day_begins(to + timedelta(days=1)) if to else None,
        before=read_place(request.args.get("before", "")),
    )
    return query, {name: text for name, text in texts.items() if text and read[name]}


def _actions(text: str) -> Sequence[str]:
    if text.endswith("*") and text[:-1] in GROUPS:
        return actions_of(text[:-1])
    return (text,) if text in ACTIONS else ()


def read_day(text: str) -> date | None:
    """A day as it stands in an address; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def boxes(texts: Mapping[str, str], desk: RequestDesk) -> list[AskBox]:
    """The sheet with what the address asks for."""
    given: dict[str, Sequence[str]] = {name: (text,) for name, text in texts.items()}
    if number := record_number(texts.get("account", "")):
        given["account"] = (texts["account"], dict(found_accounts(desk, "", number)).get(number, ""))
    if code := texts.get("region", ""):
        given["region"] = (code, desk.caption("region", code) or code)
    return blank(questions(desk), given)


def place_text(place: Place) -> str:
    """The last line of a page for an address."""
    return f"{round(place[0].timestamp() * _MICRO)}-{place[1]}"


def read_place(text: str) -> Place | None:
    """The same read again; None for anything else."""
    moment, _dash, ident = text.partition("-")
    micro, number = record_number(moment), record_number(ident)
    if micro is None or number is None or micro > 10**17:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micro), number


def here(texts: Mapping[str, str], **more: str) -> str:
    """The address of the page with these filters."""
    wanted: dict[str, Any] = {**texts, **more}
    return url_for("AuditPages.index", **wanted)
