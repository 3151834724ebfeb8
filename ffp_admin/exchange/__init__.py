"""Workbooks: untrusted sheets in, checked copies back, households of a sheet into the registers."""

from ffp_admin.exchange.findings import CellFinding, Weight
from ffp_admin.exchange.importer import Committed, Importer, Staged
from ffp_admin.exchange.reading import ImportRefused

__all__ = ["CellFinding", "Committed", "ImportRefused", "Importer", "Staged", "Weight"]
