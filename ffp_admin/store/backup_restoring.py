"""`restore`: an archive is checked from end to end, then brought into a database, counted, and its schema brought up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import URL

from ffp_admin.calendar import COUNTY_ZONE, Clock
from ffp_admin.i18n import _
from ffp_admin.keyring import Keyring
from ffp_admin.store.backup import KEEPERS, opened, room_in_words, verify
from ffp_admin.store.backup_parts import BackupFailed, Keeper, Manifest, Taken
from ffp_admin.store.migrate import SCRIPTS, migrate


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did; `former` is where the content that stood there before was set aside."""

    manifest: Manifest
    former: str | None
    migrated: bool


def check_archive(archive: Path, keyring: Keyring, target: URL) -> Manifest:
    """The manifest of an archive that is whole and fits program, key file and target; BackupFailed says why not."""
    with opened(archive) as (_package, manifest):
        _check_fit(manifest, keyring, target)
    return verify(archive)


def is_filled(target: URL) -> bool:
    """Whether anything stands where the archive shall go."""
    return _keeper(target).is_filled(target)


def put_back(archive: Path, keyring: Keyring, target: URL, clock: Clock, *, replace: bool) -> Restored:
    """Bring an archive into `target`; what stands there is set aside with `replace`, refused without."""
    manifest = check_archive(archive, keyring, target)
    keeper = _keeper(target)
    if keeper.is_filled(target) and not replace:
        raise BackupFailed(
            _("There is data in {target} already. Nothing was touched.", target=_shown(target))
        )
    room = keeper.room(target)
    with room_in_words(room), _unpacked(archive, keeper, room) as part:
        aside = clock.now().astimezone(COUNTY_ZONE).strftime("before-%Y%m%d-%H%M%S")
        former = keeper.put(target, part, aside, _comparing(manifest))
    return Restored(manifest=manifest, former=former, migrated=manifest.schema != _newest())


@contextmanager
def _unpacked(archive: Path, keeper: Keeper, room: Path) -> Iterator[Path]:
    """The database's part of an archive as a file that is gone, or has been moved, at the end."""
    folder = Path(tempfile.mkdtemp(prefix=".ffp-restore-", dir=room))
    try:
        with opened(archive) as (package, _manifest):
            package.extract(keeper.part, folder)
        yield folder / keeper.part
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _comparing(manifest: Manifest) -> Callable[[Taken, URL], None]:
    """Compares a restored database with the manifest, then brings its schema up."""

    def check(found: Taken, url: URL) -> None:
        wrong = sorted(
            name
            for name in {*found.tables, *manifest.tables}
            if found.tables.get(name) != manifest.tables.get(name)
        )
        if wrong or (found.schema, found.release) != (manifest.schema, manifest.release):
            raise BackupFailed(
                _(
                    "What was restored is not what was backed up: {tables}. It was thrown away again.",
                    tables=", ".join(wrong) or "release",
                )
            )
        migrate(url)

    return check


def _check_fit(manifest: Manifest, keyring: Keyring, target: URL) -> None:
    if manifest.database != target.get_backend_name():
        raise BackupFailed(
            _(
                "The backup is of {of}, the target is {target}. A backup goes back into the same kind of database.",
                of=manifest.database,
                target=target.get_backend_name(),
            )
        )
    if manifest.schema not in _known():
        raise BackupFailed(_("A newer program made this backup. Install that version, then restore."))
    marks = keyring.fingerprints()
    missing = sorted(name for name, mark in manifest.keys.items() if marks.get(name) != mark)
    if missing:
        raise BackupFailed(
            _(
                "The key file does not fit this backup: it lacks the key {keys} of that installation. Put the key file back that was in use on {day}, then restore. Nothing was touched.",
                keys=", ".join(missing),
                day=manifest.moment[:10],
            )
        )


def _keeper(target: URL) -> Keeper:
    return KEEPERS[target.get_backend_name()]


def _known() -> frozenset[str]:
    """Every revision of the schema this program knows."""
    return frozenset(one.revision for one in ScriptDirectory(str(SCRIPTS)).walk_revisions())


def _newest() -> str | None:
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


def _shown(target: URL) -> str:
    return target.render_as_string(hide_password=True)
