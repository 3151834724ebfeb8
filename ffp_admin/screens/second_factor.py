"""The second factor: a secret shared with an authenticator (TOTP, RFC 6238), and ten recovery codes on paper."""

from __future__ import annotations

import io
import secrets

import pyotp
import segno
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.keyring import KeyringError
from ffp_admin.screens.logins import Account, end_sessions, note, note_about
from ffp_admin.store import Actor, Store
from ffp_admin.store.security_tables import recovery_code, second_factor

#: seconds a code holds; one before and one after are taken too, since clocks of phones are not exact
STEP = 30
DRIFT = (0, -1, 1)
RECOVERY_CODES = 10
#: letters and digits nobody mixes up when reading them from paper
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_HALF_CODE = 5
#: answers of `take_code`
CODE, RECOVERY = "code", "recovery"


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def spoken(secret: str) -> str:
    """The secret in groups of four, to be typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def picture(secret: str, username: str, issuer: str) -> bytes:
    """The QR code an authenticator reads, as SVG without styles of its own."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)
    out = io.BytesIO()
    segno.make(address, error="l", boost_error=False).save(
        out, kind="svg", scale=5, border=3, light="#fff", xmldecl=False
    )
    return out.getvalue()


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The 30-second step a code belongs to, None when it is wrong."""
    code = "".join(code.split())
    present = int(now) // STEP
    steps = [present + one for one in DRIFT]
    fits = [step for step in steps if secrets.compare_digest(_code_of(secret, step), code.encode())]
    return fits[0] if fits else None


def _code_of(secret: str, step: int) -> bytes:
    return pyotp.TOTP(secret).at(step * STEP).encode()


def bind(session: Session, store: Store, account: Account, secret: str, step: int) -> list[str]:
    """Share `secret` with the account from now on; returns its recovery codes, shown this once.

    `step` is that of the code that proved it. All sessions of the account end.
    """
    _forget(session, account.id)
    now = store.clock.now()
    sealed = store.keyring.seal(secret, _context(account.id))
    session.execute(insert(second_factor).values(user_id=account.id, at=now, secret=sealed, last_step=step))
    end_sessions(session, account.id)
    note(session, store, account, "second_factor_on")
    return _new_codes(session, store, account)


def renew_codes(session: Session, store: Store, account: Account) -> list[str]:
    """Other recovery codes instead of the old ones."""
    note(session, store, account, "recovery_codes_renewed")
    return _new_codes(session, store, account)


def _new_codes(session: Session, store: Store, account: Account) -> list[str]:
    session.execute(delete(recovery_code).where(recovery_code.c.user_id == account.id))
    codes = [
        "".join(secrets.choice(_ALPHABET) for _i in range(2 * _HALF_CODE)) for _j in range(RECOVERY_CODES)
    ]
    rows = [{"user_id": account.id, "hash": _hash(store, account.id, code)} for code in codes]
    session.execute(insert(recovery_code), rows)
    return [f"{code[:_HALF_CODE]}-{code[_HALF_CODE:]}" for code in codes]


def take_code(session: Session, store: Store, account: Account, text: str) -> str:
    """Use up a code of the authenticator or of the slip: CODE, RECOVERY, or "" for a wrong or used one.

    The row changes only from an older step to this one, so of two requests with one code one is refused.
    """
    secret = secret_of(session, store, account.id)
    step = matching_step(secret, text, store.clock.now().timestamp()) if secret else None
    own = (second_factor.c.user_id == account.id, second_factor.c.last_step < (step or 0))
    if step is not None:
        taken = session.execute(update(second_factor).where(*own).values(last_step=step))
        return CODE if taken.rowcount else ""  # type: ignore[attr-defined]
    return RECOVERY if secret and _take_recovery(session, store, account, text) else ""


def _take_recovery(session: Session, store: Store, account: Account, text: str) -> bool:
    code = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    table = recovery_code.c
    own = (
        table.user_id == account.id,
        table.hash == _hash(store, account.id, code),
        table.used_at.is_(None),
    )
    used = session.execute(update(recovery_code).where(*own).values(used_at=store.clock.now()))
    if used.rowcount:  # type: ignore[attr-defined]
        note(session, store, account, "recovery_code_used", left=codes_left(session, account.id))
    return bool(used.rowcount)  # type: ignore[attr-defined]


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes were not used yet."""
    table = recovery_code.c
    query = select(func.count()).where(table.user_id == user_id, table.used_at.is_(None))
    return int(session.execute(query).scalar_one())


def secret_of(session: Session, store: Store, user_id: int) -> str:
    """The secret of an account; "" when it has none or it cannot be opened with these keys."""
    sealed = session.execute(
        select(second_factor.c.secret).where(second_factor.c.user_id == user_id)
    ).scalar()
    try:
        return store.keyring.open(sealed, _context(user_id)) if sealed else ""
    except KeyringError:
        return ""


def reset(session: Session, store: Store, account: Account, actor: Actor) -> bool:
    """Forget the authenticator and the slip of an account, and end its sessions; False when it had none."""
    if not _forget(session, account.id):
        return False
    end_sessions(session, account.id)
    note_about(session, store, actor, account, "second_factor_reset")
    return True


def _forget(session: Session, user_id: int) -> int:
    session.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    done = session.execute(delete(second_factor).where(second_factor.c.user_id == user_id))
    return int(done.rowcount)  # type: ignore[attr-defined]


def seal_offer(store: Store, user_id: int, secret: str) -> str:
    """A secret that is shown and not bound yet, as an opaque text for the cookie."""
    return store.keyring.seal(secret, f"{_context(user_id)}:offer")


def open_offer(store: Store, user_id: int, sealed: str) -> str:
    """The secret again, "" when it belongs to somebody else."""
    try:
        return store.keyring.open(sealed, f"{_context(user_id)}:offer")
    except KeyringError:
        return ""


def _hash(store: Store, user_id: int, code: str) -> str:
    return store.keyring.hash("recovery code", f"{user_id}:{code}")


def _context(user_id: int) -> str:
    return f"second factor:{user_id}"
