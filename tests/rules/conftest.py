"""Every test of this floor reads messages as msgids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ffp_admin.i18n import speaking


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with speaking("en"):
        yield
