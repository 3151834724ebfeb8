"""The fingerprint of a declaration: SHA-256 over a normal form that knows no language, comments or layout."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from ffp_admin.problems import Place

#: what a declaration is beside its content
_APART = frozenset({"place", "language", "fingerprint"})


def fingerprint(declared: object) -> str:
    """64 hexadecimal digits; attributes with their empty value do not count, so new ones change nothing."""
    text = json.dumps([type(declared).__name__, normal(declared)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def normal(value: Any) -> Any:
    """A record as plain lists, texts and numbers in the order of its attributes."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: normal(item) for one in fields(value) if _counts(one, item := getattr(value, one.name))
        }
    if isinstance(value, Mapping):
        return [[key, normal(item)] for key, item in value.items()]
    if isinstance(value, tuple):
        return [normal(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    assert not isinstance(value, Place | float)
    return value


def _counts(one: Field[Any], value: object) -> bool:
    if one.name in _APART:
        return False
    return one.default is MISSING or value != one.default
