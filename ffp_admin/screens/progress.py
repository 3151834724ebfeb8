"""What a page says about a job that waits or runs, in words and as JSON for the script that looks again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.jobs import Order

#: below this nobody wants to read how long it takes
WORTH_SAYING = 2.0
#: per cent of a bar that moves by the clock: only the end itself fills it
MOST = 97


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One look at a job: a sentence, how long it may still take, how far it is (`done` of `total`, None unknown)."""

    text: str
    left: str = ""
    done: int = 0
    total: int | None = None
    #: nobody is working on it: the sentence says what to do
    is_stuck: bool = False
    #: where the browser goes now; "" as long as there is something to wait for
    href: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the script."""
        return asdict(self)


def progress_of(order: Order, now: datetime, expected: float | None, running: str) -> Progress:
    """How a living job stands; `running` is what to say while nothing is known about how far it is."""
    if order.unattended:
        text = _(
            "The worker process is not running, so nothing happens yet. Ask the administrator to start it (ffp-admin worker). Your order is kept: you need not send it again."
        )
        return Progress(text=text, is_stuck=True)
    if order.cancelled:
        return Progress(text=_("Being cancelled …"))
    if order.ahead:
        return Progress(text=_("{count} other orders are done first; please wait.", count=order.ahead))
    if order.started_at is None or order.state == "waiting":
        return Progress(text=_("It begins at once …"), left=_left(expected))
    seconds = (now - order.started_at).total_seconds()
    text = order.message or running
    if (
        expected is not None
    ):  # work has parts nobody counts: what it took before tells more than its own count
        gone = min(MOST, round(100 * seconds / max(expected, 0.1)))
        return Progress(text=text, left=_left(expected - seconds), done=gone, total=100)
    return Progress(text=text, done=order.done, total=order.total)


def _left(seconds: float | None) -> str:
    if seconds is None or seconds < WORTH_SAYING:
        return ""
    if seconds < 90:
        return _("about {count} seconds left", count=round(seconds))
    return _("about {count} minutes left", count=round(seconds / 60))
