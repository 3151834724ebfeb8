"""Checks between and within declarations that need no expressions."""

from ffp_admin.spec.crosscheck.desk import Desk
from ffp_admin.spec.crosscheck.references import check_names
from ffp_admin.spec.crosscheck.within import check_within

__all__ = ["Desk", "check_names", "check_within"]
