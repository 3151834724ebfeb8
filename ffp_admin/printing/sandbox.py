"""Where templates run: no attributes beyond the data, no mutation, no bombs, no file and no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: longer texts, lists and numbers than any paper needs
LONGEST = 100_000
LARGEST_POWER = 64
ASSET_KINDS = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class PaperEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's immutable sandbox that also refuses to multiply a value into a bomb."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """`*`, `**` and `%` on numbers of modest size only: 'a' * 10**8 took all memory (print.md §6)."""
        if not isinstance(left, int | float | Decimal) or not isinstance(right, int | float | Decimal):
            raise SecurityError(f"'{operator}' is for numbers only")
        if operator == "**" and (abs(float(right)) > LARGEST_POWER or abs(float(left)) > LONGEST):
            raise SecurityError("the power is too large")
        return super().call_binop(context, operator, left, right)


def paper_environment(folders: Sequence[Path]) -> PaperEnvironment:
    """An environment that loads templates from these folders only and fails on every undefined name."""
    environment = PaperEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("lipsum", "cycler", "joiner"):
        environment.globals.pop(name)
    return environment


def asset_reader(folders: Sequence[Path], given: Mapping[str, str]) -> Callable[[str], tuple[bytes, str]]:
    """Reads `asset:NAME`: texts given with the job first, then style sheets and pictures beside the templates.

    Raises ValueError for every other address, so that nothing on this machine or any other can be drawn in.
    """

    def read(address: str) -> tuple[bytes, str]:
        scheme, _colon, name = address.partition(":")
        kind = ASSET_KINDS.get(Path(name).suffix)
        if scheme != "asset" or kind is None or Path(name).name != name:
            raise ValueError(f"refused: {address}")
        if name in given:
            return given[name].encode(), kind
        found = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if found is None:
            raise ValueError(f"unknown asset: {address}")
        return found.read_bytes(), kind

    return read
