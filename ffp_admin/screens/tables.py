"""The tables screens read beside the store's: Flask-AppBuilder's accounts, past passwords, drafts."""

from __future__ import annotations

from flask_appbuilder.models.sqla import Model
from flask_appbuilder.security.sqla import models as fab_models
from sqlalchemy import Engine

from ffp_admin.store.draft_tables import password_past, screen_draft
from ffp_admin.store.engine import writing_connection

__all__ = [
    "Permission",
    "PermissionView",
    "Role",
    "RoleGrant",
    "User",
    "UserRole",
    "ViewMenu",
    "password_past",
    "prepare_tables",
    "screen_draft",
]

User = fab_models.User.__table__
Role = fab_models.Role.__table__
UserRole = fab_models.assoc_user_role
Permission = fab_models.Permission.__table__
ViewMenu = fab_models.ViewMenu.__table__
PermissionView = fab_models.PermissionView.__table__
RoleGrant = fab_models.assoc_permissionview_role


def prepare_tables(engine: Engine) -> None:
    """Make Flask-AppBuilder's tables; called by `init` and `publish`, never by a web worker."""
    with writing_connection(engine) as connection:
        Model.metadata.create_all(connection)
