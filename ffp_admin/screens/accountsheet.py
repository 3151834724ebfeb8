"""What the pages of one account share: who may open them, whose they are, and their question sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.asking import Answers, AskBox, Question, answers
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page
from ffp_admin.screens.logins import Account, account_of
from ffp_admin.store import SYSTEM, Actor, ScopeProblem

DUTY = "users"


def require_duty() -> Actor:
    """Who asks, when he looks after accounts; 403 otherwise."""
    actor = current_actor()
    if DUTY not in actor.duties:
        abort(403)
    return actor


def county_desk(session: Session) -> RequestDesk:
    """Places are chosen among all there are; the administrator sees their names and nothing of their records."""
    return RequestDesk(session, current_store(), SYSTEM)


def account_or_404(session: Session, user_id: int) -> Account:
    """The account of an id."""
    return account_of(session, user_id) or abort(404)


def wanted_account(user_id: int) -> Account:
    """The same, read on its own."""
    with current_store().reading() as session:
        return account_or_404(session, user_id)


class SheetPage(Page):
    """A page of an account that asks something and does it."""

    def deed(
        self,
        account: Account,
        title: str,
        asked: Sequence[Question],
        do: Callable[[Session, Answers], None],
        told: str,
        **more: str,
    ) -> Any:
        """Read the sheet and do it; back to the sheet with a sentence beside the box that is wrong."""
        store = current_store()
        with store.reading() as session:
            given = answers(asked, county_desk(session))
        if given.right:
            try:
                store.write(lambda session: do(session, given))
            except ScopeProblem as problem:
                given = given.refused(problem.field, str(problem))
            else:
                flash(told, "good")
                return redirect(f"/accounts/{account.id}")
        return self.ask(account, title, given.boxes, **more), 422

    def ask(
        self,
        account: Account,
        title: str,
        boxes: Sequence[AskBox],
        *,
        lead: str = "",
        words: str = "",
        button: str = "",
    ) -> str:
        """The sheet with what stands in it."""
        return self.draw(
            "account_ask",
            account=account,
            title=title,
            boxes=boxes,
            lead=lead,
            words=words,
            button=button or _("Save"),
        )
