"""What goes into the trail by itself: the address of each request, and what FAB does beside our pages."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_appbuilder.security import signals

from ffp_admin.screens.acting import current_store
from ffp_admin.screens.origin import client_address
from ffp_admin.store import SYSTEM, Actor, Deed, audit, note

#: FAB's signals inside its transactions: what they note is committed with the change or not at all
_SIGNALS = tuple(
    f"{model}_{verb}" for model in ("user", "role", "group") for verb in ("creating", "updating", "deleting")
)


def listen(app: Flask) -> None:
    """Hear every request, and every change of FAB's accounts, roles and groups."""

    def arrive() -> None:
        audit.come_from(client_address())

    def leave(_error: BaseException | None) -> None:
        audit.come_from(None)

    app.before_request_funcs.setdefault(None, []).insert(0, arrive)
    app.teardown_request(leave)
    for name in _SIGNALS:
        signal: Any = getattr(signals, name)
        signal.connect(note_beside)


def note_beside(manager: Any, event: Any) -> None:
    """One line for a change that FAB itself makes; of the changed fields only their names."""
    facts: dict[str, object] = {
        "target": event.model_id,
        "name": getattr(event.model, "username", None) or getattr(event.model, "name", ""),
    }
    if event.changes:
        facts["fields"] = sorted(event.changes)
    note_fab(manager.session, f"beside_{event.model_type}_{event.action}", event.triggered_by, facts)


def note_fab(session: Any, action: str, user: Any, facts: dict[str, object]) -> None:
    """A line in FAB's own session."""
    known = getattr(user, "id", None) is not None
    actor = Actor(int(user.id), str(user.first_name)) if known else SYSTEM
    now = current_store().clock.now()
    note(session, actor, now, "beside", [Deed(action=action, facts=facts)])
