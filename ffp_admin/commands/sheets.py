"""`ffp-admin import REGISTER FILE`: a workbook into the registers, or only checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ffp_admin.app import open_store
from ffp_admin.commands.regions import region_code
from ffp_admin.config import read_settings
from ffp_admin.exchange import CellFinding, Importer, ImportRefused, Staged, Weight
from ffp_admin.i18n import _
from ffp_admin.store import SYSTEM

#: findings printed before the rest is only counted
LISTED = 200


@click.command("import")
@click.argument("register")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", required=True, help="Village: its name or its code.")
@click.option("--period", type=int, required=True, help="Year the figures are for.")
@click.option("--dry-run", is_flag=True, help="Only check, write nothing.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the checked workbook here."
)
@click.option("--good-only", is_flag=True, help="Take the households without an error, leave the others.")
@click.option("--new-groups", is_flag=True, help="Add groups of the village the register does not know yet.")
def import_(
    register: str,
    file: Path,
    region: str,
    period: int,
    dry_run: bool,
    out: Path | None,
    good_only: bool,
    new_groups: bool,
) -> None:
    """Import FILE into REGISTER; every bad cell is listed with row, column, reason and proposal."""
    settings = read_settings()
    store = open_store(settings)
    importer = Importer(store)
    try:
        profile = importer.profile_for(register)
        code = region_code(store, region)
        staged = importer.stage(profile, file.read_bytes(), file.name, code, period, SYSTEM)
        _report(staged)
        if out is not None:
            out.write_bytes(importer.checked(staged.id, SYSTEM))
            click.echo(_("Checked workbook: {file}", file=out))
        if dry_run:
            importer.discard(staged.id, SYSTEM)
            sys.exit(1 if staged.counts["error"] else 0)
        mode = "good" if good_only else "all"
        done = importer.commit(staged.id, mode, SYSTEM, new_groups_confirmed=new_groups)
    except ImportRefused as refused:
        raise click.ClickException("\n".join(refused.messages)) from refused
    click.echo(
        _(
            "Written: {added} added, {changed} changed, {unchanged} unchanged; {skipped} households left out.",
            **done.counts,
        )
    )


def _report(staged: Staged) -> None:
    shown = [one for one in staged.findings if one.weight is not Weight.MENDED]
    for finding in shown[:LISTED]:
        click.echo(_line(finding))
    if len(shown) > LISTED:
        click.echo(_("… and {count} more.", count=len(shown) - LISTED))
    click.echo(
        _(
            "{households} households, {people} people: {ready} can be imported, {mended} cells mended, "
            "{error} errors, {doubt} doubts.",
            households=staged.households,
            people=staged.people,
            **staged.counts,
        )
    )
    if staged.new_groups:
        names = "、".join(staged.new_groups)
        click.echo(_("Groups the register does not know: {names}. Add them with --new-groups.", names=names))


def _line(finding: CellFinding) -> str:
    place = f"{finding.column}{finding.row}"
    level = _("Error") if finding.weight is Weight.ERROR else _("Doubt")
    proposal = _(" Proposal: {text}", text=finding.suggestion) if finding.suggestion else ""
    return f"{level} {place} {finding.heading}「{finding.found}」{finding.reason}{proposal}"
