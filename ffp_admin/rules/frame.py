"""What a compiled expression reads while it runs, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ffp_admin.rules.outcome import World

Values = Mapping[str, Any]


class Frame:
    """The record, the row of a table that is being read, and the world; one per evaluation.

    `own` is the key by which the world knows the record; None for a new one.
    """

    __slots__ = ("own", "row", "values", "world")

    def __init__(
        self, values: Values, world: World, row: Values | None = None, own: object | None = None
    ) -> None:
        self.own = own
        self.values = values
        self.world = world
        self.row: Values = row if row is not None else {}


#: a compiled part: a value, or Unknown
Read = Callable[[Frame], Any]
