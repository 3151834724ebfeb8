"""What may occur only once: every current record claims its values, the claim's primary key lets one writer win.

A rule is a field's path (`证件号码`, `药费票据.票据号码`) or a group's fields joined with `+`.
Claims hold keyed hashes only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.keyring import Keyring
from ffp_admin.models import FormTables, Refusal
from ffp_admin.models.compile import CURRENT
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Field, Form
from ffp_admin.store import dialect, static
from ffp_admin.store.kinds import kind_of
from ffp_admin.store.record import chunks, fetch_records, select_records

#: rule and key hash
Claim = tuple[str, str]
_HOUSEHOLD = "household"
_BATCH = 1_000
#: one for all claims: making it costs as much as using it
_TO_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueRule:
    """One declared rule: the fields whose values together occur once."""

    form: str
    name: str
    #: top-level fields, or the fields of one table's rows
    fields: tuple[Field, ...]
    table: str = ""
    #: field that holds the household within which the rule counts; None: the whole county
    within: Field | None = None
    #: within the record itself (a table of the household register)
    own: bool = False


def unique_rules(form: Form) -> tuple[UniqueRule, ...]:
    """All rules of a form, single fields first."""
    return (*_field_rules(form), *_group_rules(form))


def _field_rules(form: Form) -> Iterator[UniqueRule]:
    for field in form.fields():
        for table, one in (("", field), *((field.key, inner) for inner in field.fields)):
            if one.unique:
                inside = one.unique == _HOUSEHOLD
                yield UniqueRule(
                    form=form.key,
                    name=f"{table}.{one.key}" if table else one.key,
                    fields=(one,),
                    table=table,
                    within=_household_field(form) if inside else None,
                    own=inside and form.key == KINDS[_HOUSEHOLD].register,
                )


def _group_rules(form: Form) -> Iterator[UniqueRule]:
    for group in form.unique:
        yield UniqueRule(form=form.key, name="+".join(group), fields=tuple(form.field(key) for key in group))


def _household_field(form: Form) -> Field | None:
    return next((field for field in form.fields() if field.kind == _HOUSEHOLD), None)


def claims_of(
    rules: Iterable[UniqueRule], record_id: int, values: Mapping[str, Any], keyring: Keyring
) -> Iterator[tuple[Claim, str]]:
    """Every claim of a record with the place it comes from ("药费票据[2].票据号码"); empty values claim nothing."""
    for rule in rules:
        rows: Sequence[Mapping[str, Any]] = values.get(rule.table) or () if rule.table else (values,)
        for position, row in enumerate(rows):
            parts = [row.get(field.key) for field in rule.fields]
            if any(part is None for part in parts):
                continue
            key = [
                rule.form,
                rule.name,
                *(_encoded(field, part) for field, part in zip(rule.fields, parts, strict=True)),
            ]
            if rule.own:
                key.append(record_id)
            elif rule.within:
                key.append(values.get(rule.within.key))
            text = _TO_JSON(key)
            place = f"{rule.table}[{position}].{rule.fields[0].key}" if rule.table else rule.fields[-1].key
            yield (rule.name, keyring.hash("unique", text)), place


def _encoded(field: Field, value: Any) -> Any:
    return kind_of(field).to_json(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one record wants to hold: its claims with the places they come from."""

    record_id: int
    claims: Mapping[Claim, str]
    #: a record that is being made holds nothing yet
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A claim somebody else holds; `holder` is None when another record of the same batch took it."""

    place: str
    rule: str
    holder: int | None


def settle(session: Session, form: str, wishes: Sequence[Wish]) -> dict[int, list[Taken]]:
    """Take and release claims for a batch; records that do not get all they want are returned, and hold what they held.

    Waits for writers of other transactions that are about to take the same.
    """
    held = _held(session, form, [wish.record_id for wish in wishes if not wish.is_new])
    refused: dict[int, list[Taken]] = {}
    new: dict[Claim, Wish] = {}
    for wish in wishes:
        for claim in wish.claims.keys() - held.get(wish.record_id, frozenset()):
            first = new.setdefault(claim, wish)
            if first is not wish:
                taken = Taken(place=wish.claims[claim], rule=claim[0], holder=None)
                refused.setdefault(wish.record_id, []).append(taken)
    given_up = {
        (wish.record_id, claim)
        for wish in wishes
        for claim in held.get(wish.record_id, frozenset()) - wish.claims.keys()
    }
    _release(session, given_up)
    all_ours = _insert(session, form, {(wish.record_id, claim) for claim, wish in new.items()})
    holding = {claim: wish.record_id for claim, wish in new.items()} if all_ours else holders(session, new)
    for claim, wish in new.items():
        holder = holding[claim]
        if holder != wish.record_id:
            taken = Taken(place=wish.claims[claim], rule=claim[0], holder=holder)
            refused.setdefault(wish.record_id, []).append(taken)
    _undo(
        session,
        form,
        refused,
        {(w.record_id, c) for c, w in new.items() if holding[c] == w.record_id},
        given_up,
    )
    return refused


def _undo(
    session: Session,
    form: str,
    refused: Mapping[int, object],
    taken: set[tuple[int, Claim]],
    given_up: set[tuple[int, Claim]],
) -> None:
    """Put the claims of refused records back to what they were."""
    _release(session, {one for one in taken if one[0] in refused})
    _insert(session, form, {one for one in given_up if one[0] in refused})


def release_all(session: Session, form: str, record_ids: Iterable[int]) -> None:
    """Give up every claim of records that are void now."""
    table = static.unique_claim
    for some in chunks(record_ids):
        session.execute(delete(table).where(table.c.form == form, table.c.record_id.in_(some)))


def _held(session: Session, form: str, record_ids: Iterable[int]) -> dict[int, frozenset[Claim]]:
    table = static.unique_claim
    held: dict[int, set[Claim]] = {}
    for some in chunks(record_ids):
        rows = session.execute(
            select(table.c.record_id, table.c.rule, table.c.key_hash).where(
                table.c.form == form, table.c.record_id.in_(some)
            )
        )
        for record_id, rule, key_hash in rows:
            held.setdefault(record_id, set()).add((rule, key_hash))
    return {record_id: frozenset(found) for record_id, found in held.items()}


def _are(claims: Sequence[Claim]) -> ColumnElement[bool]:
    """These claims: the hash contains form and rule, so it names no other, and the primary key begins with it."""
    return static.unique_claim.c.key_hash.in_([key_hash for _rule, key_hash in claims])


def _insert(session: Session, form: str, new: set[tuple[int, Claim]]) -> bool:
    """Take what is free; whether everything was."""
    # sorted, so that two writers of overlapping batches wait for one another in one order
    rows = [
        {"form": form, "rule": rule, "key_hash": key_hash, "record_id": record_id}
        for record_id, (rule, key_hash) in sorted(new, key=lambda one: (one[1], one[0]))
    ]
    return dialect.insert_claims(session, static.unique_claim, rows)


def _release(session: Session, given_up: set[tuple[int, Claim]]) -> None:
    table = static.unique_claim
    for some in chunks(sorted(claim for _record_id, claim in given_up)):
        session.execute(delete(table).where(_are(some)))


def holders(session: Session, claims: Iterable[Claim]) -> dict[Claim, int]:
    """The current record that holds each claim; claims nobody holds are left out."""
    table = static.unique_claim
    found: dict[Claim, int] = {}
    for some in chunks(claims):
        rows = session.execute(select(table.c.rule, table.c.key_hash, table.c.record_id).where(_are(some)))
        found.update({(rule, key_hash): record_id for rule, key_hash, record_id in rows})
    return found


def follow_rules(
    session: Session, keyring: Keyring, older: Catalog, forms: Sequence[FormTables]
) -> list[Refusal]:
    """Bring the claims in line with rules that were added or removed; refusals where data breaks a new rule."""
    refusals: list[Refusal] = []
    for tables in forms:
        form = tables.form
        before = (
            {rule.name: rule for rule in unique_rules(older.forms[form.key])}
            if form.key in older.forms
            else {}
        )
        now = {rule.name: rule for rule in unique_rules(form)}
        changed = [
            rule for name, rule in now.items() if name not in before or _scope(rule) != _scope(before[name])
        ]
        dropped = [name for name in before if name not in now or now[name] in changed]
        table = static.unique_claim
        if dropped:
            session.execute(delete(table).where(table.c.form == form.key, table.c.rule.in_(dropped)))
        if changed:
            refusals += _claim_all(session, keyring, tables, changed)
    return refusals


def _scope(rule: UniqueRule) -> tuple[object, ...]:
    return rule.own, rule.within.key if rule.within else ""


def _claim_all(
    session: Session, keyring: Keyring, tables: FormTables, rules: Sequence[UniqueRule]
) -> Iterator[Refusal]:
    """Claims for every current record that is there already."""
    form = tables.form
    seen = 0
    while True:
        statement = select_records(tables).where(tables.main.c.id > seen, tables.main.c.status == CURRENT)
        records = fetch_records(session, tables, statement.order_by(tables.main.c.id).limit(_BATCH))
        if not records:
            return
        seen = records[-1].id
        wanted = {
            (record.id, claim)
            for record in records
            for claim, _place in claims_of(rules, record.id, record.values, keyring)
        }
        _insert(session, form.key, wanted)
        holding = holders(session, [claim for _id, claim in wanted])
        twice = [(record_id, claim) for record_id, claim in sorted(wanted) if holding[claim] != record_id]
        if twice:
            record_id, (name, _hash) = twice[0]
            rule = next(one for one in rules if one.name == name)
            yield Refusal(
                form=form.key,
                path=name,
                place=rule.fields[0].place,
                message=_(
                    "'{rule}' is to be unique, but records {first} and {second} of '{form}' are equal in it. "
                    "Mend the records first.",
                    rule="、".join(field.label for field in rule.fields),
                    first=holding[twice[0][1]],
                    second=record_id,
                    form=form.label,
                ),
            )
            return
