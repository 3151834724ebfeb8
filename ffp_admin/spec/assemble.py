"""Drafts → the frozen catalog: names taken once, checks between declarations, only what is sound goes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ffp_admin.problems import Code, Problem
from ffp_admin.spec.crosscheck import Desk, check_names, check_within
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Document, Form, ImportProfile, Role
from ffp_admin.spec.reader import CODE_LIST, DOCUMENT, IMPORT_PROFILE, REGISTER, ROLE, Draft, FileDrafts

#: what a declaration cannot do without: (sort, key)
Need = tuple[str, str]


def assemble(files: Iterable[FileDrafts]) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalog of everything sound, and every problem sorted by place.

    A declaration with a problem is left out, and with it what cannot work without it; roles only lose that grant.
    """
    read = list(files)
    desk = Desk({}, frozenset(one for file in read for one in file.missed))
    broken: set[int] = set()
    for file in read:
        desk.problems.extend(file.problems)
        for draft in file.drafts:
            _seat(desk, draft, broken)
    check_within(desk)
    check_names(desk)
    broken |= {id(draft) for _problem, draft in desk.problems if draft}
    sound = _sound({need: one for need, one in desk.drafts.items() if id(one) not in broken})
    problems = sorted((problem for problem, _draft in desk.problems), key=lambda p: (p.place, p.code.number))
    return _catalog(sound), tuple(problems)


def _seat(desk: Desk, draft: Draft, broken: set[int]) -> None:
    """Gives a draft its name, unless another has it."""
    taken = desk.drafts.get((draft.sort, draft.key))
    if not draft.key:
        broken.add(id(draft))
    elif taken:
        desk.note(draft, Code.NAME_TAKEN, draft.place, name=draft.key, first=taken.place)
    else:
        desk.drafts[draft.sort, draft.key] = draft


def _sound(drafts: dict[Need, Draft]) -> dict[Need, Draft]:
    """Drops, until nothing changes, what needs a declaration that is not there."""
    while True:
        kept = {need: one for need, one in drafts.items() if all(n in drafts for n in needs(one))}
        if len(kept) == len(drafts):
            return kept
        drafts = kept


def needs(draft: Draft) -> set[Need]:
    """The declarations a draft cannot do without."""
    declared = draft.declared
    if isinstance(declared, Form):
        fields = [one for top in declared.fields() for one in (top, *top.fields)]
        registers = {(REGISTER, KINDS[one.kind].register) for one in fields if KINDS[one.kind].register}
        return registers | {(CODE_LIST, one.codes) for one in fields if one.codes}
    if isinstance(declared, Document):
        return {(REGISTER, declared.form)}
    if isinstance(declared, ImportProfile):
        targets = [column.target for column in declared.columns] + [declared.period]
        named = {(REGISTER, target.partition(".")[0]) for target in targets if target}
        return named | {(REGISTER, declared.register)}
    return set()


def _catalog(drafts: Mapping[Need, Draft]) -> Catalog:
    def of(sort: str) -> Mapping[str, Any]:
        found = {key: draft.declared for (one, key), draft in drafts.items() if one == sort}
        return MappingProxyType(found)

    forms = of(REGISTER)
    roles = {key: _granted(role, forms) for key, role in of(ROLE).items()}
    return Catalog(
        forms=forms,
        codes=of(CODE_LIST),
        roles=MappingProxyType(roles),
        imports=of(IMPORT_PROFILE),
        documents=of(DOCUMENT),
    )


def _granted(role: Role, forms: Mapping[str, object]) -> Role:
    grants = {form: verbs for form, verbs in role.grants.items() if form == "*" or form in forms}
    return replace(
        role, grants=MappingProxyType(grants)
    )  # limits of a register that is not there limit nothing
