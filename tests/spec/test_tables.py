"""The tables the language is made of agree with each other and with the dataclasses."""

from __future__ import annotations

from dataclasses import fields

import pytest

from ffp_admin.rules.words import WORDS as EXPRESSION_WORDS
from ffp_admin.spec import fmt, model, names, records, schema, slots
from ffp_admin.spec.builders import BUILDERS
from ffp_admin.spec.crosscheck.references import RULES
from ffp_admin.spec.grammar import Record, Slot
from ffp_admin.spec.keys import RECORDS, openings
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.reference import CONTENT
from ffp_admin.spec.words import LANGUAGES

DATACLASSES = {
    "register": model.Form,
    "section": model.Section,
    "field": model.Field,
    "list": model.ListView,
    "check": model.Check,
    "code_list": model.CodeList,
    "code": model.CodeWord,
    "role": model.Role,
    "import_profile": model.ImportProfile,
    "import_column": model.ImportColumn,
    "document": model.Document,
    "document_column": model.DocumentColumn,
}
#: the key that names a declaration is its `key`; the codes of a list are its words
RENAMED = {
    "register": "key",
    "code_list": "key",
    "role": "key",
    "import_profile": "key",
    "document": "key",
    "codes": "words",
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.name)
def test_every_key_is_an_attribute(record: Record) -> None:
    attributes = {one.name for one in fields(DATACLASSES[record.name])}
    unknown = {key.target for key in record if key.target not in attributes}
    first = record.keys[0].name if record.name in {r.name for r in openings("zh").values()} else ""
    assert {RENAMED[name] for name in unknown} <= attributes
    assert unknown <= {first, "codes"}


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.name)
def test_spellings_are_unique_in_both_languages_together(record: Record) -> None:
    spelled = [key.spelling(language) for key in record for language in LANGUAGES]
    assert len(spelled) == len(set(spelled))
    assert all(key.name.isascii() and not key.chinese.isascii() for key in record)


def test_every_record_has_a_builder() -> None:
    assert BUILDERS.keys() == RECORDS.keys() == DATACLASSES.keys()


def test_every_slot_is_read_described_and_checked() -> None:
    assert slots.READ.keys() | records._NESTED.keys() == set(Slot)
    assert schema.SCHEMAS.keys() == CONTENT.keys() == set(Slot)


def test_slots_with_words_are_translated() -> None:
    with_words = {key.slot for record in RECORDS.values() for key in record if key.words or key.record}
    assert with_words | {Slot.SORTING} == fmt._SLOTS.keys()


def test_every_name_is_checked() -> None:
    naming = {Slot.NAME, Slot.NAMES, Slot.GROUPS, Slot.SORTING, Slot.GRANTS, Slot.LIMITS}
    held = {(record.name, key.name) for record in RECORDS.values() for key in record if key.slot in naming}
    assert held <= RULES.keys()
    assert all(key in {one.name for one in RECORDS[record]} for record, key in RULES)


def test_keys_of_kinds_are_keys_of_a_field() -> None:
    known = {key.name for key in RECORDS["field"]}
    for kind in KINDS.values():
        assert kind.allowed <= known
        assert kind.needs <= kind.allowed
        assert kind.facts.keys() == set(kind.fact_names.values())


def test_slots_that_need_words_or_bounds_have_them() -> None:
    for record in RECORDS.values():
        for key in record:
            needs = key.slot in (Slot.WORD, Slot.WORDS, Slot.GRANTS)
            may = key.slot in (Slot.TEXT, Slot.TEXTS)  # places in braces
            assert needs <= bool(key.words) <= (needs or may), key.name
            assert key.slot is not Slot.COUNT or key.low < key.high


def test_words_of_expressions_cannot_name_a_field() -> None:
    assert EXPRESSION_WORDS.keys() <= names.RESERVED
