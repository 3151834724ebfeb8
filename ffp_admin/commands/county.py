"""`ffp-admin demo`: the fictional county 青山县 with villages, households and users of every role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import yaml

from ffp_admin import store as stores
from ffp_admin.app import create_app
from ffp_admin.commands.demo_fill import COUNTY_FILE, fill
from ffp_admin.commands.demo_places import give_places
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.screens import accounts
from ffp_admin.store import SYSTEM, Store


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when the database already holds regions.")
def demo(if_empty: bool) -> None:
    """Fill a new database with the fictional county and its users; passwords are shown once."""
    settings = read_settings()
    app = create_app(settings)
    store: Store = app.extensions["ffp_store"]
    words = yaml.safe_load(COUNTY_FILE.read_text(encoding="utf-8"))
    if _has_regions(store):
        if not if_empty:
            raise click.ClickException(
                _("The database already holds regions; the demo county fills only a new one.")
            )
        return
    households = fill(store, words)
    click.echo(
        _(
            "Demo county: {count} households in {villages} villages.",
            count=households,
            villages=_villages(words),
        )
    )
    with app.app_context():
        for line in words["users"]:
            password = accounts.create_user(
                app, line["username"], line["name"], line["role"], tuple(line["regions"])
            )
            give_places(store, line)
            role = store.catalog().roles[line["role"]].label
            click.echo(f"  {line['username']:<10} {password}   {role} {line['name']}")
    click.echo(
        _(
            "Each password works once: the first log-in asks for a new one. Note them now, they are not stored."
        )
    )


def _villages(words: Mapping[str, Any]) -> int:
    return sum(len(town["villages"]) for town in words["towns"])


def _has_regions(store: Store) -> bool:
    with store.reading() as session:
        return bool(stores.pick(session, store, "region", "", SYSTEM, limit=1))
