"""Column types on both databases: what goes in comes out, and arithmetic in SQL is exact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import CompileError, IntegrityError

from ffp_admin.keyring import Keyring, KeyringError
from ffp_admin.models.types import LARGEST, CodeSet, Exact, Sealed, UtcTime, Words, checked

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
AMOUNTS = st.decimals(-LARGEST + 1, LARGEST - 1, places=4)
NARROW = st.decimals(-100, 100, places=2)


@pytest.fixture
def table(keyring: Keyring) -> Table:
    return Table(
        "t",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("balance", Exact, CheckConstraint("balance >= 0")),
        Column("amount", Exact),
        Column("secret", Sealed(keyring, "t.secret")),
        Column("other", Sealed(keyring, "t.other")),
        Column("codes", CodeSet),
        Column("at", UtcTime),
        Column("word", Words),
    )


@pytest.fixture
def connection(database_url: str, table: Table) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as opened:
        table.create(opened)
        yield opened
    engine.dispose()


def through(connection: Connection, table: Table, column: str, value: object) -> object:
    """The value after a round trip."""
    connection.execute(table.delete())
    connection.execute(insert(table).values({column: value}))
    return connection.execute(select(table.c[column])).scalar_one()


@shared
@given(amount=AMOUNTS)
def test_an_exact_number_comes_back_exactly(connection: Connection, table: Table, amount: Decimal) -> None:
    back = through(connection, table, "amount", amount)
    assert isinstance(back, Decimal)
    assert back == amount


@shared
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=6), limit=AMOUNTS)
def test_sums_extremes_and_comparisons_in_sql_are_those_of_decimals(
    connection: Connection, table: Table, amounts: list[Decimal], limit: Decimal
) -> None:
    connection.execute(table.delete())
    connection.execute(insert(table), [{"amount": one} for one in amounts])
    column = table.c.amount
    row = connection.execute(select(func.sum(column), func.min(column), func.max(column))).one()
    assert tuple(row) == (sum(amounts), min(amounts), max(amounts))
    at_least = connection.execute(select(func.count()).where(column >= limit)).scalar_one()
    assert at_least == sum(one >= limit for one in amounts)


@shared
@given(one=NARROW, other=NARROW)
def test_plus_and_minus_in_sql_are_those_of_decimals(
    connection: Connection, table: Table, one: Decimal, other: Decimal
) -> None:
    connection.execute(table.delete())
    connection.execute(insert(table).values(amount=one))
    row = connection.execute(select(table.c.amount + other, table.c.amount - other)).one()
    assert tuple(row) == (one + other, one - other)


def test_three_times_a_tenth_leaves_nothing_of_thirty_hundredths(
    connection: Connection, table: Table
) -> None:
    connection.execute(insert(table).values(balance=Decimal("0.30")))
    for _time in range(3):
        connection.execute(update(table).values(balance=table.c.balance - Decimal("0.10")))
    assert connection.execute(select(table.c.balance)).scalar_one() == 0
    with pytest.raises(IntegrityError):
        connection.execute(update(table).values(balance=table.c.balance - Decimal("0.0001")))


@pytest.mark.parametrize(
    "wrong", [1.5, True, "1", Decimal("NaN"), Decimal("Infinity"), LARGEST, -LARGEST, Decimal("0.00001")]
)
def test_what_is_not_exact_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"exact|range|places"):
        checked(wrong)  # type: ignore[arg-type]


def test_multiplying_in_sql_is_refused_because_it_would_be_wrong(table: Table) -> None:
    for attempt in (lambda: table.c.amount * 2, lambda: 2 * table.c.amount, lambda: table.c.amount / 3):
        with pytest.raises(TypeError):
            attempt()


@shared
@given(secret=st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])))
def test_a_sealed_text_comes_back_and_lies_unreadable(
    connection: Connection, table: Table, secret: str
) -> None:
    assert through(connection, table, "secret", secret) == secret
    stored = connection.execute(text("SELECT secret FROM t")).scalar_one()
    assert stored.startswith("k1:")
    assert len(secret) < 5 or secret not in stored


def test_a_sealed_value_does_not_open_in_another_column(connection: Connection, table: Table) -> None:
    connection.execute(insert(table).values(secret="529901"))
    connection.execute(text("UPDATE t SET other = secret"))
    with pytest.raises(KeyringError):
        connection.execute(select(table.c.other)).scalar_one()


def test_a_sealed_value_never_stands_in_the_text_of_a_statement(table: Table, connection: Connection) -> None:
    statement = select(table.c.id).where(table.c.secret == "529901")
    with pytest.raises(CompileError):
        statement.compile(connection, compile_kwargs={"literal_binds": True})


@pytest.mark.parametrize(
    ("codes", "back"), [((), None), (("01",), ("01",)), (["2", "1"], ("2", "1")), (None, None)]
)
def test_sets_of_codes(connection: Connection, table: Table, codes: object, back: object) -> None:
    assert through(connection, table, "codes", codes) == back


@pytest.mark.parametrize("codes", [("a|b",), ("",)])
def test_a_code_cannot_contain_the_mark_between_codes(
    connection: Connection, table: Table, codes: tuple[str]
) -> None:
    with pytest.raises(Exception, match="not a set of codes"):
        through(connection, table, "codes", codes)


def test_moments_are_utc_whatever_zone_they_came_in(connection: Connection, table: Table) -> None:
    noon = datetime(2026, 3, 5, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    back = through(connection, table, "at", noon)
    assert back == noon
    assert isinstance(back, datetime)
    assert back.tzinfo is UTC
    with pytest.raises(Exception, match="zone"):
        through(connection, table, "at", noon.replace(tzinfo=None))


def test_words_sort_by_code_point_on_both_databases(connection: Connection, table: Table) -> None:
    words = ["b", "B", "中", "a", "_", "Z", "𠮷", "～"]
    connection.execute(insert(table), [{"word": word} for word in words])
    ordered = connection.execute(select(table.c.word).order_by(table.c.word)).scalars().all()
    assert list(ordered) == sorted(words)
    assert connection.execute(
        select(literal(1)).where(table.c.word >= "中", table.c.word < "中\U0010ffff")
    ).all() == [(1,)]
