"""Python's search for unused circles of objects, made rarer while very many records pass by."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: as the interpreter begins; what an import leaves behind when it ends
_USUAL = gc.get_threshold()
#: new objects between two searches: the records of one batch, none of which is in a circle
_RARE = (200_000, 20, 20)


@contextmanager
def sweeping_rarely() -> Iterator[None]:
    """Inside the block circles are looked for seldom: the usual rhythm costs an import a fifth of its time."""
    gc.set_threshold(*_RARE)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
