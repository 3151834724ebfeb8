"""What the worker does again and again: nothing personal may lie about longer than needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from ffp_admin.store import static
from ffp_admin.store.draft_tables import screen_draft

#: an uploaded workbook that was neither taken nor given up is emptied after this time
STAGED_FOR = timedelta(hours=24)
#: whatever became of an upload, its workbook is gone after this time: the rows it brought are records by now
UPLOADS_FOR = timedelta(days=7)
#: a draft outlasts one quarter's round of visits: a form begun on the first day can still be handed in on the last
DRAFTS_FOR = timedelta(days=90)
#: a print's PDF can be opened again for so long; after that only its row with the SHA-256 stays
PRINT_FILES_FOR = timedelta(days=30)
#: what an ended job said and brought forth may be asked for so long
JOBS_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """A recurring piece of work: how often, and what; the function returns how many rows it dealt with."""

    every: timedelta
    do: Callable[[Session, datetime], int]


def empty_staged(session: Session, now: datetime) -> int:
    """Forget workbooks staged more than a day ago: ID numbers of a whole village stand in them."""
    batch = static.import_batch
    done = session.execute(
        update(batch)
        .where(batch.c.state == "staged", batch.c.at < now - STAGED_FOR)
        .values(state="expired", content=None, result=None, finished_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def empty_uploads(session: Session, now: datetime) -> int:
    """Forget the workbooks of imports that broke off in the middle; the import's line and its counts stay."""
    batch = static.import_batch
    done = session.execute(
        update(batch)
        .where(batch.c.at < now - UPLOADS_FOR, or_(batch.c.content.is_not(None), batch.c.result.is_not(None)))
        .values(content=None, result=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def drop_drafts(session: Session, now: datetime) -> int:
    """Forget what was typed into forms and not saved for a quarter."""
    done = session.execute(delete(screen_draft).where(screen_draft.c.at < now - DRAFTS_FOR))
    return int(done.rowcount)  # type: ignore[attr-defined]


def empty_prints(session: Session, now: datetime) -> int:
    """Forget the PDFs of old prints: whole ID numbers stand in them; who printed what when stays in print_log."""
    file = static.print_file
    done = session.execute(
        update(file)
        .where(file.c.at < now - PRINT_FILES_FOR, file.c.content.is_not(None))
        .values(content=None, records=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def empty_jobs(session: Session, now: datetime) -> int:
    """Forget what ended jobs said and brought forth."""
    job = static.job
    done = session.execute(
        update(job)
        .where(job.c.finished_at < now - JOBS_FOR, or_(job.c.result.is_not(None), job.c.message.is_not(None)))
        .values(result=None, message=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def housekeeping() -> Mapping[str, Chore]:
    """All chores by the kind of their job."""
    return MappingProxyType(
        {
            "empty_staged": Chore(every=timedelta(minutes=30), do=empty_staged),
            "empty_uploads": Chore(every=timedelta(hours=24), do=empty_uploads),
            "drop_drafts": Chore(every=timedelta(hours=24), do=drop_drafts),
            "empty_prints": Chore(every=timedelta(hours=6), do=empty_prints),
            "empty_jobs": Chore(every=timedelta(hours=24), do=empty_jobs),
        }
    )
