"""The bilingual key tables of the declaration language: data, read by reader, translator, schema and reference."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ffp_admin.spec.grammar import Record
from ffp_admin.spec.keys.documents import DOCUMENT, DOCUMENT_COLUMN
from ffp_admin.spec.keys.fields import FIELD
from ffp_admin.spec.keys.forms import CHECK, LIST, REGISTER, SECTION
from ffp_admin.spec.keys.imports import IMPORT_COLUMN, IMPORT_PROFILE
from ffp_admin.spec.keys.lists import CODE, CODE_LIST, ROLE
from ffp_admin.spec.words import LANGUAGES

#: what a document may declare, by the English spelling of its first key
DECLARATIONS: Mapping[str, Record] = MappingProxyType(
    {record.name: record for record in (REGISTER, CODE_LIST, ROLE, IMPORT_PROFILE, DOCUMENT)}
)
RECORDS: Mapping[str, Record] = MappingProxyType(
    {
        record.name: record
        for record in (
            REGISTER,
            SECTION,
            FIELD,
            LIST,
            CHECK,
            CODE_LIST,
            CODE,
            ROLE,
            IMPORT_PROFILE,
            IMPORT_COLUMN,
            DOCUMENT,
            DOCUMENT_COLUMN,
        )
    }
)
#: every spelling of every key
SPELLINGS: frozenset[str] = frozenset(
    key.spelling(language) for record in RECORDS.values() for key in record for language in LANGUAGES
)


def openings(language: str) -> dict[str, Record]:
    """First key in `language` → what it declares."""
    return {record.keys[0].spelling(language): record for record in DECLARATIONS.values()}
