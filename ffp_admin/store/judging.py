"""Judging drafts before anything is written: rights, regions, references, rules, and edits that crossed each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.rules.outcome import Finding
from ffp_admin.spec.model import Form, Level
from ffp_admin.store.actor import Actor, Codes, NotAllowed, require
from ffp_admin.store.edition import Edition
from ffp_admin.store.evaluating import Before, work_out
from ffp_admin.store.history import Stamp, same, values_at
from ffp_admin.store.reach import NOWHERE, Reach
from ffp_admin.store.record import Draft, Record, Values, chunks, fetch_records, seen_record, select_records
from ffp_admin.store.references import Surroundings, lock_owners, pointers_of, register_of
from ffp_admin.store.related import Coming, hold_targets
from ffp_admin.store.taking import Taker
from ffp_admin.store.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field on which two edits disagree: what it was, what somebody saved meanwhile, what was to be saved."""

    field: str
    label: str
    base: object
    theirs: object
    mine: object


class Conflict(Exception):
    """Somebody saved the record after this edit began; nothing was written."""

    def __init__(self, theirs: Record, differences: Sequence[Difference]) -> None:
        self.theirs = theirs
        self.differences = tuple(differences)
        super().__init__(
            _(
                "{name} changed this record meanwhile. Look at both versions and save again.",
                name=theirs.meta.updated_name,
            )
        )


class Rejected(Exception):
    """The record cannot be saved as it is; `findings` say at which field and why. Nothing was written."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.message for finding in self.findings))


def finding(place: str, code: str, message: str, level: Level = Level.ERROR) -> Finding:
    """A finding at a place such as "姓名" or "药费票据[2].医院"."""
    table, bracket, rest = place.partition("[")
    row = (table, int(rest.partition("]")[0])) if bracket else None
    return Finding(field=place, level=level, code=code, message=message, row=row)


@dataclass(slots=True, kw_only=True)
class Work:
    """One draft on its way; `refusal` or an error among `findings` ends it."""

    draft: Draft
    #: by which key rules know the record: its id, or what stands for it among the drafts of the same call
    own: int | None = None
    before: Record | None = None
    values: Values = field(default_factory=dict)
    codes: Codes = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refusal: NotAllowed | Conflict | None = None
    id: int = 0
    #: what waits for a confirmation instead of being written, by field
    asked: Values = field(default_factory=dict)
    #: set when it was written; an edit that changes nothing is not
    is_changed: bool = False

    @property
    def is_good(self) -> bool:
        """Whether nothing speaks against saving it."""
        return self.refusal is None and not any(one.level is Level.ERROR for one in self.findings)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """What is listed but does not stop the save."""
        return tuple(one for one in self.findings if one.level is Level.DOUBT)

    @property
    def is_new(self) -> bool:
        """Whether the record does not exist yet."""
        return self.before is None

    @property
    def before_version(self) -> int:
        """The row version it had; 0 for a new record."""
        return self.before.row_version if self.before else 0

    def answer(self) -> Exception:
        """Why it cannot be saved."""
        return self.refusal or Rejected(one for one in self.findings if one.level is Level.ERROR)


class Judge:
    """Judges drafts of one form for one actor; references and rules are read for the whole batch at once."""

    def __init__(
        self,
        session: Session,
        edition: Edition,
        form_key: str,
        stamp: Stamp,
        surroundings: Surroundings,
        coming: Coming | None = None,
    ) -> None:
        self._session = session
        self._coming = coming
        self._edition = edition
        self._form: Form = edition.form(form_key)
        self._tables = edition.tables(form_key)
        self._actor: Actor = stamp.actor
        self._program = edition.program(form_key)
        self._taker = Taker(edition, self._form)
        self._surroundings = surroundings
        self._pointers = pointers_of(self._form)
        self._reach = Reach(session, edition, form_key, stamp.actor, surroundings)
        self._serials = tuple(one.key for one in self._form.fields() if one.pattern)

    def judge(self, drafts: Sequence[Draft]) -> list[Work]:
        """One work per draft, in their order, with final values, codes and findings."""
        hold_targets(self._session, self._edition, self._form.key, drafts)
        befores = self._stored([draft.id for draft in drafts if draft.id is not None])
        defaults = self._taker.defaults()
        works = [
            Work(draft=draft, own=self._own(index, draft), before=befores.get(draft.id or 0))
            for index, draft in enumerate(drafts)
        ]
        for work in works:
            work.refusal = self._may(work)
            if work.refusal is None:
                self._take(work, defaults)
        self._judge_open([work for work in works if work.refusal is None], defaults)
        self._judge_again(works, defaults)
        return works

    def _judge_open(self, works: Sequence[Work], defaults: Mapping[str, Any]) -> None:
        links = self._program.links
        for work in works:
            self._surroundings.expect(self._pointers, work.values)
            if links:
                self._surroundings.expect_related(links, work.values, work.draft.id)
        for work in works:
            self._run_rules(work, defaults)
            self._check_references(work)
            self._place(work)

    def _judge_again(self, works: Sequence[Work], defaults: Mapping[str, Any]) -> None:
        """Drafts judged beside one that turned out to be refused are judged once more without it."""
        if self._coming is None:
            return
        good = [work for work in works if work.is_good]
        refused = [index for index, work in enumerate(works, self._coming.start) if not work.is_good]
        while refused and good:
            self._coming.refuse(refused)
            self._surroundings.forget_related()
            for work in good:
                self._take(work, defaults)
            self._judge_open(good, defaults)
            places = {id(work): index for index, work in enumerate(works, self._coming.start)}
            refused = [places[id(work)] for work in good if not work.is_good]
            good = [work for work in good if work.is_good]

    def _own(self, index: int, draft: Draft) -> int | None:
        return draft.id if self._coming is None else self._coming.key(self._coming.start + index)

    def _stored(self, ids: Sequence[int]) -> dict[int, Record]:
        """The records to be edited that the actor may see, locked until the transaction ends."""
        lock_owners(self._session, self._edition, self._form.key, ids)
        main = self._tables.main
        found: dict[int, Record] = {}
        for some in chunks(sorted(ids)):
            statement = visible(select_records(self._tables), self._tables, self._actor, "edit")
            locked = statement.where(main.c.id.in_(some)).order_by(main.c.id).with_for_update()
            found.update((one.id, one) for one in fetch_records(self._session, self._tables, locked))
        return found

    def _may(self, work: Work) -> NotAllowed | None:
        form = self._form
        try:
            require(self._actor, form.key, "fill" if work.draft.id is None else "edit", form.label)
        except NotAllowed as refusal:
            return refusal
        if label := self._reach.closed_field(work.draft.values):
            return NotAllowed(_("You may not change '{label}'.", label=label))
        if work.draft.id is None:
            return None
        if work.before is None:
            return NotAllowed(_("This record does not exist, or lies outside your regions."))
        if not work.before.is_current:
            return NotAllowed(_("This record is void and cannot be changed."))
        return None

    def _take(self, work: Work, defaults: Mapping[str, Any]) -> None:
        given, work.findings = self._taker.take(work.draft.values)
        if work.before is None:
            work.values = {**defaults, **given}
            return
        work.values = {**work.before.values, **given}
        work.codes = work.before.codes
        if work.draft.row_version not in (None, work.before.row_version):
            differences = self._differences(work.before, given, work.draft.row_version or 0)
            if differences:
                theirs = seen_record(work.before, self._actor.limits_on(self._form.key))
                work.refusal = Conflict(theirs, differences)

    def _differences(self, theirs: Record, mine: Mapping[str, Any], row_version: int) -> list[Difference]:
        base = values_at(self._session, self._edition.keyring, self._form, theirs, row_version)
        return [
            Difference(
                field=one.key,
                label=one.label,
                base=base.get(one.key),
                theirs=theirs.values.get(one.key),
                mine=mine[one.key],
            )
            for one in self._form.fields()
            if one.key in mine and not same(one, mine[one.key], theirs.values.get(one.key))
        ]

    def _run_rules(self, work: Work, defaults: Mapping[str, Any]) -> None:
        unreadable = {one.field for one in work.findings}
        serials = {key: work.values.get(key) for key in self._serials}
        before = Before(values=work.before.values, touched=work.draft.values) if work.before else None
        outcome = work_out(
            self._program,
            work.values,
            self._surroundings,
            own=work.own,
            before=before,
            defaults=defaults,
        )
        work.values = {**outcome.values, **serials}
        for one in outcome.findings:
            # an unreadable value is said once; a word that was valid when it was chosen stays
            stays = one.code == "code_expired" and _was_there(work, one)
            if not stays and one.field not in unreadable:
                work.findings.append(one)

    def _check_references(self, work: Work) -> None:
        """What is newly chosen must exist and be visible to the actor."""
        for pointer in self._pointers:
            field, register = pointer.field, register_of(pointer.field)
            old = {value for _place, value in pointer.found(work.before.values)} if work.before else ()
            for place, value in pointer.found(work.values):
                if value in old or self._surroundings.codes_of(register, value, self._actor) is not None:
                    continue
                message = _(
                    "{label}: there is no such record in your regions. Choose again.", label=field.label
                )
                work.findings.append(finding(place, "reference", message))

    def _place(self, work: Work) -> None:
        """The scope codes the record belongs to; both the old and the new place must be the actor's."""
        if not self._form.scope:
            if self._form.handled_by and not self._reach.holds(work.before, work.values, NOWHERE):
                work.refusal = NotAllowed(_("This record is another unit's to deal with."))
            return
        scope = self._form.field(self._form.scope)
        value = work.values.get(scope.key)
        if value is None:
            if work.is_good:
                message = _("{label} is required: it says whose record this is.", label=scope.label)
                work.findings.append(finding(scope.key, "required", message))
            return
        codes = self._reach.codes(work.values)
        if codes is None:
            return  # the reference was found wrong above, or was hidden and stays as it is
        work.codes = codes
        if not self._reach.holds(work.before, work.values, codes):
            work.refusal = NotAllowed(_("{label} lies outside your regions.", label=scope.label))


def _was_there(work: Work, one: Finding) -> bool:
    """Whether the value at a finding's field stood in the record before."""
    if work.before is None:
        return False
    if one.row is None:
        return bool(work.values.get(one.field) == work.before.values.get(one.field))
    table, position = one.row
    key = one.field.rpartition(".")[2]
    value = work.values[table][position].get(key)
    return any(row.get(key) == value for row in work.before.values.get(table) or ())
