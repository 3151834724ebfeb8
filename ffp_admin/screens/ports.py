"""What the import and print pages ask of the floors beside this one; `app` hands the answers in.

The screens floor may not import `exchange` or `printing`, so it names what it needs as protocols.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from ffp_admin.store import Actor


class CellFinding(Protocol):
    """One remark about a cell of an uploaded workbook."""

    @property
    def row(self) -> int:
        """Counted from 1, as the sheet does."""
        ...

    @property
    def column(self) -> str:
        """The sheet's letter; "" for the whole row."""
        ...

    @property
    def heading(self) -> str:
        """What the column is called."""
        ...

    @property
    def found(self) -> str:
        """What stands in the cell, shortened."""
        ...

    @property
    def reason(self) -> str:
        """What is wrong and how to mend it."""
        ...

    @property
    def suggestion(self) -> str:
        """What to write instead; "" when nothing can be proposed."""
        ...

    @property
    def weight(self) -> Enum:
        """Its value is "error", "doubt" or "mended"."""
        ...


class Staged(Protocol):
    """A workbook that was read and checked, nothing written yet."""

    @property
    def id(self) -> int:
        """Under which it waits."""
        ...

    @property
    def filename(self) -> str:
        """What the person called it."""
        ...

    @property
    def rows(self) -> int:
        """Lines of data."""
        ...

    @property
    def people(self) -> int:
        """People met."""
        ...

    @property
    def households(self) -> int:
        """Households met."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """ "ready" households; "mended", "error", "doubt" cells."""
        ...

    @property
    def findings(self) -> Sequence[CellFinding]:
        """Remarks in the order of the sheet."""
        ...

    @property
    def new_groups(self) -> Sequence[str]:
        """Names of groups (组) that the register of regions does not have yet."""
        ...

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        """Headings found ↔ captions of the fields they fill."""
        ...


class Committed(Protocol):
    """What one import wrote."""

    @property
    def counts(self) -> Mapping[str, int]:
        """ "added", "changed", "unchanged" records, "asked" changes of key data, "skipped" households."""
        ...


class Importer(Protocol):
    """Reads workbooks into registers in two steps: stage, then commit.

    Every method may raise the refusal that was handed in beside the importer; its text is for the reader.
    """

    def profiles(self) -> list[tuple[str, str]]:
        """Import profiles as (key, label), in the order to show."""
        ...

    def register_of(self, profile: str) -> str:
        """The register whose right `import` the profile needs."""
        ...

    def stage(
        self, profile: str, file_bytes: bytes, filename: str, region: str, period: int, actor: Actor
    ) -> Staged:
        """Read and check a workbook and keep it."""
        ...

    def staged(self, staged_id: int, actor: Actor) -> Staged | None:
        """An earlier upload of this actor that is neither taken nor given up."""
        ...

    def checked(self, staged_id: int, actor: Actor) -> bytes:
        """The same workbook with red cells and remarks (.xlsx)."""
        ...

    def commit(
        self, staged_id: int, mode: str, actor: Actor, new_groups_confirmed: bool = False
    ) -> Committed:
        """Write `all` or only the `good` households."""
        ...

    def discard(self, staged_id: int, actor: Actor) -> None:
        """Forget an upload."""
        ...


class Print(Protocol):
    """One print: drawn once, opened as often as wanted."""

    @property
    def id(self) -> int:
        """Its number; no right by itself."""
        ...

    @property
    def at(self) -> datetime:
        """When it was drawn."""
        ...

    @property
    def user_name(self) -> str:
        """Who had it drawn."""
        ...

    @property
    def document(self) -> str:
        """Key of the document."""
        ...

    @property
    def region(self) -> str:
        """Code of the region it shows."""
        ...

    @property
    def pages(self) -> int:
        """How many."""
        ...

    @property
    def copies(self) -> int:
        """How often it was handed out to be kept or printed."""
        ...

    @property
    def sha256(self) -> str:
        """Of the PDF, in hex."""
        ...

    @property
    def is_kept(self) -> bool:
        """Whether the PDF can still be opened."""
        ...


@runtime_checkable
class Refused(Protocol):
    """Why nothing is printed."""

    @property
    def messages(self) -> Sequence[str]:
        """Sentences for the reader, such as names without a glyph."""
        ...


class Printer(Protocol):
    """Makes paper from registers."""

    def documents(self, actor: Actor) -> list[tuple[str, str]]:
        """Rosters this actor may print, as (key, label)."""
        ...

    def order(self, document: str, region: str, actor: Actor) -> int | Refused:
        """Have the roster of one region drawn by the worker; the job's number. Its result names the print."""
        ...

    def expected_seconds(self, document: str, region: str, pages: int | None) -> float | None:
        """How long such a print takes by the latest ones; `pages` when it is known how many there will be."""
        ...

    def prints(self, actor: Actor) -> Sequence[Print]:
        """The actor's own newest prints."""
        ...

    def opened(self, ident: int, actor: Actor) -> Print | None:
        """A print this actor may see today."""
        ...

    def pdf(self, ident: int, actor: Actor, *, copy: bool) -> bytes | None:
        """The very bytes that were drawn, recorded; `copy`: handed out to be kept or printed."""
        ...

    def copied(self, ident: int, actor: Actor) -> bool:
        """Record a copy printed from the preview; False for who may not see the print."""
        ...
