"""The addresses of the interface, one set for every form: `/api/v1/records/<form>…`.

Not Flask-AppBuilder's ModelRestApi: its base filters do not hold for look-ups and actions, it is registered form by
form (a published form would wait for a restart), and it writes past `save`. Here every request goes through the same
`page`, `load`, `save` and `void` as the pages do, with the actor of the token or of the session, so that a form is
there the moment it is published.

Whoever asks is told in this order: no right (403), no such record (404), then what is wrong with what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.screens import drafts
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.api.asking import of_address, of_search
from ffp_admin.screens.api.body import only, read_object, typed_values
from ffp_admin.screens.api.guarding import calling_actor
from ffp_admin.screens.api.schemas import BECAUSE
from ffp_admin.screens.api.showing import (
    differences_of,
    faults_of,
    told_history,
    told_page,
    told_records,
)
from ffp_admin.screens.api.trouble import Fault, Trouble
from ffp_admin.screens.deeds import REASON, TOO_LONG
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.spec.model import Form
from ffp_admin.store import (
    Actor,
    Conflict,
    Draft,
    NotAllowed,
    Query,
    Record,
    Rejected,
    Saved,
    history,
    load,
    page,
    save,
    shown_form,
    void,
)

T = TypeVar("T")
SOURCE = "api"
_VERSION = re.compile(r'(?:W/)?"([0-9]{1,18})"|([0-9]{1,18})')
NO_VERSION = N_('If-Match takes the version as it was read, such as "3".')
IS_VOID = N_("This record is void and cannot be changed.")
MEANWHILE = N_("Somebody changed other fields of this record meanwhile; it now has version {version}.")
WITHOUT_REASON = N_("Say why the record becomes void.")


class _Stale(Exception):
    """Takes a save back: the record was no longer what the program had read."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


class RecordsApi(Page):
    """Records of every form of the release in force."""

    route_base = "/api/v1"
    default_view = "find"

    @expose("/records/<form>")
    def find(self, form: str) -> Any:
        """A page of the list."""
        return _listed(
            form, lambda declared, desk: of_address(declared, desk.edition.tables(form), request.args, desk)
        )

    @expose("/records/<form>/search", methods=("POST",))
    def search(self, form: str) -> Any:
        """The same by a keyword, which never stands in an address."""
        allowed(form, "view")
        given = read_object()
        return _listed(
            form, lambda declared, desk: of_search(declared, desk.edition.tables(form), given, desk)
        )

    @expose("/records/<form>", methods=("POST",))
    def create(self, form: str) -> Any:
        """A new record."""
        actor = allowed(form, "fill")
        values = _typed(form, actor, read_object())
        saved = _save(Draft(form=form, values=values), actor)
        place = url_for("RecordsApi.read", form=form, ident=saved.id)
        return answer(
            _told_saved(form, saved, actor, values), 201, {"Location": place, **_etag(saved.row_version)}
        )

    @expose("/records/<form>/<int:ident>")
    def read(self, form: str, ident: int) -> Any:
        """One record with its tables."""
        actor, store = allowed(form, "view"), current_store()
        with store.reading() as session:
            record = _found(session, form, ident, actor)
            desk = RequestDesk(session, store, actor)
            [told] = told_records(_shown(form, actor), [record], desk.looker)
        return answer(told, 200, _etag(record.row_version))

    @expose("/records/<form>/<int:ident>", methods=("PATCH",))
    def change(self, form: str, ident: int) -> Any:
        """Change the fields that are sent; the others stay as they are."""
        actor = allowed(form, "edit")
        _current(form, ident, actor)
        version = _asked_version()
        given = dict(read_object())
        reason = _text(given.pop(BECAUSE)) if BECAUSE in given else ""
        values = _typed(form, actor, given)
        draft = Draft(form=form, id=ident, row_version=version, values=values, reason=reason)
        saved = _save(draft, actor)
        return answer(_told_saved(form, saved, actor, values), 200, _etag(saved.row_version))

    @expose("/records/<form>/<int:ident>/void", methods=("POST",))
    def make_void(self, form: str, ident: int) -> Any:
        """Make a record void, for a reason; nothing is ever deleted."""
        actor, store = allowed(form, "void"), current_store()
        _current(form, ident, actor)
        reason = _reason(read_object())

        def work(session: Session) -> None:
            void(session, store, form, ident, reason, actor, SOURCE)
            drafts.drop_all(session, form, ident)

        _writing(work, form, actor, {})
        return Response(status=204)

    @expose("/records/<form>/<int:ident>/history")
    def story(self, form: str, ident: int) -> Any:
        """What happened to a record."""
        actor, store = allowed(form, "view"), current_store()
        with store.reading() as session:
            _found(session, form, ident, actor)
            return answer(told_history(history(session, store, form, ident, actor)))


def allowed(form: str, verb: str) -> Actor:
    """Who asks, when he may do so; Trouble 404 for a form there is not, 403 without the right."""
    actor = calling_actor()
    if form not in current_store().catalog().forms:
        raise Trouble(404)
    if not actor.may(form, verb):
        raise Trouble(403)
    return actor


def _shown(form: str, actor: Actor) -> Form:
    return shown_form(current_store().edition().form(form), actor.limits_on(form))


def _listed(form: str, ask: Callable[[Form, RequestDesk], Query]) -> Response:
    actor, store = allowed(form, "view"), current_store()
    declared = _shown(form, actor)
    with store.reading() as session:
        desk = RequestDesk(session, store, actor)
        found = page(session, store, form, actor, ask(declared, desk))
        return answer(told_page(declared, found, desk.looker))


def _found(session: Session, form: str, ident: int, actor: Actor) -> Record:
    record = load(session, current_store(), form, ident, actor)
    if record is None:
        raise Trouble(404)
    return record


def _current(form: str, ident: int, actor: Actor) -> None:
    with current_store().reading() as session:
        if not _found(session, form, ident, actor).is_current:
            raise Trouble(409, _(IS_VOID))


def _asked_version() -> int:
    given = request.headers.get("If-Match", "")
    if not given:
        raise Trouble(428)
    found = _VERSION.fullmatch(given.strip())
    if found is None:
        raise Trouble(400, _(NO_VERSION))
    return int(found[1] or found[2])


def _typed(form: str, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    declared, limits = current_store().edition().form(form), actor.limits_on(form)
    to_write = shown_form(declared, limits, to_write=True)
    return typed_values(given, to_write, shown_form(declared, limits))


def _reason(given: Mapping[str, Any]) -> str:
    only(given, ("reason",))
    reason = given.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise Trouble(422, faults=[Fault(field="reason", code="required", message=_(WITHOUT_REASON))])
    return _text(reason)


def _text(reason: Any) -> str:
    """A reason of a change; it is no field, so the fault stands beside all fields."""
    if not isinstance(reason, str) or len(reason) > REASON:
        raise Trouble(422, faults=[Fault(field="reason", code="length", message=_(TOO_LONG, limit=REASON))])
    return reason


def _save(draft: Draft, actor: Actor) -> Saved:
    store = current_store()

    def work(session: Session) -> Saved:
        saved = save(session, store, draft, actor, SOURCE)
        before = saved.row_version - saved.is_changed
        if draft.row_version is not None and before != draft.row_version:
            raise _Stale(before)
        return saved

    return _writing(work, draft.form, actor, draft.values)


def _writing(work: Callable[[Session], T], form: str, actor: Actor, given: Mapping[str, Any]) -> T:
    """Do the work; whatever speaks against it becomes a Trouble with every fault at its field."""
    store = current_store()
    declared = store.edition().form(form)
    try:
        return store.write(work)
    except NotAllowed as refusal:
        raise Trouble(403, str(refusal)) from refusal
    except Rejected as refusal:
        raise Trouble(422, faults=faults_of(refusal.findings, declared, actor, given)) from refusal
    except _Stale as stale:
        raise Trouble(412, _(MEANWHILE, version=stale.version)) from stale
    except Conflict as conflict:
        with store.reading() as session:
            faults = differences_of(conflict, declared, RequestDesk(session, store, actor).looker)
        other = _(MEANWHILE, version=conflict.theirs.row_version)
        raise Trouble(412, "" if faults else other, faults) from conflict


def _told_saved(form: str, saved: Saved, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    declared = current_store().edition().form(form)
    doubts = faults_of(saved.doubts, declared, actor, given)
    return {
        "id": saved.id,
        "version": saved.row_version,
        "changed": saved.is_changed,
        "waiting": list(saved.asked),
        "doubts": [one.told() for one in doubts],
    }


def _etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def answer(told: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON as people read it."""
    made = Response(json.dumps(told, ensure_ascii=False), status=status, mimetype="application/json")
    made.headers.update(headers or {})
    return made
