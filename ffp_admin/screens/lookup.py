"""Looking up while somebody types: what the list below the box shows."""

from __future__ import annotations

from ffp_admin.screens.acting import current_store
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.store import Actor

#: longest text that is looked up
TYPED = 60


def found_for_script(register: str, typed: str, actor: Actor) -> list[dict[str, str]]:
    """Id, caption, and what tells two of one caption apart."""
    with current_store().reading() as session:
        desk = RequestDesk(session, current_store(), actor)
        found = desk.pick(register, typed[:TYPED])
        apart = desk.details(register, [ident for ident, _caption in found])
    return [{"id": str(ident), "text": caption, "more": apart.get(ident, "")} for ident, caption in found]
