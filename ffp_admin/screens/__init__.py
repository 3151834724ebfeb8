"""What the eye sees: pages over the catalog, with FAB for log-in, roles, permissions and menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, g

from ffp_admin.screens.accountdetail import AccountDetail
from ffp_admin.screens.accountpages import AccountPages
from ffp_admin.screens.accountplaces import AccountPlaces
from ffp_admin.screens.api.guarding import accept_token
from ffp_admin.screens.api.guide import ApiGuide
from ffp_admin.screens.api.lists import ListsApi
from ffp_admin.screens.api.routes import RecordsApi
from ffp_admin.screens.audit_hooks import listen
from ffp_admin.screens.auditwho import AuditWho
from ffp_admin.screens.compiled import ViewShelf
from ffp_admin.screens.confirmations import ConfirmationPages
from ffp_admin.screens.door import TOKEN_GUARD, guard
from ffp_admin.screens.errors import trouble_pages
from ffp_admin.screens.fab import AppBuilder
from ffp_admin.screens.frame import LedgerMenu, dress
from ffp_admin.screens.headers import secure_headers
from ffp_admin.screens.home import Home
from ffp_admin.screens.ledger import Ledger
from ffp_admin.screens.limiting import limit
from ffp_admin.screens.numbers import RecordNumber
from ffp_admin.screens.origin import SETTINGS
from ffp_admin.screens.publishing import PublishPages
from ffp_admin.screens.rightpages import RightsPages
from ffp_admin.screens.second_factor_pages import SecondFactor
from ffp_admin.screens.security import LedgerSecurity
from ffp_admin.screens.tokenpages import AccountTokens, TokenPages
from ffp_admin.store import Store

__all__ = ["before_fab", "register"]


def before_fab(app: Flask) -> None:
    """What must look at a request before FAB and the CSRF check do."""
    app.url_map.converters["int"] = RecordNumber
    app.register_blueprint(
        Blueprint(
            "screens",
            __name__,
            template_folder="templates",
            static_folder="static",
            static_url_path="/assets",
        )
    )


def register(app: Flask, session: Any, store: Store, pages: Sequence[Any] = ()) -> Any:
    """FAB over the plain `session`, the ledger and the other pages; call inside an application context.

    `pages` are further views with `menu_items(actor)` and `buttons(form, actor)`, such as the import and print pages. Returns the AppBuilder.
    """
    menu = LedgerMenu()
    builder = AppBuilder(
        app, session, menu=menu, indexview=Home, security_manager_class=LedgerSecurity, update_perms=False
    )
    guard(app)
    app.extensions.setdefault(TOKEN_GUARD, accept_token)
    limit(app, store, on=app.config[SETTINGS].rate_limits)
    builder.add_view_no_menu(SecondFactor())
    builder.add_view_no_menu(AccountDetail())
    builder.add_view_no_menu(AccountPlaces())
    builder.add_view_no_menu(AccountTokens())
    for view in (RecordsApi, ListsApi, ApiGuide):
        builder.add_view_no_menu(view())
    builder.add_view_no_menu(AuditWho())
    builder.add_view_no_menu(Ledger(ViewShelf(builder, store)))
    entries = [*pages, ConfirmationPages(), PublishPages(), AccountPages(), RightsPages(), TokenPages()]
    for page in entries:
        builder.add_view_no_menu(page)

    def offer_pages() -> None:
        g.ffp_pages = entries

    app.before_request_funcs.setdefault(None, []).insert(0, offer_pages)
    listen(app)
    dress(app)
    trouble_pages(app)
    secure_headers(app)
    return builder
