"""From verdicts to findings: what is asked of every field once the record is worked out, and the form's checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ffp_admin.i18n import _
from ffp_admin.rules import tree as t
from ffp_admin.rules.declared import Use
from ffp_admin.rules.explaining import sentence
from ffp_admin.rules.frame import Read
from ffp_admin.rules.outcome import Finding
from ffp_admin.rules.run import Run
from ffp_admin.rules.validation import Validator, Verdict
from ffp_admin.spec.model import Form, Level

#: appends what it finds
Inspect = Callable[[Run, list[Finding]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What one field must be."""

    key: str
    label: str
    required: bool
    required_when: Read | None
    validators: tuple[Validator, ...]
    #: a table: looked at even when it is empty
    rows: bool = False


def inspect_field(demands: Demands) -> Inspect | None:
    """Required, then everything asked of a value; None when nothing is asked."""
    key, validators, when = demands.key, demands.validators, demands.required_when
    needed, rows = demands.required, demands.rows
    if not (needed or when or validators):
        return None

    def inspect(run: Run, found: list[Finding]) -> None:
        if not run.shown[key]:
            run.required[key] = False
            return
        value = run.values[key]
        required = needed
        if when is not None and not needed:
            required = run.required[key] = when(run.frame) is True
        if value is None or value == ():
            if required:
                found.append(_finding(key, _missing(demands.label)))
                return
            if not rows:
                return
        for validator in validators:
            verdict = validator(value, run.world.today_of_record)
            if verdict is not None:
                found.append(_finding(key, verdict))

    return inspect


def inspect_column(table: str, table_label: str, demands: Demands) -> Inspect | None:
    """The same for a field of a table, in every row."""
    key, when = demands.key, demands.required_when
    if not (demands.required or when or demands.validators):
        return None

    def inspect(run: Run, found: list[Finding]) -> None:
        for index, row in enumerate(run.values[table]):
            path = f"{table}[{index}].{key}"
            if run.shown.get(path) is False:
                continue
            run.frame.row = row
            required = demands.required or (when is not None and when(run.frame) is True)
            if when is not None:
                run.required[path] = required
            for verdict in _verdicts(row[key], required, demands, run):
                found.append(_row_finding(path, verdict, table, table_label, index))
        run.frame.row = {}

    return inspect


def _verdicts(value: Any, required: bool, demands: Demands, run: Run) -> list[Verdict]:
    if value is None or value == ():
        return [_missing(demands.label)] if required else []
    day = run.world.today_of_record
    return [verdict for one in demands.validators if (verdict := one(value, day)) is not None]


def _missing(label: str) -> Verdict:
    return Verdict(code="required", message=_("{label} is required.", label=label))


def _finding(key: str, verdict: Verdict) -> Finding:
    return Finding(field=key, level=verdict.level, code=verdict.code, message=verdict.message)


def _row_finding(path: str, verdict: Verdict, table: str, table_label: str, index: int) -> Finding:
    return Finding(
        field=path,
        level=verdict.level,
        code=verdict.code,
        message=_("{table}, row {row}: {message}", table=table_label, row=index + 1, message=verdict.message),
        row=(table, index),
    )


def inspect_check(condition: Read, finding: Finding) -> Inspect:
    """A declared check: false is a finding, unknown is none."""

    def inspect(run: Run, found: list[Finding]) -> None:
        if condition(run.frame) is False:
            found.append(finding)

    return inspect


def inspect_every(
    table: str, table_label: str, condition: Read, at: str, level: Level, message: str
) -> Inspect:
    """A declared check on every row: one finding for each row that does not meet it."""
    cell = at.removeprefix(f"{table}.") if at.startswith(f"{table}.") else ""

    def inspect(run: Run, found: list[Finding]) -> None:
        verdict = Verdict(code="check", message=message, level=level)
        for index, row in enumerate(run.values[table]):
            run.frame.row = row
            if condition(run.frame) is False:
                path = f"{table}[{index}]" + (f".{cell}" if cell else "")
                found.append(_row_finding(path, verdict, table, table_label, index))
        run.frame.row = {}

    return inspect


def inapplicable(run: Run, form: Form, bound: Mapping[tuple[Use, str], t.Node]) -> Iterator[Finding]:
    """A doubt for every value that is not taken, or only stays, because the condition of its field is false."""
    for path in run.emptied:
        yield _inapplicable(
            path,
            "not_taken",
            _(
                "{label} is filled in only when {condition}. The value that stands there is not saved.",
                **_told(path, form, bound),
            ),
        )
    for path in run.left:
        yield _inapplicable(
            path,
            "kept",
            _(
                "{label} is filled in only when {condition}. The old value stays; check which of the two is right.",
                **_told(path, form, bound),
            ),
        )


def _inapplicable(path: str, code: str, message: str) -> Finding:
    table, bracket, rest = path.partition("[")
    row = (table, int(rest.partition("]")[0])) if bracket else None
    return Finding(field=path, level=Level.DOUBT, code=code, message=message, row=row)


def _told(path: str, form: Form, bound: Mapping[tuple[Use, str], t.Node]) -> dict[str, str]:
    """The label of a field, with its row, and what its condition (or that of its section) says."""
    table, bracket, rest = path.partition("[")
    field = form.field(table)
    if not bracket:
        section = next(one for one in form.sections if field in one.fields)
        tree = bound.get((Use.SHOWN, path)) or bound[Use.SECTION, section.key]
        return {"label": field.label, "condition": sentence(tree)}
    row, _bracket, key = rest.partition("].")
    cell = next(one for one in field.fields if one.key == key)
    label = _("{table}, row {row}, {field}", table=field.label, row=int(row) + 1, field=cell.label)
    return {"label": label, "condition": sentence(bound[Use.SHOWN, f"{table}.{key}"])}
