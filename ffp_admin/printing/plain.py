"""Plain values: the only things that reach a template, and how they travel to the child as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

from ffp_admin.printing.failures import PrintCode, failure

#: what JSON does not know travels as {"$decimal": "1.00"}; keys beginning with $ are therefore refused
DECIMAL, DATE = "$decimal", "$date"


def plain(value: object, path: str = "value") -> object:
    """The value with dataclasses as dicts and tuples as lists; PrintFailed names what is not plain.

    Exact types only: a subclass (a lazy text, trusted markup, a database row) could carry behaviour with it.
    """
    if value is None or type(value) in (str, bool, int, Decimal, date):
        return value
    if type(value) in (list, tuple):
        assert isinstance(value, list | tuple)
        return [plain(item, f"{path}[{place}]") for place, item in enumerate(value)]
    if type(value) is dict:
        return {_key(key, path): plain(item, f"{path}.{key}") for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type) and _is_frozen(value):
        return {f.name: plain(getattr(value, f.name), f"{path}.{f.name}") for f in fields(value)}
    raise failure(PrintCode.VALUE_NOT_PLAIN, path=path, kind=type(value).__name__)


def dumps(value: object) -> bytes:
    """A plain value as JSON; lone surrogates survive the journey."""
    return json.dumps(_tagged(value)).encode("ascii")


def loads(raw: bytes) -> object:
    """The plain value back."""
    return json.loads(raw, object_hook=_untagged)


def _is_frozen(value: object) -> bool:
    return bool(getattr(type(value), "__dataclass_params__").frozen)  # noqa: B009 - unknown to the type checker


def _key(key: object, path: str) -> str:
    if type(key) is str and not key.startswith("$"):
        return key
    raise failure(PrintCode.VALUE_NOT_PLAIN, path=f"{path}.{key}", kind=type(key).__name__)


def _tagged(value: object) -> object:
    if isinstance(value, list):
        return [_tagged(item) for item in value]
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    return {DATE: value.isoformat()} if isinstance(value, date) else value


def _untagged(value: Mapping[str, object]) -> object:
    if DECIMAL in value:
        return Decimal(str(value[DECIMAL]))
    return date.fromisoformat(str(value[DATE])) if DATE in value else value
