"""What an account may do, where, today: by register, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.screens.rightgrid import told_limits
from ffp_admin.spec.model import VERBS, Form
from ffp_admin.store import SYSTEM, Actor, Looker, Store
from ffp_admin.store.actor import VERB_NAMES
from ffp_admin.store.visible import region_reach

#: names told of households, units or regions before the rest is only counted
NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SightRow:
    """One register: what may be done where, and what is not seen of it."""

    label: str
    lines: Sequence[str]


def sight(session: Session, store: Store, actor: Actor) -> list[SightRow]:
    """The registers the account may view today."""
    teller = _Teller(session, store, actor)
    forms = store.catalog().forms.values()
    return [
        SightRow(
            label=form.label, lines=[*teller.places(form), *told_limits(form, actor.limits_on(form.key))]
        )
        for form in forms
        if actor.may(form.key, "view")
    ]


class _Teller:
    """Knows names of places for the time of one page."""

    def __init__(self, session: Session, store: Store, actor: Actor) -> None:
        self.actor = actor
        self.looker = Looker(session=session, edition=store.edition(), actor=SYSTEM)
        #: the same places come up for every register and verb
        self._told: dict[tuple[str, tuple[object, ...]], list[str]] = {}

    def places(self, form: Form) -> Iterator[str]:
        """What may be done in which places: verbs that hold in the same places in one line."""
        grouped: dict[str, list[str]] = {}
        for verb in VERBS:
            if self.actor.may(form.key, verb):
                grouped.setdefault(self._where(form, verb), []).append(_(VERB_NAMES[verb]))
        for where, verbs in grouped.items():
            if where:
                yield _("{verbs}: {place}", verbs="、".join(verbs), place=where)
            else:
                yield _("{verbs}: nowhere, for no place was given", verbs="、".join(verbs))

    def _where(self, form: Form, verb: str) -> str:
        if not (form.scope or form.handled_by):
            return _("the whole county")
        codes = region_reach(form, self.actor, verb)
        told = [_("the whole county")] if "" in codes else ["、".join(self._names("region", codes))]
        told = [one for one in told if one]
        units = self.actor.unit_ids(form.key, verb)
        households = self.actor.household_ids(form.key, verb)
        if units:
            told.append(_("what is dealt with by {names}", names="、".join(self._names("unit", units))))
        if households:
            names = "、".join(self._names("household", households))
            told.append(_("assigned households: {names}", names=names))
        return "；".join(told)

    def _names(self, register: str, idents: Iterable[object]) -> list[str]:
        wanted = tuple(idents)
        if (register, wanted) not in self._told:
            found = self.looker.captions(register, wanted[:NAMED])
            names = [found.get(one) or str(one) for one in wanted[:NAMED]]
            rest = [_("{count} in all", count=len(wanted))] if len(wanted) > NAMED else []
            self._told[register, wanted] = [*names, *rest]
        return self._told[register, wanted]
