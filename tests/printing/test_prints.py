"""A print is drawn once by the worker, kept sealed, and opened as often as wanted by whoever may see what it shows."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from ffp_admin import jobs
from ffp_admin import store as stores
from ffp_admin.config import read_settings
from ffp_admin.jobs import Handler, JobWorker, cancel, housekeeping, look
from ffp_admin.jobs.chores import PRINT_FILES_FOR
from ffp_admin.jobs.queue import HANDLER_LEASE
from ffp_admin.keyring import KeyringError
from ffp_admin.printing import PRINT, Printer, Refused
from ffp_admin.printing.archive import PrintDamaged
from ffp_admin.store import SYSTEM, Actor, Draft, Query, Store, read_audit, static
from ffp_admin.store.actor import Holding
from ffp_admin.store.limits import FieldLimits
from tests.printing.conftest import VILLAGE

ROSTER = "household_roster"
FORMS = ("member", "household", "person")
GRANTS = frozenset((form, verb) for form in FORMS for verb in ("view", "print"))
CLERK = Actor(7, "冯青龙", grants=GRANTS, regions=(VILLAGE,))
TOWN = Actor(8, "吴石桥", grants=GRANTS, regions=(VILLAGE[:9],))
NEIGHBOUR = Actor(9, "陈白水", grants=GRANTS, regions=("529901202201",))
WITHOUT_PEOPLE = Actor(10, "蒋帮扶", grants=GRANTS - {("person", "view")}, regions=(VILLAGE,))


class Hands:
    """A clock whose hands a test can move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def today(self) -> date:
        """The day."""
        return self.moment.date()


class Office:
    """A village, a printer, a worker."""

    def __init__(self, source: Store, folder: Path) -> None:
        with sqlite3.connect(str(source.engine.url.database)) as connection:
            connection.execute("VACUUM INTO ?", (str(folder / "own.db"),))
        self.clock = Hands()
        self.store = Store(f"sqlite:///{folder / 'own.db'}", source.keyring, self.clock)
        self.printer = Printer(self.store, read_settings({"FFP_DATA_DIR": str(folder)}))
        self.people = {one.user_id: one for one in (CLERK, TOWN, NEIGHBOUR, WITHOUT_PEOPLE)}

    def worker(self) -> JobWorker:
        """What `ffp-admin worker` does with prints."""
        handlers = {PRINT: Handler(do=self.printer.work_off)}
        return JobWorker(self.store, {}, "w", handlers, lambda _s, _t, ident, _n: self.people[ident])

    def ordered(self, actor: Actor = CLERK) -> int:
        """The number of a job."""
        job = self.printer.order(ROSTER, VILLAGE, actor)
        assert isinstance(job, int)
        return job

    def state(self, job: int) -> jobs.Order:
        """How it stands."""
        with self.store.reading() as session:
            order = look(session, self.store, job)
        assert order is not None
        return order

    def logged(self) -> int:
        """How many prints there are."""
        with self.store.reading() as session:
            return len(session.execute(select(static.print_log.c.id)).all())


@pytest.fixture(scope="module")
def printed(village: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The village with one print, the clerk's."""
    office = Office(village, tmp_path_factory.mktemp("printed"))
    job = office.ordered()
    office.worker().run(once=True)
    assert office.state(job).result == {"print": 1}
    yield office.store
    office.store.dispose()


@pytest.fixture
def office(printed: Store, tmp_path: Path) -> Iterator[Office]:
    """A copy of it for one test."""
    made = Office(printed, tmp_path)
    yield made
    made.store.dispose()


def test_a_print_is_the_same_bytes_however_often_it_is_opened(office: Office) -> None:
    one = office.printer.opened(1, CLERK)
    assert one is not None
    opened = [office.printer.pdf(1, CLERK, copy=copy) for copy in (False, True, True)]
    assert opened[0] is not None
    assert opened[0].startswith(b"%PDF")
    assert {hashlib.sha256(pdf or b"").hexdigest() for pdf in opened} == {one.sha256}
    again = office.printer.opened(1, CLERK)
    assert again is not None
    assert (one.copies, again.copies, office.logged()) == (0, 2, 1)
    assert office.printer.copied(1, CLERK)
    assert [one.copies for one in office.printer.prints(CLERK)] == [3]


def test_the_row_says_what_was_drawn_when_and_by_whom(office: Office) -> None:
    with office.store.reading() as session:
        row = session.execute(select(static.print_log)).one()
        content = session.execute(select(static.print_file.c.content)).scalar_one()
    assert (row.document, row.region_code, row.user_name, row.release) == (ROSTER, VILLAGE, "冯青龙", 1)
    assert (row.at, len(row.template)) == (office.clock.now(), 16)
    assert row.milliseconds > 0
    assert "529901" in office.store.keyring.open(row.snapshot, "print_log.snapshot")
    assert "%PDF" not in content
    assert office.store.keyring.is_current(content)


def test_every_opening_is_in_the_audit_trail(office: Office) -> None:
    office.printer.pdf(1, CLERK, copy=False)
    office.printer.pdf(1, TOWN, copy=True)
    office.printer.pdf(1, NEIGHBOUR, copy=True)
    with office.store.reading() as session:
        lines = [one for one in read_audit(session) if one.action == "open_print"]
    assert [(one.user_name, one.facts["print"], one.facts["copy"]) for one in lines] == [
        ("吴石桥", 1, True),
        ("冯青龙", 1, False),
    ]


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (CLERK, True),
        (TOWN, True),
        (NEIGHBOUR, False),
        (WITHOUT_PEOPLE, False),
        (replace(TOWN, grants=frozenset(one for one in GRANTS if one[1] == "view")), False),
        (replace(CLERK, regions=("529901202201",)), False),
        (replace(CLERK, user_id=11, regions=()), False),
    ],
    ids=["own", "township", "neighbour", "no people", "no printing", "own but moved away", "nowhere"],
)
def test_a_print_opens_for_who_may_print_it_today(office: Office, actor: Actor, may: bool) -> None:
    assert (office.printer.opened(1, actor) is not None) == may
    assert (office.printer.pdf(1, actor, copy=False) is not None) == may
    assert office.printer.copied(1, actor) == may


def test_a_household_that_left_the_village_takes_the_print_from_it(office: Office) -> None:
    with office.store.reading() as session:
        [home] = stores.page(session, office.store, "household", CLERK, Query(size=1)).records
    draft = Draft("household", home.id, None, {"区划": "529901202201001"})
    with office.store.writing() as session:
        assert isinstance(stores.save(session, office.store, draft, SYSTEM), stores.Saved)
    assert office.printer.opened(1, CLERK) is None
    assert office.printer.opened(1, replace(TOWN, regions=("529901",))) is not None


def test_a_print_of_another_row_does_not_open(office: Office) -> None:
    with office.store.writing() as session:
        session.execute(update(static.print_log).values(sha256="0" * 64))
    with pytest.raises(PrintDamaged):
        office.printer.pdf(1, CLERK, copy=False)
    with office.store.writing() as session:
        session.execute(update(static.print_file).values(print_id=2))
        session.execute(update(static.print_log).values(id=2))
    with pytest.raises(KeyringError):
        office.printer.pdf(2, CLERK, copy=False)


def test_old_prints_are_emptied_and_their_rows_stay(office: Office) -> None:
    office.clock.moment += PRINT_FILES_FOR - timedelta(hours=1)
    JobWorker(office.store, housekeeping(), "w").run(once=True)
    assert office.printer.pdf(1, CLERK, copy=False) is not None
    office.clock.moment += timedelta(days=1)
    JobWorker(office.store, housekeeping(), "w").run(once=True)
    one = office.printer.opened(1, CLERK)
    assert one is not None
    assert (one.is_kept, len(one.sha256)) == (False, 64)
    assert office.printer.pdf(1, CLERK, copy=False) is None
    assert office.printer.prints(CLERK) == []


def test_the_same_order_under_way_is_joined(office: Office) -> None:
    job = office.ordered()
    assert office.ordered() == job
    assert office.ordered(TOWN) != job
    office.worker().run(once=True)
    assert office.logged() == 3


def test_a_worker_that_died_after_the_print_was_kept_doubles_nothing(office: Office) -> None:
    job = office.ordered()
    office.worker().run(once=True)
    made = office.state(job).result
    with office.store.writing() as session:  # as the row stood before the job was closed
        dead = {"state": "running", "lease_until": office.clock.now(), "leased_by": "dead", "result": None}
        sealed = office.store.keyring.seal(
            f'{{"document": "{ROSTER}", "region": "{VILLAGE}"}}', "job.arguments"
        )
        session.execute(update(static.job).where(static.job.c.id == job).values(arguments=sealed, **dead))
    office.clock.moment += HANDLER_LEASE
    office.worker().run(once=True)
    assert (office.state(job).state, office.state(job).result, office.logged()) == ("done", made, 2)


def test_nobody_prints_a_field_kept_from_the_role(office: Office) -> None:
    limits = (("person", FieldLimits(masked=frozenset({"证件号码"}))),)
    kept_from = replace(CLERK, limits=limits)
    assert isinstance(office.printer.order(ROSTER, VILLAGE, kept_from), Refused)
    assert office.printer.opened(1, kept_from) is None
    other = replace(CLERK, limits=(("person", FieldLimits(hidden=frozenset({"民族"}))),))
    assert office.printer.opened(1, other) is not None


def test_a_print_needs_the_right_to_print_in_that_very_village(office: Office) -> None:
    view = frozenset((form, "view") for form in FORMS)
    holdings = (
        Holding(grants=GRANTS, regions=("529901202201",)),
        Holding(grants=view, regions=(VILLAGE,)),
    )
    elsewhere = Actor(12, "两地", grants=GRANTS, regions=("529901202201", VILLAGE), holdings=holdings)
    assert office.printer.opened(1, elsewhere) is None
    refused = office.printer.order(ROSTER, VILLAGE, elsewhere)
    assert isinstance(refused, Refused)
    assert "不在您负责的范围内" in refused.messages[0]


def test_an_order_is_drawn_by_the_rights_of_the_day_it_is_drawn(office: Office) -> None:
    job = office.ordered(replace(CLERK, user_id=12))
    office.people[12] = replace(NEIGHBOUR, user_id=12)
    office.worker().run(once=True)
    assert (office.state(job).state, office.logged()) == ("failed", 1)


def test_why_nothing_was_drawn_reaches_who_ordered_it(office: Office) -> None:
    job = office.ordered()
    with office.store.reading() as session:
        [person] = stores.page(session, office.store, "person", SYSTEM, Query(size=1)).records
    name = f"{person.values['姓名']}\U000323a0"
    with office.store.writing() as session:
        stores.save(session, office.store, Draft("person", person.id, None, {"姓名": name}), SYSTEM)
    office.worker().run(once=True)
    order = office.state(job)
    assert order.state == "failed"
    assert person.values["姓名"] in order.message
    assert office.logged() == 1


def test_the_right_counts_when_it_is_drawn_not_when_it_was_ordered(office: Office) -> None:
    job = office.ordered()
    office.people[CLERK.user_id] = replace(CLERK, grants=frozenset())
    office.worker().run(once=True)
    assert office.state(job).state == "failed"
    assert isinstance(office.printer.order(ROSTER, VILLAGE, office.people[CLERK.user_id]), Refused)


def test_a_print_called_off_while_it_is_drawn_leaves_nothing(office: Office) -> None:
    job = office.ordered()
    thread = threading.Thread(target=lambda: office.worker().run(once=True))
    thread.start()
    while office.state(job).total is None and office.state(job).is_alive:
        time.sleep(0.01)
    cancel(office.store, job)
    thread.join()
    assert (office.state(job).state, office.logged()) == ("cancelled", 1)


def test_how_long_it_takes_is_known_from_the_last_prints(office: Office) -> None:
    with office.store.writing() as session:
        session.execute(update(static.print_log).values(milliseconds=6000, pages=12))
    assert office.printer.expected_seconds(ROSTER, VILLAGE, None) == 6.0
    assert office.printer.expected_seconds(ROSTER, "529901202201", None) is None
    assert office.printer.expected_seconds(ROSTER, "529901202201", 4) == 2.0
