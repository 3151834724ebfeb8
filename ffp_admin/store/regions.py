"""Names of regions, from county down to group, by code."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from ffp_admin.models.compile import CURRENT, LEVELS
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


def regions_within(
    session: Session, edition: Edition, codes: Iterable[str], after: str, size: int
) -> list[tuple[str, str]]:
    """The regions of some subtrees in the order of their codes, from behind one on: (code, own name)."""
    if REGISTER not in edition.catalog.forms:
        return []
    main = edition.tables(REGISTER).main
    code = main.c[CODE_COLUMN]
    ways = [and_(code >= one, code < f"{one}:") for one in codes]  # ":" sorts behind every digit
    statement = (
        select(code, main.c[NAME_COLUMN])
        .where(or_(false(), *ways), code > after, main.c.status == CURRENT)
        .order_by(code)
        .limit(size)
    )
    return [(str(found), name or "") for found, name in session.execute(statement)]


def _names(session: Session, edition: Edition, codes: Iterable[str]) -> dict[str, str]:
    if REGISTER not in edition.catalog.forms:
        return {}
    main = edition.tables(REGISTER).main
    names: dict[str, str] = {}
    for some in chunks(codes):
        statement = select(main.c[CODE_COLUMN], main.c[NAME_COLUMN]).where(main.c[CODE_COLUMN].in_(some))
        names.update((code, name or "") for code, name in session.execute(statement.order_by(main.c.id)))
    return names
