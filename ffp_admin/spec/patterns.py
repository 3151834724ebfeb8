"""Texts with places in braces: number patterns ({年}{村}{序号:4}) and titles ({县}{年})."""

from __future__ import annotations

import re

from ffp_admin.i18n import N_
from ffp_admin.problems import Phrase
from ffp_admin.spec.guess import listed

#: places of a number pattern beside the counter
SERIAL_PLACES = ("年", "月", "县", "乡镇", "村", "组", "单位")
COUNTER = "序号"
#: places of titles and subtitles
TITLE_PLACES = ("县", "乡镇", "村", "年", "月", "日")

_PLACE = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(rf"{COUNTER}(?::[1-9])?")


def serial_fault(pattern: str) -> Phrase | None:
    """What is wrong with a number pattern, None when nothing is."""
    if fault := _brace_fault(pattern):
        return fault
    places = _PLACE.findall(pattern)
    counters = [place for place in places if _COUNTER.fullmatch(place)]
    for place in places:
        if place not in SERIAL_PLACES and place not in counters:
            return _unknown(place, (*SERIAL_PLACES, COUNTER))
    if len(counters) != 1:
        return Phrase(N_("it needs {{{counter}:4}} exactly once"), counter=COUNTER)
    return None


def title_fault(title: str) -> Phrase | None:
    """What is wrong with the places of a title, None when nothing is."""
    if fault := _brace_fault(title):
        return fault
    unknown = next((place for place in _PLACE.findall(title) if place not in TITLE_PLACES), None)
    return None if unknown is None else _unknown(unknown, TITLE_PLACES)


def _brace_fault(text: str) -> Phrase | None:
    rest = _PLACE.sub("", text)
    return Phrase(N_("a brace is not closed")) if "{" in rest or "}" in rest else None


def _unknown(place: str, places: tuple[str, ...]) -> Phrase:
    return Phrase(N_("{{{place}}} is not one of {places}"), place=place, places=listed(places))
