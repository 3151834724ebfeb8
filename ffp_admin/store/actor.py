"""Who acts: the account with its rights, and where they hold, at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ffp_admin.i18n import N_, _
from ffp_admin.models.compile import LEVELS
from ffp_admin.spec.model import VERBS, Catalog, Role
from ffp_admin.store.limits import NO_LIMITS, FieldLimits, limits_of, merged
from ffp_admin.store.user_scopes import HOUSEHOLD, REGION, TASK, UNIT, UserScope

#: scope codes of a record by column name; None where the record belongs to no region of that level
Codes = Mapping[str, str | None]
#: (form key or "*", verb)
Grants = frozenset[tuple[str, str]]


class NotAllowed(Exception):
    """The actor lacks the right, or the record lies outside the actor's regions; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A dated inspection: one region's subtree, for some registers; no register named means every one."""

    region: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One role with the places it was given for: its rights hold there and nowhere else."""

    grants: Grants
    regions: tuple[str, ...] = ()
    #: ids of assigned households
    households: tuple[int, ...] = ()
    #: ids of units the account works for
    units: tuple[int, ...] = ()
    tasks: tuple[Task, ...] = ()
    #: name of the account in whose stead the role is exercised
    behalf: str = ""

    def may(self, form: str, verb: str) -> bool:
        """Whether the role grants the verb on the form."""
        return (form, verb) in self.grants or ("*", verb) in self.grants

    def codes(self, form: str) -> Iterator[str]:
        """Regions whose subtrees the role opens for a form."""
        yield from self.regions
        yield from (task.region for task in self.tasks if not task.forms or form in task.forms)


@dataclass(frozen=True, slots=True)
class Actor:
    """An account with what it may do, and where; `regions` are codes of whole subtrees.

    `grants` and `regions` are the sum over all roles. Where an account holds several roles in several places,
    `holdings` keep them apart; without holdings every right holds in every region.
    """

    user_id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    grants: Grants = frozenset()
    regions: tuple[str, ...] = ()
    unmasked: bool = False
    duties: frozenset[str] = frozenset()
    #: the program itself: every region, also records without one
    everywhere: bool = False
    holdings: tuple[Holding, ...] = ()
    #: what the account is kept from, by form
    limits: tuple[tuple[str, FieldLimits], ...] = ()

    def may(self, form: str, verb: str) -> bool:
        """Whether the verb is granted on the form, in some place."""
        return (form, verb) in self.grants or ("*", verb) in self.grants

    def _holdings(self, form: str, verb: str) -> Iterator[Holding]:
        own = self.holdings or (Holding(grants=self.grants, regions=self.regions),)
        return (one for one in own if one.may(form, verb))

    def region_codes(self, form: str, verb: str = "view") -> tuple[str, ...]:
        """The regions in whose subtrees the verb is granted on the form, without those inside another one."""
        return widest(code for one in self._holdings(form, verb) for code in one.codes(form))

    def own_regions(self, form: str, verb: str = "view") -> tuple[str, ...]:
        """The regions the account works in, without those it only inspects."""
        return tuple(code for one in self._holdings(form, verb) for code in one.regions)

    def household_ids(self, form: str, verb: str = "view") -> tuple[int, ...]:
        """The assigned households on whose records of the form the verb is granted."""
        return tuple(sorted({id_ for one in self._holdings(form, verb) for id_ in one.households}))

    def unit_ids(self, form: str, verb: str = "view") -> tuple[int, ...]:
        """The units on whose records of the form the verb is granted."""
        return tuple(sorted({id_ for one in self._holdings(form, verb) for id_ in one.units}))

    def reaches(self, codes: Codes, form: str = "", verb: str = "view") -> bool:
        """Whether a record with these scope codes lies in one of the actor's regions.

        With a form: in one of those where the verb is granted on it.
        """
        regions = self.region_codes(form, verb) if form else self.regions
        return self.everywhere or any(
            codes.get(LEVELS[len(region)]) == region for region in regions if len(region) in LEVELS
        )

    def widest_regions(self) -> tuple[str, ...]:
        """All regions without those that lie inside another one, in order."""
        return widest(self.regions)

    def limits_on(self, form: str) -> FieldLimits:
        """The fields of a form the account does not see, or sees as stars."""
        return next((limits for key, limits in self.limits if key == form), NO_LIMITS)

    @property
    def acts_for(self) -> tuple[str, ...]:
        """Names of the accounts in whose stead this one acts today."""
        return tuple(dict.fromkeys(one.behalf for one in self.holdings if one.behalf))

    def by_own_right(self) -> Actor:
        """The same account without what it has in somebody's stead."""
        own = tuple(one for one in self.holdings if not one.behalf)
        grants = frozenset(grant for one in own for grant in one.grants)
        # a holding without rights, so that `regions` do not come to hold everywhere
        return replace(self, grants=grants, holdings=own or (Holding(grants=frozenset()),))


def widest(codes: Iterable[str]) -> tuple[str, ...]:
    """Region codes without those that lie inside another one, in order; what is no code of a level is left out."""
    known = sorted({code for code in codes if len(code) in LEVELS})
    inside = {one for one in known for other in known if one != other and one.startswith(other)}
    return tuple(code for code in known if code not in inside)


SYSTEM = Actor(
    user_id=None,
    name="system",
    grants=frozenset(("*", verb) for verb in VERBS),
    unmasked=True,
    duties=frozenset({"users", "audit", "publish"}),
    everywhere=True,
)

#: what each verb is called
VERB_NAMES = {
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
        raise NotAllowed(_("You may not {verb} '{form}'.", verb=_(VERB_NAMES[verb]), form=label))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role an account exercises: its rights, its scopes of today, in whose stead."""

    role: str
    grants: Grants
    scopes: tuple[UserScope, ...] = ()
    limits: Mapping[str, FieldLimits]
    behalf: str = ""


def actor_of(catalog: Catalog, user_id: int, name: str, scopes: tuple[UserScope, ...]) -> Actor:
    """The actor an account is by the declared roles of its scopes; unknown roles give nothing."""
    held = [
        HeldRole(
            role=key,
            grants=_grants(catalog.roles[key]),
            scopes=tuple(one for one in scopes if one.role == key),
            limits=limits_of(catalog, key),
        )
        for key in dict.fromkeys(one.role for one in scopes)
        if key in catalog.roles
    ]
    return actor_with(catalog, user_id, name, held)


def actor_with(catalog: Catalog, user_id: int, name: str, held: Iterable[HeldRole]) -> Actor:
    """The actor an account is by the roles it exercises; roles that are not declared give their rights alone."""
    held = tuple(held)
    roles = [catalog.roles[one.role] for one in held if one.role in catalog.roles]
    holdings = tuple(_holding(one) for one in held)
    return Actor(
        user_id=user_id,
        name=name,
        roles=frozenset(role.key for role in roles),
        grants=frozenset(grant for one in held for grant in one.grants),
        regions=tuple(dict.fromkeys(code for one in holdings for code in (*one.regions, *_inspected(one)))),
        unmasked=any(role.unmasked for role in roles),
        duties=frozenset(duty for role in roles for duty in role.duties),
        holdings=holdings,
        limits=tuple(_limits(catalog, held)),
    )


def _inspected(holding: Holding) -> Iterator[str]:
    return (task.region for task in holding.tasks)


def _holding(held: HeldRole) -> Holding:
    def ids(kind: str) -> tuple[int, ...]:
        return tuple(one.target_id for one in held.scopes if one.kind == kind and one.target_id is not None)

    return Holding(
        grants=held.grants,
        regions=tuple(one.region_code for one in held.scopes if one.kind == REGION and one.region_code),
        households=ids(HOUSEHOLD),
        units=ids(UNIT),
        tasks=tuple(Task(region=one.region_code, forms=one.forms) for one in held.scopes if one.kind == TASK),
        behalf=held.behalf,
    )


def _limits(catalog: Catalog, held: tuple[HeldRole, ...]) -> Iterator[tuple[str, FieldLimits]]:
    """A field is kept back when every role that opens the form keeps it back."""
    for form in sorted({key for one in held for key in one.limits}):
        opening = [one for one in held if (form, "view") in one.grants or ("*", "view") in one.grants]
        found = merged(one.limits.get(form, NO_LIMITS) for one in opening)
        if found.closed:
            yield form, found


def _grants(role: Role) -> Grants:
    return frozenset((form, verb) for form, verbs in role.grants.items() for verb in verbs)
