"""Workbooks into registers in two steps: stage (read, check, keep sealed), then commit, check file, or discard."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ffp_admin.exchange.checked import write_checked
from ffp_admin.exchange.findings import CellFinding
from ffp_admin.exchange.groups import GroupRefused, add_groups
from ffp_admin.exchange.linking import Piece
from ffp_admin.exchange.reading import ImportRefused, Sheetful, read_sheetful
from ffp_admin.exchange.refusals import WorkbookRefused
from ffp_admin.exchange.writing import Rows
from ffp_admin.i18n import _
from ffp_admin.spec.model import ImportProfile
from ffp_admin.store import Actor, Store, static
from ffp_admin.store.references import codes_of_region

_batch = static.import_batch
_CONTEXT = "import_batch.content"


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
        with self._store.reading() as session:
            full = self._read(session, profile, file_bytes, region, period)
        store = self._store
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
                    sha256=hashlib.sha256(file_bytes).hexdigest(),
                    region_code=region,
                    period=period,
                    content=store.keyring.seal(file_bytes, _CONTEXT),
                    counts=json.dumps(full.counts()),
                )
                .returning(_batch.c.id)
            )
            staged_id = int(made.scalar_one())
        return self._answer(staged_id, full, filename)

    def staged(self, staged_id: int, actor: Actor) -> Staged | None:
        """An earlier upload of this actor that is neither taken nor given up."""
        row = self._row(staged_id, actor)
        if row is None:
            return None
        with self._store.reading() as session:
            full = self._read(session, row.profile, self._content(row), row.region_code, row.period)
        return self._answer(staged_id, full, row.filename)

    def checked(self, staged_id: int, actor: Actor) -> bytes:
        """The same workbook with red cells and a column of reasons (.xlsx)."""
        row = self._needed(staged_id, actor)
        content = self._content(row)
        with self._store.reading() as session:
            full = self._read(session, row.profile, content, row.region_code, row.period)
        out = io.BytesIO()
        bad = [home for home in full.homes if home.findings]
        spans = [(home.first_row, home.lines[-1].row if home.lines else home.first_row) for home in bad]
        write_checked(content, full.layout, full.findings(), out, households=spans)
        return out.getvalue()

    def commit(
        self, staged_id: int, mode: str, actor: Actor, new_groups_confirmed: bool = False
    ) -> Committed:
        """Write `all` or only the `good` households in one transaction; ImportRefused when it may not be done."""
        row = self._needed(staged_id, actor)
        self._require(self._profile(row.profile), row.region_code, actor)
        content = self._content(row)
        store = self._store
        with store.writing() as session:
            self._take(session, staged_id)
            full = self._read(session, row.profile, content, row.region_code, row.period)
            if full.new_groups:
                full = self._with_groups(session, full, row, content, actor, new_groups_confirmed)
            chosen = _chosen(full, mode)
            rows = Rows(session, store, full, actor, staged_id)
            rows.write(chosen)
            if rows.refusals:
                raise ImportRefused(*(_sentence(one) for one in rows.refusals[:50]))
            counts = {key: rows.counts[key] for key in ("added", "changed", "unchanged")}
            counts["skipped"] = sum(home.is_faulty for home in full.homes)
            self._close(session, staged_id, "done", counts)
        return Committed(counts=counts)

    def discard(self, staged_id: int, actor: Actor) -> None:
        """Forget an upload."""
        if self._row(staged_id, actor) is None:
            return
        with self._store.writing() as session:
            self._close(session, staged_id, "discarded", {})

    def _with_groups(
        self, session: Session, full: Sheetful, row: Any, content: bytes, actor: Actor, confirmed: bool
    ) -> Sheetful:
        names = "、".join(full.new_groups)
        if not confirmed:
            raise ImportRefused(
                _(
                    "The register of regions does not know these groups: {names}. Confirm that they are new, or mend the workbook.",
                    names=names,
                )
            )
        try:
            add_groups(session, self._store, row.region_code, full.new_groups, actor)
        except GroupRefused as refused:
            raise ImportRefused(str(refused)) from refused
        return self._read(session, row.profile, content, row.region_code, row.period)

    def _read(self, session: Session, profile: str, content: bytes, region: str, period: int) -> Sheetful:
        try:
            return read_sheetful(session, self._store, self._profile(profile), content, region, period)
        except WorkbookRefused as refused:
            raise ImportRefused(str(refused)) from refused

    def _answer(self, staged_id: int, full: Sheetful, filename: str) -> Staged:
        catalog = full.assembler.catalog
        captions = [
            (
                one.declared.headings[0],
                f"{catalog.forms[one.form].label} · {one.field.label}" if one.field else "",
            )
            for one in full.assembler.targets
        ]
        return Staged(
            id=staged_id,
            rows=sum(max(1, len(home.lines)) for home in full.homes),
            people=full.people,
            households=len(full.homes),
            counts=full.counts(),
            findings=full.findings(),
            new_groups=full.new_groups,
            columns=captions,
            filename=filename,
        )

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
                select(_batch).where(_batch.c.id == staged_id, _batch.c.state == "staged")
            ).first()
        return row if row is not None and row.user_id == actor.user_id else None

    def _needed(self, staged_id: int, actor: Actor) -> Any:
        row = self._row(staged_id, actor)
        if row is None:
            raise ImportRefused(_("This upload was already taken or given up. Choose the workbook again."))
        return row

    def _content(self, row: Any) -> bytes:
        return self._store.keyring.open_bytes(row.content, _CONTEXT)

    def _take(self, session: Session, staged_id: int) -> None:
        """Only one of two people (or clicks) gets the upload."""
        taken = session.execute(
            update(_batch).where(_batch.c.id == staged_id, _batch.c.state == "staged").values(state="writing")
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise ImportRefused(_("This upload was already taken or given up. Choose the workbook again."))

    def _close(self, session: Session, staged_id: int, state: str, counts: Mapping[str, int]) -> None:
        session.execute(
            update(_batch)
            .where(_batch.c.id == staged_id)
            .values(state=state, content=None, counts=json.dumps(counts), finished_at=self._store.clock.now())
        )


def _chosen(full: Sheetful, mode: str) -> list[Piece]:
    """The records to write; ImportRefused when all are wanted and some are wrong, or none is right."""
    faulty = sum(home.is_faulty for home in full.homes)
    if mode == "all" and faulty:
        raise ImportRefused(
            _(
                "{count} households have errors. Mend the workbook, or import only the households without errors.",
                count=faulty,
            )
        )
    good = [pieces for home, pieces in zip(full.homes, full.pieces, strict=True) if not home.is_faulty]
    if not good:
        raise ImportRefused(_("No household is without errors; nothing was imported."))
    return [piece for pieces in good for piece in pieces]


def _sentence(finding: CellFinding) -> str:
    return _("Row {row} {heading}: {reason}", row=finding.row, heading=finding.heading, reason=finding.reason)
