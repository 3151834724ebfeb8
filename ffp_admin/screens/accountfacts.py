"""What the page of an account shows, read once: person, log-in, scopes and acting duties in words, what it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.screens.accountcard import AccountCard, card_of
from ffp_admin.screens.accountlist import STATES, state_of
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import Account
from ffp_admin.screens.sight import SightRow, sight
from ffp_admin.screens.tables import User
from ffp_admin.screens.wording import day_text, moment_text, person_text
from ffp_admin.store import Actor, Store, all_acting, all_scopes, scope_words
from ffp_admin.store.static import login_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A scope or an acting duty in words; `end_url` where it can be ended."""

    words: str
    more: str
    state: str
    holds: bool
    end_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """The context of account.html."""

    account: Account
    card: AccountCard
    state: str
    last_login: str
    scopes: Sequence[Held]
    past: Sequence[Held]
    acting: Sequence[Held]
    sees: Sequence[SightRow]
    #: sentences about all registers: stars, stand-ins, duties
    remarks: Sequence[str]


def facts_of(session: Session, store: Store, account: Account) -> AccountFacts:
    """Everything about one account, as of today."""
    scopes = _scopes(session, store, account.id)
    actor = make_actor(session, store, account.id, account.name)
    row = session.execute(select(User.c.last_login).where(User.c.id == account.id)).one()
    locked = session.execute(
        select(login_state.c.locked_until).where(login_state.c.user_id == account.id)
    ).scalar()
    is_locked = bool(locked and locked > store.clock.now())
    is_expired = bool(scopes) and not any(held.holds for held, _is_over in scopes)
    return AccountFacts(
        account=account,
        card=card_of(session, store, account.id),
        state=_(STATES[state_of(account.active, is_locked, is_expired, account.must_change)]),
        last_login=moment_text(row.last_login.replace(tzinfo=UTC)) if row.last_login else _("never"),
        scopes=[held for held, is_over in scopes if not is_over],
        past=[held for held, is_over in scopes if is_over],
        acting=_acting(session, store, account.id),
        sees=sight(session, store, actor) if account.active else (),
        remarks=_remarks(account, actor),
    )


def _scopes(session: Session, store: Store, user_id: int) -> list[tuple[Held, bool]]:
    """Each with whether it is over."""
    today = store.clock.today()
    found = []
    for one in all_scopes(session, user_id):
        is_over = one.valid_to is not None and one.valid_to < today
        who = _("given by {name}", name=person_text(one.granted_name)) if one.granted_name else ""
        when = moment_text(one.granted_at) if one.granted_at else ""
        held = Held(
            words=scope_words(session, store, one),
            more="，".join(text for text in (one.reason, who, when) if text),
            state=_when(one.valid_from, one.valid_to, today),
            holds=one.holds_on(today),
            end_url="" if is_over else f"/accounts/{user_id}/end/{one.id}",
        )
        found.append((held, is_over))
    return found


def _when(first: date | None, last: date | None, today: date) -> str:
    if last is not None and last < today:
        return _("over")
    return _("to come") if first is not None and first > today else _("holds now")


def _acting(session: Session, store: Store, user_id: int) -> list[Held]:
    today = store.clock.today()
    return [
        Held(
            words=_("Acts for {name}", name=one.for_name) + _span(one.valid_from, one.valid_to),
            more=one.reason,
            state=_when(one.valid_from, one.valid_to, today),
            holds=(one.valid_from or today) <= today <= (one.valid_to or today),
            end_url=""
            if one.valid_to is not None and one.valid_to < today
            else f"/accounts/{user_id}/unact/{one.id}",
        )
        for one in all_acting(session, user_id)
    ]


def _span(first: date | None, last: date | None) -> str:
    told = _(", from {day}", day=day_text(first)) if first else ""
    return told + (_(", until {day}", day=day_text(last)) if last else "")


def _remarks(account: Account, actor: Actor) -> list[str]:
    if not account.active:
        return [_("The account is switched off: it sees nothing.")]
    told = [
        _("Sees ID numbers, telephones and accounts in full.")
        if actor.unmasked
        else _("Sees stars in ID numbers, telephones and accounts; asks for each one with a reason.")
    ]
    if actor.acts_for:
        told.append(_("Also has what belongs to {names}, for whom it acts.", names="、".join(actor.acts_for)))
    duties = {"users": _("looks after accounts and rights"), "audit": _("reads the audit trail"),
              "publish": _("puts declarations in force")}  # fmt: skip
    told += [duties[duty] for duty in sorted(actor.duties) if duty in duties]
    return told
