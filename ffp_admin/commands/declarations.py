"""`ffp-admin check|fmt|reference`: problems of declarations, their other language, their reference."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ffp_admin.i18n import _
from ffp_admin.problems import Problem, SpecProblems
from ffp_admin.rules import check as check_rules
from ffp_admin.spec import collect, folder_files
from ffp_admin.spec.fmt import translate
from ffp_admin.spec.reference import page
from ffp_admin.spec.schema import json_schema
from ffp_admin.spec.words import LANGUAGES

#: where declarations lie when nothing is named
FOLDERS = ("form_specs", "plugins")
PAGES = {"zh": "declarations.md", "en": "declarations.en.md"}


def problems_of(folders: list[Path]) -> list[Problem]:
    """Every problem of the declarations below `folders`, expressions included, sorted by place."""
    catalog, found = collect(folder_files(folders))
    places = {problem.place for problem in found}
    deeper = [problem for problem in check_rules(catalog) if problem.place not in places]
    return sorted([*found, *deeper], key=lambda one: (one.place, one.code.number))


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(folders: tuple[Path, ...]) -> None:
    """Name every problem of declarations with file, line and column; exit 1 if there is any."""
    given = list(folders) or [folder for name in FOLDERS if (folder := Path(name)).is_dir()]
    if not given:
        raise click.ClickException(_("There is no folder form_specs here. Name the folder to check."))
    problems = problems_of(given)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        files = len({problem.place.file for problem in problems})
        click.echo(_("{count} problems in {files} files.", count=len(problems), files=files), err=True)
        sys.exit(1)
    click.echo(_("No problems."), err=True)


@click.command()
@click.option("--lang", "language", type=click.Choice(LANGUAGES), required=True)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
def fmt(language: str, paths: tuple[Path, ...]) -> None:
    """Rewrite declarations in Chinese (zh) or English (en); - reads standard input and prints."""
    if paths == (Path("-"),):
        click.echo(_translated("-", sys.stdin.buffer.read(), language), nl=False)
        return
    for name, data in folder_files(paths).items():
        changed = _translated(name, data, language)
        if changed != data:
            Path(name).write_bytes(changed)
            click.echo(name)


def _translated(name: str, data: bytes, language: str) -> bytes:
    try:
        return translate(data.decode("utf-8"), language).encode("utf-8")
    except UnicodeDecodeError:
        problems: tuple[Problem, ...] = collect({name: data})[1]
        raise click.ClickException("\n".join(map(str, problems))) from None
    except SpecProblems as error:
        lines = [
            f"{name}:{one.place.line}:{one.place.column}: {one.code.number} {one.text()}"
            for one in error.problems
        ]
        raise click.ClickException("\n".join(lines)) from None


@click.command()
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="zh", show_default=True)
@click.option("--schema", is_flag=True, help="Print the JSON Schema for editors instead.")
@click.option(
    "--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write both pages there."
)
def reference(language: str, schema: bool, folder: Path | None) -> None:
    """Print the reference of the declaration language."""
    if schema:
        click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    elif folder is None:
        click.echo(page(language), nl=False)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        for one, name in PAGES.items():
            (folder / name).write_text(page(one), encoding="utf-8")
            click.echo((folder / name).as_posix())
