"""Numbers of records in addresses and forms: what the database could not hold is no record's number."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter

#: the largest id of a record (BIGINT)
LARGEST = 2**63 - 1


class RecordNumber(IntegerConverter):
    """`<int:…>` in an address; a number too large is an address that does not exist."""

    regex = "[0-9]+"

    def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **kwargs)
        self.max = LARGEST if self.max is None else self.max


def record_number(text: str) -> int | None:
    """The number a text is, in plain digits; None for anything else."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST)):
        return None
    number = int(text)
    return number if number <= LARGEST else None
