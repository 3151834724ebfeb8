"""The chore that seals the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from ffp_admin.jobs.chores import Chore
from ffp_admin.keyring import Keyring
from ffp_admin.store.audit_sealing import seal_block

#: what was committed is sealed after so long at most; until then only the database guards it
EVERY = timedelta(minutes=1)


def sealing(keyring: Keyring) -> Mapping[str, Chore]:
    """One block a minute, by the kind of its job."""

    def seal(session: Session, now: datetime) -> int:
        return seal_block(session, keyring, now)

    return MappingProxyType({"seal_audit": Chore(every=EVERY, do=seal)})
