"""Changes of key data: what waits for me, what I asked for; several are looked at together and decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from flask import flash, redirect, request
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.screens import reasons
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.changebox import ChangeBox
from ffp_admin.screens.changes import change_box, sensitive_keys
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import Link
from ffp_admin.store import Actor, NotAllowed, Rejected, Store
from ffp_admin.store.asking import CONFIRMED
from ffp_admin.store.confirming import (
    Settled,
    concerns,
    confirm,
    own_requests,
    refuse,
    to_decide,
    withdraw,
)

HOME = "/confirmations/"
#: requests decided together
MOST = 100
ANSWER = 500
NOTHING = N_("Choose at least one change.")
_LAPSED = N_("The content changed meanwhile; the request has lapsed and nothing was written.")


class ConfirmationPages(Page):
    """Confirm, refuse, take back."""

    route_base = "/confirmations"
    default_view = "index"

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who may ask or decide."""
        if not concerns(current_store(), actor):
            return []
        told = _("Changes of names, ID numbers, heads and accounts that wait for confirmation.")
        return [MenuItem(name="confirmations", label=_("Changes to confirm"), href=HOME, help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has any."""
        return []

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        """The lists; a post looks at the chosen ones, decides on them or takes one back."""
        if request.method == "GET":
            return self._lists(())
        chosen, do = _chosen(), request.form.get("do", "")
        if not chosen:
            return self._lists([_(NOTHING)]), 422
        if do == "withdraw":
            return self._after(_each(chosen[:1], _withdrawn), _("Taken back."))
        if do == "confirm":
            return self._after(_confirmed(chosen), _("Confirmed: {count}", count=len(chosen)))
        if do == "refuse":
            answer = request.form.get("answer", "").strip()[:ANSWER]
            if not answer:
                return self._look(chosen, [_("Say why the change is refused.")]), 422
            faults = _each(chosen, partial(refuse, reason=answer))
            return self._after(faults, _("Refused: {count}", count=len(chosen)))
        return self._look(chosen, ())

    def _after(self, faults: Sequence[str], said: str) -> Any:
        if faults:
            return self._lists(faults), 409
        flash(said, "good")
        return redirect(HOME)

    def _lists(self, faults: Sequence[str]) -> str:
        actor, store = current_actor(), current_store()
        waiting = _boxes(actor, store, None)
        with store.reading() as session:
            desk = RequestDesk(session, store, actor)
            own = [change_box(one, desk) for one in own_requests(session, store, actor)]
        groups = [(place, list(some)) for place, some in groupby(waiting, key=lambda one: one.place)]
        return self.draw("confirmations", groups=groups, own=own, faults=faults, action=HOME)

    def _look(self, chosen: Sequence[int], faults: Sequence[str]) -> Any:
        boxes = _boxes(current_actor(), current_store(), frozenset(chosen))
        if not boxes:
            return self._lists([_(NOTHING)]), 422
        answer = request.form.get("answer", "")[:ANSWER]
        return self.draw("confirm_look", boxes=boxes, faults=faults, action=HOME, answer=answer)


def _chosen() -> list[int]:
    texts = [request.form["only"]] if "only" in request.form else request.form.getlist("pick")
    numbers = (int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 18)
    return list(dict.fromkeys(numbers))[:MOST]


def _boxes(actor: Actor, store: Store, only: frozenset[int] | None) -> list[ChangeBox]:
    """What waits for the actor; full values of hidden fields are recorded as a look."""
    with store.reading() as session:
        desk = RequestDesk(session, store, actor)
        found = [one for one in to_decide(session, store, actor, MOST) if only is None or one.id in only]
        boxes = [change_box(one, desk) for one in found]
        looks = [(one.form, one.record_id, sensitive_keys(one, desk)) for one in found]
    if any(keys for _form, _ident, keys in looks):
        with store.writing() as session:
            for form, ident, keys in looks:
                if keys:
                    reasons.note_look(session, store, actor, form, ident, keys)
    return boxes


def _withdrawn(session: Session, store: Store, id: int, actor: Actor) -> None:
    withdraw(session, store, id, actor)


def _each(ids: Sequence[int], deed: Callable[[Session, Store, int, Actor], object]) -> list[str]:
    """Each in a transaction of its own; why some could not be dealt with."""
    return [text for text in (_tried(one, deed) for one in ids) if text]


def _tried(id: int, deed: Callable[[Session, Store, int, Actor], object]) -> str:
    store, actor = current_store(), current_actor()
    try:
        with store.writing() as session:
            outcome = deed(session, store, id, actor)
    except (NotAllowed, Settled) as refusal:
        return str(refusal)
    except Rejected as refusal:
        return "\n".join(one.message for one in refusal.findings)
    return "" if outcome in (None, CONFIRMED) else _(_LAPSED)


def _confirmed(ids: Sequence[int]) -> list[str]:
    """Again as long as some succeed: a new head can be confirmed only after the old one."""
    left: Sequence[int] = ids
    while True:
        faults = [(one, text) for one in left if (text := _tried(one, confirm))]
        if not faults or len(faults) == len(left):
            return [text for _id, text in faults]
        left = [one for one, text in faults if text != _(_LAPSED)]
        if not left:
            return [text for _id, text in faults]
