"""County dates: the one clock that is passed to whatever needs to know the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the moment (UTC) and the county's day."""

    def now(self) -> datetime:
        """The moment, in UTC and aware of it."""
        ...

    def today(self) -> date:
        """The county's day at this moment."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock in the county's zone."""

    zone: ZoneInfo = COUNTY_ZONE

    def now(self) -> datetime:
        """The moment, in UTC and aware of it."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine

    def today(self) -> date:
        """The county's day at this moment."""
        return self.now().astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests, samples and re-computation."""

    moment: datetime
    zone: ZoneInfo = COUNTY_ZONE

    def now(self) -> datetime:
        """The fixed moment."""
        return self.moment

    def today(self) -> date:
        """The county's day at the fixed moment."""
        return self.moment.astimezone(self.zone).date()
