"""In which order a record is worked out: what a value depends on comes before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ffp_admin.problems import Code, Place, Problem
from ffp_admin.rules import tree as t
from ffp_admin.rules.declared import Bound, Use, path_of
from ffp_admin.rules.related import own_fields, way_there
from ffp_admin.spec.model import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One thing to work out: a section, a field, a field of a table; with what must be known before."""

    name: str
    place: Place
    needs: frozenset[str]


def section_name(key: str) -> str:
    """The name of a section among the units; no field is called so."""
    return f"§{key}"


def read_names(tree: t.Node) -> frozenset[str]:
    """Fields of the form (金额, 药费票据, 药费票据.金额) a bound tree reads."""
    found: set[str] = set()
    for node in t.walk(tree):
        if isinstance(node, t.Ref):
            found.add(f"{node.table}.{node.parts[0]}" if node.table else node.parts[0])
        elif isinstance(node, t.Rows | t.Column) and node.related is None:
            found.add(node.table)
    return frozenset(found) | way_there(tree) | own_fields(tree)


def units(form: Form, bound: Bound) -> tuple[Unit, ...]:
    """Sections, fields and fields of tables in the order of the paper, each with what it reads."""
    found: list[Unit] = []
    for section in form.sections:
        name = section_name(section.key)
        found.append(Unit(name=name, place=section.place, needs=_needs(bound, (Use.SECTION,), section.key)))
        for field in section.fields:
            needs = _needs(bound, (Use.SHOWN, Use.FILLED, Use.FORMULA), field.key)
            found.append(Unit(name=field.key, place=field.place, needs=needs | {name}))
            for cell in field.fields:
                path = path_of(cell, field.key)
                needs = _needs(bound, (Use.SHOWN, Use.FILLED, Use.FORMULA), path)
                found.append(Unit(name=path, place=cell.place, needs=needs | {field.key}))
    return tuple(found)


def _needs(bound: Bound, uses: Iterable[Use], path: str) -> frozenset[str]:
    trees = [bound[use, path] for use in uses if (use, path) in bound]
    return frozenset(name for tree in trees for name in read_names(tree))


def ordered(all_units: tuple[Unit, ...]) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Names in an order in which each comes after what it needs; a problem for each circle."""
    by_name = {unit.name: unit for unit in all_units}
    done: dict[str, None] = {}
    waiting = list(all_units)
    while waiting:
        later = []
        for unit in waiting:
            if all(name in done or name not in by_name for name in unit.needs):
                done[unit.name] = None
            else:
                later.append(unit)
        if len(later) == len(waiting):
            return tuple(done), (_circle(by_name, {unit.name for unit in later}),)
        waiting = later
    return tuple(done), ()


def _circle(by_name: Mapping[str, Unit], stuck: set[str]) -> Problem:
    """The circle that is met by going from need to need among the units that could not be worked out."""
    way = [min(stuck, key=lambda name: by_name[name].place)]
    while True:
        following = min(
            (n for n in by_name[way[-1]].needs if n in stuck), key=lambda name: by_name[name].place
        )
        if following in way:
            names = [*way[way.index(following) :], following]
            break
        way.append(following)
    first = min(names, key=lambda name: by_name[name].place)
    return Problem(
        code=Code.EXPR_CYCLE,
        place=by_name[first].place,
        facts={"names": " → ".join(name.removeprefix("§") for name in names)},
    )
