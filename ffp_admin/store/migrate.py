"""Bringing the platform's own tables up to date, once, while everybody else waits."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Engine, make_url

from ffp_admin.store import dialect
from ffp_admin.store.engine import make_engine, writing_connection

SCRIPTS = Path(__file__).with_name("migrations")


def migrate(where: Engine | str | URL) -> None:
    """Run the missing revisions in one transaction; processes starting together do it one after the other."""
    if not isinstance(where, Engine):
        engine = make_engine(where)
        try:
            migrate(engine)
        finally:
            engine.dispose()
        return
    _make_folder(where.url)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with writing_connection(where) as connection:
        dialect.lock_for(connection, dialect.MIGRATION_LOCK)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _make_folder(url: URL) -> None:
    """SQLite makes the file, not the folder."""
    if url.get_backend_name() == "sqlite" and url.database:
        Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
