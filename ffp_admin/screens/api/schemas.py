"""The shapes the description names: records, what may be written, pages, problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.screens.api.showing import typed_fields
from ffp_admin.screens.api.trouble import MIME
from ffp_admin.screens.api.wire import MANY_ROWS, wire_of
from ffp_admin.screens.deeds import REASON
from ffp_admin.screens.kinds import is_sensitive
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import CodeList, Field, Form

Schema = dict[str, Any]
#: why key data are changed, beside the fields of a change: no field has such a name
BECAUSE = "q-reason"
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}


def ref(name: str) -> Schema:
    """A shape told elsewhere in the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def whole(properties: Mapping[str, Any], required: Iterable[str] | None = None) -> Schema:
    """An object with these keys and no others; all of them are there unless told."""
    needed = list(properties) if required is None else list(required)
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    if "type" not in schema:
        return schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*kinds, "null"], **enum}


def _about(field: Field) -> Schema:
    told = [field.help] if field.help else []
    if field.unit:
        told.append(_("in {unit}", unit=field.unit))
    if is_sensitive(field):
        told.append(_("Read back as stars."))
    if field.codes:
        told.append(_("Codes: {path}", path=f"/api/v1/codes/{field.codes}"))
    return {"title": field.label, **({"description": "；".join(told)} if told else {})}


def record(form: Form) -> Schema:
    """One record as it is read."""
    fields = [one for one in form.fields() if one.kind != "note"]
    values = {one.key: _read(one) for one in fields}
    plain = [one.key for one in fields if not one.fields]
    person = whole({"at": {"type": "string", "format": "date-time"}, "by": _TEXT})
    return whole(
        {
            "id": _NUMBER,
            "version": _NUMBER,
            "status": _TEXT,
            "values": whole(values, plain),
            "words": {"type": "object", "additionalProperties": _TEXT},
            "masked": {"type": "array", "items": _TEXT},
            "created": person,
            "changed": person,
            "void_reason": {"type": ["string", "null"]},
        }
    )


def _read(field: Field) -> Schema:
    if field.fields:
        cells = whole({one.key: _read(one) for one in field.fields})
        return {"type": "array", "items": cells, **_about(field)}
    kind = wire_of(field).type
    # stars stand where a value is kept back, whatever its kind
    kinds = list(dict.fromkeys((kind, "string", "null")))
    more: Schema = {"items": _TEXT} if kind == "array" else {}
    return {"type": kinds, **more, **_about(field), **({} if KINDS[field.kind].typed else {"readOnly": True})}


def values_to_write(form: Form, codes: Mapping[str, CodeList], *, partial: bool = False) -> Schema:
    """The fields a new record, or a change, may bring."""
    fields = typed_fields(form)
    needed = (
        []
        if partial
        else [one.key for one in fields if one.required and not (one.default or one.filled_from)]
    )
    return whole({one.key: _write(one, codes) for one in fields}, needed)


def change(form: Form, codes: Mapping[str, CodeList]) -> Schema:
    """What a change may bring: fields, and why key data are changed."""
    told = values_to_write(form, codes, partial=True)
    why = {"type": "string", "maxLength": REASON, "title": _("Why the key data change")}
    return {**told, "properties": {**told["properties"], BECAUSE: why}}


def _write(field: Field, codes: Mapping[str, CodeList]) -> Schema:
    if not field.fields:
        return {**_or_null(wire_of(field).schema(field, codes.get(field.codes))), **_about(field)}
    cells = {one.key: _write(one, codes) for one in field.fields if KINDS[one.kind].typed}
    needed = [one.key for one in field.fields if one.required and one.key in cells]
    rows = whole(cells, needed)
    return {"type": ["array", "null"], "items": rows, "maxItems": MANY_ROWS, **_about(field)}


def page_of(name: str) -> Schema:
    """A page of a list."""
    cursor = {"type": ["integer", "null"]}
    return whole(
        {
            "records": {"type": "array", "items": ref(name)},
            "total": {"type": "integer", "description": _("Counted up to 10,000.")},
            "capped": {"type": "boolean", "description": _("Whether there are more than counted.")},
            "next": cursor,
            "previous": cursor,
        }
    )


def shared() -> Schema:
    """Shapes that do not depend on a form."""
    fault = {
        "type": "object",
        "properties": {"field": _TEXT, "pointer": _TEXT, "code": _TEXT, "message": _TEXT},
        "required": ["field", "pointer", "code", "message"],
    }
    change = ("at", "by", "source", "action", "field", "label", "old", "new")
    day = {"type": ["string", "null"], "format": "date"}
    word = whole({"code": _TEXT, "label": _TEXT, "from": day, "to": day, "parent": _TEXT})
    region = whole({"code": _TEXT, "name": _TEXT})
    return {
        "problem": {
            "type": "object",
            "properties": {
                "type": _TEXT, "title": _TEXT, "status": _NUMBER, "detail": _TEXT,
                "errors": {"type": "array", "items": ref("fault")},
            },
            "required": ["type", "title", "status", "detail"],
        },
        "fault": fault,
        "saved": whole(
            {"id": _NUMBER, "version": _NUMBER, "changed": {"type": "boolean"}, "waiting": {"type": "array", "items": _TEXT, "description": _("Fields whose change waits for a confirmation.")}, "doubts": {"type": "array", "items": ref("fault")}}
        ),
        "history": whole(
            {"changes": {"type": "array", "items": whole({**dict.fromkeys(change, _TEXT), "version": _NUMBER})}}
        ),
        "codes": whole({"key": _TEXT, "label": _TEXT, "words": {"type": "array", "items": word}}),
        "regions": whole({"regions": {"type": "array", "items": region}, "next": {"type": ["string", "null"]}}),
    }  # fmt: skip


def problem_answer() -> Schema:
    """What every refusal looks like."""
    return {
        "description": _("What is wrong and how to mend it."),
        "content": {MIME: {"schema": ref("problem")}},
    }
