"""What a roster shows: the visible lines of one region, and whatever their dotted paths reach, in a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.models import FormTables
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Actor, Store
from ffp_admin.store.kinds import Showing, kind_of
from ffp_admin.store.references import holds_codes
from ffp_admin.store.visible import region_condition, visible

#: ids asked for in one query
CHUNK = 500
Values = Mapping[str, Any]


@dataclass(slots=True)
class Gathered:
    """Lines of one form and the records they lead to: register → id or code → values by field key."""

    form: Form
    lines: list[Values]
    reached: dict[str, dict[Any, Values]] = field(default_factory=dict)
    captions: dict[tuple[str, object], str] = field(default_factory=dict)


def gather(
    session: Session, store: Store, form_key: str, region: str, paths: Iterable[str], actor: Actor
) -> Gathered:
    """Current lines of `form_key` in `region` with everything `paths` go through."""
    tables = store.tables(form_key)
    main = tables.main
    statement = visible(select(main), tables, actor).where(
        main.c.status == "current", region_condition(main, region)
    )
    gathered = Gathered(form=tables.form, lines=_records(session, tables, statement))
    for path in sorted(set(paths), key=lambda one: one.count(".")):
        _reach(session, store, gathered, path.split("."), actor)
    return gathered


def _records(session: Session, tables: FormTables, statement: Any) -> list[Values]:
    columns = {
        one.key: tables.column(one.key)
        for one in tables.form.fields()
        if one.key in tables.names and one.kind != "table"
    }
    names = {key: column.name for key, column in columns.items()}
    return [
        {"": row["id"], **{key: row[name] for key, name in names.items()}}
        for row in session.execute(statement).mappings()
    ]


def _reach(session: Session, store: Store, gathered: Gathered, steps: Sequence[str], actor: Actor) -> None:
    """Fetch the records that all but the last step lead to, and the captions of a reference at the end."""
    form, records = gathered.form, gathered.lines
    for step in steps:
        one = form.field(step)
        register = KINDS[one.kind].register
        if not register:
            return
        wanted = {record[step] for record in records if record.get(step) is not None}
        if step is steps[-1]:
            known = gathered.captions
            missing = [key for key in wanted if (register, key) not in known]
            captions = _captions(session, store, register, missing, actor)
            known.update({(register, key): text for key, text in captions.items()})
            return
        form = store.catalog().forms[register]
        found = gathered.reached.setdefault(register, {})
        _fetch(session, store, register, [key for key in wanted if key not in found], found)
        records = [found[key] for key in wanted if key in found]


def _captions(
    session: Session, store: Store, register: str, keys: Sequence[Any], actor: Actor
) -> Mapping[Any, str]:
    """What stands for a reference on paper; of a region only its own name, the title says where it lies."""
    if holds_codes(register):
        return {key: names[-1] for key, names in stores.region_names(session, store.edition(), keys).items()}
    return stores.caption(session, store, register, keys, actor)


def _fetch(
    session: Session, store: Store, register: str, keys: Sequence[Any], found: dict[Any, Values]
) -> None:
    tables = store.tables(register)
    for start in range(0, len(keys), CHUNK):
        statement = select(tables.main).where(tables.main.c.id.in_(keys[start : start + CHUNK]))
        found.update({record[""]: record for record in _records(session, tables, statement)})


def value_at(store: Store, gathered: Gathered, line: Values, path: str) -> tuple[Field, Any]:
    """The field at the end of a dotted path and its value for one line (None where the way breaks off)."""
    form, record = gathered.form, line
    *through, last = path.split(".")
    for step in through:
        register = KINDS[form.field(step).kind].register
        form = store.catalog().forms[register]
        record = gathered.reached.get(register, {}).get(record.get(step), {})
    return form.field(last), record.get(last)


def text_at(store: Store, gathered: Gathered, line: Values, path: str) -> str:
    """What is printed for a path: the value in words, empty where nothing is known."""
    one, value = value_at(store, gathered, line, path)
    if value is None:
        return ""
    showing = Showing(field=one, codes=store.catalog().codes.get(one.codes), captions=gathered.captions)
    return kind_of(one).show(value, showing)


def blocks(lines: Iterable[Values], by: str) -> Iterator[list[Values]]:
    """Lines with the same value in `by`, in the order of each first line; each line alone without `by`."""
    if not by:
        yield from ([line] for line in lines)
        return
    grouped: dict[Any, list[Values]] = {}
    for line in lines:
        grouped.setdefault(line[by], []).append(line)
    yield from grouped.values()
