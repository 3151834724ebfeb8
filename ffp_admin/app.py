"""The web application: the only place where the floors are joined."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from sqlalchemy.orm import scoped_session, sessionmaker

from ffp_admin import screens
from ffp_admin.config import Settings, read_settings
from ffp_admin.exchange import Importer, ImportRefused
from ffp_admin.i18n import DEFAULT_LOCALE, TRANSLATIONS
from ffp_admin.jobs import Handler
from ffp_admin.keyring import Keyring
from ffp_admin.printing import PRINT, Printer
from ffp_admin.printing.audit_digest import DigestPress
from ffp_admin.screens import audit_work, ports, publish_work
from ffp_admin.screens.acting import STORE_EXTENSION
from ffp_admin.screens.audit_work import VERIFY
from ffp_admin.screens.auditpages import AuditPages
from ffp_admin.screens.importing import ImportPages
from ffp_admin.screens.origin import SETTINGS
from ffp_admin.screens.paper import PrintPages
from ffp_admin.screens.publish_work import PUBLISH
from ffp_admin.store import Store

#: bytes of a form without files: one text of 10 MB must reach its own message
FORM_BYTES = 48 * 1024 * 1024
#: fields and files of a form that carries files
FORM_PARTS = 2_000


def open_store(settings: Settings, *, create_key: bool = False) -> Store:
    """The store of an installation; `create_key` makes the key file of a new one."""
    if create_key and not settings.key_file.exists():
        ring = Keyring.create(settings.key_file, settings.cipher)
    else:
        ring = Keyring.load(settings.key_file)
    return Store(settings, ring)


def create_app(
    settings: Settings,
    store: Store | None = None,
    *,
    importer: ports.Importer | None = None,
    printer: ports.Printer | None = None,
) -> Flask:
    """The application over one store; writes nothing to the database.

    Workbooks and paper come from the floors beside the screens, unless others are handed in.
    """
    store = store or open_store(settings)
    app = Flask("ffp_admin", static_folder=None, template_folder=None)
    app.config.update(_config(settings, store))
    app.extensions[STORE_EXTENSION] = store
    session = scoped_session(sessionmaker(store.engine, autoflush=False))
    pages = (
        ImportPages(importer or Importer(store), ImportRefused),
        PrintPages(printer or Printer(store, settings)),
        AuditPages(DigestPress(store, settings)),
    )
    with app.app_context():
        screens.before_fab(app)
        screens.register(app, session, store, pages)

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session.remove()

    return app


def serving() -> Flask:
    """The application for a web worker, with the settings of the environment."""
    return create_app(read_settings())


def job_handlers(store: Store, settings: Settings) -> Mapping[str, Handler]:
    """What the worker process can be asked to do, by the kind of the job."""
    return {
        PRINT: Handler(do=Printer(store, settings).work_off),
        PUBLISH: Handler(do=publish_work.work_off),
        VERIFY: Handler(do=audit_work.work_off),
    }


def _config(settings: Settings, store: Store) -> dict[str, object]:
    https = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": store.keyring.hash("flask", "session cookie"),
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "MAX_CONTENT_LENGTH": settings.max_upload,
        "MAX_FORM_MEMORY_SIZE": FORM_BYTES,
        "MAX_FORM_PARTS": FORM_PARTS,
        SETTINGS: settings,
        # the prefix makes browsers refuse it from anybody but this very host over https
        "SESSION_COOKIE_NAME": "__Host-ffp" if https else "ffp",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_PROTECTION": "basic",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session it belongs to
        "WTF_CSRF_SSL_STRICT": https,
        "BABEL_DEFAULT_LOCALE": DEFAULT_LOCALE,
        "BABEL_TRANSLATION_DIRECTORIES": str(TRANSLATIONS),
        "LANGUAGES": {DEFAULT_LOCALE: {"flag": "cn", "name": DEFAULT_LOCALE}},
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_API": False,
        "FAB_ADD_MENU_API": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_API_KEY_ENABLED": False,
        "FAB_BASE_TEMPLATE": "ffp/base.html",
        "AUTH_USER_REGISTRATION": False,
        "AUTH_RATE_LIMITED": False,  # ours counts for all workers together (screens/limiting.py)
        "RATELIMIT_ENABLED": False,
    }
