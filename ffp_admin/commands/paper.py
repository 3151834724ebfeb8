"""`ffp-admin print DOCUMENT --region VILLAGE -o FILE.pdf`: a roster on paper."""

from __future__ import annotations

from pathlib import Path

import click

from ffp_admin.app import open_store
from ffp_admin.commands.regions import region_code
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.printing import Printed, Printer
from ffp_admin.store import SYSTEM


@click.command("print")
@click.argument("document")
@click.option("--region", required=True, help="Village: its name or its code.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def print_(document: str, region: str, out: Path) -> None:
    """Print DOCUMENT for a region into a PDF."""
    settings = read_settings()
    store = open_store(settings)
    if document not in store.catalog().documents:
        known = "、".join(store.catalog().documents)
        raise click.ClickException(
            _("There is no document '{name}'. Documents: {known}", name=document, known=known)
        )
    result = Printer(store, settings).render(document, region_code(store, region), SYSTEM)
    if not isinstance(result, Printed):
        raise click.ClickException("\n".join(result.messages))
    out.write_bytes(result.pdf)
    click.echo(_("{pages} pages: {file}", pages=result.pages, file=out))
