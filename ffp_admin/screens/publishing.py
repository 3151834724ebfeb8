"""Publishing in the browser: upload a package, read what it changes, put it in force, go back."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, request, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.jobs import enqueue, look
from ffp_admin.problems import SpecProblems
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.numbers import record_number
from ffp_admin.screens.pages import Link
from ffp_admin.screens.publish_work import PUBLISH
from ffp_admin.screens.rightgrid import standing_overrides
from ffp_admin.screens.wording import moment_text, person_text
from ffp_admin.spec.differences import Difference
from ffp_admin.spec.packaging import PackageRefused, read_zip
from ffp_admin.store import (
    Actor,
    Preview,
    change_title,
    changes_between,
    changes_of,
    preview,
    read_releases,
)
from ffp_admin.store.packages import (
    DISCARDED,
    DONE,
    ORDERED,
    STAGED,
    Uploaded,
    mark_package,
    order_package,
    release_ordered,
    stage_package,
    uploaded,
    waiting_packages,
)

DUTY = "publish"
#: releases on one page of the history
SHOWN = 30
#: seconds the page waits for the worker before it shows that it is waiting
PATIENCE = 3.0
NO_FILE = N_("Choose a package (.zip) with declarations.")
NOTE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBox:
    """One declaration that changes, as the page shows it."""

    title: str
    lines: Sequence[str]
    facts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in a package, and where."""

    place: str
    text: str


class PublishPages(Page):
    """Releases: what is in force, what was, what is waiting."""

    route_base = "/publish"
    default_view = "index"

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who may publish."""
        if DUTY not in actor.duties:
            return []
        label, told = _("Releases"), _("Declarations in force, their history, and new packages.")
        return [MenuItem(name="system:publish", label=label, href="/publish/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has any."""
        return []

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        """The history, and the upload."""
        actor = _require()
        if request.method == "GET":
            return self._index(())
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            return self._index([Fault(place="", text=_(NO_FILE))]), 422
        content, filename = upload.read(), upload.filename
        try:
            preview(current_store(), read_zip(content, filename))
        except PackageRefused as refused:
            return self._index([Fault(place="", text=str(refused))]), 422
        except SpecProblems as problems:
            return self._index(_faults(problems)), 422
        now = current_store().clock.now()
        with current_store().writing() as session:
            number = stage_package(session, content, filename, actor, now)
        return redirect(url_for("PublishPages.package", number=number))

    def _index(self, faults: Sequence[Fault]) -> str:
        before = request.args.get("before", "")
        store = current_store()
        with store.reading() as session:
            lines = read_releases(session, SHOWN + 1, record_number(before))
            waiting = waiting_packages(session)
        return self.draw(
            "publish",
            faults=faults,
            now=store.release_number,
            releases=[
                (one.number, moment_text(one.at), person_text(one.user_name), one.note)
                for one in lines[:SHOWN]
            ],
            older=lines[SHOWN - 1].number if len(lines) > SHOWN else 0,
            waiting=[(number, moment_text(at), who, name) for number, at, who, name in waiting],
        )

    @expose("/package/<int:number>", methods=("GET", "POST"))
    def package(self, number: int) -> Any:
        """What a package changes; its buttons put it in force or give it up."""
        actor = _require()
        with current_store().reading() as session:
            package = uploaded(session, number) or abort(404)
        if request.method == "GET":
            return self._package(package)
        if package.state != STAGED:
            return redirect(url_for("PublishPages.package", number=number))
        if request.form.get("mode") == "discard":
            with current_store().writing() as session:
                mark_package(session, number, DISCARDED)
            flash(_("The package was given up; nothing has changed."), "info")
            return redirect("/publish/")
        arguments = {"batch": number, "base": _base(), "note": request.form.get("note", "")[:NOTE_LENGTH]}
        job = enqueue(current_store(), PUBLISH, arguments, actor)
        with current_store().writing() as session:
            order_package(session, number, job)
        return self._follow(job)

    def _package(self, package: Uploaded) -> Any:
        if package.state in (ORDERED, DONE) and package.job_id:
            return self._wait(package.job_id)
        if package.state in (DONE, DISCARDED):
            flash(_("This package has been dealt with."), "info")
            return redirect("/publish/")
        try:
            shown = preview(current_store(), read_zip(package.content, package.filename))
        except SpecProblems as problems:  # it was right over the release of its day
            return self._check(package, None, _faults(problems))
        return self._check(package, shown, [Fault(place="", text=str(one)) for one in shown.refusals])

    def _check(self, package: Uploaded, shown: Preview | None, faults: Sequence[Fault]) -> str:
        boxes = [
            ChangeBox(title=change_title(one.difference), lines=one.difference.lines, facts=one.facts)
            for one in (shown.touched if shown else ())
        ]
        plans = [line for plan in (shown.plans if shown else ()) for line in plan.text().splitlines()]
        return self.draw(
            "publish_check",
            filename=package.filename,
            boxes=boxes,
            plans=plans,
            overrides=standing_overrides(current_store()),
            faults=faults,
            empty=shown is not None and shown.is_empty,
            base=shown.base if shown else 0,
            action=url_for("PublishPages.package", number=package.id),
        )

    @expose("/job/<int:number>")
    def job(self, number: int) -> Any:
        """Wait for the worker."""
        _require()
        return self._wait(number)

    def _follow(self, job: int) -> Any:
        """A publish takes a moment: wait for it, so that nobody sees a page that says so."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with current_store().reading() as session:
                order = look(session, current_store(), job)
            if order is None or not order.is_alive:
                break
            time.sleep(0.05)
        return redirect(url_for("PublishPages.job", number=job))

    def _wait(self, job: int) -> Any:
        with current_store().reading() as session:
            order = look(session, current_store(), job)
        if order is None or order.kind != PUBLISH:
            abort(404)
        if order.state == DONE:
            number = order.result.get("release")
            flash(_("Release {number} is in force. Everybody works with it now.", number=number), "good")
            current_store().refresh()
            return redirect("/publish/")
        if not order.is_alive:
            self._take_up_again(job)
            return self._index([Fault(place="", text=line) for line in order.message.splitlines()]), 422
        page = make_response(self.draw("publish_wait", unattended=order.unattended))
        page.headers["Refresh"] = "2"  # the browser looks again by itself
        return page

    def _take_up_again(self, job: int) -> None:
        """A package that could not be put in force waits again, so that nothing needs to be uploaded twice."""
        current_store().write(lambda session: release_ordered(session, job))

    @expose("/release/<int:number>", methods=("GET", "POST"))
    def release(self, number: int) -> Any:
        """What a release changed; its button puts it in force again."""
        actor = _require()
        store = current_store()
        try:
            changes = changes_of(store, number)
            back = changes_between(store, store.release_number, number)
        except KeyError:
            abort(404)
        if request.method == "POST":
            return self._follow(enqueue(store, PUBLISH, {"back": number, "base": _base()}, actor))
        with store.reading() as session:
            line = read_releases(session, 1, number + 1)[0]
        return self.draw(
            "release",
            number=number,
            now=store.refresh().release,
            when=moment_text(line.at),
            who=person_text(line.user_name),
            note=line.note,
            boxes=[_box(one) for one in changes],
            back=[_box(one) for one in back],
            action=url_for("PublishPages.release", number=number),
        )


def _require() -> Actor:
    actor = current_actor()
    if DUTY not in actor.duties:
        abort(403)
    return actor


def _base() -> int:
    """The release the person looked at."""
    text = request.form.get("base", "")
    return int(text) if text.isascii() and text.isdigit() else abort(400)


def _box(change: Difference) -> ChangeBox:
    return ChangeBox(title=change_title(change), lines=change.lines)


def _faults(problems: SpecProblems) -> list[Fault]:
    return [
        Fault(place=_("{file}, line {line}, column {column}", **_where(one.place)), text=one.text())
        for one in problems.problems
    ]


def _where(place: Any) -> Mapping[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column}
