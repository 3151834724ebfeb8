"""Set up and serve: `migrate`, `init`, `run`, `worker`, `health`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import click

from ffp_admin import rules, spec
from ffp_admin import store as stores
from ffp_admin.app import create_app, job_handlers, open_store
from ffp_admin.commands.folders import declaration_files
from ffp_admin.commands.releases import put_in_force
from ffp_admin.config import Settings, read_settings
from ffp_admin.i18n import _
from ffp_admin.jobs import JobWorker, housekeeping, sealing
from ffp_admin.printing import check_printing
from ffp_admin.printing.settings import PrintSettings
from ffp_admin.screens import accounts
from ffp_admin.screens.acting import make_actor
from ffp_admin.store.audit_reading import waiting_since
from ffp_admin.store.audit_sealing import PATIENCE
from ffp_admin.store.audit_words import exact


@click.command()
def migrate() -> None:
    """Bring the platform's own tables up to date."""
    settings = read_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stores.migrate(settings.database_url)
    click.echo(_("The database is up to date."))


@click.command()
@click.option("--if-needed", is_flag=True, help="Do nothing when the installation exists.")
def init(if_needed: bool) -> None:
    """Create the database, the key file, the tables of all declarations and the first administrator."""
    settings = read_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stores.migrate(settings.database_url)
    store = open_store(settings, create_key=True)
    if store.release_number == 0:
        put_in_force(store, declaration_files(settings.form_specs, settings.plugins))
    elif not if_needed:
        click.echo(_("The installation exists; nothing was changed."))
    app = create_app(settings)
    with app.app_context():
        first = accounts.ensure_administrators(app)
    for one in first:
        facts = {"role": one.label, "name": one.username, "password": one.password}
        click.echo(_("{role}: user name {name}, password {password}", **facts))
    if first:
        click.echo(
            _(
                "Each password works once: the first log-in asks for a new one. Note them now, they are not stored. "
                "The security administrator makes all other accounts."
            )
        )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option("--workers", default=None, type=int, help="Web workers; FFP_WEB_WORKERS or 2.")
def run(host: str, port: int, workers: int | None) -> None:
    """Serve with web workers and one worker process beside them."""
    settings = read_settings()
    click.echo(_("Serving on {address} (stop with Ctrl+C).", address=f"http://{host}:{port}"))
    helper = subprocess.Popen([sys.executable, "-m", "ffp_admin", "worker"])
    web = subprocess.Popen(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "gunicorn",
            "ffp_admin.app:serving()",
            "--bind",
            f"{host}:{port}",
            "--workers",
            str(workers or settings.web_workers),
            "--threads",
            "4",
            "--timeout",
            "120",
            "--graceful-timeout",
            "20",
            "--no-control-socket",  # it would lie in the home folder of whoever serves
        ]
    )
    sys.exit(_watch(web, helper))


def _watch(web: subprocess.Popen[bytes], helper: subprocess.Popen[bytes]) -> int:
    """Wait for the web workers; a worker process that dies is started again, both end together."""

    def stop(_number: int, _frame: object) -> None:
        web.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while True:
            try:
                return web.wait(timeout=2)
            except subprocess.TimeoutExpired:
                if helper.poll() is not None:
                    helper = subprocess.Popen(helper.args)  # noqa: S603 - the same program again
    finally:
        helper.terminate()
        helper.wait(timeout=20)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and end.")
def worker(once: bool) -> None:
    """Do the long work: jobs from the job table and the daily housekeeping."""
    settings = read_settings()
    store = open_store(settings)
    name = f"{os.uname().nodename}:{os.getpid()}"
    chores = {**housekeeping(), **sealing(store.keyring)}
    process = JobWorker(store, chores, name, job_handlers(store, settings), make_actor)
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.stop())
    process.run(once=once)


@click.command()
def health() -> None:
    """Say what is missing or wrong with this installation; exit 1 if anything is."""
    settings = read_settings()
    found = [
        *_store_health(settings),
        *_audit_health(settings),
        *(str(one) for one in check_printing(PrintSettings.of(settings))),
    ]
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo(_("Everything is in order."))


def _audit_health(settings: Settings) -> list[str]:
    """Lines of the trail that no worker has sealed."""
    store = open_store(settings)
    with store.reading() as session:
        since = waiting_since(session)
    if since is None or store.clock.now() - since < PATIENCE:
        return []
    return [
        _("The audit trail has not been sealed since {moment}: no worker is running.", moment=exact(since))
    ]


def _store_health(settings: Settings) -> list[str]:
    store = open_store(settings)
    if store.release_number == 0:
        return [_("Nothing is published yet. Run: ffp-admin init")]
    catalog, problems = spec.collect(declaration_files(settings.form_specs, settings.plugins))
    found = [str(one) for one in (*problems, *rules.check(catalog))]
    if not found and stores.differs(store, declaration_files(settings.form_specs, settings.plugins)):
        found.append(_("The declaration folders differ from the published release. Run: ffp-admin publish"))
    return found
