"""What an account holds: roles given in places and ended, acting for others, handing everything over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import abort, request
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.screens import scopeforms
from ffp_admin.screens.accountsheet import (
    SheetPage,
    account_or_404,
    county_desk,
    require_duty,
    wanted_account,
)
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.asking import ACCOUNT, Answers, Question, answers, blank
from ffp_admin.screens.fab import expose
from ffp_admin.screens.logins import Account, end_sessions
from ffp_admin.screens.wording import day_text
from ffp_admin.store import (
    Actor,
    HandOver,
    Holder,
    ScopeProblem,
    Store,
    all_acting,
    all_scopes,
    end_acting,
    end_scope,
    give_acting,
    grant_scope,
    hand_over,
    scope_words,
)

TOO_EARLY = N_("The last day lies before the first day. Choose that day or a later one.")


class _Tried(Exception):
    """Carries the report of a hand-over that was only tried, and takes the transaction back."""

    def __init__(self, report: HandOver) -> None:
        self.report = report
        super().__init__()


class AccountPlaces(SheetPage):
    """The question sheets for roles, acting duties and handing over."""

    route_base = "/accounts"
    default_view = "give"

    # ---- scopes ----

    @expose("/<int:user_id>/give/<kind>", methods=("GET", "POST"))
    def give(self, user_id: int, kind: str) -> Any:
        """A role somewhere, for a time."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        if kind not in scopeforms.offered(store.catalog()):
            abort(404)
        title, lead = (_(text) for text in scopeforms.SHEETS[kind])
        asked = scopeforms.questions(kind, store.catalog())
        if request.method == "GET":
            return self.ask(account, title, blank(asked), lead=lead)

        def do(session: Session, given: Answers) -> None:
            grant_scope(session, store, user_id, scopeforms.scope_of(kind, given.values), actor)

        return self.deed(account, title, asked, do, _("Given. It holds from its first day on."), lead=lead)

    @expose("/<int:user_id>/end/<int:scope_id>", methods=("GET", "POST"))
    def end(self, user_id: int, scope_id: int) -> Any:
        """Let a scope end."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        with store.reading() as session:
            scope = next((one for one in all_scopes(session, user_id) if one.id == scope_id), None) or abort(
                404
            )
            words = scope_words(session, store, scope)

        def do(session: Session, given: Answers) -> None:
            _check_end(scope.valid_from, given.values["valid_to"], store)
            end_scope(session, store, scope_id, given.values["valid_to"], actor)
            end_sessions(session, user_id)

        return self._ending(account, words, do)

    # ---- acting for somebody ----

    @expose("/<int:user_id>/act", methods=("GET", "POST"))
    def act(self, user_id: int) -> Any:
        """Let the account act for another one."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        asked = [
            Question(name="holder", label=_("In whose stead"), kind=ACCOUNT, required=True),
            *scopeforms.days(ends=True),
            Question(name="reason", label=_("Reason"), required=True),
        ]
        title = _("{name} acts for somebody else", name=account.name)
        lead = _(
            "Beside its own work the account then does that of the other one; every record says for whom."
        )
        if request.method == "GET":
            return self.ask(account, title, blank(asked), lead=lead)

        def do(session: Session, given: Answers) -> None:
            values, other = given.values, account_or_404(session, given.values["holder"])
            holder = Holder(id=other.id, name=other.name)
            first, last = values["valid_from"], values["valid_to"]
            give_acting(session, store, user_id, holder, first, last, values["reason"], actor)

        return self.deed(account, title, asked, do, _("Given. It holds from its first day on."), lead=lead)

    @expose("/<int:user_id>/unact/<int:duty_id>", methods=("GET", "POST"))
    def unact(self, user_id: int, duty_id: int) -> Any:
        """Let an acting duty end."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        with store.reading() as session:
            duty = next((one for one in all_acting(session, user_id) if one.id == duty_id), None) or abort(
                404
            )

        def do(session: Session, given: Answers) -> None:
            _check_end(duty.valid_from, given.values["valid_to"], store)
            end_acting(session, store, duty_id, given.values["valid_to"], actor)
            end_sessions(session, user_id)

        return self._ending(account, _("Acts for {name}", name=duty.for_name), do)

    # ---- handing over ----

    @expose("/<int:user_id>/hand", methods=("GET", "POST"))
    def hand(self, user_id: int) -> Any:
        """Everything of this account goes to another one: tried first, done after a look at what moves."""
        actor, account, store = require_duty(), wanted_account(user_id), current_store()
        asked = [
            Question(name="to", label=_("Who takes over"), kind=ACCOUNT, required=True),
            Question(name="day", label=_("From which day on"), kind="date", required=True),
        ]
        title = _("Hand over the work of {name}", name=account.name)
        lead = _(
            "Regions, households, unsaved forms and open jobs go to the successor. First you see what moves."
        )
        if request.method == "GET":
            given = {"day": (day_text(store.clock.today()),)}
            return self.ask(account, title, blank(asked, given), lead=lead, button=_("See what moves"))
        with store.reading() as session:
            found = answers(asked, county_desk(session))
        really = request.form.get("do") == "hand"
        if found.right:
            try:
                report = _hand(store, account, found, actor, really=really)
                return self._handed(account, title, found, report, done=really)
            except ScopeProblem as problem:
                found = found.refused(problem.field, str(problem))
        return self.ask(account, title, found.boxes, lead=lead, button=_("See what moves")), 422

    def _handed(self, account: Account, title: str, found: Answers, report: HandOver, *, done: bool) -> str:
        return self.draw(
            "account_hand", account=account, title=title, boxes=found.boxes, lines=report.lines, done=done
        )

    def _ending(self, account: Account, words: str, do: Callable[[Session, Answers], None]) -> Any:
        today = current_store().clock.today()
        asked = [Question(name="valid_to", label=_("Last day"), kind="date", required=True)]
        title, lead = _("Let it end"), _("With yesterday as its last day it ends at once.")
        given = {"valid_to": (day_text(today - timedelta(days=1)),)}
        if request.method == "GET":
            return self.ask(account, title, blank(asked, given), lead=lead, words=words, button=_("End it"))
        return self.deed(account, title, asked, do, _("It ends."), lead=lead, words=words, button=_("End it"))


def _check_end(first: date | None, last: date, store: Store) -> None:
    """What has begun does not end before its first day; what has not may be taken back altogether."""
    if first and last < first <= store.clock.today():
        raise ScopeProblem(_(TOO_EARLY), "valid_to")


def _hand(store: Store, account: Account, found: Answers, actor: Actor, *, really: bool) -> HandOver:
    """Do it; tried only, the transaction is taken back, so that what is shown is what would happen."""

    def work(session: Session) -> HandOver:
        other = account_or_404(session, found.values["to"])
        sides = Holder(id=account.id, name=account.name), Holder(id=other.id, name=other.name)
        report = hand_over(session, store, *sides, found.values["day"], actor)
        if not really:
            raise _Tried(report)
        end_sessions(session, account.id)
        return report

    try:
        return store.write(work)
    except _Tried as tried:
        return tried.report
