"""Going through the rows of a table: columns as lists, 其中, 每行, 个数."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ffp_admin.rules import tree as t
from ffp_admin.rules.frame import Frame, Read, Values
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
    cell = compile_tree(column.cell, catalog)

    def collect(frame: Frame, values: list[Any]) -> None:
        for index, counts in _chosen(frame, column.table, condition):
            if counts is not False:
                value = counts if counts is not True else cell(frame)
                values.append(_placed(value, column.table, index))

    return collect


def counter(node: t.Node, catalog: Catalog, compile_tree: Compile) -> Read:
    """A closure that counts rows, or the values there are in a column."""
    source, condition = _taken_apart(node, catalog, compile_tree)
    table = source.table
    cell = compile_tree(source.cell, catalog) if isinstance(source, t.Column) else None

    def count(frame: Frame) -> Any:
        found = 0
        unknown: Unknown | None = None
        for index, counts in _chosen(frame, table, condition):
            if counts.__class__ is Unknown:
                placed = _placed(counts, table, index)
                unknown = placed if unknown is None else merge(unknown, placed)
            elif counts and (cell is None or cell(frame).__class__ is not Unknown):
                found += 1
        return found if unknown is None else unknown

    return count


def every(node: t.Every, catalog: Catalog, compile_tree: Compile) -> Read:
    """A closure that is true when all rows meet the condition, and for no rows."""
    assert isinstance(node.source, t.Rows)
    table = node.source.table
    condition = compile_tree(node.condition, catalog)

    def read(frame: Frame) -> Any:
        answer: Any = True
        for index, meets in _chosen(frame, table, condition):
            if meets is False:
                answer = False
            elif meets.__class__ is Unknown and answer is not False:
                placed = _placed(meets, table, index)
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


def _chosen(frame: Frame, table: str, condition: Read | None) -> Iterator[tuple[int, Any]]:
    """Each row's index with whether it counts; while the caller works the frame stands on that row."""
    before = frame.row
    rows: tuple[Values, ...] = frame.values.get(table) or ()
    for index, row in enumerate(rows):
        frame.row = row
        yield index, True if condition is None else condition(frame)
    frame.row = before


def _placed(value: Any, table: str, index: int) -> Any:
    """An unknown cell with its row in the name: 药费票据.金额 → 药费票据[2].金额."""
    if value.__class__ is not Unknown:
        return value
    start = f"{table}."
    names = tuple(
        f"{table}[{index}].{name[len(start) :]}" if name.startswith(start) else name for name in value.missing
    )
    return Unknown(names, value.reason)
