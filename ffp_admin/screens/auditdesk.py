"""What the audit pages share: who may open them, the line each look leaves, the way to older lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort

from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.auditsieve import place_text
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.store import Actor, AuditLine, Deed, note

DUTY = "audit"
#: lines on one page
SHOWN = 50


def require_audit() -> Actor:
    """Who asks, when he looks after the audit; 403 otherwise."""
    actor = current_actor()
    if DUTY not in actor.duties:
        abort(403)
    return actor


def note_reading(
    actor: Actor, action: str, facts: Mapping[str, object], form: str = "", ident: int | None = None
) -> None:
    """Looking leaves a line too."""
    deed = Deed(action=action, form=form, record_id=ident, facts=facts)
    store = current_store()
    store.write(lambda session: note(session, actor, store.clock.now(), "screen", [deed]))


def learn_places(desk: RequestDesk, lines: Sequence[AuditLine]) -> None:
    """Look up the places of all lines at once."""
    desk.learn("region", [line.region_code for line in lines if line.region_code])


def older_than(lines: Sequence[AuditLine], address: Any) -> str:
    """Where the older lines stand, "" at the end."""
    if len(lines) <= SHOWN:
        return ""
    last = lines[SHOWN - 1]
    return str(address(place_text((last.at, last.id))))
