"""The audit trail from the command line: `audit verify`, `audit seal`, `audit digest`."""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from ffp_admin.app import open_store
from ffp_admin.config import read_settings
from ffp_admin.i18n import _
from ffp_admin.printing.audit_digest import DigestPress
from ffp_admin.store import SYSTEM, Deed, Store, note
from ffp_admin.store.audit_sealing import PATIENCE, SIZE, seal_block
from ffp_admin.store.audit_verify import HEAD_DIGITS, Verdict, read_head, verify_trail
from ffp_admin.store.audit_words import exact, head_groups


@click.group()
def audit() -> None:
    """The audit trail: check the chain, seal what is new."""


@audit.command()
@click.option("--head", "typed", help="A head of the chain as it stands on paper; also one of earlier days.")
def verify(typed: str | None) -> None:
    """Check every block and line of the trail; exit 1 when something was changed, removed, added or re-ordered."""
    head = read_head(typed or "")
    if typed and not head:
        raise click.ClickException(
            _("'{head}' is no head of the chain: it has 64 digits 0-9 a-f, at least the first {least} of them.",
              head=typed, least=HEAD_DIGITS)
        )  # fmt: skip
    store = open_store(read_settings())
    with store.reading() as session:
        verdict = verify_trail(session, store.keyring, head)
    is_right = verdict.is_whole and (not head or verdict.found is not None)
    facts = {
        "lines": verdict.lines,
        "blocks": verdict.blocks,
        "head": verdict.head,
        "whole": verdict.is_whole,
    }
    _note(store, "audit_verified", facts)
    for line in told(verdict, store.clock.now()):
        click.echo(line)
    if head:
        click.echo(_told_head(verdict))
    store.dispose()
    sys.exit(0 if is_right else 1)


def told(verdict: Verdict, now: datetime) -> list[str]:
    """A verdict in sentences."""
    lines = [fault.text() for fault in verdict.faults]
    if verdict.more:
        lines.append(_("{count} more places are damaged.", count=verdict.more))
    counts = {"lines": verdict.lines, "blocks": verdict.blocks}
    if verdict.is_whole:
        lines.append(
            _("The trail is whole: {lines} lines in {blocks} blocks are as they were sealed.", **counts)
        )
    else:
        lines.append(_("THE TRAIL IS DAMAGED ({lines} lines in {blocks} blocks were checked).", **counts))
    if verdict.sealed_at is not None:
        lines.append(_("Head of the chain, sealed {moment}:", moment=exact(verdict.sealed_at)))
        lines.append("  " + " ".join(head_groups(verdict.head)))
    if verdict.unsealed_since is not None:
        since = exact(verdict.unsealed_since)
        lines.append(
            _("Not sealed yet: {count} lines, since {moment}.", count=verdict.unsealed, moment=since)
        )
        if now - verdict.unsealed_since > PATIENCE:
            lines.append(
                _("The worker should have sealed them by now: see whether it runs (ffp-admin health).")
            )
    return lines


def _told_head(verdict: Verdict) -> str:
    if verdict.found is None:
        return _(
            "The head from paper is NOT in the chain: the end of the chain was cut off or made anew, or the data "
            "were restored from a backup that is older than the paper."
        )
    number, at = verdict.found
    return _(
        "The head from paper is that of block {number}, sealed {moment}.", number=number, moment=exact(at)
    )


@audit.command()
def seal() -> None:
    """Seal everything that was committed; the worker does it by itself every minute."""
    store = open_store(read_settings())
    total = done = 0
    while done == SIZE or not total:
        done = store.write(lambda session: seal_block(session, store.keyring, store.clock.now()))
        total += done
        if not done:
            break
    store.dispose()
    click.echo(_("{count} lines sealed.", count=total))


@audit.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="County day; yesterday when not given.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def digest(day: datetime | None, out: Path) -> None:
    """Print the digest of a day into a PDF, to be signed, stamped and kept."""
    settings = read_settings()
    store = open_store(settings)
    wanted = day.date() if day else store.clock.today() - timedelta(days=1)
    drawn = DigestPress(store, settings).draw(wanted)
    if not isinstance(drawn, bytes):
        raise click.ClickException("\n".join(drawn))
    out.write_bytes(drawn)
    _note(store, "audit_digest", {"day": wanted.isoformat(), "sha256": hashlib.sha256(drawn).hexdigest()})
    store.dispose()
    click.echo(_("The digest of {day}: {file}", day=wanted.isoformat(), file=out))


def _note(store: Store, action: str, facts: dict[str, object]) -> None:
    deed = Deed(action=action, facts=facts)
    store.write(lambda session: note(session, SYSTEM, store.clock.now(), "command", [deed]))
