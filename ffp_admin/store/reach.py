"""Where a record comes to lie by a save, and whether its new place is still the actor's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ffp_admin.models.trails import UNIT
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Form
from ffp_admin.store.actor import SYSTEM, Actor, Codes
from ffp_admin.store.edition import Edition
from ffp_admin.store.limits import untouchable
from ffp_admin.store.record import Record
from ffp_admin.store.references import Surroundings, codes_of_region, holds_codes, register_of
from ffp_admin.store.visible import lies_within

Values = Mapping[str, Any]
#: where records of the county lie
NOWHERE: Codes = {}


class Reach:
    """What an actor may write of one form, and where; made once per batch."""

    def __init__(
        self, session: Session, edition: Edition, form_key: str, actor: Actor, surroundings: Surroundings
    ) -> None:
        self._session = session
        self._edition = edition
        self._form: Form = edition.form(form_key)
        self._actor = actor
        self._surroundings = surroundings
        self._closed = untouchable(self._form, actor.limits_on(form_key))
        self._owners: dict[tuple[str, Any], bool] = {}

    def closed_field(self, given: Values) -> str:
        """The label of a given field that is kept from the actor, "" when none is.

        A guess that is right is refused like any other: nobody learns a value by trying to save it.
        """
        typed = (
            one for one in self._form.fields() if one.key in given and (one.fields or KINDS[one.kind].typed)
        )
        return next((one.label for one in typed if one.key in self._closed), "")

    def codes(self, values: Values) -> Codes | None:
        """The scope codes of a record with these values; None when what it belongs to is not there."""
        scope = self._form.field(self._form.scope)
        register, value = register_of(scope), values[scope.key]
        if holds_codes(register):
            return codes_of_region(value)
        return self._surroundings.codes_of(register, value, SYSTEM)

    def holds(self, before: Record | None, values: Values, codes: Codes) -> bool:
        """Whether the actor may leave the record there: by a region, its unit, or what it belongs to.

        `before` is what the actor could edit already; it may stay where it is.
        """
        verb = "fill" if before is None else "edit"
        form, actor = self._form, self._actor
        if lies_within(form, codes, actor, verb):
            return True
        if form.handled_by and values.get(form.handled_by) in actor.unit_ids(form.key, verb):
            return True
        ties = [key for key in (form.scope, form.handled_by) if key]
        stays = before is not None and all(values.get(key) == before.values.get(key) for key in ties)
        return (stays and before is not None and dict(before.codes) == {**before.codes, **codes}) or (
            self._holds_owner(values, verb)
        )

    def _holds_owner(self, values: Values, verb: str) -> bool:
        register = register_of(self._form.field(self._form.scope)) if self._form.scope else ""
        if not register or holds_codes(register) or register not in self._edition.catalog.forms:
            return False
        key = (verb, values[self._form.scope])
        if key not in self._owners:
            self._owners[key] = self._find_owner(register, *key)
        return self._owners[key]

    def _find_owner(self, register: str, verb: str, owner: Any) -> bool:
        """Whether the record it belongs to is one of the assigned households', or of the units' that deal with it."""
        tables, form, actor = self._edition.tables(register), self._form, self._actor
        ways = []
        if tables.household and (households := actor.household_ids(form.key, verb)):
            ways.append(tables.household.matches(tables.main, households))
        if not form.handled_by and (units := actor.unit_ids(form.key, verb)):
            if register == UNIT:
                return owner in units
            ways += [way.matches(tables.main, units) for way in tables.units]
        if not ways:
            return False
        found = select(tables.main.c.id).where(tables.main.c.id == owner, or_(*ways))
        return self._session.execute(found).first() is not None
