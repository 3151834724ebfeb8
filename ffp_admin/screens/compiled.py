"""A declared form as a real FAB ModelView, compiled on first use and kept until its declaration changes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, g, has_request_context, redirect

from ffp_admin.models import FormTables
from ffp_admin.screens import deeds
from ffp_admin.screens.datamodel import StoreInterface
from ffp_admin.screens.fab import FabModelView, has_access
from ffp_admin.screens.forms import LedgerForm, form_class
from ffp_admin.screens.permissions import FORM_PREFIX, VERB_PREFIX
from ffp_admin.spec.model import VERBS, Form
from ffp_admin.store import FieldLimits, Store, shown_form
from ffp_admin.store.limits import NO_LIMITS


class RequestLocalFilters:
    """FAB keeps the filters of a list on the view all threads share, and shows one person's to another.

    Here they belong to the request (stack 3.3: 54 % of pages carried somebody else's search).
    """

    def _filter_key(self) -> str:
        return f"ffp_filters_{id(self)}"

    @property
    def _filters(self) -> Any:
        if not has_request_context():
            return self.__dict__.get("_first_filters")
        return g.get(self._filter_key(), self.__dict__.get("_first_filters"))

    @_filters.setter
    def _filters(self, value: Any) -> None:
        if "_first_filters" not in self.__dict__:  # FAB's own, set while the view is made
            self.__dict__["_first_filters"] = value
        elif has_request_context():
            setattr(g, self._filter_key(), value)


class LedgerModelView(RequestLocalFilters, FabModelView):  # type: ignore[misc]
    """FAB's view of one form: its permissions and its access checks; pages and data are ours."""

    declaration: Form
    form_type: type[LedgerForm]
    datamodel: StoreInterface
    base_permissions: ClassVar[list[str]] = [f"{VERB_PREFIX}{verb}" for verb in VERBS]
    method_permission_name: ClassVar[dict[str, str]] = {
        "list": "view",
        "show": "view",
        "reveal": "view",
        "add": "fill",
        "edit": "edit",
        "void": "void",
    }
    exclude_route_methods: ClassVar[set[str]] = {"delete", "download", "action", "action_post"}
    list_template = "ffp/list.html"
    show_template = "ffp/record.html"
    add_template = edit_template = "ffp/form.html"

    def update_redirect(self) -> None:
        """FAB's page history puts addresses into the cookie; ours needs none."""

    def render_template(self, template: str, **context: Any) -> str:
        """FAB hands widgets over; ours is one record called `view`."""
        page: str = super().render_template(template, view=context["widgets"]["view"])
        return page

    def draw(self, template: str, /, **context: Any) -> str:
        """Render one of our templates."""
        page: str = super().render_template(f"ffp/{template}.html", **context)
        return page

    def post_add_redirect(self) -> Any:
        """Where a saved record goes on."""
        return redirect(g.ffp_next)

    def post_edit_redirect(self) -> Any:
        """The same after a change."""
        return redirect(g.ffp_next)

    def _list(self) -> dict[str, Any]:
        return {"view": deeds.look_over(self)}

    def _show(self, pk: Any) -> dict[str, Any]:
        return {"view": deeds.look_at(self.declaration, int(pk), ())}

    def _add(self) -> dict[str, Any] | None:
        page = deeds.fill(self.form_type, None)
        return {"view": page} if page else None

    def _edit(self, pk: Any) -> dict[str, Any] | None:
        page = deeds.fill(self.form_type, int(pk))
        return {"view": page} if page else None

    @has_access
    def void(self, pk: int) -> Any:
        """Make a record void."""
        return deeds.make_void(self, pk)

    @has_access
    def reveal(self, pk: int, field: str) -> Any:
        """Show the full value of a hidden field."""
        return deeds.reveal(self, pk, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    tables: FormTables
    view: LedgerModelView


class ViewShelf:
    """Compiled views by form and profile; one is made anew when the form's tables were (a new version)."""

    def __init__(self, appbuilder: Any, store: Store) -> None:
        self._appbuilder = appbuilder
        self._store = store
        self._lock = threading.Lock()
        self._views: dict[tuple[str, bool, FieldLimits], _Compiled] = {}

    def view(self, form_key: str, *, unmasked: bool, limits: FieldLimits = NO_LIMITS) -> LedgerModelView:
        """The view of a form for a profile; 404 for a form the release does not have."""
        edition = self._store.edition()
        if form_key not in edition.catalog.forms:
            abort(404)
        tables = edition.tables(form_key)
        held = self._views.get((form_key, unmasked, limits))
        if held is not None and held.tables is tables:
            return held.view
        with self._lock:
            view = compile_view(self._appbuilder, self._store, tables, limits)
            self._views[form_key, unmasked, limits] = _Compiled(tables=tables, view=view)
        return view


def compile_view(
    appbuilder: Any, store: Store, tables: FormTables, limits: FieldLimits = NO_LIMITS
) -> LedgerModelView:
    """A FAB view over what a profile sees of one form; FAB's own converters for forms and searches are never asked."""
    form = shown_form(tables.form, limits)
    form_type = form_class(shown_form(tables.form, limits, to_write=True))
    attributes = {
        "declaration": form,
        "form_type": form_type,
        "datamodel": StoreInterface(tables, store),
        "class_permission_name": f"{FORM_PREFIX}{form.key}",
        "route_base": f"/ledger/{form.key}",
        "list_title": form.label,
        "show_title": form.label,
        "add_title": form.label,
        "edit_title": form.label,
        "list_columns": ["id"],
        "show_columns": ["id"],
        "add_columns": ["id"],
        "edit_columns": ["id"],
        "search_columns": ["id"],
        "order_columns": ["id"],
        "add_form": form_type,
        "edit_form": form_type,
        "search_form": form_type,
    }
    view: LedgerModelView = type(f"Ledger_{form.key}", (LedgerModelView,), attributes)()
    view.appbuilder = appbuilder
    view.endpoint = f"Ledger_{form.key}"
    return view
