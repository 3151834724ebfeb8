"""Who acts: the account with its rights and regions at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.models.compile import LEVELS
from ffp_admin.spec.model import VERBS, Catalog, Role
from ffp_admin.store import static

#: scope codes of a record by column name; None where the record belongs to no region of that level
Codes = Mapping[str, str | None]


class NotAllowed(Exception):
    """The actor lacks the right, or the record lies outside the actor's regions; the text says which."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account with what it may do, and where; `regions` are codes of whole subtrees."""

    user_id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    #: (form key or "*", verb)
    grants: frozenset[tuple[str, str]] = frozenset()
    regions: tuple[str, ...] = ()
    unmasked: bool = False
    duties: frozenset[str] = frozenset()
    #: the program itself: every region, also records without one
    everywhere: bool = False

    def may(self, form: str, verb: str) -> bool:
        """Whether the verb is granted on the form."""
        return (form, verb) in self.grants or ("*", verb) in self.grants

    def reaches(self, codes: Codes) -> bool:
        """Whether a record with these scope codes lies in one of the actor's regions."""
        return self.everywhere or any(
            codes.get(LEVELS[len(region)]) == region for region in self.regions if len(region) in LEVELS
        )

    def widest_regions(self) -> tuple[str, ...]:
        """The regions without those that lie inside another one, in order."""
        known = sorted({region for region in self.regions if len(region) in LEVELS})
        inside = {one for one in known for other in known if one != other and one.startswith(other)}
        return tuple(region for region in known if region not in inside)


SYSTEM = Actor(
    user_id=None,
    name="system",
    grants=frozenset(("*", verb) for verb in VERBS),
    unmasked=True,
    duties=frozenset({"users", "audit", "publish"}),
    everywhere=True,
)

_VERB_NAMES = {
    "view": N_("view"),
    "fill": N_("fill in"),
    "edit": N_("change"),
    "void": N_("void"),
    "import": N_("import"),
    "print": N_("print"),
    "export": N_("export"),
}


def require(actor: Actor, form: str, verb: str, label: str) -> None:
    """NotAllowed unless the verb is granted."""
    if not actor.may(form, verb):
        raise NotAllowed(_("You may not {verb} '{form}'.", verb=_(_VERB_NAMES[verb]), form=label))


@dataclass(frozen=True, slots=True, kw_only=True)
class UserScope:
    """One role of an account in one region; both days count, None is open."""

    region_code: str
    role: str
    valid_from: date | None = None
    valid_to: date | None = None


def scopes_of(session: Session, user_id: int, day: date) -> tuple[UserScope, ...]:
    """The roles and regions an account has on `day`."""
    table = static.user_scope
    rows = session.execute(
        select(table.c.region_code, table.c.role, table.c.valid_from, table.c.valid_to)
        .where(table.c.user_id == user_id)
        .where(or_(table.c.valid_from.is_(None), table.c.valid_from <= day))
        .where(or_(table.c.valid_to.is_(None), table.c.valid_to >= day))
        .order_by(table.c.id)
    )
    return tuple(UserScope(**row._mapping) for row in rows)


def set_scopes(session: Session, user_id: int, scopes: tuple[UserScope, ...]) -> None:
    """Replace the roles and regions of an account."""
    table = static.user_scope
    session.execute(delete(table).where(table.c.user_id == user_id))
    for one in scopes:
        session.execute(
            insert(table).values(
                user_id=user_id,
                region_code=one.region_code,
                role=one.role,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
        )


def actor_of(catalog: Catalog, user_id: int, name: str, scopes: tuple[UserScope, ...]) -> Actor:
    """The actor an account is by the declared roles of its scopes; unknown roles give nothing."""
    roles = [catalog.roles[one.role] for one in scopes if one.role in catalog.roles]
    return Actor(
        user_id=user_id,
        name=name,
        roles=frozenset(role.key for role in roles),
        grants=frozenset(grant for role in roles for grant in _grants(role)),
        regions=tuple(dict.fromkeys(one.region_code for one in scopes)),
        unmasked=any(role.unmasked for role in roles),
        duties=frozenset(duty for role in roles for duty in role.duties),
    )


def _grants(role: Role) -> list[tuple[str, str]]:
    return [(form, verb) for form, verbs in role.grants.items() for verb in verbs]
