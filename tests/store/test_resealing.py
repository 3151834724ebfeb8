"""After a new key: everything is sealed again while people work, and the old key goes only when nothing needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Text, insert, select, text, update

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.jobs import enqueue
from ffp_admin.keyring import Keyring
from ffp_admin.printing import archive
from ffp_admin.screens import drafts
from ffp_admin.screens import second_factor as factors
from ffp_admin.store import (
    SYSTEM,
    KeysKept,
    Store,
    count_old,
    drop_old_keys,
    history,
    load,
    migrate,
    publish,
    reseal,
    static,
)
from ffp_admin.store.sealed import STATIC, sealed_columns
from ffp_admin.store.security_tables import second_factor
from tests.store.county import FILES, NOON, WILLOW, household, id_number, person, put, read, region

#: plain texts of unlimited length: none of them may ever hold a word about people
PLAIN_TEXTS = {"job.checkpoint"}


@dataclass
class Hands:
    """A clock that is turned by hand."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def today(self) -> object:
        return self.moment.astimezone(COUNTY_ZONE).date()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


@pytest.fixture
def store(database_url: str, key_file: Path) -> Iterator[Store]:
    """The county with a key file of its own."""
    migrate(database_url)
    opened = Store(database_url, Keyring.create(key_file), Hands())  # type: ignore[arg-type]
    publish(opened, FILES, SYSTEM)
    put(opened, "region", SYSTEM, **region(WILLOW, "柳树村", "村").values)
    yield opened
    opened.dispose()


def rotated(store: Store, key_file: Path) -> None:
    """The store seals with a new key, as every serving program does a second later."""
    store.keyring.rotate(key_file, made_at=store.clock.now())
    store.keyring.refresh()


def everything(store: Store) -> str:
    """All rows of all tables as one text."""
    found = MetaData()
    with store.reading() as session:
        found.reflect(session.connection())
        return "\n".join(
            f"{table.name}: {tuple(row)}"
            for table in found.tables.values()
            for row in session.execute(select(table))
        )


def test_every_sealed_column_of_the_platform_is_listed() -> None:
    texts = {
        f"{table.name}.{column.name}"
        for table in static.METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, Text) and not column.type._variant_mapping
    }
    assert texts - PLAIN_TEXTS == {one.name for one in STATIC}, (
        "list it in store/sealed.py, or declare it Words"
    )


def test_records_rows_history_jobs_uploads_prints_and_drafts_are_sealed_again(
    store: Store, key_file: Path
) -> None:
    receipts = [{"票据号码": "A1", "金额": 1, "账号": "622848000000000001"}]
    home = household(store, place=WILLOW, 联系电话="13812345678", 药费票据=receipts)
    put(store, "household", SYSTEM, home, 1, 联系电话="13912345678")
    who = person(store, 证件号码=id_number(1))
    enqueue(store, "print", {"who": "某人"}, SYSTEM)
    drafts.keep(store, 7, "household", 0, [("户主姓名", "某人")])
    seal = store.keyring.seal
    with store.writing() as session:
        session.execute(
            insert(static.import_batch).values(
                at=NOON, user_name="某村", profile="p", register="household", state="staged", filename="f",
                sha256="0", counts="{}", content=seal("表", "import_batch.content"),
            )
        )  # fmt: skip
        session.execute(
            insert(static.print_log).values(
                at=NOON, user_name="某村", document="d", release=1, pages=1, copies=1, sha256="0", check_part="0",
                snapshot=seal("名单", "print_log.snapshot"),
            )
        )  # fmt: skip
        session.execute(
            insert(static.print_file).values(
                print_id=5, at=NOON, content=seal(b"%PDF", archive._context("content", 5)),
                records=seal("{}", archive._context("records", 5)),
            )
        )  # fmt: skip
        session.execute(
            insert(second_factor).values(
                user_id=7, at=NOON, last_step=1, secret=seal("S", factors._context(7))
            )
        )  # fmt: skip
    rotated(store, key_file)
    before = count_old(store)
    seen: list[int] = []
    outcome = reseal(store, seen.append)
    assert (outcome.done, outcome.shut, seen[-1], count_old(store)) == (before, [], before, 0)
    assert before >= 10
    assert "k1:" not in everything(store)
    again = read(store, "household", home)
    assert (again.values["联系电话"], again.values["药费票据"][0]["账号"]) == (
        "13912345678",
        "622848000000000001",
    )
    with store.reading() as session:
        assert read(store, "person", who).values["证件号码"] == id_number(1)
        changes = {(c.old, c.new) for c in history(session, store, "household", home, SYSTEM)}
        assert ("13812345678", "13912345678") in changes
        draft = drafts.find(session, store, 7, "household", 0)
        assert draft is not None
        assert draft[1]["户主姓名"] == "某人"
        arguments = session.execute(select(static.job.c.arguments)).scalar_one()
        assert "某人" in store.keyring.open(arguments, "job.arguments")
        shown = session.execute(select(static.print_log.c.snapshot)).scalar_one()
        assert store.keyring.open(shown, "print_log.snapshot") == "名单"
        drawn = session.execute(select(static.print_file)).one()
        assert store.keyring.open_bytes(drawn.content, archive._context("content", 5)) == b"%PDF"
        assert store.keyring.open(drawn.records, archive._context("records", 5)) == "{}"
        secret = session.execute(select(second_factor.c.secret)).scalar_one()
        assert store.keyring.open(secret, factors._context(7)) == "S"


def test_forms_that_are_declared_no_longer_are_sealed_again_too(store: Store, key_file: Path) -> None:
    household(store, place=WILLOW, 联系电话="13812345678")
    with store.writing() as session:  # as it is after a release without the register
        session.execute(update(static.release).values(fingerprint="gone"))
    other = Store(store.engine.url.render_as_string(hide_password=False), store.keyring, store.clock)
    assert dict(other.catalog().forms) == {}
    rotated(store, key_file)
    reseal(other)
    assert "k1:" not in everything(other)
    other.dispose()


def test_a_run_that_was_killed_is_started_again(store: Store, key_file: Path) -> None:
    household(store, place=WILLOW, 联系电话="13812345678")
    person(store, 证件号码=id_number(1))
    rotated(store, key_file)

    def killed(_done: int) -> None:
        raise KeyboardInterrupt

    whole = count_old(store)
    with pytest.raises(KeyboardInterrupt):
        reseal(store, killed)
    rest = count_old(store)
    assert 0 < rest < whole
    assert reseal(store).done == rest
    assert "k1:" not in everything(store)


def test_what_people_save_meanwhile_is_not_undone(store: Store, key_file: Path) -> None:
    home = household(store, place=WILLOW, 联系电话="13800000000")
    people = [person(store, f"某{number}", 证件号码=id_number(number)) for number in range(1, 30)]
    rotated(store, key_file)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(1, 16):
                put(store, "household", SYSTEM, home, number, 联系电话=f"138000000{number:02d}")
        except BaseException as failure:
            failures.append(failure)
            raise

    clerk = threading.Thread(target=work)
    clerk.start()
    while clerk.is_alive():
        reseal(store)
        rotated(store, key_file)
    clerk.join()
    assert not failures
    assert read(store, "household", home).values["联系电话"] == "13800000015"
    reseal(store)
    assert count_old(store) == 0
    with store.reading() as session:
        assert all(load(session, store, "person", one, SYSTEM) for one in people)


def test_a_value_that_does_not_open_is_named_and_keeps_the_old_key(store: Store, key_file: Path) -> None:
    home = household(store, place=WILLOW, 联系电话="13812345678")
    with store.writing() as session:
        session.execute(text("UPDATE r_household SET phone = 'k1:AAAA'"))
    rotated(store, key_file)
    assert reseal(store).shut == [f"r_household.phone {home}"]
    store.clock.moment += timedelta(hours=1)  # type: ignore[attr-defined]
    assert drop_old_keys(store, key_file) == KeysKept(left=1)
    assert list(Keyring.load(key_file).facts()) == ["k1", "k2"]


def test_the_old_key_goes_when_nothing_needs_it(store: Store, key_file: Path) -> None:
    home = household(store, place=WILLOW, 联系电话="13812345678")
    rotated(store, key_file)
    reseal(store)
    early = drop_old_keys(store, key_file)
    assert early is not None
    assert early.not_before == NOON + timedelta(minutes=10)
    store.clock.moment += timedelta(minutes=10)  # type: ignore[attr-defined]
    assert drop_old_keys(store, key_file) is None
    assert list(Keyring.load(key_file).facts()) == ["k2"]
    assert read(store, "household", home).values["联系电话"] == "13812345678"


def test_the_old_key_waits_for_a_writer_who_has_not_finished(store: Store, key_file: Path) -> None:
    home = household(store, place=WILLOW, 联系电话="13812345678")
    late = store.keyring.seal("13712345678", "r_household.phone")
    rotated(store, key_file)
    reseal(store)
    store.clock.moment += timedelta(hours=1)  # type: ignore[attr-defined]
    outcome: list[KeysKept | None] = []
    with store.writing() as session:
        session.execute(text("UPDATE r_household SET phone = :late"), {"late": late})
        dropping = threading.Thread(target=lambda: outcome.append(drop_old_keys(store, key_file)))
        dropping.start()
        dropping.join(0.3)
        assert dropping.is_alive()
    dropping.join()
    assert outcome == [KeysKept(left=1)]
    assert reseal(store).done == 1
    assert drop_old_keys(store, key_file) is None
    assert read(store, "household", home).values["联系电话"] == "13712345678"


def test_sealed_columns_are_known_by_table_and_row(store: Store) -> None:
    with store.reading() as session:
        names = {one.name for one in sealed_columns(session)}
    assert {"r_household.phone", "r_household__yao_fei_piao_ju.account"} <= names
    assert "r_household.head_name" not in names
