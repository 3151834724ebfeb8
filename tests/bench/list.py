"""A list page over a million rows (design §14), beside the bare SQL of the same page, on SQLite and PostgreSQL."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select, text

from ffp_admin import store as stores
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Actor, Query, Store
from ffp_admin.testing.postgres import running_cluster

ROWS = 1_000_000
BATCH = 20_000
ROUNDS = 15
BUDGET_MS = 30
WHEN = datetime(2026, 3, 6, tzinfo=UTC)


def measure(size: int | None) -> Iterator[str]:
    """One line per database and scope for `size` households (1,000,000)."""
    rows = size or ROWS
    with tempfile.TemporaryDirectory() as folder:
        yield from _lines(f"sqlite:///{Path(folder) / 'list.db'}", "sqlite", Path(folder), rows)
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        yield from _lines(cluster.create(), "postgresql", Path(folder), rows)


def _lines(url: str, name: str, folder: Path, rows: int) -> Iterator[str]:
    stores.migrate(url)
    store = Store(url, Keyring.create(folder / "keyring.json"))
    stores.publish(store, declaration_files(HOUSE / "form_specs"), SYSTEM)
    _fill(store, rows)
    main = store.tables("household").main
    for region in ("529901", "529901101", "529901101201"):
        actor = Actor(user_id=1, name="bench", grants=frozenset({("household", "view")}), regions=(region,))
        level = {6: "county_code", 9: "town_code", 12: "village_code"}[len(region)]
        bare = (
            select(main.c.id, main.c.head_name)
            .where(main.c[level] == region, main.c.status == "current")
            .order_by(main.c.id.desc())
        )
        for place, query in _queries(store, actor):
            statement = bare if query.after is None else bare.where(main.c.id < query.after)
            ours = _median(lambda query=query, actor=actor: _page(store, actor, query))
            yardstick = _median(lambda statement=statement: _bare(store, statement))
            yield (
                f"list-{rows}-{name}-{level.partition('_')[0]}-{place}/sql ours={ours:.1f}ms "
                f"yardstick={yardstick:.1f}ms ratio={yardstick / ours:.3f} budget={BUDGET_MS}ms"
            )
    store.dispose()


def _queries(store: Store, actor: Actor) -> Iterator[tuple[str, Query]]:
    """First page, a page in the middle, and a page of one surname."""
    yield "first", Query(size=20)
    with store.reading() as session:
        newest = stores.page(session, store, "household", actor, Query(size=1)).records[0].id
    yield "middle", Query(size=20, after=newest // 2)
    yield "keyword", Query(size=20, keyword="王")


def _page(store: Store, actor: Actor, query: Query) -> None:
    with store.reading() as session:
        stores.page(session, store, "household", actor, query)


def _bare(store: Store, statement: object) -> None:
    with store.reading() as session:
        session.execute(statement.limit(20)).all()  # type: ignore[attr-defined]


def _median(work: Callable[[], None]) -> float:
    """Milliseconds of the middle round."""
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _fill(store: Store, rows: int) -> None:
    """Rows straight into the table: 20 townships of 20 villages; rules and history are not what is measured."""
    main = store.tables("household").main
    surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
    for start in range(0, rows, BATCH):
        batch = []
        for number in range(start, min(start + BATCH, rows)):
            town = f"529901{101 + number % 20}"
            village = f"{town}{201 + number // 20 % 20}"
            batch.append(
                {
                    "county_code": "529901",
                    "town_code": town,
                    "village_code": village,
                    "region_code": village,
                    "status": "current",
                    "version": 1,
                    "row_version": 1,
                    "created_name": "bench",
                    "created_at": WHEN,
                    "updated_name": "bench",
                    "updated_at": WHEN,
                    "source": "bench",
                    "head_name": f"{surnames[number % 20]}{number}",
                    "household_no": f"{village}{number:07d}",
                    "household_type": "1",
                }
            )
        with store.writing() as session:
            session.execute(insert(main), batch)
    with store.writing() as session:
        session.execute(text("ANALYZE"))
