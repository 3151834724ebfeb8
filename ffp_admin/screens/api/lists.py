"""What a program needs beside records: the words of code lists, the names of regions, the description of the interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request

from ffp_admin.i18n import N_, _
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.api.asking import AFTER, LENGTH
from ffp_admin.screens.api.body import only
from ffp_admin.screens.api.document import describe, used_forms
from ffp_admin.screens.api.guarding import calling_actor
from ffp_admin.screens.api.routes import answer
from ffp_admin.screens.api.trouble import Fault, Trouble
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.numbers import record_number
from ffp_admin.spec.model import Catalog, CodeList
from ffp_admin.store import Actor, shown_form
from ffp_admin.store.regions import regions_within

MANY_REGIONS = 500
NO_PLACE = N_("Ask for at most {limit} regions behind a region code of digits.")
_CODE_DIGITS = 15


class ListsApi(Page):
    """Lists that fields choose from."""

    route_base = "/api/v1"
    default_view = "openapi"

    @expose("/openapi.json")
    def openapi(self) -> Any:
        """The description of what the asker may use (OpenAPI 3.1)."""
        only(request.args, ())
        return answer(describe(current_store().edition(), calling_actor()))

    @expose("/codes/<codes>")
    def words(self, codes: str) -> Any:
        """A code list that some form of the asker uses."""
        only(request.args, ())
        found = {one.key: one for one in used_lists(current_store().catalog(), calling_actor())}.get(codes)
        if found is None:
            raise Trouble(404)
        return answer(told_list(found))

    @expose("/regions")
    def regions(self) -> Any:
        """The regions the asker works in and what lies in them, by code."""
        actor, store = calling_actor(), current_store()
        if not actor.grants:
            raise Trouble(403)
        only(request.args, (AFTER, LENGTH))
        after, size = _after(), _size()
        with store.reading() as session:
            found = regions_within(session, store.edition(), actor.widest_regions(), after, size + 1)
        shown = found[:size]
        following = shown[-1][0] if len(found) > size else None
        return answer({"regions": [{"code": code, "name": name} for code, name in shown], "next": following})


def _after() -> str:
    text = request.args.get(AFTER, "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= _CODE_DIGITS):
        raise Trouble(400, faults=[Fault(field=AFTER, code="query", message=_(NO_PLACE, limit=MANY_REGIONS))])
    return text


def _size() -> int:
    text = request.args.get(LENGTH, str(MANY_REGIONS))
    size = record_number(text)
    if size is None or not 1 <= size <= MANY_REGIONS:
        raise Trouble(
            400, faults=[Fault(field=LENGTH, code="query", message=_(NO_PLACE, limit=MANY_REGIONS))]
        )
    return size


def used_lists(catalog: Catalog, actor: Actor) -> Iterator[CodeList]:
    """The code lists of fields the asker sees or fills in."""
    seen: set[str] = set()
    for form in used_forms(catalog, actor):
        for field in shown_form(form, actor.limits_on(form.key)).fields():
            for one in (field, *field.fields):
                if one.codes in catalog.codes and one.codes not in seen:
                    seen.add(one.codes)
                    yield catalog.codes[one.codes]


def told_list(codes: CodeList) -> dict[str, Any]:
    """A code list as JSON; words that ran out stand there with their last day."""
    return {
        "key": codes.key,
        "label": codes.label,
        "words": [
            {
                "code": word.code,
                "label": word.label,
                "from": word.valid_from.isoformat() if word.valid_from else None,
                "to": word.valid_to.isoformat() if word.valid_to else None,
                "parent": word.parent,
            }
            for word in codes.words
        ],
    }
