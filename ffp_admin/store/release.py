"""Publishing: declarations are checked, tables grow, the release number goes up by one, all in one transaction."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.orm import Session

from ffp_admin import rules, spec
from ffp_admin.i18n import _
from ffp_admin.models import Built, FormTables, Plan, Refusal, assign_columns, compile_form, plan_form
from ffp_admin.models.compile import LAYOUT
from ffp_admin.models.plan import groups_of
from ffp_admin.problems import SpecProblems
from ffp_admin.spec.model import Catalog, Form
from ffp_admin.store import audit, claims, dialect, static
from ffp_admin.store.actor import Actor, NotAllowed
from ffp_admin.store.reader import (
    read_columns,
    read_edition,
    read_files,
    read_fingerprint,
    read_release_number,
    read_versions,
)
from ffp_admin.store.store import Store


class PublishRefused(Exception):
    """The declarations are right, but the data that is there forbids them; `refusals` say where and why."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(str(one) for one in self.refusals))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """The release now in force, and what was done to tables, one line per step."""

    release: int
    plan: tuple[str, ...] = ()


def publish(store: Store, files: Mapping[str, bytes], actor: Actor, note: str = "") -> PublishResult:
    """Put `files` (all declarations, path → bytes) in force.

    SpecProblems when a declaration is wrong, PublishRefused when data forbids it; then nothing has changed.
    The same files again change nothing. Two publishers at once end one after the other.
    """
    if "publish" not in actor.duties:
        raise NotAllowed(_("You may not put declarations in force."))
    catalog = check_files(files)
    store.edition()  # before the write lock is taken

    def put_in_force(session: Session) -> PublishResult:
        connection = session.connection()
        dialect.lock_for(connection, dialect.PUBLISH_LOCK)
        number = read_release_number(session)
        if read_fingerprint(session, number) == fingerprint_of(files):
            return PublishResult(release=number)
        dialect.hurry(connection)
        plans = _bring_up(session, store, catalog, number + 1)
        _record_release(session, store, files, actor, number + 1, note)
        lines = [line for plan in plans for line in plan.text().splitlines()]
        return PublishResult(release=number + 1, plan=tuple(lines))

    result = store.write(put_in_force)
    store.refresh()
    return result


def restore(store: Store, number: int, actor: Actor) -> PublishResult:
    """Put the files of an earlier release in force again, as a new release; columns and data stay."""
    with store.reading() as session:
        files = read_files(session, number)
    if not files:
        raise KeyError(number)
    return publish(store, files, actor, note=_("Back to release {number}", number=number))


def current_files(store: Store) -> dict[str, bytes]:
    """The declaration files of the release in force."""
    with store.reading() as session:
        return read_files(session, read_release_number(session))


def differs(store: Store, files: Mapping[str, bytes]) -> bool:
    """Whether `files` are something else than the release in force."""
    with store.reading() as session:
        return read_fingerprint(session, read_release_number(session)) != fingerprint_of(files)


def preview(store: Store, files: Mapping[str, bytes]) -> tuple[Plan, ...]:
    """What publishing `files` would do to tables, without doing it."""
    catalog = check_files(files)
    with store.reading() as session:
        return tuple(plan for _tables, plan in _plans(session, store, catalog))


def check_files(files: Mapping[str, bytes]) -> Catalog:
    """The catalog of `files`; SpecProblems with every problem of declarations and expressions."""
    catalog = spec.read_texts(files)
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


def _bring_up(session: Session, store: Store, catalog: Catalog, number: int) -> list[Plan]:
    """Run the plans of all forms and record them; PublishRefused before anything was changed."""
    planned = _plans(session, store, catalog)
    refusals = [refusal for _tables, plan in planned for refusal in plan.refusals]
    if refusals:
        raise PublishRefused(refusals)
    versions = read_versions(session)
    recorded = read_columns(session)
    for tables, plan in planned:
        _run(session, plan, number, store.clock.now())
        _record_form(session, tables, versions, recorded.get(tables.form.key, {}), number)
    held = store.edition()
    older = held if held.release == number - 1 else read_edition(session, number - 1, store.keyring)
    duplicates = claims.follow_rules(session, store.keyring, older.catalog, [t for t, _plan in planned])
    if duplicates:
        raise PublishRefused(duplicates)
    return [plan for _tables, plan in planned]


def _plans(session: Session, store: Store, catalog: Catalog) -> list[tuple[FormTables, Plan]]:
    """The plans of forms that are new or say something else than in their newest version."""
    recorded, versions = read_columns(session), read_versions(session)
    tables = [
        compile_form(form, assign_columns(form, recorded.get(form.key, {})), store.keyring)
        for form in catalog.forms.values()
        if versions.get(form.key, (0, ""))[1] != _form_fingerprint(form)
    ]
    built = _built(session.connection(), [table.name for one in tables for table in one.tables()])
    groups = _groups(session)
    return [
        (
            one,
            plan_form(
                one,
                Built(columns=built.columns, indexes=built.indexes, groups=groups.get(one.form.key, {})),
            ),
        )
        for one in tables
    ]


def _built(connection: Connection, names: list[str]) -> Built:
    looked_up = inspect(connection)
    columns = looked_up.get_multi_columns(filter_names=names)
    indexes = looked_up.get_multi_indexes(filter_names=names)
    return Built(
        columns={name: frozenset(c["name"] for c in found) for (_schema, name), found in columns.items()},
        indexes=frozenset(str(one["name"]) for found in indexes.values() for one in found),
    )


def _groups(session: Session) -> dict[str, dict[str, str]]:
    table = static.form_column
    groups: dict[str, dict[str, str]] = {}
    for form, path, storage in session.execute(select(table.c.form, table.c.path, table.c.storage)):
        groups.setdefault(form, {})[path] = storage
    return groups


def _run(session: Session, plan: Plan, number: int, now: datetime) -> None:
    if not plan.steps:
        return
    connection = session.connection()
    started = time.monotonic()
    statements = plan.sql(connection.dialect)
    for statement in statements:
        connection.exec_driver_sql(statement)
    session.execute(
        insert(static.form_plan).values(
            release=number,
            form=plan.form,
            at=now,
            text=plan.text(),
            sql=";\n".join(statements),
            steps=json.dumps(plan.as_json(), ensure_ascii=False),
            milliseconds=round((time.monotonic() - started) * 1000),
        )
    )


def _record_form(
    session: Session,
    tables: FormTables,
    versions: Mapping[str, tuple[int, str]],
    recorded: Mapping[str, str],
    number: int,
) -> None:
    form = tables.form
    version, _fingerprint = versions.get(form.key, (0, ""))
    session.execute(
        insert(static.form_version).values(
            form=form.key, version=version + 1, fingerprint=_form_fingerprint(form), release=number
        )
    )
    groups = groups_of(tables)
    new = [
        {"form": form.key, "path": path, "name": name, "storage": groups[path], "release": number}
        for path, name in tables.names.items()
        if path not in recorded
    ]
    if new:
        session.execute(insert(static.form_column), new)


def _form_fingerprint(form: Form) -> str:
    """The declaration's own fingerprint, and the way this program lays out tables."""
    return f"{LAYOUT}:{form.fingerprint or hashlib.sha256(repr(form).encode()).hexdigest()}"


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
