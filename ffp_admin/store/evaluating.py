"""The rules of a form over a record that may be stored already: an edit empties only what it decides about.

A value whose 显示条件 is false is not taken, and a doubt says so. What is stored stays (with a doubt of its own) when
the edit does not name the field, or when the condition was false before: the edit did not touch what decides.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ffp_admin.rules.outcome import Outcome, World
from ffp_admin.rules.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The record as it is stored, and the fields an edit names."""

    values: Mapping[str, Any]
    touched: Container[str] = ()


def work_out(
    program: Program,
    values: Mapping[str, Any],
    world: World,
    *,
    own: object | None = None,
    before: Before | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Outcome:
    """The outcome of a record; of a new one what is just a default goes without a word."""
    outcome = program.evaluate(values, world, own)
    if not outcome.emptied:
        return outcome
    if before is None:
        return _without_defaults(outcome, defaults or {})
    kept = dict(_kept(program, values, world, own, before, outcome))
    if not kept:
        return outcome
    restored = {path: value for path, value in kept.items() if "[" not in path}
    return program.evaluate({**values, **restored}, world, own, frozenset(kept))


def _without_defaults(outcome: Outcome, defaults: Mapping[str, Any]) -> Outcome:
    untold = {path for path, value in outcome.emptied.items() if path in defaults and defaults[path] == value}
    if not untold:
        return outcome
    left = (one for one in outcome.findings if one.code != "not_taken" or one.field not in untold)
    return replace(outcome, findings=tuple(left))


def _kept(
    program: Program,
    values: Mapping[str, Any],
    world: World,
    own: object | None,
    before: Before,
    outcome: Outcome,
) -> Iterator[tuple[str, Any]]:
    """Paths that stay, each with its stored value."""
    stood = program.evaluate(before.values, world, own).emptied
    for path in outcome.emptied:
        table, bracket, rest = path.partition("[")
        if not bracket:
            old = before.values.get(path)
            if old not in (None, ()) and (path not in before.touched or path in stood):
                yield path, old
            continue
        row, _bracket, key = rest.partition("].")
        cells = values[table][int(row)]
        stored = list(before.values.get(table) or ())
        was_false = any(
            f"{table}[{place}].{key}" in stood for place, one in enumerate(stored) if one == cells
        )
        if table not in before.touched or was_false:
            yield path, cells.get(key)
