"""Who walks: everybody who may not see the first village, and those who may."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ffp_admin.store import UserScope
from tests.screens.county import COUNTY, OTHER_TOWN, POPLAR, TOWN, WILLOW
from tests.walk.seeding import Secret

Keep = Callable[[Secret], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """Somebody who tries every address; `blind` says which secrets are kept from them."""

    name: str
    label: str
    role: str = ""
    scopes: tuple[UserScope, ...] = ()
    blind: Keep = lambda _secret: True
    #: may work in the village whose records are asked for
    insider: bool = False
    #: looks after the platform: may change everything but records
    duty: bool = False
    cookie: str = ""
    token: str = ""


def _region(role: str, code: str, **days: Any) -> tuple[UserScope, ...]:
    return (UserScope(role=role, region_code=code, **days),)


def _of_others(own: str) -> Keep:
    return lambda secret: secret.village not in (own, "")


def _of_villages(secret: Secret) -> bool:
    return bool(secret.village)


def walkers(today: Any, other_unit: int, limited: set[tuple[str, str]]) -> list[Walker]:
    """Everybody who walks, strangers first."""
    yesterday, tomorrow = today - timedelta(1), today + timedelta(1)

    def kept(secret: Secret) -> bool:
        return secret.village not in (WILLOW, "") or (secret.form, secret.field) in limited

    unit = UserScope(role="w_viewer", kind="unit", target_id=other_unit)
    return [
        Walker(name="", label="nobody"),
        Walker(name="poplar", label="clerk of another village", role="village",
               scopes=_region("village", POPLAR), blind=_of_others(POPLAR)),
        Walker(name="faraway", label="officer of another township", role="town",
               scopes=_region("town", OTHER_TOWN), blind=_of_villages),
        Walker(name="bureau", label="officer of another department", role="w_viewer",
               scopes=(unit,), blind=_of_villages),
        Walker(name="noverb", label="same village, no right to view", role="w_none",
               scopes=_region("w_none", WILLOW)),
        Walker(name="expired", label="scope ended yesterday", role="village",
               scopes=_region("village", WILLOW, valid_to=yesterday)),
        Walker(name="future", label="scope begins tomorrow", role="village",
               scopes=_region("village", WILLOW, valid_from=tomorrow)),
        Walker(name="standin", label="acting duty ended yesterday", role="village",
               scopes=_region("village", POPLAR), blind=_of_others(POPLAR)),
        Walker(name="disabled", label="account switched off", role="village", scopes=_region("village", WILLOW)),
        Walker(name="musty", label="password must be changed", role="village", scopes=_region("village", WILLOW)),
        Walker(name="a-system", label="system administrator", role="system_admin", duty=True, blind=_of_villages,
               scopes=(UserScope(role="system_admin", kind="duty"),)),
        Walker(name="a-security", label="security administrator", role="security_admin", duty=True,
               blind=_of_villages, scopes=(UserScope(role="security_admin", kind="duty"),)),
        Walker(name="a-audit", label="audit administrator", role="audit_admin", duty=True, blind=_of_villages,
               scopes=(UserScope(role="audit_admin", kind="duty"),)),
        Walker(name="viewer", label="same village, may only view", role="w_viewer", insider=True,
               scopes=_region("w_viewer", WILLOW), blind=_of_others(WILLOW)),
        Walker(name="limited", label="same village, fields hidden or masked", role="w_limited", insider=True,
               scopes=_region("w_limited", WILLOW), blind=kept),
        Walker(name="willow", label="clerk of the village", role="village", insider=True,
               scopes=_region("village", WILLOW), blind=_of_others(WILLOW)),
        Walker(name="town", label="officer of its township", role="town", insider=True,
               scopes=_region("town", TOWN), blind=lambda _secret: False),
        Walker(name="xian", label="officer of the county", role="county", insider=True, duty=True,
               scopes=_region("county", COUNTY), blind=lambda _secret: False),
    ]  # fmt: skip


def named(people: Iterable[Walker], name: str) -> Walker:
    """One walker."""
    return next(one for one in people if one.name == name)
