"""Which blocks stand on which page: a block never breaks, and the closing lines do not stand alone without need."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def paginate(heights: Sequence[Decimal], room: Decimal, tail: Decimal) -> tuple[range, ...]:
    """Page by page, the numbers of the blocks on it; the last page keeps `tail` free below its blocks.

    Every height and the tail fit into the room. Without blocks there is one empty page.
    """
    pages: list[range] = []
    start, used = 0, Decimal(0)
    for number, height in enumerate(heights):
        if number > start and used + height > room:
            pages.append(range(start, number))
            start, used = number, Decimal(0)
        used += height
    if used + tail <= room:
        return (*pages, range(start, len(heights)))
    carried = len(heights) - 1
    cut = carried if start < carried and heights[carried] + tail <= room else len(heights)
    return (*pages, range(start, cut), range(cut, len(heights)))
