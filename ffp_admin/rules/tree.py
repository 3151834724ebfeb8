"""The tree of an expression: plain records without behaviour.

The parser makes it, the binder replaces every `Name` by what it means and fills in `type`; the same bound
tree is evaluated, printed, explained (and later compiled to SQL). Two trees are equal when they say the
same; where a part stands in the text (`at`) does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ffp_admin.spec.kinds import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What a part of an expression gives."""

    shape: Shape
    #: code list of a choice
    codes: str = ""
    #: register a reference points to
    register: str = ""
    #: stored encrypted: may only be compared for equality
    sealed: bool = False
    #: one value per row of a table
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything in a tree; `at` counts characters from the beginning of the expression."""

    at: int = field(default=0, compare=False)
    type: Type | None = field(default=None, compare=False)


# -- constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Node):
    """A number; `written` keeps its spelling (a code word may look like a number: "02")."""

    value: Decimal
    written: str = field(default="", compare=False)
    percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Node):
    """A text in quotes."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Node):
    """A date."""

    value: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth(Node):
    """是 or 否."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Node):
    """A word of a code list (made by the binder)."""

    codes: str
    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Items(Node):
    """A list in brackets."""

    items: tuple[Node, ...]


# -- names


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A name that is not resolved yet: 户.户类型."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Node):
    """A field: `parts` are field keys, `registers[i]` leads from `parts[i]` to `parts[i + 1]`.

    `table` names the table when the field belongs to its rows; `fact` is what an ID number tells.
    """

    parts: tuple[str, ...]
    registers: tuple[str, ...] = ()
    fact: str = ""
    table: str = ""
    #: kind of the field the path ends at, and what people call each part
    kind: str = field(default="", compare=False)
    labels: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfRecord(Node):
    """适用日期."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """The current records of `register` that point to one record by their field `by`: the rows of 户.家庭成员.

    `through` is the reference of the form that leads to that record; "": the record that is judged itself.
    """

    register: str
    by: str
    through: str = ""
    #: the record that is judged is itself of `register`: it counts as it is about to be saved
    has_own: bool = False
    #: what people call the way there
    labels: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Node):
    """A table as a whole, or related records (then `table` is how they are written: 户.家庭成员)."""

    table: str
    related: Related | None = None
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Node):
    """One field of all rows of a table or of related records; `cell` is read in each row."""

    table: str
    related: Related | None = None
    cell: Ref
    label: str = field(default="", compare=False)


# -- operations


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative(Node):
    """The number with its sign turned."""

    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    """Two parts joined by + - * / = != < <= > >= in, not in, has, lacks."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty(Node):
    """Whether there is no value (为空), or there is one (`filled`: 不为空)."""

    operand: Node
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """The opposite of a condition."""

    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class All(Node):
    """Conditions joined by 且."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some(Node):
    """Conditions joined by 或."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    """One of two values, by a condition."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A function of the table in `functions`, by its stable name."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Node):
    """Rows or a column, only of the rows that meet a condition (其中)."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Every(Node):
    """Whether every row of a table meets a condition (每行); true for an empty table."""

    source: Node
    condition: Node


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly below a node, in the order of the text."""
    match node:
        case Binary(left=left, right=right):
            return (left, right)
        case Negative(operand=one) | Not(operand=one) | Empty(operand=one):
            return (one,)
        case All(parts=parts) | Some(parts=parts) | Items(items=parts) | Call(arguments=parts):
            return parts
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Where(source=source, condition=condition) | Every(source=source, condition=condition):
            return (source, condition)
        case Column(cell=cell):
            return (cell,)
    return ()


def walk(tree: Node) -> tuple[Node, ...]:
    """Every node of a tree, the root first; does not recurse, so that any depth is safe."""
    found: list[Node] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(children(node)))
    return tuple(found)


def depth(tree: Node) -> int:
    """How many nodes lie on the longest way from the root to a leaf."""
    deepest = 0
    waiting = [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(node))
    return deepest
