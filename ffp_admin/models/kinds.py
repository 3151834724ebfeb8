"""Kind → column: the type of its main column and the plain columns derived beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date
from sqlalchemy.types import TypeEngine

from ffp_admin.keyring import Keyring
from ffp_admin.models.types import CodeSet, Exact, Sealed, Words
from ffp_admin.spec.model import Field

MakeType = Callable[[Keyring, str], TypeEngine[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A plain column beside the main one: `<column>_<suffix>`."""

    suffix: str
    type: TypeEngine[Any]
    indexed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """How a value lies in the database. Kinds with one `group` may replace each other without touching data."""

    group: str
    make_type: MakeType
    derived: tuple[Derived, ...] = ()
    indexed: bool = False


def _plain(group: str, type_: TypeEngine[Any], *, indexed: bool = False) -> Storage:
    return Storage(group=group, make_type=lambda _keyring, _context: type_, indexed=indexed)


def _sealed(group: str, *derived: Derived) -> Storage:
    return Storage(group=group, make_type=Sealed, derived=(HASH, *derived))


HASH = Derived(suffix="h", type=Words, indexed=True)
PINYIN = Derived(suffix="py", type=Words, indexed=True)
INITIALS = Derived(suffix="pi", type=Words, indexed=True)

TEXT = _plain("text", Words)
SEALED_TEXT = _sealed("sealed_text")
REFERENCE_ID = BigInteger()

#: kind → storage; table has rows of its own, computed lies as its result, note is nowhere
STORAGES: Mapping[str, Storage | None] = MappingProxyType(
    {
        "text": TEXT,
        "long_text": TEXT,
        "integer": _plain("integer", BigInteger()),
        "decimal": _plain("amount", Exact()),
        "money": _plain("amount", Exact()),
        "percent": _plain("percent", Exact()),
        "date": _plain("date", Date()),
        "month": _plain("month", Words),
        "boolean": _plain("boolean", Boolean()),
        "choice": _plain("choice", Words),
        "multi_choice": _plain("multi_choice", CodeSet()),
        "id_number": _sealed(
            "id_number", Derived(suffix="birth", type=Date()), Derived(suffix="sex", type=Words)
        ),
        "disability_card": _sealed(
            "disability_card", Derived(suffix="class", type=Words), Derived(suffix="level", type=Words)
        ),
        "phone": _sealed("phone"),
        "bank_account": _sealed("bank_account"),
        "region": _plain("region", Words, indexed=True),
        "unit": _plain("unit", REFERENCE_ID, indexed=True),
        "household": _plain("household", REFERENCE_ID, indexed=True),
        "person": _plain("person", REFERENCE_ID, indexed=True),
        "member": _plain("member", REFERENCE_ID, indexed=True),
        "serial": _plain("serial", Words, indexed=True),
        "table": None,
        "computed": None,
        "note": None,
    }
)

#: kinds that have a column or a table
STORED = frozenset(STORAGES) - {"note"}
#: every suffix a derived column may have
SUFFIXES = frozenset(
    one.suffix for storage in STORAGES.values() if storage for one in (*storage.derived, PINYIN, INITIALS)
)


def storage_of(field: Field) -> Storage | None:
    """How the field's value is stored; None for tables and notes.

    A computed value lies as a value of its result kind. A sensitive free text that nobody searches (a disease name)
    is encrypted as the encrypted kinds are.
    """
    storage = STORAGES[field.result or field.kind]
    if storage is TEXT and field.sensitive and not field.searchable and not field.result:
        return SEALED_TEXT
    return storage


def is_sealed(field: Field) -> bool:
    """Whether the field's value is encrypted at rest."""
    storage = storage_of(field)
    return storage is not None and HASH in storage.derived


def derived_of(field: Field) -> tuple[Derived, ...]:
    """The columns beside the main one; a searchable plain text has its pinyin and initials there."""
    storage = storage_of(field)
    if storage is None:
        return ()
    found_by_sound = storage is TEXT and field.searchable
    return storage.derived + ((PINYIN, INITIALS) if found_by_sound else ())
