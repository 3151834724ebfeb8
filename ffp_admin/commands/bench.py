"""`ffp-admin bench NAME`: our figure beside its yardstick, measured in the same run (design §14)."""

from __future__ import annotations

import runpy

import click

from ffp_admin.config import HOUSE
from ffp_admin.i18n import _

BENCHES = HOUSE / "tests" / "bench"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.option(
    "--size", type=int, default=None, help="Number of rows or people; each bench has its own default."
)
def bench(name: str, size: int | None) -> None:
    """Run the bench NAME; prints lines `NAME/YARDSTICK ours=… yardstick=… ratio=…`."""
    known = sorted(path.stem for path in BENCHES.glob("[a-z]*.py"))
    if name not in known:
        raise click.ClickException(
            _("There is no bench '{name}'. Benches: {known}", name=name, known="、".join(known))
        )
    script = runpy.run_path(str(BENCHES / f"{name}.py"))
    for line in script["measure"](size):
        click.echo(line)
