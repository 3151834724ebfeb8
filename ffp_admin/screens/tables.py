"""Tables that belong to the screens: FAB's own, past passwords, and drafts of forms nobody saved yet."""

from __future__ import annotations

from flask_appbuilder.models.sqla import Model
from flask_appbuilder.security.sqla import models as fab_models
from sqlalchemy import BigInteger, Column, Engine, Identity, Index, MetaData, Table, Text, UniqueConstraint

from ffp_admin.models.types import Id, UtcTime, Words
from ffp_admin.store.engine import writing_connection

METADATA = MetaData()

#: hashes of passwords an account has had, the present one among them
password_past = Table(
    "password_past",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("hash", Words, nullable=False),
    Index("ix_password_past_user", "user_id", "id"),
)

#: what somebody typed into a form and has not saved; record_id 0 is a new record; content is sealed
screen_draft = Table(
    "screen_draft",
    METADATA,
    Column("id", Id, Identity(), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("form", Words, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("user_id", "form", "record_id"),
)

User = fab_models.User.__table__
Role = fab_models.Role.__table__
UserRole = fab_models.assoc_user_role
Permission = fab_models.Permission.__table__
ViewMenu = fab_models.ViewMenu.__table__
PermissionView = fab_models.PermissionView.__table__
RoleGrant = fab_models.assoc_permissionview_role


def prepare_tables(engine: Engine) -> None:
    """Make the tables that are missing; called by `init` and `publish`, never by a web worker."""
    with writing_connection(engine) as connection:
        Model.metadata.create_all(connection)
        METADATA.create_all(connection)
