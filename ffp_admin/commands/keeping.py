"""Keeping an installation safe: `backup`, `restore`, `key show|rotate|drop`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ffp_admin import keyring
from ffp_admin import store as stores
from ffp_admin.app import open_store
from ffp_admin.calendar import COUNTY_ZONE, SystemClock
from ffp_admin.config import Settings, read_settings
from ffp_admin.i18n import _
from ffp_admin.keyring import Keyring, KeyringError
from ffp_admin.store import SYSTEM, Deed, Store, backup_restoring
from ffp_admin.store import backup as backups
from ffp_admin.store.backup_parts import BackupFailed, Manifest

#: so many values that do not open are named, the others counted
SHOWN = 20


@contextmanager
def _in_words() -> Iterator[None]:
    """What cannot be done is told as a sentence, not as a traceback."""
    try:
        yield
    except (BackupFailed, KeyringError) as failure:
        raise click.ClickException(str(failure)) from failure


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """The installation's store; what cannot be done with it is told as a sentence."""
    with _in_words():
        store = open_store(settings)
        try:
            yield store
        finally:
            store.dispose()


def _note(store: Store, action: str, **facts: object) -> None:
    deed = Deed(action=action, facts=facts)
    store.write(lambda session: stores.note(session, SYSTEM, store.clock.now(), "command", [deed]))


@click.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; backups in the data folder."
)
@click.option(
    "--keep", type=click.IntRange(min=1), help="Remove older backups of this database beyond so many."
)
def backup(out: Path | None, keep: int | None) -> None:
    """Make one checked archive of the database while people go on working."""
    settings = read_settings()
    folder = (out or settings.data_dir / "backups").resolve()
    with _store(settings) as store:
        archive, manifest = backups.make_backup(store, folder)
        _note(store, "backup", file=archive.name, rows=_rows(manifest))
        gone = backups.prune(store, folder, keep) if keep else ()
    click.echo(
        _(
            "Backup made and checked: {file} ({rows} rows in {tables} tables, release {release}).",
            file=archive,
            rows=_rows(manifest),
            tables=len(manifest.tables),
            release=manifest.release,
        )
    )
    for one in gone:
        click.echo(_("Removed the older backup {file}.", file=one.name))
    click.echo(
        _(
            "The key file is not in it. Keep a copy of {key_file} at another place.",
            key_file=settings.key_file,
        )
    )


def _rows(manifest: Manifest) -> int:
    return sum(one.rows for one in manifest.tables.values())


@click.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--into", help="Database URL or SQLite file; the installation's own database when not given.")
@click.option("--replace", is_flag=True, help="Set aside what stands there; asks for words to be typed.")
@click.option("--check", "only_check", is_flag=True, help="Only check that the archive is whole and fits.")
def restore(archive: Path, into: str | None, replace: bool, only_check: bool) -> None:
    """Bring a backup into a database, count every table, and bring its schema up."""
    settings = read_settings()
    with _in_words():
        target = _target(into, settings)
        ring = Keyring.load(settings.key_file)
        manifest = backup_restoring.check_archive(archive, ring, target)
        click.echo(_told(manifest))
        if only_check:
            return
        if backup_restoring.is_filled(target):
            _ask(target, manifest, replace=replace)
        done = backup_restoring.put_back(archive, ring, target, SystemClock(), replace=replace)
        _note_restored(target, ring, archive)
    click.echo(
        _(
            "Restored and counted: {rows} rows in {tables} tables.",
            rows=_rows(manifest),
            tables=len(manifest.tables),
        )
    )
    if done.migrated:
        click.echo(_("The database is up to date."))
    if done.former:
        click.echo(
            _("The former data was set aside: {place}. Remove it when you are sure.", place=done.former)
        )


def _target(into: str | None, settings: Settings) -> URL:
    try:
        target = make_url(into or settings.database_url)
    except ArgumentError:
        target = make_url(f"sqlite:///{Path(into or '').resolve()}")
    if target.get_backend_name() not in backups.KEEPERS:
        raise BackupFailed(_("{target} is neither PostgreSQL nor SQLite.", target=target.get_backend_name()))
    return target


def _told(manifest: Manifest) -> str:
    return _(
        "The backup of {moment} is whole: program {program}, release {release}, {rows} rows.",
        moment=manifest.moment,
        program=manifest.program,
        release=manifest.release,
        rows=_rows(manifest),
    )


def _ask(target: URL, manifest: Manifest, *, replace: bool) -> None:
    """Nobody replaces a county's data by a slip of the hand."""
    shown = target.render_as_string(hide_password=True)
    if not replace:
        raise BackupFailed(
            _(
                "There is data in {target} already. Nothing was touched. To replace it, stop the program and add --replace.",
                target=shown,
            )
        )
    words = _("replace all data")
    click.echo(
        _(
            "Everything in {target} will be replaced by the backup of {moment}; what was entered since is set aside.",
            target=shown,
            moment=manifest.moment,
        )
    )
    if click.prompt(_("Type the words: {words}", words=words)).strip() != words:
        raise BackupFailed(_("The words do not match. Nothing was touched."))


def _note_restored(target: URL, ring: Keyring, archive: Path) -> None:
    store = Store(target.render_as_string(hide_password=False), ring)
    try:
        _note(store, "restored", file=archive.name)
    finally:
        store.dispose()


@click.group()
def key() -> None:
    """The keys that ID numbers, phones and accounts are sealed with."""


@key.command("show")
def show() -> None:
    """List the keys in the key file (never the keys themselves) and how many values still need older ones."""
    settings = read_settings()
    with _store(settings) as store:
        for ident, (cipher, made_at) in store.keyring.facts().items():
            use = _("seals") if ident == store.keyring.current else _("only opens")
            click.echo(f"{ident}  {cipher}  {made_at or '-'}  {use}")
        click.echo(_("{count} values are sealed with older keys.", count=stores.count_old(store)))


@key.command("rotate")
def rotate() -> None:
    """Make a new key and seal everything with it again; started again, it goes on where it was stopped."""
    settings = read_settings()
    with _store(settings) as store:
        left = stores.count_old(store)
        if left:
            click.echo(_("An earlier change of keys was not finished; it goes on."))
        else:
            _new_key(store, settings)
            left = stores.count_old(store)
        outcome = _reseal(store, left)
    click.echo(
        _("{count} values were sealed with the key {key}.", count=outcome.done, key=store.keyring.current)
    )
    if outcome.shut:
        _tell_shut(outcome.shut)
    click.echo(_("The older keys stay in the file. In ten minutes or later run: ffp-admin key drop"))


def _new_key(store: Store, settings: Settings) -> None:
    made = store.keyring.rotate(settings.key_file, settings.cipher, store.clock.now())
    store.keyring.refresh()
    _note(store, "key_rotated", key=made.current)
    click.echo(
        _(
            "New key {key} in {file}. Copy the key file to its safe place now.",
            key=made.current,
            file=settings.key_file,
        )
    )
    time.sleep(keyring.FRESH_FOR * 1.5)  # by then every serving program seals with it


def _reseal(store: Store, total: int) -> stores.Resealed:
    with click.progressbar(length=total, label=_("Sealing again")) as bar:
        return stores.reseal(store, lambda done: bar.update(min(done, total) - bar.pos))


def _tell_shut(shut: list[str]) -> None:
    click.echo(_("{count} values open with no key of the file and were left alone:", count=len(shut)))
    for one in shut[:SHOWN]:
        click.echo(f"  {one}")
    sys.exit(1)


@key.command("drop")
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(yes: bool) -> None:
    """Take the older keys out of the key file, once nothing needs them any more."""
    settings = read_settings()
    with _store(settings) as store:
        if len(store.keyring.facts()) == 1:
            click.echo(_("There is only the key {key}.", key=store.keyring.current))
            return
        click.echo(
            _(
                "Backups made before need the key file as it is now: keep a copy of it as long as you keep them."
            )
        )
        if not yes and not click.confirm(_("Take the older keys out of the file?")):
            return
        _reseal(store, stores.count_old(store))
        kept = stores.drop_old_keys(store, settings.key_file)
        if kept is not None:
            raise BackupFailed(_why_kept(kept))
        _note(store, "key_dropped", key=store.keyring.current)
    click.echo(
        _("The key file holds only the key {key} now. Copy it to its safe place.", key=store.keyring.current)
    )


def _why_kept(kept: stores.KeysKept) -> str:
    if kept.not_before is not None:
        moment = kept.not_before.astimezone(COUNTY_ZONE).strftime("%H:%M:%S")
        return _(
            "The newest key is too young: programs may still be writing with the older one. Try again after {moment}.",
            moment=moment,
        )
    return _("{count} values still need an older key. Run: ffp-admin key rotate", count=kept.left)
