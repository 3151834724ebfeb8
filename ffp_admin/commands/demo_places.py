"""Where the demo county's accounts work, beside villages and townships: units, assigned households, inspections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.screens.logins import find_account
from ffp_admin.store import SYSTEM, Query, Store, UserScope, set_scopes


def give_places(store: Store, line: Mapping[str, Any]) -> None:
    """The scopes one line of `demo_county.yaml` asks for, instead of its role without a place."""
    with store.writing() as session:
        scopes = tuple(_scopes(session, store, line))
        account = find_account(session, line["username"])
        if scopes and account is not None:
            set_scopes(session, account.id, scopes)


def _scopes(session: Session, store: Store, line: Mapping[str, Any]) -> Iterator[UserScope]:
    role = line["role"]
    if unit := line.get("unit"):
        [(unit_id, _caption)] = stores.pick(session, store, "unit", unit, SYSTEM, limit=1)
        yield UserScope(role=role, kind="unit", target_id=int(unit_id))
    if homes := line.get("households"):
        query = Query(region=homes["village"], size=homes["count"])
        for home in stores.page(session, store, "household", SYSTEM, query).records:
            yield UserScope(role=role, kind="household", target_id=home.id)
    if task := line.get("task"):
        today = store.clock.today()
        last = today + timedelta(days=task["days"])
        forms = tuple(task["forms"])
        yield UserScope(
            role=role, kind="task", region_code=task["region"], forms=forms, valid_from=today, valid_to=last
        )
