"""The command line `ffp-admin`: names are kept stable (design §13)."""

from __future__ import annotations

import click

from ffp_admin import __version__
from ffp_admin.commands import (
    auditing,
    county,
    declarations,
    explain,
    interface,
    keeping,
    paper,
    releases,
    serve,
    sheets,
    tokens,
    users,
)
from ffp_admin.commands import bench as bench_commands


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """ffp-admin."""


for command in (
    declarations.check,
    declarations.fmt,
    declarations.reference,
    explain.explain,
    serve.migrate,
    serve.init,
    serve.run,
    serve.worker,
    releases.publish,
    releases.release,
    serve.health,
    auditing.audit,
    county.demo,
    keeping.backup,
    keeping.restore,
    keeping.key,
    users.user,
    tokens.token,
    interface.openapi,
    sheets.import_,
    paper.print_,
    bench_commands.bench,
):
    main.add_command(command)
