"""The value of what is not known, and how it travels: three-valued (Kleene) logic carries which facts are missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value: `missing` names the facts that would have to be known, `reason` is a msgid when none would help."""

    missing: tuple[str, ...] = ()
    reason: str = ""


def merge(left: object, right: object) -> Unknown:
    """What two parts leave unknown together; at least one of them is Unknown."""
    if not isinstance(right, Unknown) or left is right:
        assert isinstance(left, Unknown)
        return left
    if not isinstance(left, Unknown):
        return right
    new = tuple(name for name in right.missing if name not in left.missing)
    return Unknown(left.missing + new, left.reason or right.reason)


def merged(values: list[object]) -> Unknown | None:
    """What a list of values leaves unknown, None when all are known."""
    found: Unknown | None = None
    for value in values:
        if value.__class__ is Unknown:
            found = merge(found, value) if found is not None else value
    return found
