"""The county of the import tests serves the commands too."""

from tests.exchange.conftest import county, mould

__all__ = ["county", "mould"]
