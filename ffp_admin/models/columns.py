"""Names of physical columns: chosen once, at the first publish, and never changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pypinyin import lazy_pinyin
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS as PG_WORDS
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

from ffp_admin.models.kinds import STORED, SUFFIXES
from ffp_admin.spec.model import Field, Form

#: characters of a name we make; suffixes of derived columns and a number come on top
LONGEST = 28
COMMON_COLUMNS = (
    "id",
    "county_code",
    "town_code",
    "village_code",
    "group_code",
    "status",
    "version",
    "row_version",
    "created_by",
    "created_name",
    "created_at",
    "updated_by",
    "updated_name",
    "updated_at",
    "source",
    "void_reason",
    "import_id",
)
ROW_COLUMNS = ("id", "parent_id", "position")
#: attributes of every mapped class
_MAPPER = frozenset({"metadata", "registry"})
#: words that databases we may meet (DM8, KingbaseES, openGauss, Oracle) keep for themselves
_KEPT = (
    "level date time timestamp number comment size mode type user uid rowid rownum row rows sysdate access file index "
    "column table order group option public session share start successive validate view varchar varchar2 key domain "
    "exchange percent top reference admin block bitmap context count cluster list lock month year day"
)
RESERVED = _MAPPER | frozenset(_KEPT.split()) | PG_WORDS | SQLiteIdentifierPreparer.reserved_words
_ASCII = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def paths_of(form: Form) -> Iterator[tuple[str, Field]]:
    """Every field with its path: "金额", and "药费票据.金额" inside a table."""
    for field in form.fields():
        yield field.key, field
        for inner in field.fields:
            yield f"{field.key}.{inner.key}", inner


def assign_columns(form: Form, taken: Mapping[str, str]) -> dict[str, str]:
    """Field path → column for every stored field; recorded names (`taken`) stay, also those of removed fields.

    A table's own name is the last part of its table's name. Asked-for names (列名) come first, then an ASCII key,
    then pinyin; a name that is taken or means something to a database gets a number.
    """
    assigned = dict(taken)
    for path, field in sorted(paths_of(form), key=lambda item: not item[1].column):
        if path not in taken and field.kind in STORED:
            assigned[path] = _free_name(field, _used(assigned, path.rpartition(".")[0]))
    return assigned


def _used(assigned: Mapping[str, str], table: str) -> frozenset[str]:
    """All physical names in one table, with every name a derived column could ever take."""
    names = {*ROW_COLUMNS} if table else {*COMMON_COLUMNS}
    for path, name in assigned.items():
        if path.rpartition(".")[0] == table:
            names.update(_with_derived(name))
    return frozenset(names)


def _with_derived(name: str) -> Iterable[str]:
    return (name, *(f"{name}_{suffix}" for suffix in SUFFIXES))


def _free_name(field: Field, used: frozenset[str]) -> str:
    wish = field.column or _slug(field.key)
    candidates = (wish, *(f"{wish}_{number}" for number in range(2, 10_000)))
    forbidden = _MAPPER if field.column else RESERVED
    return next(name for name in candidates if name not in forbidden and used.isdisjoint(_with_derived(name)))


def _slug(key: str) -> str:
    """Small ASCII letters, digits and single underscores, beginning with a letter."""
    parts = [key] if _ASCII.fullmatch(key) else lazy_pinyin(key)
    text = "_".join(map(_in_ascii, parts)).lower()
    name = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    name = name if name[:1].isalpha() else f"f_{name}"
    return name[:LONGEST].rstrip("_")


def _in_ascii(part: str) -> str:
    """A character pinyin does not know is written by its code point."""
    return "".join(one if one.isascii() else f"u{ord(one):x}" for one in part)
