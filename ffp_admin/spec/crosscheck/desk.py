"""All drafts side by side: who declares what, and where a dotted path leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ffp_admin.problems import Code, Place, Problem
from ffp_admin.spec.guess import guess
from ffp_admin.spec.kinds import KINDS, Kind, Shape
from ffp_admin.spec.model import CodeList, Field, Form
from ffp_admin.spec.reader import CODE_LIST, REGISTER, Draft


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a name leads nowhere; without a code the reason was reported elsewhere."""

    code: Code | None
    facts: Mapping[str, object] = field(default_factory=dict)


#: reported elsewhere
EXCUSED = Fault(None)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads: a field, or a fact its value carries (证件号码.出生日期)."""

    field: Field
    fact: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of the field."""
        return KINDS[self.field.kind]

    @property
    def shape(self) -> Shape:
        """What stands there, for an expression or a list."""
        return self.kind.facts[self.fact] if self.fact else self.kind.shape


@dataclass(slots=True)
class Desk:
    """The drafts by sort and key (the first wins), and the problems found between them."""

    drafts: dict[tuple[str, str], Draft]
    #: (sort, key) seemingly declared by files that cannot be read
    missed: frozenset[tuple[str, str]]
    problems: list[tuple[Problem, Draft | None]] = field(default_factory=list)

    def note(self, draft: Draft, code: Code, place: Place, **facts: object) -> None:
        """Remember a problem of a draft."""
        self.problems.append((Problem(code=code, place=place, facts=facts), draft))

    def fault(self, draft: Draft, fault: Fault, place: Place) -> None:
        """Remember why a name leads nowhere, unless that was reported elsewhere."""
        if fault.code is not None:
            self.note(draft, fault.code, place, **fault.facts)

    def of(self, sort: str) -> Iterator[Draft]:
        """All drafts of one sort."""
        return (draft for (found, _key), draft in self.drafts.items() if found == sort)

    def named(self, sort: str, key: str) -> Draft | Fault:
        """The draft with this key, or why there is none."""
        if draft := self.drafts.get((sort, key)):
            return draft
        if (sort, key) in self.missed:
            return EXCUSED
        known = [key for found, key in self.drafts if found == sort]
        code = {REGISTER: Code.UNKNOWN_FORM, CODE_LIST: Code.UNKNOWN_CODES}[sort]
        return Fault(code, {"name": key, "guess": guess(key, known)})

    def form(self, key: str) -> Form | Fault:
        """The form with this key, or why there is none."""
        found = self.named(REGISTER, key)
        if isinstance(found, Fault):
            return found
        assert isinstance(found.declared, Form)
        return found.declared

    def codes(self, key: str) -> CodeList | Fault:
        """The code list with this key, or why there is none."""
        found = self.named(CODE_LIST, key)
        if isinstance(found, Fault):
            return found
        assert isinstance(found.declared, CodeList)
        return found.declared

    def own_field(self, form: Form, name: str, fields: Iterable[Field] | None = None) -> Target | Fault:
        """A field of the form itself (or of `fields`), or why there is none."""
        known = {one.key: one for one in (form.fields() if fields is None else fields)}
        if name in known:
            return Target(known[name])
        draft = self.drafts.get((REGISTER, form.key))
        if draft and name in draft.lost:
            return EXCUSED
        facts = {"name": name, "form": form.label or form.key, "guess": guess(name, known)}
        return Fault(Code.UNKNOWN_FIELD, facts)

    def row_field(self, form: Form, path: str) -> Target | Fault:
        """A field of the form, or of a table in it (药费票据.金额)."""
        first, dot, rest = path.partition(".")
        found = self.own_field(form, first)
        if not dot or isinstance(found, Fault):
            return found
        if found.shape is not Shape.ROWS:
            return Fault(Code.NOT_A_REFERENCE, {"name": first})
        return self.own_field(form, rest, found.field.fields)

    def path(self, form: Form, path: str) -> Target | Fault:
        """Where a dotted path through references leads."""
        first, dot, rest = path.partition(".")
        found = self.own_field(form, first)
        if not dot or isinstance(found, Fault):
            return found
        if found.kind.register:
            behind = self.form(found.kind.register)
            return behind if isinstance(behind, Fault) else self.path(behind, rest)
        if not found.kind.facts:
            return Fault(Code.NOT_A_REFERENCE, {"name": first})
        fact = found.kind.fact_names.get(rest, rest)
        if fact in found.kind.facts:
            return Target(found.field, fact)
        facts = {"name": rest, "form": found.field.label, "guess": guess(rest, found.kind.facts)}
        return Fault(Code.UNKNOWN_FIELD, facts)


def kind_name(draft: Draft, kind: Kind) -> str:
    """A kind as the draft's language writes it."""
    return kind.name if draft.language == "en" else kind.chinese
