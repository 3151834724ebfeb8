"""Publishing: declarations are checked, tables grow, the release number goes up by one, all in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ffp_admin import rules, spec
from ffp_admin.i18n import _
from ffp_admin.models import Plan, Refusal
from ffp_admin.models.compile import LAYOUT
from ffp_admin.problems import SpecProblems
from ffp_admin.spec.model import Catalog
from ffp_admin.spec.packaging import Package
from ffp_admin.store import audit, dialect, static
from ffp_admin.store.actor import Actor, NotAllowed
from ffp_admin.store.growing import bring_up
from ffp_admin.store.planning import Touched, plans_for, touched
from ffp_admin.store.reader import (
    read_edition,
    read_files,
    read_fingerprint,
    read_release_number,
)
from ffp_admin.store.store import Store


class ReleaseMoved(Exception):
    """Another release has come since the effects were shown; `number` is the one in force now."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            _(
                "Release {number} has been put in force since this was checked. Check it again before you go on.",
                number=number,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """The release now in force, and what was done to tables, one line per step."""

    release: int
    plan: tuple[str, ...] = ()


#: what is written in the same transaction as the release: rights, on the floor above
Beside = Callable[[Session, Catalog], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What publishing a package would do: `touched` in words, `plans` on tables, `refusals` when data forbids it."""

    #: the release it was compared with
    base: int
    touched: tuple[Touched, ...]
    plans: tuple[Plan, ...]

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Why the data that is there forbids it."""
        return tuple(refusal for plan in self.plans for refusal in plan.refusals)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.touched and not any(plan.steps for plan in self.plans)


def publish(
    store: Store, files: Mapping[str, bytes], actor: Actor, note: str = "", beside: Beside | None = None
) -> PublishResult:
    """Put `files` (all declarations, path → bytes) in force.

    SpecProblems when a declaration is wrong, PublishRefused when data forbids it; then nothing has changed.
    The same files again change nothing. Two publishers at once end one after the other. `beside` writes what
    belongs to the release, such as rights, in the same transaction.
    """
    return _publish(store, lambda _current: files, actor, note=note, beside=beside)


def publish_package(
    store: Store,
    package: Package,
    actor: Actor,
    note: str = "",
    base: int | None = None,
    beside: Beside | None = None,
) -> PublishResult:
    """Put one package in force over what there is, as `publish` does.

    With `base`, the release its effects were shown against, ReleaseMoved when another has come since.
    """
    return _publish(store, package.over, actor, note=note, base=base, beside=beside)


def restore(
    store: Store, number: int, actor: Actor, base: int | None = None, beside: Beside | None = None
) -> PublishResult:
    """Put the files of an earlier release in force again, as a new release; columns and data stay."""
    files = files_of(store, number)
    note = _("Back to release {number}", number=number)
    return _publish(store, lambda _current: files, actor, note=note, base=base, beside=beside)


def _publish(
    store: Store,
    change: Callable[[Mapping[str, bytes]], Mapping[str, bytes]],
    actor: Actor,
    *,
    note: str,
    base: int | None = None,
    beside: Beside | None = None,
) -> PublishResult:
    """Read and check outside the lock; when somebody else published meanwhile, once more over theirs."""
    if "publish" not in actor.duties:
        raise NotAllowed(_("You may not put declarations in force."))
    while True:
        with store.reading() as session:
            seen = read_release_number(session)
            current = read_files(session, seen)
        files = change(current)
        if base not in (None, seen) and dict(files) != current:  # the same again is no clash but a second try
            raise ReleaseMoved(seen)
        catalog = check_files(files, store.known)
        store.edition()  # before the write lock is taken
        put = partial(_put_in_force, store, files, catalog, actor, note, seen, beside)
        result = store.write(put)
        if result is not None:
            store.refresh()
            return result


def _put_in_force(
    store: Store,
    files: Mapping[str, bytes],
    catalog: Catalog,
    actor: Actor,
    note: str,
    seen: int,
    beside: Beside | None,
    session: Session,
) -> PublishResult | None:
    """The one transaction; None when the release is not the one that was `seen`."""
    connection = session.connection()
    dialect.lock_for(connection, dialect.PUBLISH_LOCK)
    if read_release_number(session) != seen:
        return None
    if read_fingerprint(session, seen) == fingerprint_of(files):
        if beside is not None:
            beside(session, catalog)
        return PublishResult(release=seen)
    dialect.hurry(connection)
    plans = bring_up(session, store, catalog, seen + 1)
    _record_release(session, store, files, actor, seen + 1, note)
    if beside is not None:
        beside(session, catalog)
    lines = [line for plan in plans for line in plan.text().splitlines()]
    return PublishResult(release=seen + 1, plan=tuple(lines))


def current_files(store: Store) -> dict[str, bytes]:
    """The declaration files of the release in force."""
    with store.reading() as session:
        return read_files(session, read_release_number(session))


def files_of(store: Store, number: int) -> dict[str, bytes]:
    """The declaration files of one release; KeyError when there is no such release."""
    with store.reading() as session:
        files = read_files(session, number)
    if not files:
        raise KeyError(number)
    return files


def differs(store: Store, files: Mapping[str, bytes]) -> bool:
    """Whether `files` are something else than the release in force."""
    with store.reading() as session:
        return read_fingerprint(session, read_release_number(session)) != fingerprint_of(files)


def preview(store: Store, package: Package) -> Preview:
    """What publishing the package would do, without doing it; SpecProblems when a declaration is wrong."""
    with store.reading() as session:
        seen = read_release_number(session)
        edition = store.edition()
        if edition.release != seen:
            edition = read_edition(session, seen, store.keyring, store.known)
        catalog = check_files(package.over(read_files(session, seen)), store.known)
        plans = tuple(plan for _tables, plan in plans_for(session, store, catalog))
        return Preview(base=seen, touched=touched(session, edition, catalog), plans=plans)


def check_files(files: Mapping[str, bytes], known: spec.KnownFiles | None = None) -> Catalog:
    """The catalog of `files`; SpecProblems with every problem of declarations and expressions."""
    catalog = spec.read_texts(files, known)
    problems = rules.check(catalog)
    if problems:
        raise SpecProblems(problems)
    return catalog


def fingerprint_of(files: Mapping[str, bytes]) -> str:
    """A hash over all paths and contents, and over the way this program lays out tables."""
    digest = hashlib.sha256(f"layout {LAYOUT}".encode())
    for path in sorted(files):
        digest.update(f"\0{path}\0{len(files[path])}\0".encode() + files[path])
    return digest.hexdigest()


def _record_release(
    session: Session, store: Store, files: Mapping[str, bytes], actor: Actor, number: int, note: str
) -> None:
    now = store.clock.now()
    fingerprint = fingerprint_of(files)
    dialect.insert_missing(
        session,
        static.package,
        [{"fingerprint": fingerprint, "path": path, "content": files[path]} for path in sorted(files)],
    )
    session.execute(
        insert(static.release).values(
            number=number,
            at=now,
            user_id=actor.user_id,
            user_name=actor.name,
            fingerprint=fingerprint,
            note=note,
        )
    )
    deed = audit.Deed(action="publish", facts={"release": number, "files": len(files), "note": note})
    audit.note(session, actor, now, "publish", [deed])
