"""The one way records change: `save`, `save_many` for imports (the same rules, in sets), and `void`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.models.compile import CURRENT, VOID
from ffp_admin.rules.outcome import Finding
from ffp_admin.store import audit, claims
from ffp_admin.store.actor import Actor, NotAllowed, require
from ffp_admin.store.asking import Guard
from ffp_admin.store.edition import Edition
from ffp_admin.store.history import Scribe, Stamp
from ffp_admin.store.judging import Conflict, Judge, Rejected, Work, finding
from ffp_admin.store.record import Draft, Record, fetch_records, select_records
from ffp_admin.store.references import Surroundings, key_column, referring_fields
from ffp_admin.store.related import Coming
from ffp_admin.store.signing import signing
from ffp_admin.store.store import Store
from ffp_admin.store.visible import visible
from ffp_admin.store.writing import Writer

#: drafts judged and written together; more only costs memory
BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A record as it is now stored; `doubts` are listed for people but stopped nothing."""

    id: int
    row_version: int
    doubts: tuple[Finding, ...] = ()
    #: False when the save changed nothing: the record keeps its row_version
    is_changed: bool = True
    #: keys of fields whose change waits for a confirmation; they keep their old values
    asked: tuple[str, ...] = ()


def save(session: Session, store: Store, draft: Draft, actor: Actor, source: str = "screen") -> Saved:
    """Save one record in a session of `store.writing()`.

    NotAllowed without right or outside the actor's regions, Conflict when somebody else saved meanwhile,
    Rejected with findings; in all three cases nothing was written.
    """
    stamp = Stamp(actor=actor, at=store.clock.now(), source=source)
    guard = Guard(session, store, draft.form, actor)
    stamp, [work] = _work_off(session, store, draft.form, guard.hold([draft]), stamp, None, guard)
    if not work.is_good:
        raise work.answer()
    saved = _saved(work)
    if work.is_changed:
        action = "create" if work.is_new else "change"
        facts = {"row_version": saved.row_version}
        place = audit.place_of(work.codes)
        deed = audit.Deed(action=action, form=draft.form, record_id=saved.id, facts=facts, region=place)
        audit.note(session, stamp.actor, stamp.at, source, [deed])
    return saved


def save_many(
    session: Session,
    store: Store,
    form_key: str,
    drafts: Sequence[Draft],
    actor: Actor,
    source: str = "import",
    import_id: int | None = None,
) -> list[Saved | Rejected]:
    """Save many records of one form by the same rules as `save`; one answer per draft, in their order.

    What is rejected (also: not allowed, changed meanwhile) is left out, the others are written; roll the session
    back to have all or nothing. Written in one audit line per thousand.
    """
    stamp = Stamp(actor=actor, at=store.clock.now(), source=source)
    answers: list[Saved | Rejected] = []
    guard = Guard(session, store, form_key, actor)
    drafts = guard.hold(drafts)
    coming = _coming(store, form_key, drafts)
    for start in range(0, len(drafts), BATCH):
        if coming is not None:
            coming.start = start
        some = drafts[start : start + BATCH]
        signed, works = _work_off(session, store, form_key, some, stamp, import_id, guard, coming)
        answers += (_saved(work) if work.is_good else _rejected(work) for work in works)
        if any(work.is_good for work in works):
            audit.note(session, signed.actor, stamp.at, source, [_batch(form_key, works, import_id)])
    return answers


def _batch(form_key: str, works: Sequence[Work], import_id: int | None) -> audit.Deed:
    """The audit line of many records, with their village when it is one."""
    good = [work for work in works if work.is_good]
    facts = {
        "created": sum(work.is_new for work in good),
        "changed": sum(work.is_changed and not work.is_new for work in good),
        "rejected": len(works) - len(good),
        "asked": sum(bool(work.asked) for work in good),
        "first_id": min(work.id for work in good),
        "last_id": max(work.id for work in good),
        "import_id": import_id,
    }
    places = {audit.place_of(work.codes) for work in good}
    place = places.pop() if len(places) == 1 else ""
    return audit.Deed(action="batch", form=form_key, facts=facts, region=place)


def check(session: Session, store: Store, form_key: str, drafts: Sequence[Draft], actor: Actor) -> list[Work]:
    """What `save_many` would judge of the drafts, without writing (unique values are not compared)."""
    edition = store.edition()
    stamp = Stamp(actor=actor, at=store.clock.now(), source="check")
    coming = _coming(store, form_key, drafts)
    surroundings = Surroundings(session, edition, store.clock.today(), coming)
    return Judge(session, edition, form_key, stamp, surroundings, coming).judge(drafts)


def _work_off(
    session: Session,
    store: Store,
    form_key: str,
    drafts: Sequence[Draft],
    stamp: Stamp,
    import_id: int | None,
    guard: Guard,
    coming: Coming | None = None,
) -> tuple[Stamp, list[Work]]:
    """The works, and the stamp they were written under."""
    edition = store.edition()
    surroundings = Surroundings(session, edition, store.clock.today(), coming)
    works = Judge(session, edition, form_key, stamp, surroundings, coming).judge(drafts)
    if asking := guard.asking(works):
        _look_over(session, store, form_key, asking, stamp, guard)
    signed = replace(stamp, actor=_signing(session, edition, form_key, stamp.actor, works))
    Writer(session, edition, form_key, signed, import_id).write(works)
    guard.write([work for work in works if work.asked and work.is_good], signed, import_id)
    return signed, works


def _look_over(
    session: Session, store: Store, form_key: str, asking: Sequence[Work], stamp: Stamp, guard: Guard
) -> None:
    """Judge what is asked for as if it were written: nobody shall be asked to confirm what cannot be saved."""
    edition, drafts = store.edition(), [guard.wanted(work) for work in asking]
    coming = _coming(store, form_key, [*drafts, *guard.companions(drafts)])
    surroundings = Surroundings(session, edition, store.clock.today(), coming)
    fulls = Judge(session, edition, form_key, stamp, surroundings, coming).judge(drafts)
    writer = Writer(session, edition, form_key, stamp, None)
    for work, full in zip(asking, fulls, strict=True):
        if full.is_good and full.before is not None:
            full.findings += writer.objections(full.before.id, full.values)
        guard.settle(work, full, stamp.source)


def _signing(session: Session, edition: Edition, form_key: str, actor: Actor, works: Sequence[Work]) -> Actor:
    tables, good = edition.tables(form_key), [work for work in works if work.is_good]
    for verb, some in (("fill", [w for w in good if w.is_new]), ("edit", [w for w in good if not w.is_new])):
        spots = [(work.codes, work.before.id if work.before else None) for work in some]
        signed = signing(session, tables, actor, verb, spots)
        if signed is not actor:
            return signed
    return actor


def _coming(store: Store, form_key: str, drafts: Sequence[Draft]) -> Coming | None:
    """The drafts as each other's surroundings, when the checks of the form look at records of its own."""
    edition = store.edition()
    own = [link for link in edition.program(form_key).links if link.has_own]
    return Coming(edition, form_key, drafts, own) if own else None


def _saved(work: Work) -> Saved:
    return Saved(
        id=work.id,
        row_version=work.before_version + work.is_changed,
        doubts=work.doubts,
        is_changed=work.is_changed,
        asked=tuple(work.asked),
    )


def _rejected(work: Work) -> Rejected:
    answer = work.answer()
    if isinstance(answer, Rejected):
        return answer
    code = "conflict" if isinstance(answer, Conflict) else "not_allowed"
    return Rejected([finding("", code, str(answer))])


def void(
    session: Session,
    store: Store,
    form_key: str,
    id: int,
    reason: str,
    actor: Actor,
    source: str = "screen",
) -> None:
    """Make a record void: it leaves lists and gives its unique values up; nothing is deleted.

    NotAllowed without right, outside the actor's regions or when it is void already; Rejected without a reason or
    while current records still point to it.
    """
    edition = store.edition()
    tables = edition.tables(form_key)
    require(actor, form_key, "void", tables.form.label)
    own = tables.main.c.id == id
    statement = visible(select_records(tables), tables, actor, "void").where(own).with_for_update()
    record = next(iter(fetch_records(session, tables, statement)), None)
    if record is None:
        raise NotAllowed(_("This record does not exist, or lies outside your regions."))
    if not record.is_current:
        raise NotAllowed(_("This record is void already."))
    findings = list(_objections(session, edition, form_key, record, reason))
    if findings:
        raise Rejected(findings)
    signed = signing(session, tables, actor, "void", [(record.codes, record.id)])
    stamp = Stamp(actor=signed, at=store.clock.now(), source=source)
    _make_void(session, edition, record, reason.strip(), stamp)


def _objections(
    session: Session, edition: Edition, form_key: str, record: Record, reason: str
) -> Iterator[Finding]:
    if not reason.strip():
        yield finding("", "required", _("Say why the record becomes void."))
    tables = edition.tables(form_key)
    column = key_column(tables).name
    key = session.execute(select(tables.main.c[column]).where(tables.main.c.id == record.id)).scalar_one()
    for form, path in referring_fields(edition, form_key):
        referring = edition.tables(form.key)
        statement = select(func.count()).where(
            referring.column(path) == key, referring.main.c.status == CURRENT
        )
        if "." in path:
            rows = referring.table(path)
            statement = statement.where(rows.c.parent_id == referring.main.c.id)
        count = session.execute(statement).scalar_one()
        if count:
            message = _(
                "{count} records of '{form}' still point to this one. Change or void them first.",
                count=count,
                form=form.label,
            )
            yield finding("", "in_use", message)


def _make_void(session: Session, edition: Edition, record: Record, reason: str, stamp: Stamp) -> None:
    tables = edition.tables(record.form)
    session.execute(
        update(tables.main)
        .where(tables.main.c.id == record.id)
        .values(
            status=VOID,
            void_reason=reason,
            row_version=record.row_version + 1,
            updated_by=stamp.actor.user_id,
            updated_name=stamp.actor.name,
            updated_at=stamp.at,
        )
    )
    claims.release_all(session, record.form, [record.id])
    scribe = Scribe(tables.form, edition.keyring, stamp)
    scribe.voided(record.id, record.row_version + 1, reason)
    scribe.write(session)
    place = audit.place_of(record.codes)
    deed = audit.Deed(action="void", form=record.form, record_id=record.id, region=place)
    audit.note(session, stamp.actor, stamp.at, stamp.source, [deed])
