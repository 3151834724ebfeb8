"""One evaluation under way, and the steps a program is made of: work out a section, a field, a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ffp_admin.rules.frame import Frame, Read
from ffp_admin.rules.outcome import World
from ffp_admin.rules.unknown import Unknown


class Run:
    """The record as far as it is worked out; belongs to one call of `Program.evaluate`."""

    __slots__ = ("filled", "frame", "required", "shown", "values", "world")

    def __init__(
        self, values: dict[str, Any], shown: dict[str, bool], required: dict[str, bool], world: World
    ) -> None:
        self.values = values
        self.shown = shown
        self.required = required
        self.world = world
        self.frame = Frame(values, world)
        self.filled: set[str] = set()


Step = Callable[[Run], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The compiled rules of one field; None where it has none."""

    key: str
    #: what a hidden field is left with: None, an empty tuple for a table
    nothing: Any = None
    shown: Read | None = None
    filled: Read | None = None
    formula: Read | None = None
    finish: Callable[[Any], Any] | None = None


def section_step(condition: Read, fields: Mapping[str, Any]) -> Step:
    """Hide all fields (key → what they are left with) unless the condition is true."""

    def step(run: Run) -> None:
        if condition(run.frame) is not True:
            for key, nothing in fields.items():
                run.shown[key] = False
                run.values[key] = nothing

    return step


def field_step(rules: Behaviour) -> Step | None:
    """Hide, compute or fill one field; None when there is nothing to do."""
    work = _work(rules)
    if work is None:
        return None
    key = rules.key

    def step(run: Run) -> None:
        if run.shown[key] and not work(run.frame, run.values):
            run.shown[key] = False

    if rules.filled is None:
        return step

    def noting_step(run: Run) -> None:
        empty = run.values[key] is None
        step(run)
        if empty and run.values[key] is not None:
            run.filled.add(key)

    return noting_step


def column_step(table: str, rules: Behaviour) -> Step | None:
    """The same in every row of a table."""
    work = _work(rules)
    if work is None:
        return None
    key, notes = rules.key, rules.filled is not None

    def step(run: Run) -> None:
        frame = run.frame
        for index, row in enumerate(run.values[table]):
            frame.row = row
            empty = row[key] is None
            if not work(frame, row):
                run.shown[f"{table}[{index}].{key}"] = False
            elif notes and empty and row[key] is not None:
                run.filled.add(f"{table}[{index}].{key}")
        frame.row = {}

    return step


def _work(rules: Behaviour) -> Callable[[Frame, dict[str, Any]], bool] | None:
    """Writes the field into `values` (the record or a row) and says whether it is shown."""
    key, nothing = rules.key, rules.nothing
    shown, filled, formula, finish = rules.shown, rules.filled, rules.formula, rules.finish
    if shown is None and filled is None and formula is None:
        return None

    def work(frame: Frame, values: dict[str, Any]) -> bool:
        if shown is not None and shown(frame) is not True:
            values[key] = nothing
            return False
        if formula is not None:
            values[key] = _finished(formula(frame), finish)
        elif filled is not None and values[key] is None:
            found = _finished(filled(frame), finish)
            values[key] = None if found.__class__ is Unknown else found
        return True

    return work


def _finished(value: Any, finish: Callable[[Any], Any] | None) -> Any:
    """An unknown result stays in the record while it is worked out, so that it keeps saying what is missing."""
    if finish is None or value.__class__ is Unknown:
        return value
    return finish(value)
