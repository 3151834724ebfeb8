"""What a keyword finds: the start of a text, of its pinyin or initials, a serial, a whole encrypted number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.models.kinds import HASH, INITIALS, PINYIN, derived_of, is_sealed, storage_of
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field
from ffp_admin.store.actor import Actor
from ffp_admin.store.cleaning import BadValue, Reading
from ffp_admin.store.edition import Edition
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.references import key_column, register_of
from ffp_admin.store.visible import loose_condition, visible_condition

#: sorts behind every text that begins with what stands before it
_LAST = "\U0010ffff"
_SHORTEST_NUMBER = 7
#: a keyword that finds no more than this is looked up first, then limited to regions and filters
FEW = 2_000


def is_starred(field: Field, actor: Actor) -> bool:
    """Whether the actor sees stars where others see words; whole encrypted numbers do not count, who asks knows them."""
    return field.sensitive and not KINDS[field.kind].sealed and not actor.unmasked


def starts_with(column: Column[str], text: str) -> ColumnElement[bool]:
    """`column` begins with `text`, as a range that an index answers."""
    return and_(column >= text, column < text + _LAST)


def keyword_conditions(
    edition: Edition, tables: FormTables, text: str, actor: Actor, *, contains: bool
) -> list[ColumnElement[bool]]:
    """Ways in which the keyword finds records, each answered by an index unless `contains` looks inside texts.

    A form without searchable fields of its own is found through the records its caption points to.
    """
    word = text.strip()
    return list(_own(edition, tables, word, actor, contains=contains)) or list(
        _through_display(edition, tables, word, actor, contains=contains)
    )


def few_hits(
    session: Session, tables: FormTables, conditions: Sequence[ColumnElement[bool]]
) -> list[int] | None:
    """The ids a keyword finds in all regions together; None when there are more than `FEW`."""
    ids: set[int] = set()
    for condition in conditions:
        ids.update(session.execute(select(tables.main.c.id).where(condition).limit(FEW + 1)).scalars())
        if len(ids) > FEW:
            return None
    return sorted(ids)


def _own(
    edition: Edition, tables: FormTables, word: str, actor: Actor, *, contains: bool
) -> Iterator[ColumnElement[bool]]:
    closed = actor.limits_on(tables.form.key).closed
    for field in tables.form.fields():
        is_open = field.key not in closed and not is_starred(field, actor)
        if (field.searchable or field.pattern) and is_open:
            yield from (_sealed if is_sealed(field) else _plain)(edition, tables, field, word, contains)


def _sealed(
    edition: Edition, tables: FormTables, field: Field, word: str, _contains: bool
) -> Iterator[ColumnElement[bool]]:
    """Only the whole value is found, by its hash."""
    storage, column = storage_of(field), tables.derived(field.key, HASH.suffix)
    if storage is None or column is None or len(word) < _SHORTEST_NUMBER:
        return
    try:
        value = kind_of(field).take(word, Reading(field=field, codes=edition.words(field.codes)))
    except BadValue:
        return
    if isinstance(value, str):
        yield column == edition.keyring.hash(storage.group, value)


def _plain(
    _edition: Edition, tables: FormTables, field: Field, word: str, contains: bool
) -> Iterator[ColumnElement[bool]]:
    if storage_of(field) is None or register_of(field):
        return
    column = tables.column(field.key)
    yield column.contains(word, autoescape=True) if contains else starts_with(column, word)
    if PINYIN in derived_of(field) and word.isascii():
        for one in (PINYIN, INITIALS):
            spelled = tables.derived(field.key, one.suffix)
            if spelled is not None:
                yield starts_with(spelled, word.casefold().replace(" ", ""))


def _through_display(
    edition: Edition, tables: FormTables, word: str, actor: Actor, *, contains: bool
) -> Iterator[ColumnElement[bool]]:
    for path in tables.form.display:
        field = tables.form.field(path.partition(".")[0])
        register = register_of(field)
        if register in edition.catalog.forms and field.key not in actor.limits_on(tables.form.key).closed:
            behind = edition.tables(register)
            hits = list(_own(edition, behind, word, actor, contains=contains))
            if hits:
                key = key_column(behind)
                seen = visible_condition(behind, actor) if contains else loose_condition(behind, actor)
                yield tables.column(field.key).in_(select(key).where(or_(*hits), seen))
