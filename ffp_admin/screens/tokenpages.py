"""The page of one's own tokens, and withdrawing somebody's from the page of his account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from sqlalchemy.orm import Session

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import N_, _
from ffp_admin.screens.accountsheet import SheetPage, require_duty, wanted_account
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.api.guarding import calling_actor
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import Link
from ffp_admin.screens.wording import day_text, moment_text, person_text
from ffp_admin.spec.model import Form
from ffp_admin.store import (
    TOKEN_VERBS,
    Actor,
    Store,
    Token,
    TokenProblem,
    Wish,
    make_token,
    token_by_id,
    tokens_of,
    withdraw_token,
)
from ffp_admin.store.actor import VERB_NAMES

#: proposed and longest number of days
DAYS = 90
MADE = N_("Token for {name}")
_DIGITS_OF_A_COUNTY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """A token in words."""

    id: int
    name: str
    rights: str
    more: str
    state: str
    lives: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRow:
    """A register with the rights a new token may be given: (value, verb in words)."""

    label: str
    cells: Sequence[tuple[str, str]]


class TokenPages(Page):
    """Tokens of the account itself."""

    route_base = "/tokens"
    default_view = "index"

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who works for a whole county; others find the page from their password."""
        if not any(len(code) == _DIGITS_OF_A_COUNTY for code in actor.widest_regions()):
            return []
        label, told = (
            _("Other systems"),
            _("Tokens by which programs of other systems read and write in your name."),
        )
        return [MenuItem(name="system:tokens", label=label, href="/tokens/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has tokens."""
        return []

    @expose("/")
    def index(self) -> Any:
        """All of them, and a sheet for a new one."""
        return self._page()

    @expose("/add", methods=("POST",))
    def make_token(self) -> Any:
        """A new token; its secret is shown once, on this page only."""
        store, owner = current_store(), calling_actor()
        days = request.form.get("days", "")
        wish = Wish(
            name=request.form.get("name", "").strip(),
            grants=frozenset(_pairs(request.form.getlist("t"))),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < len("10000") else 0,
            addresses=request.form.get("addresses", ""),
        )
        try:
            _id, secret = store.write(
                lambda session: make_token(session, store, owner, wish, current_actor())
            )
        except TokenProblem as problem:
            return self._page(fault=str(problem)), 422
        return self._page(secret=secret, made=wish.name)

    @expose("/<int:token_id>/withdraw", methods=("POST",))
    def withdraw(self, token_id: int) -> Any:
        """End one of the own tokens."""
        actor = current_actor()
        withdraw_one(current_store(), token_id, actor.user_id, actor)
        flash(_("The token is withdrawn: it opens nothing any more."), "good")
        return redirect("/tokens/")

    def _page(self, *, secret: str = "", made: str = "", fault: str = "") -> str:
        store, actor = current_store(), calling_actor()
        with store.reading() as session:
            lines = token_lines(session, store, actor.user_id)
        return self.draw(
            "tokens",
            lines=lines,
            rows=list(_rows(store, actor)),
            verbs=[_(VERB_NAMES[verb]) for verb in TOKEN_VERBS],
            secret=secret,
            made=_(MADE, name=made) if made else "",
            fault=fault,
            days=DAYS,
            given=request.form if fault else {},
            ticked=request.form.getlist("t") if fault else (),
        )


class AccountTokens(SheetPage):
    """What the security administrator does with the tokens of an account."""

    route_base = "/accounts"
    default_view = "withdraw"

    @expose("/<int:user_id>/token/<int:token_id>", methods=("POST",))
    def withdraw(self, user_id: int, token_id: int) -> Any:
        """End a token of the account."""
        actor, account = require_duty(), wanted_account(user_id)
        withdraw_one(current_store(), token_id, account.id, actor)
        flash(_("The token is withdrawn: it opens nothing any more."), "good")
        return redirect(f"/accounts/{user_id}")


def withdraw_one(store: Store, token_id: int, owner: int | None, actor: Actor) -> None:
    """Withdraw a token of the owner; 404 for one of somebody else."""

    def work(session: Session) -> bool:
        token = token_by_id(session, token_id)
        if token is None or token.user_id != owner:
            return False
        withdraw_token(session, store, token, actor)
        return True

    if not store.write(work):
        abort(404)


def token_lines(session: Session, store: Store, user_id: int | None) -> list[TokenLine]:
    """The tokens of an account in words, living ones first."""
    forms, now = store.catalog().forms, store.clock.now()
    lines = [
        TokenLine(
            id=one.id,
            name=one.name,
            rights="；".join(_rights(one, forms)),
            more=_history(one),
            state=_state(one, store),
            lives=one.lives(now),
        )
        for one in tokens_of(session, user_id)
    ]
    return sorted(lines, key=lambda one: not one.lives)


def _rights(token: Token, forms: Any) -> Iterator[str]:
    for key in sorted({form for form, _verb in token.grants}):
        verbs = [_(VERB_NAMES[verb]) for verb in TOKEN_VERBS if (key, verb) in token.grants]
        yield _("{form}: {verbs}", form=forms[key].label if key in forms else key, verbs="、".join(verbs))


def _history(token: Token) -> str:
    told = [_("made on {day}", day=day_text(token.made_at.astimezone(COUNTY_ZONE).date()))]
    if token.addresses:
        told.append(_("only from {addresses}", addresses="、".join(token.addresses)))
    if token.used_at is None:
        told.append(_("never used"))
    else:
        when, where = moment_text(token.used_at), token.used_from
        told.append(_("last used about {when} from {address}", when=when, address=where))
    return "，".join(told)


def _state(token: Token, store: Store) -> str:
    if token.withdrawn_at is not None:
        return _("withdrawn by {name}", name=person_text(token.withdrawn_name))
    day = day_text(token.ends_at.astimezone(COUNTY_ZONE).date())
    return _("until {day}", day=day) if token.lives(store.clock.now()) else _("ran out on {day}", day=day)


def _rows(store: Store, actor: Actor) -> Iterator[GrantRow]:
    """What the account could hand on."""
    form: Form
    for form in store.catalog().forms.values():
        cells = [(f"{form.key}:{v}" if actor.may(form.key, v) else "", _(VERB_NAMES[v])) for v in TOKEN_VERBS]
        if any(value for value, _verb in cells):
            yield GrantRow(label=form.label, cells=cells)


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        form, _colon, verb = text.partition(":")
        yield form, verb
