"""The names of FAB, Flask-Login and Flask-WTF the screens lean on: all untyped, so all named here once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import flask_login
import flask_wtf.csrf
from flask_appbuilder import base, baseviews, menu, views
from flask_appbuilder.models.sqla import interface
from flask_appbuilder.security import decorators
from flask_appbuilder.security.sqla import manager

F = TypeVar("F", bound=Callable[..., Any])

FabView: Any = baseviews.BaseView
FabModelView: Any = views.ModelView
FabMenu: Any = menu.Menu
FabInterface: Any = interface.SQLAInterface
FabSecurity: Any = manager.SecurityManager
AppBuilder: Any = base.AppBuilder
CsrfGuard: Any = flask_wtf.csrf.CSRFProtect
CsrfError: Any = flask_wtf.csrf.CSRFError
current_user: Any = flask_login.current_user
login_user: Any = flask_login.login_user
logout_user: Any = flask_login.logout_user
new_csrf_token: Any = flask_wtf.csrf.generate_csrf


def expose(url: str, methods: Sequence[str] = ("GET",)) -> Callable[[F], F]:
    """The method answers at `url` below the view's own address."""
    wrap: Any = baseviews.expose
    decorate: Callable[[F], F] = wrap(url, methods)
    return decorate


def has_access(method: F) -> F:
    """FAB asks for the method's permission first."""
    wrap: Any = decorators.has_access
    decorated: F = wrap(method)
    return decorated


class Page(FabView):  # type: ignore[misc]
    """A view of ours: no permission rows of its own, templates of the screens floor."""

    template_folder = ""
    base_permissions: ClassVar[list[str]] = []

    def draw(self, template: str, /, **context: object) -> str:
        """Render one of our templates."""
        page: str = self.render_template(f"ffp/{template}.html", **context)
        return page
