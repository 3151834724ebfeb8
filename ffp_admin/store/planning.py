"""What a catalog would do to the database: plans of forms that are new or changed, and how many records each touches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import N_, _
from ffp_admin.models import Built, FormTables, Plan, assign_columns, compile_form, plan_form
from ffp_admin.models.compile import LAYOUT
from ffp_admin.spec.differences import Difference, differences
from ffp_admin.spec.model import Catalog, Form
from ffp_admin.store import static
from ffp_admin.store.edition import Edition
from ffp_admin.store.reader import read_columns, read_versions
from ffp_admin.store.store import Store

_RECORDS = N_("{count} records are stored.")
_KEPT = N_("'{field}' is no longer shown; it is filled in on {count} records and stays stored.")
_MISSING = N_("{count} stored records have no '{field}' yet: it is asked for when they are next changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One declaration that changes, with what that means for the records there are."""

    difference: Difference
    #: sentences with counts
    facts: tuple[str, ...] = ()


def plans_for(session: Session, store: Store, catalog: Catalog) -> list[tuple[FormTables, Plan]]:
    """The plans of forms that are new or say something else than in their newest version."""
    recorded, versions = read_columns(session), read_versions(session)
    tables = [
        compile_form(form, assign_columns(form, recorded.get(form.key, {})), store.keyring)
        for form in catalog.forms.values()
        if versions.get(form.key, (0, ""))[1] != form_fingerprint(form)
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


def form_fingerprint(form: Form) -> str:
    """The declaration's own fingerprint, and the way this program lays out tables."""
    return f"{LAYOUT}:{form.fingerprint or hashlib.sha256(repr(form).encode()).hexdigest()}"


def touched(session: Session, edition: Edition, catalog: Catalog) -> tuple[Touched, ...]:
    """Everything `catalog` says otherwise than `edition`, with counts of the records concerned."""
    return tuple(
        Touched(difference=one, facts=tuple(_facts(session, edition, one)))
        for one in differences(edition.catalog, catalog)
    )


def _facts(session: Session, edition: Edition, difference: Difference) -> Iterable[str]:
    if difference.sort != "register" or difference.key not in edition.catalog.forms:
        return
    tables = edition.tables(difference.key)
    count = session.execute(select(func.count()).select_from(tables.main)).scalar_one()
    if count:
        yield _(_RECORDS, count=count)
    for path in difference.hidden:
        filled = _filled(session, tables, path)
        if filled:
            yield _(_KEPT, field=_label(tables.form, path), count=filled)
    for path in difference.demanded if count else ():
        without = count - (_filled(session, tables, path) if path in tables.names else 0)
        if without:
            yield _(_MISSING, field=path, count=without)


def _label(form: Form, path: str) -> str:
    return next((one.label for one in form.fields() if one.key == path), path)


def _filled(session: Session, tables: FormTables, path: str) -> int:
    """How many records have a value in a field, or rows in a table."""
    if path in tables.rows:
        query = select(func.count(tables.rows[path].c.parent_id.distinct()))
    elif path in tables.names:
        query = select(func.count(tables.column(path)))
    else:
        return 0
    return int(session.execute(query).scalar_one())
