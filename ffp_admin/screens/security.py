"""FAB's security manager, narrowed: rights from one set per request, no pages but ours, nothing written by workers."""

from __future__ import annotations

from typing import Any

from flask import g, session
from flask_appbuilder.security.sqla.models import User

from ffp_admin.screens import sessions
from ffp_admin.screens.acting import current_rights, current_store
from ffp_admin.screens.audit_hooks import note_fab
from ffp_admin.screens.door import Door
from ffp_admin.screens.fab import FabSecurity, current_user
from ffp_admin.screens.logins import account_of
from ffp_admin.screens.permissions import sync_permissions

__all__ = ["LedgerSecurity", "sync_permissions"]


class LedgerSecurity(FabSecurity):  # type: ignore[misc]
    """Authentication, roles and permissions stay FAB's; its screens, its sync and its clean-up do not."""

    def register_views(self) -> None:
        """Only the door: FAB's user, role, registration and profile pages are never reachable."""
        self.auth_view = self.appbuilder.add_view_no_menu(Door())

    def create_db(self) -> None:
        """Tables and roles are made by `init` and `publish`."""

    def security_cleanup(self, baseviews: Any, menus: Any) -> None:
        """Nothing: it would delete the rights of all forms, which are no classes FAB knows (stack 2.1, trap 10)."""

    def load_user(self, pk: Any) -> Any:
        """The account behind a cookie; None when it was switched off or the cookie was ended."""
        with current_store().reading() as db:
            account = account_of(db, int(pk))
        if account is None or not account.active or session.get(sessions.VERSION) != account.session_version:
            return None
        g.ffp_account = account
        return self.session.get(User, account.id)

    def on_user_login(self, user: Any) -> None:
        """A log-in through FAB itself; the door notes its own."""
        self._note("login", user)

    def on_user_login_failed(self, user: Any) -> None:
        """The same when it failed."""
        self._note("login_failed", user)

    def on_user_logout(self, user: Any) -> None:
        """The same for leaving."""
        self._note("logout", user)

    def add_permission_role(self, role: Any, perm_view: Any) -> None:
        """Nobody gives a right unnoticed, whichever way."""
        super().add_permission_role(role, perm_view)
        self._note("beside_right_given", None, role=str(role.name), right=str(perm_view))

    def del_permission_role(self, role: Any, perm_view: Any) -> None:
        """Nor takes one."""
        super().del_permission_role(role, perm_view)
        self._note("beside_right_taken", None, role=str(role.name), right=str(perm_view))

    def _note(self, action: str, user: Any, **facts: object) -> None:
        note_fab(self.session, action, user, {"through": "FAB", **facts})
        self.session.commit()

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the request's account holds the permission."""
        return bool(current_user.is_authenticated) and self._has_view_access(
            current_user, permission_name, view_name
        )

    def _has_view_access(self, user: object, permission_name: str, view_name: str) -> bool:
        return (view_name, permission_name) in current_rights()

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The menu is built from rights, so every entry in it may be seen."""
        return set(menu_names or ())
