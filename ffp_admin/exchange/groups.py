"""Groups (村民小组) a workbook names that the register of regions does not have yet: offered once, then added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.i18n import _
from ffp_admin.spec.model import Catalog
from ffp_admin.store import Actor, Draft, Rejected, Store
from ffp_admin.store.regions import CODE_COLUMN, NAME_COLUMN, REGISTER

#: physical columns of the register beside those of `store.regions`
LEVEL_COLUMN, PARENT_COLUMN = "level", "parent_code"
#: digits of a village's code and of the group number behind it (domain §2.1)
VILLAGE_DIGITS, GROUP_DIGITS = 12, 3


class GroupRefused(Exception):
    """A group could not be added; the text says why."""


def add_groups(session: Session, store: Store, village: str, names: Sequence[str], actor: Actor) -> None:
    """Add `names` below `village`, numbered after the highest number there; GroupRefused when it may not be."""
    if not names:
        return
    if len(village) != VILLAGE_DIGITS:
        raise GroupRefused(
            _("New groups can only be added to a village. Choose the village of the workbook.")
        )
    tables = store.tables(REGISTER)
    main = tables.main
    rows = session.execute(
        select(main.c[CODE_COLUMN], main.c[LEVEL_COLUMN]).where(main.c[CODE_COLUMN].startswith(village))
    )
    levels = {str(code): str(level) for code, level in rows}
    highest = max((int(code[VILLAGE_DIGITS:]) for code in levels if len(code) > VILLAGE_DIGITS), default=0)
    keys = {name: path for path, name in tables.names.items()}
    level = _next_level(store.catalog(), tables.form.field(keys[LEVEL_COLUMN]).codes, levels.get(village, ""))
    drafts = [
        Draft(
            form=REGISTER,
            values=_values(keys, f"{village}{highest + number:0{GROUP_DIGITS}d}", name, level, village),
        )
        for number, name in enumerate(names, start=1)
    ]
    # who may import a village's people may name its groups: below that village and nowhere else
    namer = replace(actor, grants=actor.grants | {(REGISTER, "fill")})
    answers = stores.save_many(session, store, REGISTER, drafts, namer, source="import")
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, Rejected):
            raise GroupRefused(_("The group {name} cannot be added: {reason}", name=name, reason=answer))


def _next_level(catalog: Catalog, codes: str, level: str) -> str:
    """The level right below, by the order of the code list."""
    words = [word.code for word in catalog.codes[codes].words]
    return words[words.index(level) + 1] if level in words[:-1] else words[-1]


def _values(keys: Mapping[str, str], code: str, name: str, level: str, parent: str) -> dict[str, Any]:
    return {
        keys[CODE_COLUMN]: code,
        keys[NAME_COLUMN]: name,
        keys[LEVEL_COLUMN]: level,
        keys[PARENT_COLUMN]: parent,
    }
