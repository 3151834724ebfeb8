"""`ffp-admin user add|reset`: accounts from the command line, passwords shown once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ffp_admin.app import create_app
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.screens import accounts
from ffp_admin.screens.second_factor_pages import reset_second_factor
from ffp_admin.store import Store


@click.group()
def user() -> None:
    """Add accounts and reset passwords."""


@user.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", required=True, help="Key of a role in roles.yaml.")
@click.option("--region", "regions", multiple=True, help="Region code the account works in; may be repeated.")
def add(username: str, name: str, role: str, regions: tuple[str, ...]) -> None:
    """Add an account; its one-time password is printed."""
    app = create_app(read_settings())
    store: Store = app.extensions["ffp_store"]
    if role not in store.catalog().roles:
        known = "、".join(store.catalog().roles)
        raise click.ClickException(_("There is no role '{role}'. Roles: {known}", role=role, known=known))
    with app.app_context(), _in_words():
        password = accounts.create_user(app, username, name, role, regions)
    _show(username, password)


@user.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Give an account a new one-time password and end its lock."""
    app = create_app(read_settings())
    with app.app_context(), _in_words():
        password = accounts.reset_password(app, username)
    _show(username, password)


@user.command("reset-second-factor")
@click.argument("username")
def reset_factor(username: str) -> None:
    """Forget an account's authenticator and recovery slip: phone and slip are lost."""
    app = create_app(read_settings())
    with app.app_context(), _in_words():
        reset_second_factor(app.extensions["ffp_store"], username)
    click.echo(_("The second factor of '{name}' is reset.", name=username))


@contextmanager
def _in_words() -> Iterator[None]:
    """A refused account is told as a sentence, not as a traceback."""
    try:
        yield
    except accounts.AccountProblem as problem:
        raise click.ClickException(str(problem)) from problem


def _show(username: str, password: str) -> None:
    click.echo(_("User name {name}, password {password}", name=username, password=password))
    click.echo(
        _("The password works once: the first log-in asks for a new one. Note it now, it is not stored.")
    )
