"""Permission rows for many forms (design §14): ours in one transaction, beside FAB's own sync of as many views."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from flask_appbuilder import AppBuilder, ModelView
from flask_appbuilder.models.sqla import Model
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import scoped_session, sessionmaker

from ffp_admin import store as stores
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.keyring import Keyring
from ffp_admin.screens.permissions import sync_permissions
from ffp_admin.spec.model import VERBS
from ffp_admin.store import SYSTEM, Store
from ffp_admin.store.engine import make_engine
from ffp_admin.testing.forms import form_file

FORMS = 200
#: FAB's sync grows with the square of the views; more than this takes minutes
BESIDE_FAB = 40
BUDGET_SECONDS = 1.0


def measure(size: int | None) -> Iterator[str]:
    """Ours for `size` forms (200), and ours beside FAB for 40."""
    forms = size or FORMS
    yield f"permissions-{forms}/budget ours={_ours(forms):.2f}s yardstick={BUDGET_SECONDS}s"
    ours, theirs = _ours(BESIDE_FAB), _theirs(BESIDE_FAB)
    yield f"permissions-{BESIDE_FAB}/fab ours={ours:.2f}s yardstick={theirs:.2f}s ratio={theirs / ours:.1f}"


def _ours(forms: int) -> float:
    """Seconds to write all rows of a county that has none of its forms yet."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.db'}"
        stores.migrate(url)
        store = Store(url, Keyring.create(folder / "keyring.json"))
        files = declaration_files(HOUSE / "form_specs")
        stores.publish(store, files, SYSTEM)
        sync_permissions(store)  # FAB's tables are there, and the rights of our registers
        more = {f"plugins/f{n}/form.yaml": form_file(f"f{n}", f"Form {n}") for n in range(forms)}
        stores.publish(store, {**files, **more}, SYSTEM)
        began = time.perf_counter()
        sync_permissions(store)
        took = time.perf_counter() - began
        store.dispose()
        return took


def _theirs(forms: int) -> float:
    """Seconds FAB takes to register as many views with as many permissions each."""
    with tempfile.TemporaryDirectory() as name:
        app = Flask("bench")
        url = f"sqlite:///{Path(name) / 'fab.db'}"
        app.config.update(SECRET_KEY="bench", SQLALCHEMY_DATABASE_URI=url)
        engine = make_engine(url)
        Model.metadata.create_all(engine)
        with app.app_context():
            builder = AppBuilder(app, scoped_session(sessionmaker(engine)), update_perms=True)
            views = [_view(number) for number in range(forms)]
            began = time.perf_counter()
            for view in views:
                builder.add_view_no_menu(view)
            builder.security_cleanup()
            took = time.perf_counter() - began
        engine.dispose()
        return took


def _view(number: int) -> Any:
    class View(ModelView):  # type: ignore[misc]
        datamodel = SQLAInterface(User)
        class_permission_name = f"ledger:f{number}"
        base_permissions: ClassVar[list[str]] = [f"can_{verb}" for verb in VERBS]
        route_base = f"/f{number}"

    View.__name__ = f"View{number}"
    return View
