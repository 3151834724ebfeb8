"""The person behind an account: unit and telephone, the number sealed and shown with stars."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ffp_admin.screens.logins import Account, note_about
from ffp_admin.store import Actor, Store
from ffp_admin.store.account_tables import account_card
from ffp_admin.values import mask, phone
from ffp_admin.values.cleaned import Cleaned

_CONTEXT = "account_card.phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """Unit and full number as they are kept."""

    unit: str = ""
    phone: str = ""

    @property
    def shown_phone(self) -> str:
        """138****5678."""
        return mask.phone(self.phone)


def card_of(session: Session, store: Store, user_id: int) -> AccountCard:
    """What is kept of an account; empty when nothing is."""
    row = session.execute(select(account_card).where(account_card.c.user_id == user_id)).first()
    if row is None:
        return AccountCard()
    return AccountCard(unit=row.unit, phone=store.keyring.open(row.phone, _CONTEXT) if row.phone else "")


def save_card(session: Session, store: Store, account: Account, card: AccountCard, actor: Actor) -> None:
    """Keep unit and number (as the values floor writes it) of an account; noted without the number."""
    session.execute(delete(account_card).where(account_card.c.user_id == account.id))
    session.execute(
        insert(account_card).values(
            user_id=account.id,
            unit=card.unit,
            phone=store.keyring.seal(card.phone, _CONTEXT) if card.phone else "",
            phone_hash=_hash(store, card.phone) if card.phone else "",
        )
    )
    note_about(session, store, actor, account, "account_card", unit=card.unit)


def with_phone(session: Session, store: Store, typed: str) -> list[int]:
    """Accounts whose number is the typed one."""
    read = phone.parse(typed)
    if not isinstance(read, Cleaned) or not read.value:
        return []
    found = select(account_card.c.user_id).where(account_card.c.phone_hash == _hash(store, read.value))
    return list(session.execute(found).scalars())


def _hash(store: Store, number: str) -> str:
    return store.keyring.hash(_CONTEXT, number)
