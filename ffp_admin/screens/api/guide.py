"""The description of the interface as a page: what the reader may use, register by register, with every field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ffp_admin.i18n import N_, _
from ffp_admin.screens.acting import current_store
from ffp_admin.screens.api.document import describe, methods
from ffp_admin.screens.api.guarding import calling_actor
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.origin import current_settings

#: JSON types in words
TYPES: Mapping[str, str] = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": N_("true or false"),
    "array": N_("list"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideField:
    """A field as the page tells it."""

    key: str
    label: str
    type: str
    required: bool
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePart:
    """One register: its addresses and its fields."""

    key: str
    label: str
    deeds: Sequence[tuple[str, str, str]]
    fields: Sequence[GuideField]


class ApiGuide(Page):
    """The page for whoever connects another system."""

    route_base = "/api"
    default_view = "index"

    @expose("/")
    def index(self) -> Any:
        """Everything the reader may use."""
        document = describe(current_store().edition(), calling_actor())
        parts = [_part(document, tag) for tag in document["tags"]]
        general = list(_deeds(document, ""))
        return self.draw("api", parts=parts, general=general, site=current_settings().public_url)


def _part(document: Mapping[str, Any], tag: Mapping[str, str]) -> GuidePart:
    key = tag["name"]
    return GuidePart(
        key=key,
        label=tag["description"],
        deeds=list(_deeds(document, key)),
        fields=list(_fields(document["components"]["schemas"], key)),
    )


def _deeds(document: Mapping[str, Any], tag: str) -> Iterator[tuple[str, str, str]]:
    for method, path, deed in methods(document):
        if deed["tags"] == ([tag] if tag else []):
            yield method.upper(), path, deed["summary"]


def _fields(known: Mapping[str, Any], form: str) -> Iterator[GuideField]:
    read = known.get(f"{form}.record", {}).get("properties", {}).get("values", {}).get("properties", {})
    new = known.get(f"{form}.new") or known.get(f"{form}.change") or {}
    written = new.get("properties", {})
    for key in dict.fromkeys((*read, *written)):
        schema = written.get(key) or read[key]
        yield GuideField(
            key=key,
            label=schema.get("title", key),
            type=_type(schema),
            required=key in new.get("required", ()),
            more="；".join(_more(schema, is_written=key in written)),
        )


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", [])
    return _(TYPES[kinds if isinstance(kinds, str) else kinds[0]])


def _more(schema: Mapping[str, Any], *, is_written: bool) -> Iterator[str]:
    if not is_written:
        yield _("only read")
    if schema.get("maxLength"):
        yield _("at most {limit} characters", limit=schema["maxLength"])
    if schema.get("description"):
        yield schema["description"]
    if "items" in schema and "properties" in schema["items"]:
        cells = schema["items"]["properties"].items()
        yield _("columns: {columns}", columns="、".join(f"{key}（{_type(cell)}）" for key, cell in cells))
