"""A village chosen by typing, on pages that are no form of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import jsonify, request

from ffp_admin.i18n import _
from ffp_admin.problems import Place
from ffp_admin.screens.acting import current_actor, current_store
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import SCREENS
from ffp_admin.screens.lookup import found_for_script
from ffp_admin.screens.pages import FilterBox
from ffp_admin.screens.reading import Unreadable
from ffp_admin.spec.model import Field

NAME = "region"
#: digits of a village's code
VILLAGE = 12
FIELD = Field(key=NAME, kind="region", label=NAME, place=Place(file=""))


def region_box(pick_url: str, texts: Sequence[str]) -> FilterBox:
    """The box with what stands in it: code and caption."""
    return FilterBox(
        name=NAME, label=_("Village or area"), widget="pick", texts=(*texts, "", "")[:2], pick_url=pick_url
    )


def own_region_box(pick_url: str) -> FilterBox:
    """The box with the actor's village in it, when there is only one."""
    regions = current_actor().widest_regions()
    if len(regions) != 1 or len(regions[0]) < VILLAGE:
        return region_box(pick_url, ())
    with current_store().reading() as session:
        caption = RequestDesk(session, current_store(), current_actor()).caption(NAME, regions[0])
    return region_box(pick_url, (regions[0], caption))


def chosen_region(pick_url: str, posted: Sequence[str]) -> tuple[str, FilterBox, list[str]]:
    """The region code ("" when none), the box to show again, and what is wrong."""
    with current_store().reading() as session:
        desk = RequestDesk(session, current_store(), current_actor())
        try:
            code = SCREENS[FIELD.kind].read(tuple(posted), FIELD, desk)
        except Unreadable as reason:
            return "", region_box(pick_url, posted), [reason.message]
        texts = SCREENS[FIELD.kind].write(code, FIELD, desk) if code else ()
    return str(code or ""), region_box(pick_url, texts), []


def picked_regions() -> Any:
    """Regions that fit what is typed, for the script."""
    return jsonify({"found": found_for_script(NAME, request.form.get("text", ""), current_actor())})
