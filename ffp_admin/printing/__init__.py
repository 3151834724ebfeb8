"""Paper: documents in Chinese as PDF, drawn in a killable child from plain values and checked before they leave.

The public face is imported on first use: every child that draws a page imports this package, and the database
floor, which `Printer` needs, would cost each of them half a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ffp_admin.printing.health import check_printing
    from ffp_admin.printing.press import render_roster
    from ffp_admin.printing.printer import Printed, Printer, Refused

#: the kind of a job that draws a print
PRINT = "print"

__all__ = ["PRINT", "Printed", "Printer", "Refused", "check_printing", "render_roster"]

_HOMES = {
    "Printed": "printer",
    "Printer": "printer",
    "Refused": "printer",
    "check_printing": "health",
    "render_roster": "press",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
