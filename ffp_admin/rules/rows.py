"""Going through the rows of a table, or related records: columns as lists, 其中, 每行, 个数."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ffp_admin.rules import tree as t
from ffp_admin.rules.frame import Frame, Read, Values
from ffp_admin.rules.related import rows_of
from ffp_admin.rules.unknown import Unknown, merge
from ffp_admin.spec.model import Catalog

Compile = Callable[[t.Node, Catalog], Read]
Collect = Callable[[Frame, list[Any]], None]


def collector(node: t.Node, catalog: Catalog, compile_tree: Compile) -> Collect:
    """A closure that appends what an argument stands for: one value, or one of each row."""
    if not isinstance(node, t.Column | t.Where):
        single = compile_tree(node, catalog)
        return lambda frame, values: values.append(single(frame))
    column, condition = _taken_apart(node, catalog, compile_tree)
    assert isinstance(column, t.Column)
    cell, source = compile_tree(column.cell, catalog), column
    rows = rows_of(source)

    def collect(frame: Frame, values: list[Any]) -> None:
        found = rows(frame)
        if isinstance(found, Unknown):
            values.append(found)
            return
        for index, counts in _chosen(frame, found, condition):
            if counts is not False:
                value = counts if counts is not True else cell(frame)
                values.append(_placed(value, source, index))

    return collect


def counter(node: t.Node, catalog: Catalog, compile_tree: Compile) -> Read:
    """A closure that counts rows, or the values there are in a column."""
    source, condition = _taken_apart(node, catalog, compile_tree)
    rows = rows_of(source)
    cell = compile_tree(source.cell, catalog) if isinstance(source, t.Column) else None

    def count(frame: Frame) -> Any:
        some = rows(frame)
        if isinstance(some, Unknown):
            return some
        found = 0
        unknown: Unknown | None = None
        for index, counts in _chosen(frame, some, condition):
            if counts.__class__ is Unknown:
                placed = _placed(counts, source, index)
                unknown = placed if unknown is None else merge(unknown, placed)
            elif counts and (cell is None or cell(frame).__class__ is not Unknown):
                found += 1
        return found if unknown is None else unknown

    return count


def every(node: t.Every, catalog: Catalog, compile_tree: Compile) -> Read:
    """A closure that is true when all rows meet the condition, and for no rows."""
    assert isinstance(node.source, t.Rows)
    source, rows = node.source, rows_of(node.source)
    condition = compile_tree(node.condition, catalog)

    def read(frame: Frame) -> Any:
        some = rows(frame)
        if isinstance(some, Unknown):
            return some
        answer: Any = True
        for index, meets in _chosen(frame, some, condition):
            if meets is False:
                answer = False
            elif meets.__class__ is Unknown and answer is not False:
                placed = _placed(meets, source, index)
                answer = placed if answer is True else merge(answer, placed)
        return answer

    return read


def _taken_apart(
    node: t.Node, catalog: Catalog, compile_tree: Compile
) -> tuple[t.Rows | t.Column, Read | None]:
    condition = None
    if isinstance(node, t.Where):
        condition = compile_tree(node.condition, catalog)
        node = node.source
    assert isinstance(node, t.Rows | t.Column)
    return node, condition


def _chosen(frame: Frame, rows: Iterable[Values], condition: Read | None) -> Iterator[tuple[int, Any]]:
    """Each row's index with whether it counts; while the caller works the frame stands on that row."""
    before = frame.row
    for index, row in enumerate(rows):
        frame.row = row
        yield index, True if condition is None else condition(frame)
    frame.row = before


def _placed(value: Any, source: t.Rows | t.Column, index: int) -> Any:
    """An unknown cell with its row in the name: 药费票据.金额 → 药费票据[2].金额; related records have no numbers."""
    if value.__class__ is not Unknown or source.related is not None:
        return value
    table = source.table
    start = f"{table}."
    names = tuple(
        f"{table}[{index}].{name[len(start) :]}" if name.startswith(start) else name for name in value.missing
    )
    return Unknown(names, value.reason)
