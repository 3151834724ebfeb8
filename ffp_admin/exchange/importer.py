"""Workbooks into registers in two steps: stage (read, check, keep sealed), then commit, check file, or discard."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.exchange.checked import write_checked
from ffp_admin.exchange.findings import CellFinding
from ffp_admin.exchange.groups import GroupRefused, add_groups
from ffp_admin.exchange.kept import Head, Kept, Upload, keep, stamp_of
from ffp_admin.exchange.linking import Linker
from ffp_admin.exchange.reading import ImportRefused, layout_of, read_sheetful
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.exchange.sweeping import sweeping_rarely
from ffp_admin.exchange.writing import Refusal, Rows
from ffp_admin.i18n import N_, _, current_locale
from ffp_admin.spec.model import ImportProfile
from ffp_admin.store import Actor, Store, static
from ffp_admin.store.references import codes_of_region

_batch = static.import_batch
#: all of an upload but what is sealed and large
_FACTS = (_batch.c.id, _batch.c.user_id, _batch.c.profile, _batch.c.filename, _batch.c.sha256, _batch.c.region_code, _batch.c.period)  # fmt: skip
_CONTENT, _RESULT = "import_batch.content", "import_batch.result"
_GONE = N_("This upload was already taken or given up. Choose the workbook again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A workbook that was read and checked, nothing written yet."""

    id: int
    rows: int
    people: int
    households: int
    #: "ready" households; "mended", "error", "doubt" cells
    counts: Mapping[str, int]
    findings: Sequence[CellFinding] = ()
    new_groups: Sequence[str] = ()
    #: headings found ↔ captions of the fields they fill
    columns: Sequence[tuple[str, str]] = ()
    filename: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What one import wrote: "added", "changed", "unchanged" records, "skipped" households."""

    counts: Mapping[str, int] = field(default_factory=dict)


class Importer:
    """Imports workbooks of the declared profiles into one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def profiles(self) -> list[tuple[str, str]]:
        """Import profiles as (key, label)."""
        return [(one.key, one.label) for one in self._store.catalog().imports.values()]

    def register_of(self, profile: str) -> str:
        """The register whose right `import` a profile needs."""
        return self._profile(profile).register

    def profile_for(self, register: str) -> str:
        """The first profile that fills a register; ImportRefused names those there are."""
        profiles = self._store.catalog().imports.values()
        found = next((one.key for one in profiles if one.register == register), None)
        if found is None:
            known = "、".join(dict.fromkeys(one.register for one in profiles))
            raise ImportRefused(
                _(
                    "There is no import profile for '{register}'. Registers: {known}",
                    register=register,
                    known=known,
                )
            )
        return found

    def stage(
        self, profile: str, file_bytes: bytes, filename: str, region: str, period: int, actor: Actor
    ) -> Staged:
        """Read and check a workbook and keep it sealed until it is taken or given up."""
        self._require(self._profile(profile), region, actor)
        store = self._store
        upload = Upload(
            profile=profile, sha256=hashlib.sha256(file_bytes).hexdigest(), region=region, period=period
        )
        with store.reading() as session, sweeping_rarely():
            kept = self._read(session, upload, file_bytes)
        content = store.keyring.seal(file_bytes, _CONTENT)
        result = store.keyring.seal(kept.packed(), _RESULT)
        with store.writing() as session:
            made = session.execute(
                insert(_batch)
                .values(
                    at=store.clock.now(),
                    user_id=actor.user_id,
                    user_name=actor.name,
                    profile=profile,
                    register=self._profile(profile).register,
                    state="staged",
                    filename=filename[:200],
                    sha256=upload.sha256,
                    region_code=region,
                    period=period,
                    content=content,
                    result=result,
                    counts=json.dumps(kept.head.counts()),
                )
                .returning(_batch.c.id)
            )
            staged_id = int(made.scalar_one())
        return _answer(staged_id, kept.head, filename)

    def staged(self, staged_id: int, actor: Actor) -> Staged | None:
        """An earlier upload of this actor that is neither taken nor given up."""
        row = self._row(staged_id, actor)
        if row is None:
            return None
        with self._store.reading() as session:
            kept = self._found(session, row, in_words=True)
        return _answer(staged_id, kept.head, row.filename)

    def checked(self, staged_id: int, actor: Actor) -> bytes:
        """The same workbook with red cells and a column of reasons (.xlsx)."""
        row = self._needed(staged_id, actor)
        with self._store.reading() as session:
            head = self._found(session, row, in_words=True).head
            content = self._content(session, staged_id)
        layout = layout_of(self._profile(row.profile), content)
        out = io.BytesIO()
        write_checked(content, layout, head.findings, out, households=head.spans)
        return out.getvalue()

    def commit(
        self, staged_id: int, mode: str, actor: Actor, new_groups_confirmed: bool = False
    ) -> Committed:
        """Write `all` or only the `good` households in one transaction; ImportRefused when it may not be done."""
        row = self._needed(staged_id, actor)
        profile = self._profile(row.profile)
        self._require(profile, row.region_code, actor)
        store = self._store
        with store.writing() as session, sweeping_rarely():
            self._take(session, staged_id)
            kept = self._found(session, row)
            if kept.head.new_groups:
                self._add_groups(session, kept.head, row.region_code, actor, new_groups_confirmed)
                kept = self._found(session, row)  # the groups have codes now
            _refuse_unwanted(kept.head, mode)
            forms = store.catalog().forms
            rows = Rows(session, store, Linker(forms, profile), actor, staged_id)
            rows.write(kept.households(forms))
            if rows.refusals:
                raise ImportRefused(*(_sentence(one) for one in rows.refusals))
            counts = {key: rows.counts[key] for key in ("added", "changed", "unchanged", "asked")}
            counts["skipped"] = kept.head.faulty
            self._close(session, staged_id, "done", counts)
        return Committed(counts=counts)

    def discard(self, staged_id: int, actor: Actor) -> None:
        """Forget an upload."""
        if self._row(staged_id, actor) is None:
            return
        with self._store.writing() as session:
            self._close(session, staged_id, "discarded", {})

    def _add_groups(self, session: Session, head: Head, region: str, actor: Actor, confirmed: bool) -> None:
        names = "、".join(head.new_groups)
        if not confirmed:
            raise ImportRefused(
                _(
                    "The register of regions does not know these groups: {names}. Confirm that they are new, or mend the workbook.",
                    names=names,
                )
            )
        try:
            add_groups(session, self._store, region, head.new_groups, actor)
        except GroupRefused as refused:
            raise ImportRefused(str(refused)) from refused

    def _found(self, session: Session, row: Any, *, in_words: bool = False) -> Kept:
        """What was found when the upload came, while that still holds; else the workbook is read again.

        `in_words`: the sentences must be in the reader's language, too.
        """
        upload = Upload(profile=row.profile, sha256=row.sha256, region=row.region_code, period=row.period)
        packed = self._opened(session, row.id, _batch.c.result, _RESULT)
        kept = Kept.opened(packed, stamp_of(session, self._store, upload)) if packed else None
        if kept is not None and (not in_words or kept.head.locale == current_locale()):
            return kept
        return self._read(session, upload, self._content(session, row.id))

    def _read(self, session: Session, upload: Upload, content: bytes) -> Kept:
        profile = self._profile(upload.profile)
        # first: what changes while we read makes what we kept out of date
        stamp = stamp_of(session, self._store, upload)
        try:
            full = read_sheetful(session, self._store, profile, content, upload.region, upload.period)
            return keep(full, stamp)
        except WorkbookRefused as refused:
            raise ImportRefused(str(refused)) from refused

    def _content(self, session: Session, staged_id: int) -> bytes:
        """The workbook; ImportRefused when somebody was quicker and it is gone."""
        content = self._opened(session, staged_id, _batch.c.content, _CONTENT)
        if content is None:
            raise ImportRefused(_(_GONE))
        return content

    def _opened(self, session: Session, staged_id: int, column: Column[Any], context: str) -> bytes | None:
        sealed = session.execute(select(column).where(_batch.c.id == staged_id)).scalar_one()
        return None if sealed is None else self._store.keyring.open_bytes(sealed, context)

    def _profile(self, key: str) -> ImportProfile:
        found = self._store.catalog().imports.get(key)
        if found is None:
            raise ImportRefused(_("There is no import profile '{name}'.", name=key))
        return found

    def _require(self, profile: ImportProfile, region: str, actor: Actor) -> None:
        if not actor.may(profile.register, "import"):
            raise ImportRefused(_("You may not import into this register."))
        if not actor.reaches(codes_of_region(region)):
            raise ImportRefused(_("This village lies outside your regions."))

    def _row(self, staged_id: int, actor: Actor) -> Any:
        with self._store.reading() as session:
            row = session.execute(
                select(*_FACTS).where(_batch.c.id == staged_id, _batch.c.state == "staged")
            ).first()
        return row if row is not None and row.user_id == actor.user_id else None

    def _needed(self, staged_id: int, actor: Actor) -> Any:
        row = self._row(staged_id, actor)
        if row is None:
            raise ImportRefused(_(_GONE))
        return row

    def _take(self, session: Session, staged_id: int) -> None:
        """Only one of two people (or clicks) gets the upload."""
        taken = session.execute(
            update(_batch).where(_batch.c.id == staged_id, _batch.c.state == "staged").values(state="writing")
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise ImportRefused(_(_GONE))

    def _close(self, session: Session, staged_id: int, state: str, counts: Mapping[str, int]) -> None:
        session.execute(
            update(_batch)
            .where(_batch.c.id == staged_id)
            .values(
                state=state,
                content=None,
                result=None,
                counts=json.dumps(counts),
                finished_at=self._store.clock.now(),
            )
        )


def _answer(staged_id: int, head: Head, filename: str) -> Staged:
    return Staged(
        id=staged_id,
        rows=head.rows,
        people=head.people,
        households=head.households,
        counts=head.counts(),
        findings=head.findings,
        new_groups=tuple(head.new_groups),
        columns=head.columns,
        filename=filename,
    )


def _refuse_unwanted(head: Head, mode: str) -> None:
    """ImportRefused when all households are wanted and some are wrong, or none is right."""
    if mode == "all" and head.faulty:
        raise ImportRefused(
            _(
                "{count} households have errors. Mend the workbook, or import only the households without errors.",
                count=head.faulty,
            )
        )
    if head.faulty == head.households:
        raise ImportRefused(_("No household is without errors; nothing was imported."))


def _sentence(refusal: Refusal) -> str:
    return _("Row {row} {heading}: {reason}", row=refusal.row, heading=refusal.field, reason=refusal.reason)
