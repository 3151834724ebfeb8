"""Who may do what with which register: read by everybody who looks after accounts, changed after a preview in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.screens.accountsheet import DUTY, require_duty
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import Link
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.screens.rightgrid import (
    GridRow,
    RightsNow,
    accounts_with,
    change_words,
    override_words,
    read_ticks,
    rights_now,
    tick,
)
from ffp_admin.spec.model import VERBS
from ffp_admin.store import Actor, GrantProblem, Store, change_rights, check_changes, dialect, wished_changes
from ffp_admin.store.actor import VERB_NAMES
from ffp_admin.store.granting import Right
from ffp_admin.store.reader import read_release_number

REASON_LENGTH = 200
MOVED = N_("Somebody changed these rights in the meantime. Look at the table once more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """A role in the overview."""

    label: str
    href: str
    accounts: int
    registers: int
    changed: int
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One role with all registers, or one register with all roles."""

    title: str
    lead: str
    action: str
    rows: Sequence[GridRow]
    notices: Sequence[str] = ()


class RightsPages(Page):
    """The matrix of rights."""

    route_base = "/rights"
    default_view = "index"

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who looks after accounts."""
        if DUTY not in actor.duties:
            return []
        label, told = _("Rights"), _("What each role may do with which register.")
        return [MenuItem(name="system:rights", label=label, href="/rights/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has any."""
        return []

    @expose("/")
    def index(self) -> Any:
        """All roles, all registers, and what this county changed."""
        actor, store = require_duty(), current_store()
        with store.reading() as session:
            now = rights_now(session, store)
            roles = [_line(session, store, now, key, actor) for key in now.catalog.roles]
        forms = [
            Link(label=form.label, href=f"/rights/register/{form.key}") for form in now.catalog.forms.values()
        ]
        return self.draw("rights", roles=roles, forms=forms, changes=override_words(now.catalog, now.changes))

    @expose("/role/<role>", methods=("GET", "POST"))
    def role(self, role: str) -> Any:
        """One role: a row for each register."""
        actor, store = require_duty(), current_store()
        declared = store.catalog().roles.get(role) or abort(404)
        with store.reading() as session:
            now, count = rights_now(session, store), accounts_with(session, store, role)
        forms = now.catalog.forms.values()
        sheet = Sheet(
            title=_("Rights of '{role}'", role=declared.label),
            lead=_("{count} accounts have this role today.", count=count),
            action=url_for("RightsPages.role", role=role),
            rows=[now.row(declared, form, actor, by_role=True) for form in forms],
            notices=_notices(declared.key in actor.roles, bool(declared.duties), "*" in declared.grants),
        )
        return self._answer(now, sheet, actor)

    @expose("/register/<form>", methods=("GET", "POST"))
    def register(self, form: str) -> Any:
        """One register: a row for each role."""
        actor, store = require_duty(), current_store()
        declared = store.catalog().forms.get(form) or abort(404)
        with store.reading() as session:
            now = rights_now(session, store)
        roles = now.catalog.roles.values()
        sheet = Sheet(
            title=_("Rights on '{form}'", form=declared.label),
            lead=_("Who may do what with this register."),
            action=url_for("RightsPages.register", form=form),
            rows=[now.row(role, declared, actor, by_role=False) for role in roles],
        )
        return self._answer(now, sheet, actor)

    def _answer(self, now: RightsNow, sheet: Sheet, actor: Actor) -> Any:
        if request.method == "GET" or request.form.get("do") == "back":
            return self._table(now, sheet)
        rows = [(row.role, row.form) for row in sheet.rows if row.open]
        ticked = read_ticks(request.form.getlist("t"))
        if request.form.get("do") == "declared":
            ticked = frozenset(right for right in now.declared if right[:2] in rows)
        changes = wished_changes(now.held, ticked, rows)
        if request.form.get("seen") != now.seen(sheet.rows):
            return self._table(now, sheet, [_(MOVED)]), 409
        if not changes:
            flash(_("Nothing was ticked differently: the rights stay as they are."), "info")
            return redirect(sheet.action)
        try:
            check_changes(now.catalog, changes, actor)
            if request.form.get("do") == "save":
                return _save(sheet, ticked, rows, actor)
        except GrantProblem as problem:
            return self._preview(now, sheet, ticked, [str(problem)]), 422
        return self._preview(now, sheet, ticked, ())

    def _table(self, now: RightsNow, sheet: Sheet, faults: Sequence[str] = ()) -> str:
        ticked = request.form.getlist("t") if request.method == "POST" and not faults else None
        return self.draw(
            "rights_sheet",
            sheet=sheet,
            verbs=[_(VERB_NAMES[verb]) for verb in VERBS],
            seen=now.seen(sheet.rows),
            ticked=ticked,
            faults=faults,
            changed=any(cell.mark for row in sheet.rows for cell in row.cells if row.open),
            can_save=any(cell.value for row in sheet.rows for cell in row.cells),
        )

    def _preview(self, now: RightsNow, sheet: Sheet, ticked: frozenset[Right], faults: Sequence[str]) -> str:
        rows = [(row.role, row.form) for row in sheet.rows if row.open]
        store = current_store()
        with store.reading() as session:
            lines = change_words(session, store, wished_changes(now.held, ticked, rows))
        return self.draw(
            "rights_preview",
            sheet=sheet,
            lines=lines,
            ticked=sorted(tick(right) for right in ticked),
            seen=request.form.get("seen", ""),
            reason=request.form.get("reason", "")[:REASON_LENGTH],
            faults=faults,
        )


def _notices(own: bool, duties: bool, every: bool) -> list[str]:
    told = []
    if own:
        told.append(_("You hold this role yourself: nobody changes the rights of his own role here."))
    if duties:
        told.append(
            _("This role looks after the platform. Rights can be taken from it here, but not given to it.")
        )
    if every:
        told.append(_("The declaration gives it every register, also those that are added later."))
    return told


def _line(session: Session, store: Store, now: RightsNow, key: str, actor: Actor) -> RoleLine:
    return RoleLine(
        label=now.catalog.roles[key].label,
        href=url_for("RightsPages.role", role=key),
        accounts=accounts_with(session, store, key),
        registers=sum(1 for role, _form, verb in now.held if role == key and verb == "view"),
        changed=sum(1 for one in now.changes if one.role == key),
        own=key in actor.roles,
    )


def _save(sheet: Sheet, ticked: frozenset[Right], rows: Sequence[tuple[str, str]], actor: Actor) -> Any:
    """Changes and permissions in one transaction, behind the lock of publishing; every request reads them anew."""
    store = current_store()
    edition, reason = store.refresh(), request.form.get("reason", "")[:REASON_LENGTH]

    def work(session: Session) -> bool:
        dialect.lock_for(session.connection(), dialect.PUBLISH_LOCK)
        now = rights_now(session, store)
        if read_release_number(session) != edition.release or request.form.get("seen") != now.seen(
            sheet.rows
        ):
            return False
        changes = wished_changes(now.held, ticked, rows)
        change_rights(session, store, edition.catalog, changes, reason, actor)
        write_permissions(session, edition.catalog)
        return True

    done = store.write(work)
    flash(
        _("The rights are changed and hold from the next click on.") if done else _(MOVED),
        "good" if done else "bad",
    )
    return redirect(sheet.action)
