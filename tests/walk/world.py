"""The county of the walk: the declarations of the product, two villages full of secrets, and who walks."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import update
from werkzeug.security import generate_password_hash

from ffp_admin.app import create_app, job_handlers
from ffp_admin.config import Settings
from ffp_admin.jobs import JobWorker, enqueue
from ffp_admin.keyring import Keyring
from ffp_admin.screens import accounts
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.screens.permissions import sync_permissions
from ffp_admin.screens.publish_work import PUBLISH
from ffp_admin.screens.tables import User, password_past
from ffp_admin.spec import folder_files, read_texts
from ffp_admin.store import (
    SYSTEM,
    Holder,
    Saved,
    Store,
    Wish,
    give_acting,
    make_token,
    migrate,
    publish,
    save_many,
    set_scopes,
)
from ffp_admin.store.packages import stage_package
from tests.house.tree import HOUSE
from tests.screens.county import PASSWORD, POPLAR, POPLAR_ONE, REGIONS, WILLOW, WILLOW_ONE, Hands, put
from tests.screens.visitor import Visitor
from tests.walk.people import Walker, named, walkers
from tests.walk.seeding import Secret, Seeder, Seeds, limiting_role, store_table

ROSTER = HOUSE / "tests" / "data" / "农户花名册-柳树村.xlsx"
#: what an account leaves behind when it is refused or looks around; no data of the county
TRACES = frozenset({"audit", "audit_seen", "rate_window", "screen_draft", "login_state"})
WORKBOOK = "秘册庚辛壬癸.xlsx"
EXTRA_ROLES = """
---
角色: w_viewer
名称: 只看
层级: 村
权限: {"*": [查看]}
---
角色: w_none
名称: 只看区划
层级: 村
权限: {region: [查看]}
---
"""


@dataclass
class World:
    """The application, what lies in it, and who walks through it."""

    folder: Path
    store: Store
    app: Flask
    clock: Hands
    seeds: Seeds
    walkers: list[Walker]
    #: ids in addresses outside /ledger, by the beginning of the rule and the argument
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    _watch: sqlite3.Connection | None = None
    _version: int = 0

    @property
    def database(self) -> Path:
        """The file behind it."""
        return self.folder / "county.db"

    def keep(self) -> None:
        """This is what `restore` brings back."""
        with closing(sqlite3.connect(self.database)) as now, closing(sqlite3.connect(self._kept)) as kept:
            now.backup(kept)

    def restore(self) -> None:
        """As if nobody had walked."""
        with closing(sqlite3.connect(self._kept)) as kept, closing(sqlite3.connect(self.database)) as now:
            kept.backup(now)

    def is_touched(self) -> bool:
        """Whether anything at all was written since this was asked last."""
        if self._watch is None:
            self._watch = sqlite3.connect(self.database)
        was, self._version = self._version, self._watch.execute("PRAGMA data_version").fetchone()[0]
        return was != self._version

    def close(self) -> None:
        """Let go of the database."""
        if self._watch is not None:
            self._watch.close()
        self.store.dispose()

    @property
    def _kept(self) -> Path:
        return self.folder / "kept.db"

    def prints(self) -> dict[str, str]:
        """One fingerprint for each table but those of traces."""
        with closing(sqlite3.connect(self.database)) as line:
            names = [
                row[0]
                for row in line.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                if row[0] not in TRACES and not row[0].startswith("sqlite_")
            ]
            return {
                name: hashlib.sha256(
                    repr(line.execute(f'SELECT * FROM "{name}"').fetchall()).encode()
                ).hexdigest()
                for name in names
            }

    def record_tables(self) -> set[str]:
        """The tables of all forms, and their history."""
        found = {"history", "unique_claim", "serial_counter"}
        for key in self.store.catalog().forms:
            tables = self.store.tables(key)
            found |= {str(table.name) for table in tables.main.metadata.tables.values()}
        return found


def settings_of(folder: Path) -> Settings:
    """An installation whose requests are not counted."""
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'county.db'}",
        key_file=folder / "keyring.json",
        rate_limits=False,
    )


def product_files() -> dict[str, bytes]:
    """The declarations of the product, at their place in a release."""
    files = folder_files([HOUSE / "form_specs", HOUSE / "plugins"])
    return {Path(name).relative_to(HOUSE).as_posix(): content for name, content in files.items()}


def build(folder: Path, more: Mapping[str, bytes] | None = None, *, work: bool = True) -> World:
    """A county with a record of every form in two villages; with `work` there is also something under way."""
    files = {**product_files(), **(more or {})}
    role, limited = limiting_role(read_texts(files), "w_limited")
    files["form_specs/roles.yaml"] += (EXTRA_ROLES + role).encode()
    clock, settings = Hands(), settings_of(folder)
    keyring = Keyring.create(settings.key_file)
    migrate(settings.database_url)
    store = Store(settings, keyring, clock)
    publish(store, files, SYSTEM)
    sync_permissions(store)
    with store.writing() as session:
        answers = save_many(session, store, "region", REGIONS, SYSTEM)
        assert all(isinstance(one, Saved) for one in answers), answers
    seeder = Seeder(store)
    seeder.sow(WILLOW, WILLOW_ONE)
    seeder.sow(POPLAR, POPLAR_ONE)
    seeder.change(WILLOW)
    kind = store.catalog().codes["unit_type"].words[0].code
    other = put(store, "unit", 单位名称="另一个局", 单位类型=kind)
    app = create_app(settings, store)
    app.testing = False
    world = World(folder, store, app, clock, seeder.seeds, [])
    people = walkers(clock.today(), other.id, limited)
    world.walkers = [_welcome(world, one) for one in people]
    _end_some(world)
    if work:
        _leave_work(world, settings)
        _stage_release(world)
    world.keep()
    return world


def _welcome(world: World, walker: Walker) -> Walker:
    if walker.name:
        accounts.create_user(world.app, walker.name, walker.label, walker.role, (WILLOW,))
        with world.store.writing() as session:
            account = find_account(session, walker.name)
            assert account is not None
            set_password(session, world.store, account.id, PASSWORD, must_change=False)
            quick = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
            session.execute(update(User).values(password=quick))
            session.execute(update(password_past).values(hash=quick))
            set_scopes(session, account.id, walker.scopes)
    browser = Visitor(world.app.test_client())
    page = browser.log_in(walker.name) if walker.name else browser.get("/login/")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.html)
    cookie = browser.client.get_cookie("ffp")
    assert token is not None, page.html
    assert cookie is not None
    given = {name: getattr(walker, name) for name in Walker.__slots__}
    return Walker(**{**given, "cookie": cookie.value, "token": token[1]})


def _end_some(world: World) -> None:
    """An acting duty of yesterday, an account switched off, a password that must be changed."""
    store, yesterday = world.store, world.clock.today() - timedelta(1)
    with store.writing() as session:
        standin, willow, musty = (find_account(session, name) for name in ("standin", "willow", "musty"))
        assert standin is not None
        assert willow is not None
        assert musty is not None
        holder = Holder(id=willow.id, name=willow.name)
        world.clock.move(days=-1)
        give_acting(session, store, standin.id, holder, yesterday, yesterday, "病假", SYSTEM)
        world.clock.move(days=1)
        session.execute(update(User).where(User.c.username == "disabled").values(active=False))
        state = store_table(store, "login_state")
        session.execute(update(state).where(state.c.user_id == musty.id).values(must_change=True))


def post(world: World, walker: Walker, path: str, data: Mapping[str, Any]) -> Any:
    """Send a form as somebody."""
    client = world.app.test_client(use_cookies=False)
    sent = {"csrf_token": walker.token, **data}
    return client.post(path, data=sent, headers={"Cookie": f"ffp={walker.cookie}"}, buffered=True)


def _leave_work(world: World, settings: Settings) -> None:
    """What the clerk of the first village has under way: a draft, a workbook, a print, an order; and a package."""
    clerk = named(world.walkers, "willow")
    content = ROSTER.read_bytes()
    form = {
        "profile": next(iter(world.store.catalog().imports)),
        "region": [WILLOW, "柳树镇柳树村"],
        "period": "2026",
        "file": (io.BytesIO(content), WORKBOOK),
    }
    staged = post(world, clerk, "/import/", form)
    assert staged.status_code == 302, staged.text
    world.places["/import/", "ident"] = _number(staged)
    _note_workbook(world, content)
    for document in world.store.catalog().documents:
        ordered = post(world, clerk, "/print/", {"document": document, "region": [WILLOW, "柳树镇柳树村"]})
        assert ordered.status_code == 302, ordered.text
        world.places["/print/job/", "ident"] = _number(ordered)
    JobWorker(world.store, {}, "w", job_handlers(world.store, settings), make_actor).run(once=True)
    with closing(sqlite3.connect(world.database)) as line:
        world.places["/print/", "ident"] = line.execute("SELECT max(id) FROM print_log").fetchone()[0]


def _stage_release(world: World) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        codes = '代码表: w_codes\n名称: 新代码\n代码: {"1": 一}\n'
        archive.writestr("form_specs/w_codes.yaml", codes)
    store = world.store
    with store.writing() as session:
        number = stage_package(session, package.getvalue(), "w.zip", SYSTEM, store.clock.now())
    world.places["/publish/package/", "number"] = number
    arguments = {"batch": number, "base": 1, "note": ""}
    world.places["/publish/job/", "number"] = enqueue(store, PUBLISH, arguments, SYSTEM)
    world.places["/publish/release/", "number"] = 1
    world.places["/audit/line/", "ident"] = 1
    with store.reading() as session:
        account = find_account(session, "willow")
        scopes = store_table(store, "user_scope")
        assert account is not None
        scope = session.execute(scopes.select().where(scopes.c.user_id == account.id)).one()
        duty = session.execute(store_table(store, "acting_duty").select()).one()
    world.places["/accounts/", "user_id"] = account.id
    world.places["/accounts/", "scope_id"] = scope.id
    world.places["/", "token_id"] = token_of(store, account.id)
    world.places["/accounts/<int:user_id>/unact/", "user_id"] = duty.user_id
    world.places["/accounts/<int:user_id>/unact/", "duty_id"] = duty.id


def token_of(store: Store, user_id: int) -> int:
    """The number of a token somebody has."""
    with store.writing() as session:
        owner = make_actor(session, store, user_id, "")
        wish = Wish(name="一个系统", grants=frozenset({("household", "view")}), days=9)
        return make_token(session, store, owner, wish, SYSTEM)[0]


def _note_workbook(world: World, content: bytes) -> None:
    """The numbers in the workbook are as secret as those of records; so is its name."""
    book = load_workbook(io.BytesIO(content))
    cells = {str(cell).strip() for page in book for row in page.iter_rows(values_only=True) for cell in row}
    numbers = sorted(one for one in cells if re.fullmatch(r"5299\d{13}[\dX]", one))[:50]
    assert numbers
    for text in (*numbers, WORKBOOK.removesuffix(".xlsx")):
        world.seeds.secrets.append(Secret(text=text, form="", field="workbook", village=WILLOW))


def _number(response: Any) -> int:
    return int(response.headers["Location"].rpartition("/")[2])
