"""Names of regions, from county down to group, by code."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin.models.compile import LEVELS
from ffp_admin.store.edition import Edition
from ffp_admin.store.record import chunks

REGISTER = "region"
#: physical columns the register of regions is declared with
CODE_COLUMN, NAME_COLUMN = "region_code", "name"


def region_names(session: Session, edition: Edition, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Code → names of its county, town, village, group, as far down as the code goes; unknown ones are ''."""
    wanted = list(dict.fromkeys(codes))
    parts = {code: [code[:length] for length in LEVELS if len(code) >= length] for code in wanted}
    names = _names(session, edition, {part for found in parts.values() for part in found})
    return {code: tuple(names.get(part, "") for part in found) for code, found in parts.items()}


def region_captions(session: Session, edition: Edition, codes: Iterable[str]) -> dict[str, str]:
    """Code → what people say: town, village and group together, the county's name only for the county itself."""
    names = region_names(session, edition, codes)
    return {code: "".join(found[1:]) or found[0] for code, found in names.items() if found and found[-1]}


def _names(session: Session, edition: Edition, codes: Iterable[str]) -> dict[str, str]:
    if REGISTER not in edition.catalog.forms:
        return {}
    main = edition.tables(REGISTER).main
    names: dict[str, str] = {}
    for some in chunks(codes):
        statement = select(main.c[CODE_COLUMN], main.c[NAME_COLUMN]).where(main.c[CODE_COLUMN].in_(some))
        names.update((code, name or "") for code, name in session.execute(statement.order_by(main.c.id)))
    return names
