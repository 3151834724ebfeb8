"""What a roster shows: the visible lines of one region, and whatever their dotted paths reach, in a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.models import FormTables
from ffp_admin.models.compile import CURRENT
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Actor, Store
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.record import chunks, fetch_records, select_records
from ffp_admin.store.references import holds_codes, register_of
from ffp_admin.store.visible import region_condition, visible
from ffp_admin.store.wording import Showing

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
    """Current lines of `form_key` in `region` that the actor may print, with everything `paths` go through."""
    tables = store.tables(form_key)
    main = tables.main
    statement = visible(select_records(tables), tables, actor, "print").where(
        main.c.status == CURRENT, region_condition(main, region)
    )
    gathered = Gathered(form=tables.form, lines=_records(session, tables, statement))
    for path in sorted(set(paths), key=lambda one: one.count(".")):
        _reach(session, store, gathered, path, actor)
    return gathered


def fields_on(store: Store, form: Form, paths: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The fields that stand on paper when these paths are printed, as (register, field); "" is a record's caption.

    Regions' names are no secret.
    """
    found = set()
    for path in paths:
        at = form
        for step in path.split("."):
            found.add((at.key, step))
            register = register_of(at.field(step))
            if register and not holds_codes(register):
                found.add((register, ""))
                at = store.catalog().forms[register]
    return frozenset(found)


def _records(session: Session, tables: FormTables, statement: Select[Any]) -> list[Values]:
    """Values by field key, the id under ""."""
    return [
        {"": record.id, **record.values}
        for record in fetch_records(session, tables, statement, with_rows=False)
    ]


def _reach(session: Session, store: Store, gathered: Gathered, path: str, actor: Actor) -> None:
    """Fetch the records that all but the last step lead to, and the captions of a reference at the end."""
    form, records = gathered.form, gathered.lines
    *through, last = path.split(".")
    for step in through:
        register = register_of(form.field(step))
        wanted = [record[step] for record in records if record.get(step) is not None]
        found = gathered.reached.setdefault(register, {})
        _fetch(session, store, register, [key for key in wanted if key not in found], found, actor)
        form = store.catalog().forms[register]
        records = [found[key] for key in dict.fromkeys(wanted) if key in found]
    register = register_of(form.field(last))
    if register:
        known = gathered.captions
        wanted = [record[last] for record in records if record.get(last) is not None]
        missing = [key for key in dict.fromkeys(wanted) if (register, key) not in known]
        captions = _captions(session, store, register, missing, actor)
        known.update({(register, key): text for key, text in captions.items()})


def _captions(
    session: Session, store: Store, register: str, keys: Sequence[Any], actor: Actor
) -> Mapping[Any, str]:
    """What stands for a reference on paper; of a region only its own name, the title says where it lies."""
    if holds_codes(register):
        return {key: names[-1] for key, names in stores.region_names(session, store.edition(), keys).items()}
    return stores.caption(session, store, register, keys, actor)


def _fetch(
    session: Session,
    store: Store,
    register: str,
    keys: Iterable[Any],
    found: dict[Any, Values],
    actor: Actor,
) -> None:
    tables = store.tables(register)
    for some in chunks(keys):
        statement = visible(select_records(tables), tables, actor).where(tables.main.c.id.in_(some))
        found.update({record[""]: record for record in _records(session, tables, statement)})


def value_at(store: Store, gathered: Gathered, line: Values, path: str) -> tuple[Field, Any]:
    """The field at the end of a dotted path and its value for one line (None where the way breaks off)."""
    form, record = gathered.form, line
    *through, last = path.split(".")
    for step in through:
        register = register_of(form.field(step))
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
