"""What the key tables are made of: a record has keys, behind each key stands a slot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ffp_admin.spec.words import Words


class Slot(Enum):
    """What may stand behind a key. Reader, translator, JSON Schema and reference have one entry for each."""

    KEY = "key"
    TEXT = "text"
    LITERAL = "literal"
    FORMULA = "formula"
    COUNT = "count"
    DAY = "day"
    WORD = "word"
    WORDS = "words"
    NAME = "name"
    NAMES = "names"
    GROUPS = "groups"
    SORTING = "sorting"
    TEXTS = "texts"
    RECORD = "record"
    RECORDS = "records"
    NAMED = "named"
    CODES = "codes"
    GRANTS = "grants"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: both spellings, what stands behind it, what it does, an example in Chinese."""

    name: str
    chinese: str
    slot: Slot
    help: str
    example: str = ""
    needed: bool = False
    #: closed set of a WORD or WORDS slot; of the places in a TEXT or TEXTS slot
    words: Words | None = None
    #: record of a RECORD, RECORDS, NAMED or CODES slot
    record: str = ""
    #: bounds of a COUNT; `high` is the greatest length of a TEXT
    low: int = 0
    high: int = 0
    #: attribute of the dataclass when it is not the English spelling
    attribute: str = ""

    def spelling(self, language: str) -> str:
        """How the key is written in `language`."""
        return self.name if language == "en" else self.chinese

    @property
    def target(self) -> str:
        """The attribute of the dataclass the value goes to."""
        return self.attribute or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A closed set of keys in the order of the reference page; the first key of a declaration names it."""

    name: str
    title: str
    help: str
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key:
        """The key with this English spelling."""
        return next(key for key in self.keys if key.name == name)

    def spelled(self, language: str) -> dict[str, Key]:
        """Spelling in `language` → key."""
        return {key.spelling(language): key for key in self.keys}

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)
