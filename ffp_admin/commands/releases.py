"""Putting declarations in force: `publish` a folder or package, `release list`, `release show`, `release back`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from ffp_admin import store as stores
from ffp_admin.app import open_store
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.problems import SpecProblems
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.screens.rightgrid import standing_overrides
from ffp_admin.screens.tables import prepare_tables
from ffp_admin.screens.wording import moment_text
from ffp_admin.spec.packaging import Package, PackageRefused, read_package_folder, read_zip
from ffp_admin.store import SYSTEM, PublishResult, Store


def put_in_force(store: Store, files: Mapping[str, bytes]) -> None:
    """Publish all of `files` with the rights they declare; ClickException says what is wrong."""
    prepare_tables(store.engine)
    result = _explained(lambda: stores.publish(store, files, SYSTEM, beside=write_permissions))
    click.echo(_("Release {number} is in force.", number=result.release))


def _explained(work: Callable[[], PublishResult]) -> PublishResult:
    try:
        return work()
    except SpecProblems as problems:
        raise click.ClickException("\n".join(str(one) for one in problems.problems)) from problems
    except stores.PublishRefused as refused:
        raise click.ClickException(str(refused)) from refused


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--note", default="", help="A sentence for the history of releases.")
def publish(source: Path, dry_run: bool, note: str) -> None:
    """Publish the declarations of a folder or a .zip as a new release."""
    store = open_store(read_settings())
    package = _package(source)
    _tell(store, package)
    if dry_run:
        return
    prepare_tables(store.engine)
    result = _explained(
        lambda: stores.publish_package(store, package, SYSTEM, note=note, beside=write_permissions)
    )
    click.echo(_("Release {number} is in force.", number=result.release))
    for line in standing_overrides(store):
        click.echo(_("Changed in this county, holds on: {line}", line=line))


def _package(source: Path) -> Package:
    try:
        return read_package_folder(source) if source.is_dir() else read_zip(source.read_bytes(), source.name)
    except PackageRefused as refused:
        raise click.ClickException(str(refused)) from refused


def _tell(store: Store, package: Package) -> None:
    """What would change, in words."""
    try:
        preview = stores.preview(store, package)
    except SpecProblems as problems:
        raise click.ClickException("\n".join(str(one) for one in problems.problems)) from problems
    if preview.is_empty:
        click.echo(_("Nothing changes."))
    for one in preview.touched:
        click.echo(stores.change_title(one.difference))
        for line in (*one.difference.lines, *one.facts):
            click.echo(f"  {line}")
    for plan in preview.plans:
        for line in plan.text().splitlines():
            click.echo(f"  {line}")


@click.group()
def release() -> None:
    """Look at releases, or go back to an earlier one."""


@release.command(name="list")
def list_releases() -> None:
    """The releases, newest first."""
    store = open_store(read_settings())
    with store.reading() as session:
        for one in stores.read_releases(session, limit=50):
            click.echo(f"{one.number:>5}  {moment_text(one.at)}  {one.user_name}  {one.note}".rstrip())


@release.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """What a release says otherwise than the one before it."""
    store = open_store(read_settings())
    try:
        changes = stores.changes_of(store, number)
    except KeyError as error:
        raise click.ClickException(_("There is no release {number}.", number=number)) from error
    for one in changes:
        click.echo(stores.change_title(one))
        for line in one.lines:
            click.echo(f"  {line}")


@release.command()
@click.argument("number", type=int)
def back(number: int) -> None:
    """Put an earlier release in force again, as a new release; records and columns stay."""
    store = open_store(read_settings())
    prepare_tables(store.engine)
    try:
        result = _explained(lambda: stores.restore(store, number, SYSTEM, beside=write_permissions))
    except KeyError as error:
        raise click.ClickException(_("There is no release {number}.", number=number)) from error
    click.echo(_("Release {number} is in force.", number=result.release))
