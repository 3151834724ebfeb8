"""`ffp-admin token add|list|withdraw`: tokens for the programs of other systems, from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from ffp_admin.app import open_store
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import Account, find_account
from ffp_admin.screens.tokenpages import token_lines
from ffp_admin.store import (
    SYSTEM,
    TOKEN_VERBS,
    Store,
    TokenProblem,
    Wish,
    make_token,
    token_by_id,
    withdraw_token,
)


@click.group()
def token() -> None:
    """Make, list and withdraw tokens of accounts."""


@token.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--grant", "grants", multiple=True, required=True, help="register:verb,verb; may be repeated.")
@click.option("--days", default=90, show_default=True, help="How long it lasts, at most a year.")
@click.option("--address", "addresses", multiple=True, help="Address or network; may be repeated.")
def add(username: str, name: str, grants: tuple[str, ...], days: int, addresses: tuple[str, ...]) -> None:
    """Make a token for an account; its secret is printed once."""
    store = open_store(read_settings())
    account = _account(store, username)
    wish = Wish(name=name, grants=frozenset(_pairs(grants)), days=days, addresses=" ".join(addresses))
    with store.reading() as session:
        owner = make_actor(session, store, account.id, account.name)
    try:
        ident, secret = store.write(lambda session: make_token(session, store, owner, wish, SYSTEM))
    except TokenProblem as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(_("Token no. {id}: {secret}", id=ident, secret=secret))
    click.echo(_("Copy it into the other system now, it is not stored."))


@token.command("list")
@click.argument("username")
def list_(username: str) -> None:
    """The tokens of an account."""
    store = open_store(read_settings())
    account = _account(store, username)
    with store.reading() as session:
        lines = token_lines(session, store, account.id)
    for one in lines:
        click.echo(f"{one.id}\t{one.name}\t{one.state}\t{one.rights}\t{one.more}")


@token.command("withdraw")
@click.argument("number", type=int)
def withdraw(number: int) -> None:
    """End a token at once."""
    store = open_store(read_settings())
    with store.writing() as session:
        found = token_by_id(session, number)
        if found is None:
            raise click.ClickException(_("There is no token no. {id}.", id=number))
        withdraw_token(session, store, found, SYSTEM)
    click.echo(_("The token is withdrawn: it opens nothing any more."))


def _account(store: Store, username: str) -> Account:
    with store.reading() as session:
        account = find_account(session, username)
    if account is None:
        raise click.ClickException(_("There is no account '{name}'.", name=username))
    return account


def _pairs(grants: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in grants:
        form, _colon, verbs = text.partition(":")
        for verb in (one.strip() for one in verbs.split(",")):
            if verb not in TOKEN_VERBS:
                known = ", ".join(TOKEN_VERBS)
                raise click.ClickException(
                    _(
                        "'{text}' is not written as register:verb,verb with verbs of {known}.",
                        text=text,
                        known=known,
                    )
                )
            yield form, verb
