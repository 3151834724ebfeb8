"""Reading a release back from the database."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ffp_admin import spec
from ffp_admin.keyring import Keyring
from ffp_admin.store import static
from ffp_admin.store.edition import Edition


def read_release_number(session: Session) -> int:
    """The number of the newest release; 0 when nothing was published."""
    newest = session.execute(select(func.coalesce(func.max(static.release.c.number), 0)))
    return int(newest.scalar_one())


def read_fingerprint(session: Session, number: int) -> str:
    """The content hash of a release; "" when there is none."""
    found = session.execute(
        select(static.release.c.fingerprint).where(static.release.c.number == number)
    ).scalar()
    return found or ""


def read_files(session: Session, number: int) -> dict[str, bytes]:
    """The declaration files of a release as path → bytes."""
    table = static.package
    rows = session.execute(
        select(table.c.path, table.c.content)
        .where(table.c.fingerprint == read_fingerprint(session, number))
        .order_by(table.c.path)
    )
    return {path: bytes(content) for path, content in rows}


def read_columns(session: Session) -> dict[str, dict[str, str]]:
    """Form → field path → physical name, of everything ever published."""
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    table = static.form_column
    for form, path, name in session.execute(select(table.c.form, table.c.path, table.c.name)):
        columns[form][path] = name
    return dict(columns)


def read_versions(session: Session) -> dict[str, tuple[int, str]]:
    """Form → newest version and its fingerprint."""
    table = static.form_version
    rows = session.execute(
        select(table.c.form, table.c.version, table.c.fingerprint).order_by(table.c.version)
    )
    return {form: (version, fingerprint) for form, version, fingerprint in rows}


def read_edition(
    session: Session, number: int, keyring: Keyring, known: spec.KnownFiles | None = None
) -> Edition:
    """The release `number`; a declaration that this program no longer understands is left out, with its problem."""
    catalog, problems = spec.collect(read_files(session, number), known=known)
    versions = {form: version for form, (version, _fingerprint) in read_versions(session).items()}
    return Edition(
        release=number,
        catalog=catalog,
        versions=MappingProxyType(versions),
        columns=MappingProxyType(read_columns(session)),
        keyring=keyring,
        problems=tuple(problems),
    )
