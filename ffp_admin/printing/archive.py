"""Rows of print_log and their sealed PDFs: kept once, opened as often as wanted, always the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.models.compile import LEVELS
from ffp_admin.store import Actor, Store, static
from ffp_admin.store.record import chunks
from ffp_admin.store.visible import visible

SNAPSHOT = "print_log.snapshot"
#: prints whose speed tells how long the next one takes
REMEMBERED = 5

_log, _file = static.print_log, static.print_file

#: form key → ids of its records
Records = Mapping[str, Sequence[int]]


class PrintDamaged(Exception):
    """A stored PDF is not the one that was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One print as its row tells it."""

    id: int
    at: datetime
    user_id: int | None
    user_name: str
    document: str
    region: str
    release: int
    pages: int
    #: how often the PDF was handed out to be kept or printed
    copies: int
    sha256: str
    #: whether the PDF can still be opened
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A PDF fresh from the press, and what goes into its row."""

    document: str
    region: str
    release: int
    template: str
    pdf: bytes
    pages: int
    sha256: str
    #: all texts on it, as JSON knows them
    snapshot: object
    #: whose data stand on it
    records: Records
    milliseconds: int


def log_print(
    session: Session, store: Store, drawn: Drawn, actor: Actor, *, job: int | None = None, copies: int = 0
) -> int:
    """The row of a print: who, what, when and a sealed snapshot of the data; its id."""
    snapshot = json.dumps(drawn.snapshot, ensure_ascii=False, default=str)
    result = session.execute(
        insert(_log).values(
            at=store.clock.now(),
            user_id=actor.user_id,
            user_name=actor.name,
            document=drawn.document,
            release=drawn.release,
            region_code=drawn.region,
            pages=drawn.pages,
            copies=copies,
            sha256=drawn.sha256,
            check_part=hashlib.sha256(drawn.sha256.encode()).hexdigest()[:8],
            snapshot=store.keyring.seal(snapshot, SNAPSHOT),
            template=drawn.template,
            job_id=job,
            milliseconds=drawn.milliseconds,
        )
    )
    found: int = result.inserted_primary_key[0]  # type: ignore[attr-defined]
    return found


def keep_file(session: Session, store: Store, ident: int, drawn: Drawn) -> None:
    """The PDF of a print, sealed so that it opens as that print's only."""
    seal = store.keyring.seal
    records = json.dumps({form: list(ids) for form, ids in drawn.records.items()})
    session.execute(
        insert(_file).values(
            print_id=ident,
            at=store.clock.now(),
            content=seal(drawn.pdf, _context("content", ident)),
            records=seal(records, _context("records", ident)),
        )
    )


def print_of_job(session: Session, job: int) -> int | None:
    """The print a job has made already."""
    return session.execute(select(_log.c.id).where(_log.c.job_id == job)).scalar_one_or_none()


def find_print(session: Session, ident: int) -> Print | None:
    """The print with this number; whether somebody may see it is another question."""
    return next(iter(_prints(session, _select().where(_log.c.id == ident))), None)


def prints_of(session: Session, user_id: int | None, limit: int) -> list[Print]:
    """An account's newest prints that can still be opened."""
    mine = _select().where(_log.c.user_id == user_id, _file.c.content.is_not(None))
    return _prints(session, mine.order_by(_log.c.id.desc()).limit(limit))


def _select() -> Select[Any]:
    names = ("id", "at", "user_id", "user_name", "document", "release", "pages", "copies", "sha256")
    columns = [_log.c[name] for name in names]
    kept = _file.c.content.is_not(None).label("is_kept")
    region = func.coalesce(_log.c.region_code, "").label("region")
    return select(*columns, region, kept).join(_file, _file.c.print_id == _log.c.id, isouter=True)


def _prints(session: Session, statement: Select[Any]) -> list[Print]:
    return [Print(**{**row._mapping, "is_kept": bool(row.is_kept)}) for row in session.execute(statement)]


def count_copy(session: Session, ident: int) -> None:
    """One more copy was handed out."""
    session.execute(update(_log).where(_log.c.id == ident).values(copies=_log.c.copies + 1))


def content_of(session: Session, keyring: Keyring, one: Print) -> bytes | None:
    """The PDF as it was drawn; None when it was emptied, PrintDamaged when it is another one."""
    sealed = session.execute(select(_file.c.content).where(_file.c.print_id == one.id)).scalar_one_or_none()
    if sealed is None:
        return None
    pdf = keyring.open_bytes(sealed, _context("content", one.id))
    if hashlib.sha256(pdf).hexdigest() != one.sha256:
        raise PrintDamaged(f"print {one.id}")
    return pdf


def shows_only_visible(session: Session, store: Store, one: Print, lines: str, actor: Actor) -> bool:
    """Whether the actor may print every line (of the form `lines`) and see every other record on it today.

    True when nothing is kept that could be seen.
    """
    records = records_of(session, store.keyring, one)
    return records is None or all(
        _are_visible(session, store, form, ids, actor, "print" if form == lines else "view")
        for form, ids in records.items()
    )


def records_of(session: Session, keyring: Keyring, one: Print) -> Records | None:
    """The records a print shows; None when that was emptied."""
    sealed = session.execute(select(_file.c.records).where(_file.c.print_id == one.id)).scalar_one_or_none()
    if sealed is None:
        return None
    records: Records = json.loads(keyring.open(sealed, _context("records", one.id)))
    return records


def _are_visible(
    session: Session, store: Store, form: str, ids: Iterable[int], actor: Actor, verb: str
) -> bool:
    if form not in store.catalog().forms:
        return False
    tables = store.tables(form)
    column = tables.main.c.id
    for some in chunks(ids):
        asked: Any = select(func.count()).select_from(tables.main).where(column.in_(some))
        if session.execute(visible(asked, tables, actor, verb)).scalar_one() != len(some):
            return False
    return True


def region_codes(region: str) -> dict[str, str]:
    """The codes of a region's levels by column name, as records carry them."""
    return {column: region[:length] for length, column in LEVELS.items() if len(region) >= length}


def expected_seconds(session: Session, document: str, region: str, pages: int | None) -> float | None:
    """How long the last prints of this document and region took, else as many pages of any; None when nobody knows."""
    known = select(_log.c.milliseconds, _log.c.pages).where(_log.c.milliseconds.is_not(None))
    last = known.order_by(_log.c.id.desc()).limit(REMEMBERED)
    same = session.execute(last.where(_log.c.document == document, _log.c.region_code == region)).all()
    if same:
        return float(sum(one.milliseconds for one in same) / len(same) / 1000)
    some = session.execute(last).all() if pages else ()
    drawn = sum(one.pages for one in some)
    per_page = sum(one.milliseconds for one in some) / drawn / 1000 if drawn else None
    return None if per_page is None or pages is None else float(per_page * pages)


def _context(column: str, ident: int) -> str:
    return f"print_file.{column}.{ident}"
