"""The description of the interface (OpenAPI 3.1), made from the catalog and from what the asker may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ffp_admin import __version__
from ffp_admin.i18n import N_, _
from ffp_admin.screens.api import schemas
from ffp_admin.screens.api.asking import (
    AFTER,
    BEFORE,
    KEYWORD_LENGTH,
    LARGEST_PAGE,
    LENGTH,
    ORDER,
    SIZE,
    orders,
)
from ffp_admin.screens.api.schemas import Schema
from ffp_admin.screens.deeds import REASON
from ffp_admin.screens.kinds import SCREENS
from ffp_admin.screens.listing import filter_fields
from ffp_admin.screens.numbers import LARGEST
from ffp_admin.spec.model import Catalog, Form
from ffp_admin.store import TOKEN_VERBS, Actor, shown_form
from ffp_admin.store.edition import Edition

TITLE = N_("Interface for other systems")
ABOUT = N_(
    "Reads and writes the same records as the pages, by the same rights and checks. Hidden values are stars, whoever "
    "asks. Send the token in the header Authorization: Bearer …; never in an address."
)
READING, WRITING = (400, 401, 403, 404, 405, 429), (400, 401, 403, 404, 405, 413, 415, 422, 429)
NAMES = {
    "find": N_("List {form}"),
    "search": N_("Search {form} by keyword"),
    "create": N_("Add to {form}"),
    "read": N_("Read one of {form}"),
    "change": N_("Change one of {form}"),
    "void": N_("Make one of {form} void"),
    "story": N_("What happened to one of {form}"),
    "codes": N_("Words of a code list"),
    "regions": N_("Regions of the asker, by code"),
}


def used_forms(catalog: Catalog, actor: Actor) -> Iterator[Form]:
    """The forms with which the asker may do anything here."""
    return (one for one in catalog.forms.values() if any(actor.may(one.key, verb) for verb in TOKEN_VERBS))


def describe(edition: Edition, actor: Actor) -> Schema:
    """The whole document for an asker."""
    paths: Schema = {}
    known: Schema = {**schemas.shared()}
    tags = []
    for form in used_forms(edition.catalog, actor):
        tags.append({"name": form.key, "description": form.label})
        _describe_form(edition, actor, form, paths, known)
    lists = sorted(
        {one.codes for form in used_forms(edition.catalog, actor) for one in _cells(form) if one.codes}
    )
    if tags:
        paths["/api/v1/codes/{codes}"] = {"get": _codes(lists)}
        paths["/api/v1/regions"] = {"get": _regions()}
    return {
        "openapi": "3.1.0",
        "info": {"title": _(TITLE), "version": f"{__version__}+{edition.release}", "description": _(ABOUT)},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": known,
            "responses": {"problem": schemas.problem_answer()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _cells(form: Form) -> Iterator[Any]:
    return (cell for one in form.fields() for cell in (one, *one.fields))


def _describe_form(edition: Edition, actor: Actor, form: Form, paths: Schema, known: Schema) -> None:
    key, limits = form.key, actor.limits_on(form.key)
    shown, to_write = shown_form(form, limits), shown_form(form, limits, to_write=True)
    base = f"/api/v1/records/{key}"
    many: Schema = {}
    one: Schema = {"parameters": [_ident()]}
    if actor.may(key, "view") or actor.may(key, "fill"):
        paths[base] = many
    if actor.may(key, "view") or actor.may(key, "edit"):
        paths[f"{base}/{{id}}"] = one
    if actor.may(key, "view"):
        known[f"{key}.record"] = schemas.record(shown)
        known[f"{key}.list"] = schemas.page_of(f"{key}.record")
        found = orders(edition.tables(key), actor)
        many["get"] = _deed(form, "find", READING, f"{key}.list", parameters=_asked(shown, found))
        search = _deed(form, "search", WRITING, f"{key}.list", body=_search(shown, found))
        paths[f"{base}/search"] = {"post": search}
        one["get"] = _deed(form, "read", READING, f"{key}.record", tagged=True)
        paths[f"{base}/{{id}}/history"] = {
            "parameters": [_ident()], "get": _deed(form, "story", READING, "history"),
        }  # fmt: skip
    if actor.may(key, "fill"):
        known[f"{key}.new"] = schemas.values_to_write(to_write, edition.catalog.codes)
        many["post"] = _deed(
            form, "create", WRITING, "saved", body=schemas.ref(f"{key}.new"), status=201, tagged=True
        )
    if actor.may(key, "edit"):
        known[f"{key}.change"] = schemas.change(to_write, edition.catalog.codes)
        one["patch"] = _deed(
            form, "change", (*WRITING, 409, 412, 428), "saved",
            body=schemas.ref(f"{key}.change"), parameters=[_if_match()], tagged=True,
        )  # fmt: skip
    if actor.may(key, "void"):
        deed = _deed(form, "void", (*WRITING, 409), "", body=_void(), status=204)
        paths[f"{base}/{{id}}/void"] = {"parameters": [_ident()], "post": deed}


def _deed(
    form: Form | None,
    name: str,
    problems: tuple[int, ...],
    schema: str,
    *,
    body: Schema | None = None,
    parameters: list[Schema] | None = None,
    status: int = 200,
    tagged: bool = False,
) -> Schema:
    """One operation."""
    good: Schema = {"description": _("Done.")}
    if schema:
        good["content"] = {"application/json": {"schema": schemas.ref(schema)}}
    if tagged:
        good["headers"] = {"ETag": {"description": _("The version."), "schema": {"type": "string"}}}
    told: Schema = {
        "operationId": f"{name}-{form.key}" if form else name,
        "summary": _(NAMES[name], form=form.label) if form else _(NAMES[name]),
        "tags": [form.key] if form else [],
        "parameters": parameters or [],
        "responses": {
            str(status): good,
            **{str(one): {"$ref": "#/components/responses/problem"} for one in sorted(problems)},
        },
    }
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return told


def _ident() -> Schema:
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST}
    return {"name": "id", "in": "path", "required": True, "schema": schema}


def _if_match() -> Schema:
    told = _("The version as it was read: the header ETag of the record.")
    schema = {"type": "string", "pattern": '^"[0-9]{1,18}"$'}
    return {"name": "If-Match", "in": "header", "required": True, "description": told, "schema": schema}


def _query(name: str, schema: Schema, told: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": told}


def _number(limit: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": limit}


def _order(found: list[str]) -> Schema:
    return {"type": "string", "enum": [f"{sign}{key}" for key in found for sign in ("", "-")]}


def _asked(form: Form, found: list[str]) -> list[Schema]:
    filters = [_query(one.key, _filter(one), one.label) for one in filter_fields(form)]
    return [
        *filters,
        _query(LENGTH, {**_number(LARGEST_PAGE), "default": SIZE}, _("How many at once.")),
        _query(AFTER, _number(LARGEST), _("Go on behind this record: next of the page before.")),
        _query(BEFORE, _number(LARGEST), _("Go back before this record: previous of the page.")),
        _query(ORDER, _order(found), _("Order; - turns it round.")),
    ]


def _filter(field: Any) -> Schema:
    """A span is given twice: from, to."""
    if SCREENS[field.kind].sieve == "span":
        return {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}
    if SCREENS[field.kind].sieve == "truth":
        return {"type": "string", "enum": ["true", "false"]}
    return {"type": "string"}


def _search(form: Form, found: list[str]) -> Schema:
    filters = {one.key: {**_filter(one), "title": one.label} for one in filter_fields(form)}
    properties: Schema = {
        "keyword": {"type": "string", "maxLength": KEYWORD_LENGTH},
        "filters": {"type": "object", "properties": filters, "additionalProperties": False},
        "size": _number(LARGEST_PAGE),
        "after": _number(LARGEST),
        "before": _number(LARGEST),
        "order": _order(found),
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _void() -> Schema:
    reason = {"type": "string", "minLength": 1, "maxLength": REASON, "title": _("Reason")}
    properties = {"reason": reason}
    return {"type": "object", "properties": properties, "required": ["reason"], "additionalProperties": False}


def _codes(lists: list[str]) -> Schema:
    schema = {"type": "string", **({"enum": lists} if lists else {})}
    parameters = [{"name": "codes", "in": "path", "required": True, "schema": schema}]
    return _deed(None, "codes", READING, "codes", parameters=parameters)


def _regions() -> Schema:
    after = {"type": "string", "pattern": "^[0-9]{1,15}$"}
    parameters = [
        _query(AFTER, after, _("Go on behind this code.")),
        _query(LENGTH, _number(500), _("How many at once.")),
    ]
    return _deed(None, "regions", READING, "regions", parameters=parameters)


def methods(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema]]:
    """(method, path, operation) of a document, in its order."""
    for path, item in document["paths"].items():
        for method in ("get", "post", "patch"):
            if method in item:
                yield method, path, item[method]
