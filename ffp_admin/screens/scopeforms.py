"""The question sheets for giving a role: one for each kind of scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.screens.asking import Question
from ffp_admin.spec.model import Catalog
from ffp_admin.store import UserScope
from ffp_admin.store.user_scopes import DUTY, HOUSEHOLD, REGION, TASK, UNIT

#: kind → what its page is called, and what it is for
SHEETS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        REGION: (N_("Give a role in a region"), N_("For cadres of a village, a township or the county.")),
        UNIT: (N_("Give a role for a unit"), N_("For departments: they see what their unit deals with.")),
        HOUSEHOLD: (
            N_("Assign a household"),
            N_("For helpers: they see the assigned household and nothing else."),
        ),
        TASK: (
            N_("Give an inspection task"),
            N_("For inspectors: some registers of a region, until the last day."),
        ),
        DUTY: (N_("Give a role without a place"), N_("For the three administrators; they see no records.")),
    }
)
_REGISTER = MappingProxyType({REGION: REGION, TASK: REGION, UNIT: UNIT, HOUSEHOLD: HOUSEHOLD})


def offered(catalog: Catalog) -> list[str]:
    """The kinds whose register is declared."""
    return [kind for kind in SHEETS if kind not in _REGISTER or _REGISTER[kind] in catalog.forms]


def questions(kind: str, catalog: Catalog) -> list[Question]:
    """What is asked for a scope of a kind."""
    roles = [(role.key, role.label) for role in catalog.roles.values() if kind != DUTY or role.duties]
    asked = [Question(name="role", label=_("Role"), kind="select", required=True, options=roles)]
    if kind in _REGISTER:
        labels = {REGION: _("Region"), UNIT: _("Unit"), HOUSEHOLD: _("Household")}
        asked.append(
            Question(name="place", label=labels[_REGISTER[kind]], kind=_REGISTER[kind], required=True)
        )
    if kind == TASK:
        forms = [(form.key, form.label) for form in catalog.forms.values()]
        told = _("None ticked: every register the role may view.")
        asked.append(Question(name="forms", label=_("Registers"), kind="ticks", options=forms, help=told))
    return [*asked, *days(ends=kind == TASK), _reason(kind)]


def _reason(kind: str) -> Question:
    if kind == TASK:
        return Question(name="reason", label=_("Document number"), required=True)
    return Question(name="reason", label=_("Reason or document number"))


def days(*, ends: bool = False) -> list[Question]:
    """First and last day."""
    return [
        Question(name="valid_from", label=_("First day"), kind="date", help=_("Empty: from now on.")),
        Question(
            name="valid_to",
            label=_("Last day"),
            kind="date",
            required=ends,
            help="" if ends else _("Empty: until it is ended."),
        ),
    ]


def scope_of(kind: str, values: Mapping[str, Any]) -> UserScope:
    """The scope behind the answers."""
    place = values.get("place")
    return UserScope(
        role=values["role"],
        kind=kind,
        region_code=str(place) if _REGISTER.get(kind) == REGION else "",
        target_id=int(place) if _REGISTER.get(kind) in (UNIT, HOUSEHOLD) and place else None,
        forms=tuple(values.get("forms", ())),
        valid_from=values.get("valid_from"),
        valid_to=values.get("valid_to"),
        reason=values.get("reason", ""),
    )


def kinds_offered(catalog: Catalog, user_id: int) -> Sequence[tuple[str, str]]:
    """Address and label of each sheet, for the buttons of an account."""
    return [(f"/accounts/{user_id}/give/{kind}", _(SHEETS[kind][0])) for kind in offered(catalog)]
