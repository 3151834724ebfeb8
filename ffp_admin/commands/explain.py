"""`ffp-admin explain KEY`: a declared form as a page people can read and sign."""

from __future__ import annotations

from pathlib import Path

import click

from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.problems import SpecProblems
from ffp_admin.rules import page
from ffp_admin.spec import collect, folder_files


@click.command()
@click.argument("key")
@click.option(
    "--dir",
    "folders",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Folder with declarations; may be repeated. Those of the installation when not given.",
)
def explain(key: str, folders: tuple[Path, ...]) -> None:
    """Print the form KEY as a page: fields, conditions and checks as sentences."""
    settings = read_settings()
    installed = [folder for folder in (settings.form_specs, settings.plugins) if folder.is_dir()]
    catalog, problems = collect(folder_files(folders or installed))
    form = catalog.forms.get(key)
    if form is None:
        lines = [str(one) for one in problems]
        known = "、".join(catalog.forms)
        lines.append(_("There is no form '{key}'. Forms: {known}", key=key, known=known))
        raise click.ClickException("\n".join(lines))
    try:
        click.echo("\n".join(page.lines(form, catalog)))
    except SpecProblems as error:
        raise click.ClickException("\n".join(map(str, error.problems))) from error
