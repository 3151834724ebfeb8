"""Runs the revisions on the connection that `store.migrate` hands in (its transaction holds the lock)."""

from __future__ import annotations

from alembic import context

from ffp_admin.store.static import METADATA


def _is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Tables of forms and of Flask-AppBuilder are not Alembic's business."""
    return kind != "table" or name in METADATA.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_object=_is_ours,
    version_table="platform_version",
    render_as_batch=False,
)
context.run_migrations()
