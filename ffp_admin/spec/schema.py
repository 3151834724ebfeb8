"""JSON Schema of the declaration language, for editors that complete and check while typing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ffp_admin.i18n import _, speaking
from ffp_admin.spec import names
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys import DECLARATIONS, RECORDS
from ffp_admin.spec.words import LANGUAGES, MOMENT, TRUTH, Words

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number"]}
_ANYTHING: Schema = {"type": ["string", "number", "boolean"]}
_KEY: Schema = {"type": "string", "pattern": f"^{names.KEY.pattern}$", "maxLength": names.KEY_LENGTH}


def json_schema() -> Schema:
    """One document of a declaration file, in either language."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ffp_admin",
        "oneOf": [_ref(record.name, language) for language in LANGUAGES for record in DECLARATIONS.values()],
        "$defs": {
            f"{record.name}.{language}": _record(record, language)
            for language in LANGUAGES
            for record in RECORDS.values()
        },
    }


def _ref(record: str, language: str) -> Schema:
    return {"$ref": f"#/$defs/{record}.{language}"}


def _record(record: Record, language: str) -> Schema:
    with speaking(language):
        return {
            "type": "object",
            "description": _(record.help),
            "properties": {
                key.spelling(language): {"description": _(key.help), **SCHEMAS[key.slot](key, language)}
                for key in record
            },
            "required": [key.spelling(language) for key in record if key.needed],
            "additionalProperties": False,
        }


def _one_or_many(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _words(words: Words | None, language: str) -> Schema:
    assert words is not None
    if words is TRUTH and language == "en":
        return {"type": "boolean"}
    return {"enum": list(words.spelled(language))}


def _text(key: Key, _language: str) -> Schema:
    return {**_TEXT, "maxLength": key.high} if key.high else _TEXT


def _count(key: Key, _language: str) -> Schema:
    return {"type": "integer", "minimum": key.low, "maximum": key.high}


def _sorting(_key: Key, language: str) -> Schema:
    return {"type": "string", "examples": [f"-{word}" for word in MOMENT.spelled(language)]}


def _records(key: Key, language: str) -> Schema:
    return {"type": "array", "items": _ref(key.record, language), "minItems": 1}


def _named(key: Key, language: str) -> Schema:
    return {"type": "object", "additionalProperties": _ref(key.record, language), "minProperties": 1}


def _codes(key: Key, language: str) -> Schema:
    either = {"anyOf": [_TEXT, _ref(key.record, language)]}
    return {"type": "object", "additionalProperties": either, "minProperties": 1}


def _grants(key: Key, language: str) -> Schema:
    return {"type": "object", "additionalProperties": _one_or_many(_words(key.words, language))}


def _limits(_key: Key, _language: str) -> Schema:
    return {"type": "object", "additionalProperties": _one_or_many({"type": "string"})}


SCHEMAS: Mapping[Slot, Callable[[Key, str], Schema]] = MappingProxyType(
    {
        Slot.KEY: lambda _key, _language: _KEY,
        Slot.TEXT: _text,
        Slot.LITERAL: lambda _key, _language: _ANYTHING,
        Slot.FORMULA: lambda _key, _language: _ANYTHING,
        Slot.COUNT: _count,
        Slot.DAY: lambda _key, _language: {"type": "string"},
        Slot.WORD: lambda key, language: _words(key.words, language),
        Slot.WORDS: lambda key, language: _one_or_many(_words(key.words, language)),
        Slot.NAME: lambda _key, _language: {"type": "string"},
        Slot.NAMES: lambda _key, _language: _one_or_many({"type": "string"}),
        Slot.GROUPS: lambda _key, _language: {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}},
        },
        Slot.SORTING: _sorting,
        Slot.TEXTS: lambda _key, _language: _one_or_many(_TEXT),
        Slot.RECORD: lambda key, language: _ref(key.record, language),
        Slot.RECORDS: _records,
        Slot.NAMED: _named,
        Slot.CODES: _codes,
        Slot.GRANTS: _grants,
        Slot.LIMITS: _limits,
    }
)
