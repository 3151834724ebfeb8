"""The worker's part of publishing: a checked package, or an earlier release, is put in force with its rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.jobs import JobContext, JobFailed
from ffp_admin.problems import SpecProblems
from ffp_admin.screens.permissions import write_permissions
from ffp_admin.screens.tables import prepare_tables
from ffp_admin.spec.packaging import PackageRefused, read_zip
from ffp_admin.store import NotAllowed, PublishRefused, PublishResult, ReleaseMoved, publish_package, restore
from ffp_admin.store.packages import DISCARDED, DONE, mark_package, uploaded

#: kind of the job
PUBLISH = "publish"


def work_off(context: JobContext) -> Mapping[str, Any]:
    """Put in force what the arguments name: {"batch": number} or {"back": release}, with "base" and "note".

    JobFailed with a sentence for the administrator; then nothing has changed. Done twice, it changes nothing more.
    """
    prepare_tables(context.store.engine)
    try:
        result = _apply(context)
    except SpecProblems as problems:
        raise JobFailed("\n".join(str(one) for one in problems.problems)) from problems
    except (PublishRefused, ReleaseMoved, PackageRefused, NotAllowed) as refused:
        raise JobFailed(str(refused)) from refused
    except KeyError as missing:
        raise JobFailed(_("There is no release {number}.", number=missing.args[0])) from missing
    return {"release": result.release, "plan": list(result.plan)}


def _apply(context: JobContext) -> PublishResult:
    store, arguments = context.store, context.arguments
    base = arguments["base"]
    if "back" in arguments:
        return restore(store, arguments["back"], context.owner, base=base, beside=write_permissions)
    number = arguments["batch"]
    with store.reading() as session:
        package = uploaded(session, number)
    if package is None or package.state == DISCARDED:
        raise JobFailed(_("This package was given up."))
    if package.state == DONE:  # the worker that did it died before it could say so
        return PublishResult(release=package.release or 0)
    result = publish_package(
        store,
        read_zip(package.content, package.filename),
        context.owner,
        note=arguments["note"],
        base=base,
        beside=write_permissions,
    )
    store.write(lambda session: mark_package(session, number, DONE, release=result.release))
    return result
