"""`ffp-admin openapi`: the description of the whole interface as a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ffp_admin.app import open_store
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.screens.api.document import describe
from ffp_admin.store import SYSTEM, guarded


@click.command()
@click.option(
    "-o", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
def openapi(out: Path) -> None:
    """Write the description of the interface (OpenAPI 3.1), for all registers and rights."""
    store = open_store(read_settings())
    document = describe(store.edition(), guarded(SYSTEM))
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(_("{file}: {count} addresses.", file=out.name, count=len(document["paths"])))
