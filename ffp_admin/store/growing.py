"""Tables grow as planned, and what was done is recorded: columns, versions, statements."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables, Plan, Refusal
from ffp_admin.models.plan import groups_of
from ffp_admin.spec.model import Catalog
from ffp_admin.store import claims, static
from ffp_admin.store.planning import form_fingerprint, plans_for
from ffp_admin.store.reader import read_columns, read_edition, read_versions
from ffp_admin.store.store import Store


class PublishRefused(Exception):
    """The declarations are right, but the data that is there forbids them; `refusals` say where and why."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(str(one) for one in self.refusals))


def bring_up(session: Session, store: Store, catalog: Catalog, number: int) -> list[Plan]:
    """Run the plans of all forms and record them; PublishRefused before anything was changed."""
    planned = plans_for(session, store, catalog)
    refusals = [refusal for _tables, plan in planned for refusal in plan.refusals]
    if refusals:
        raise PublishRefused(refusals)
    versions = read_versions(session)
    recorded = read_columns(session)
    for tables, plan in planned:
        _run(session, plan, number, store.clock.now())
        _record_form(session, tables, versions, recorded.get(tables.form.key, {}), number)
    held = store.edition()
    older = (
        held if held.release == number - 1 else read_edition(session, number - 1, store.keyring, store.known)
    )
    duplicates = claims.follow_rules(session, store.keyring, older.catalog, [t for t, _plan in planned])
    if duplicates:
        raise PublishRefused(duplicates)
    return [plan for _tables, plan in planned]


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
            form=form.key, version=version + 1, fingerprint=form_fingerprint(form), release=number
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
