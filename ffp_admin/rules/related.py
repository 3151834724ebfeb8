"""Other records a check may look at: those that point to the same record (户.家庭成员), or to this one (家庭成员).

A register is called by its name or its key. Of its fields the one it belongs to (归属) leads there, else the only one
that can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ffp_admin.i18n import N_
from ffp_admin.problems import Code, Phrase
from ffp_admin.rules import tree as t
from ffp_admin.rules.failure import ExpressionError
from ffp_admin.rules.frame import Frame, Values
from ffp_admin.rules.unknown import Unknown
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Field, Form

NOT_KNOWN_HERE = Unknown((), N_("the other records are not known here"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Records one form looks at: of `register`, pointing by `field` to what `through` leads to ("": to itself).

    `reads` names the fields of `register` that are needed.
    """

    through: str
    register: str
    field: str
    has_own: bool
    reads: frozenset[str]


# -- what a name leads to


def related(
    name: t.Name, index: int, through: tuple[Field, ...], form: Form, catalog: Catalog
) -> t.Related | None:
    """The records part `index` of a name stands for behind the references before it; None: it names no register.

    Raises ExpressionError when it names a register that cannot be meant.
    """
    there = KINDS[through[-1].kind].register if through else form.key
    register = _register(name, index, catalog)
    if register is None or not there:
        return None
    if len(through) > 1:
        raise _refused(name, index, Phrase(N_("only one reference may stand before it, as in 户.家庭成员")))
    if not any(kind.gathers for kind in KINDS.values() if kind.register == there):
        why = Phrase(N_("of {register} there may be too many to go through"), register=_label(there, catalog))
        raise _refused(name, index, why)
    return t.Related(
        register=register.key,
        by=_leading(name, index, register, there, catalog).key,
        through=through[0].key if through else "",
        has_own=register.key == form.key,
        labels=(*(one.label for one in through), register.label),
    )


def _register(name: t.Name, index: int, catalog: Catalog) -> Form | None:
    part = name.parts[index]
    if part in catalog.forms:
        return catalog.forms[part]
    called = [one for one in catalog.forms.values() if one.label == part]
    if len(called) > 1:
        keys = "、".join(one.key for one in called)
        raise _refused(name, index, Phrase(N_("several are called so; write one of {names}"), names=keys))
    return called[0] if called else None


def _leading(name: t.Name, index: int, register: Form, there: str, catalog: Catalog) -> Field:
    pointing = [one for one in register.fields() if KINDS[one.kind].register == there]
    own = [one for one in pointing if one.key == register.scope]
    if len(own or pointing) == 1:
        return (own or pointing)[0]
    if not pointing:
        why = Phrase(
            N_("no field of {form} points to {register}"),
            form=register.label,
            register=_label(there, catalog),
        )
        raise _refused(name, index, why)
    names = "、".join(one.label for one in pointing)
    raise _refused(
        name,
        index,
        Phrase(N_("several fields of {form} point there: {names}"), form=register.label, names=names),
    )


def _label(register: str, catalog: Catalog) -> str:
    return catalog.forms[register].label if register in catalog.forms else register


def _refused(name: t.Name, index: int, reason: Phrase) -> ExpressionError:
    written = ".".join(name.parts[: index + 1])
    return ExpressionError(Code.EXPR_RELATED, name.at, name=written, reason=reason)


# -- what an expression needs


def looks_at_others(tree: t.Node) -> bool:
    """Whether an expression goes through related records."""
    return any(True for _one in _sources(tree))


def _sources(tree: t.Node) -> Iterable[t.Rows | t.Column]:
    return (one for one in t.walk(tree) if isinstance(one, t.Rows | t.Column) and one.related)


def links(trees: Iterable[t.Node]) -> tuple[Link, ...]:
    """What the expressions of a form look at, one link per way there."""
    found: dict[t.Related, set[str]] = {}
    for tree in trees:
        for source in _sources(tree):
            assert source.related is not None
            cells = (one for one in t.walk(tree) if isinstance(one, t.Ref) and one.table == source.table)
            found.setdefault(source.related, {source.related.by}).update(one.parts[0] for one in cells)
    return tuple(
        Link(
            through=one.through,
            register=one.register,
            field=one.by,
            has_own=one.has_own,
            reads=frozenset(keys),
        )
        for one, keys in found.items()
    )


def own_fields(tree: t.Node) -> frozenset[str]:
    """Fields of the record itself that an expression reads because the record is one of the related ones."""
    mine = {one.table: one.related for one in _sources(tree) if one.related and one.related.has_own}
    cells = {one.parts[0] for one in t.walk(tree) if isinstance(one, t.Ref) and one.table in mine}
    return frozenset(cells | {one.by for one in mine.values()})


def way_there(tree: t.Node) -> frozenset[str]:
    """References of the record through which an expression looks at other records."""
    return frozenset(one.related.through for one in _sources(tree) if one.related and one.related.through)


# -- reading them


def rows_of(source: t.Rows | t.Column) -> Callable[[Frame], Iterable[Values] | Unknown]:
    """A closure that gives the rows of a table, or the related records with the record itself as it now stands."""
    if source.related is None:
        table = source.table
        return lambda frame: frame.values.get(table) or ()
    return _related_rows(source.related)


def _related_rows(related: t.Related) -> Callable[[Frame], Iterable[Values] | Unknown]:
    through, register, field = related.through, related.register, related.by
    not_filled = Unknown((through,))

    def read(frame: Frame) -> Iterable[Values] | Unknown:
        target: Any = frame.values.get(through) if through else frame.own
        if target is None:  # nobody points to a record that is new
            return not_filled if through else ()
        found: Mapping[object, Values] | None = frame.world.related(register, field, target)
        if found is None:
            return NOT_KNOWN_HERE
        if not related.has_own:
            return tuple(found.values())
        others = [values for key, values in found.items() if key != frame.own]
        return [*others, frame.values] if frame.values.get(field) == target else others

    return read
