"""Column types that behave the same on SQLite and PostgreSQL: exact numbers, sealed texts, code sets, UTC moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import TEXT as PG_TEXT
from sqlalchemy.types import TypeDecorator, TypeEngine

from ffp_admin.keyring import Keyring

#: digits behind the point of every stored number
PLACES = 4
SCALE = 10**PLACES
_STEP = Decimal(1).scaleb(-PLACES)
#: numbers reach up to here on either database (SQLite counts 1/10000 in 64 bits)
LARGEST = Decimal(10) ** 14

#: text compared and sorted by code point on both databases, so that prefixes can be found by range and index
Words = Text().with_variant(PG_TEXT(collation="C"), "postgresql")
#: ids; SQLite numbers rows by itself only when the type is INTEGER
Id = BigInteger().with_variant(Integer(), "sqlite")


class Exact(TypeDecorator[Decimal]):
    """A decimal with four places: NUMERIC(20,4), on SQLite an INTEGER of 1/10000 because its NUMERIC is a float.

    `+`, `-`, comparisons, SUM, MIN and MAX are right in SQL; `*` and `/` would be wrong by 10,000 on SQLite and are
    refused: the rule compiler has functions for them. ValueError for more than four places or beyond `LARGEST`.
    """

    impl = Numeric
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Refuses what cannot be done alike on both databases."""

        def _refuse(self, *_: object) -> NoReturn:
            raise TypeError("Exact columns are not multiplied or divided in SQL")

        __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = _refuse

    comparator_factory = Comparator

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, NUMERIC elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(20, PLACES))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The stored number of a Decimal or int."""
        if value is None:
            return None
        exact = checked(value)
        return int(exact.scaleb(PLACES)) if dialect.name == "sqlite" else exact

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        """The number as it stands in DDL (CHECK, DEFAULT)."""
        return str(self.process_bind_param(value, dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The Decimal with four places."""
        if value is None:
            return None
        return Decimal(value).scaleb(-PLACES) if dialect.name == "sqlite" else Decimal(value).quantize(_STEP)


def checked(value: Decimal | int) -> Decimal:
    """`value` with four places; ValueError when that would change it, or when it is out of range or a float."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ValueError(f"not an exact number: {value!r}")
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(f"out of range: {value}")
    exact = number.quantize(_STEP)
    if exact != number:
        raise ValueError(f"more than {PLACES} places: {value}")
    return exact


class Sealed(TypeDecorator[str]):
    """A text encrypted at rest, bound to its column (`context`), so a value copied to another column stays shut."""

    impl = Text
    cache_ok = True

    def __init__(self, keyring: Keyring, context: str = "") -> None:
        super().__init__()
        self.keyring = keyring
        self.context = context

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT everywhere."""
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The sealed text."""
        return None if value is None else self.keyring.seal(value, self.context)

    def process_literal_param(self, value: str | None, dialect: Dialect) -> str:
        """A sealed value never stands in the text of a statement."""
        raise TypeError("sealed values are not written into statements")

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The opened text."""
        return None if value is None else self.keyring.open(value, self.context)


class CodeSet(TypeDecorator[tuple[str, ...]]):
    """Several codes as `|a|b|`, so that one of them is found with contains('|a|'); an empty set is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        """The joined codes."""
        codes = tuple(value or ())
        if any("|" in code or not code for code in codes):
            raise ValueError(f"not a set of codes: {codes!r}")
        return f"|{'|'.join(codes)}|" if codes else None

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        """The codes in their stored order."""
        return tuple(str(value).strip("|").split("|")) if value else None


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; naive moments are refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE; SQLite keeps the UTC text without zone."""
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment turned to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment, aware of UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
