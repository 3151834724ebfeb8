"""Keys for tables that seal."""

from __future__ import annotations

import pytest

from ffp_admin.keyring import Keyring


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """One keyring for the tests of a module."""
    return Keyring.create(tmp_path_factory.mktemp("keys") / "keyring.json")
