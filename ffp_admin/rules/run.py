"""One evaluation under way, and the steps a program is made of: work out a section, a field, a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ffp_admin.rules.frame import Frame, Read
from ffp_admin.rules.outcome import World
from ffp_admin.rules.unknown import Unknown


class Run:
    """The record as far as it is worked out; belongs to one call of `Program.evaluate`.

    `kept` names what stays although its condition is false; `left` what did stay for that reason. `absent` are the
    fields that are known not to apply: a condition that only lacks them is false.
    """

    __slots__ = (
        "absent",
        "emptied",
        "filled",
        "frame",
        "kept",
        "left",
        "required",
        "shown",
        "values",
        "world",
    )

    def __init__(
        self,
        values: dict[str, Any],
        shown: dict[str, bool],
        required: dict[str, bool],
        world: World,
        own: object | None = None,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self.values = values
        self.shown = shown
        self.required = required
        self.world = world
        self.frame = Frame(values, world, own=own)
        self.filled: set[str] = set()
        self.emptied: dict[str, Any] = {}
        self.kept = kept
        self.left: list[str] = []
        self.absent: set[str] = set()


Step = Callable[[Run], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The compiled rules of one field; None where it has none."""

    key: str
    #: the table whose rows have the field, "" for a field of the record
    table: str = ""
    #: what a hidden field is left with: None, an empty tuple for a table
    nothing: Any = None
    shown: Read | None = None
    filled: Read | None = None
    formula: Read | None = None
    finish: Callable[[Any], Any] | None = None


def section_step(condition: Read, typed: Mapping[str, Any], others: Mapping[str, Any]) -> Step:
    """Hide the fields (key → what they are left with) unless the condition is true; see `_hide`."""

    def step(run: Run) -> None:
        answer = condition(run.frame)
        if answer is True:
            return
        for key, nothing in typed.items():
            if _hide(run, run.values, key, key, answer, nothing):
                run.shown[key] = False
        for key, nothing in others.items():
            run.shown[key] = False
            run.values[key] = nothing

    return step


def _hide(run: Run, values: dict[str, Any], key: str, path: str, answer: Any, nothing: Any) -> bool:
    """Whether a field is hidden whose condition is not true.

    An empty one always; a filled one only when the condition is definitely false: it is emptied, and that is noted.
    """
    value = values[key]
    is_false = answer is False or _only_lacks(answer, run.absent)
    if value is None or value == ():
        values[key] = nothing
    elif not is_false:
        return False
    elif path in run.kept:
        run.left.append(path)
        return False
    else:
        run.emptied[path] = value
        values[key] = nothing
    if is_false:
        run.absent.add(path)
    return True


def _only_lacks(answer: Any, absent: set[str]) -> bool:
    return bool(absent) and bool(answer.missing) and absent.issuperset(answer.missing)


def field_step(rules: Behaviour) -> Step | None:
    """Hide, compute or fill one field; None when there is nothing to do."""
    work = _work(rules)
    if work is None:
        return None
    key = rules.key

    def step(run: Run) -> None:
        if run.shown[key] and not work(run, run.values, -1):
            run.shown[key] = False

    if rules.filled is None:
        return step

    def noting_step(run: Run) -> None:
        empty = run.values[key] is None
        step(run)
        if empty and run.values[key] is not None:
            run.filled.add(key)

    return noting_step


def column_step(rules: Behaviour) -> Step | None:
    """The same in every row of a table."""
    work = _work(rules)
    if work is None:
        return None
    table, key, notes = rules.table, rules.key, rules.filled is not None

    def step(run: Run) -> None:
        frame = run.frame
        for index, row in enumerate(run.values[table]):
            frame.row = row
            empty = row[key] is None
            if not work(run, row, index):
                run.shown[f"{table}[{index}].{key}"] = False
            elif notes and empty and row[key] is not None:
                run.filled.add(f"{table}[{index}].{key}")
        frame.row = {}

    return step


def _work(rules: Behaviour) -> Callable[[Run, dict[str, Any], int], bool] | None:
    """Writes the field into `values` (the record, or its row of that number) and says whether it is shown."""
    key, table, nothing = rules.key, rules.table, rules.nothing
    shown, filled, formula, finish = rules.shown, rules.filled, rules.formula, rules.finish
    if shown is None and filled is None and formula is None:
        return None

    def work(run: Run, values: dict[str, Any], index: int) -> bool:
        frame = run.frame
        if shown is not None and (answer := shown(frame)) is not True:
            if formula is not None:
                values[key] = nothing
                return False
            return not _hide(run, values, key, f"{table}[{index}].{key}" if table else key, answer, nothing)
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
