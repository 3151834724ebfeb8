"""What a newer catalog says otherwise than an older one, in sentences a county administrator reads before putting it in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from ffp_admin.i18n import N_, _, current_locale
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys import DECLARATIONS, RECORDS
from ffp_admin.spec.model import Catalog, Field, Form, Formula, Section
from ffp_admin.spec.words import LANGUAGES, VERB

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
#: catalog attribute of each sort of declaration
_PLACES = {
    "register": "forms",
    "code_list": "codes",
    "role": "roles",
    "import_profile": "imports",
    "document": "documents",
}
_PARTS_ADDED = {
    "field": N_("adds the field '{name}'"),
    "section": N_("adds the section '{name}'"),
    "check": N_("adds the check '{name}'"),
    "code": N_("adds the word '{name}'"),
}
_PARTS_REMOVED = {
    "field": N_("no longer shows the field '{name}'; what was filled in stays stored"),
    "section": N_("removes the section '{name}'"),
    "check": N_("removes the check '{name}'"),
    "code": N_("removes the word '{name}'"),
}
_PART_ADDED, _PART_REMOVED = N_("adds the column '{name}'"), N_("removes the column '{name}'")
_REQUIRED_ADDED = N_("adds the required field '{name}'")
_MOVED = N_("moves the field '{name}' from the section '{old}' to '{new}'")
_REORDERED = N_("changes the order of the fields")
_TURNED = N_("{name}: {attribute} {old} → {new}")
_OWN_TURNED = N_("{attribute} {old} → {new}")
_NOTHING = N_("(none)")
_QUOTED = N_("'{text}'")
_GRANTED = N_("'{name}' may now: {verbs}")
_TAKEN = N_("'{name}' may no longer: {verbs}")
_BETWEEN = N_(", ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One declaration that was added, removed or changed; `lines` say what in sentences."""

    sort: str
    key: str
    #: what sort of declaration it is, and its name
    title: str
    change: str
    lines: tuple[str, ...] = ()
    #: paths of fields it no longer shows, and of new fields that must be filled in
    hidden: tuple[str, ...] = ()
    demanded: tuple[str, ...] = ()


def differences(old: Catalog, new: Catalog) -> tuple[Difference, ...]:
    """Every declaration that is not the same in both, in the order of the reference; texts in the current locale."""
    found: list[Difference] = []
    for sort, place in _PLACES.items():
        before, after = getattr(old, place), getattr(new, place)
        found += [_whole(sort, after[key], ADDED) for key in after if key not in before]
        found += [_changed(sort, before[key], after[key]) for key in after if key in before]
        found += [_whole(sort, before[key], REMOVED) for key in before if key not in after]
    return tuple(one for one in found if one.change != CHANGED or one.lines)


def _whole(sort: str, declared: Any, change: str) -> Difference:
    return Difference(sort=sort, key=declared.key, title=_title(sort, declared), change=change)


def _title(sort: str, declared: Any) -> str:
    return f"{DECLARATIONS[sort].keys[0].spelling(_language())} {declared.label}"


def _changed(sort: str, old: Any, new: Any) -> Difference:
    own = tuple(_attributes(DECLARATIONS[sort], old, new))
    parts: tuple[str, ...] = ()
    if isinstance(new, Form):
        parts = tuple(_form_parts(old, new))
    return Difference(
        sort=sort,
        key=new.key,
        title=_title(sort, new),
        change=CHANGED,
        lines=(*own, *parts),
        hidden=_gone(old, new) if isinstance(new, Form) else (),
        demanded=_demanded(old, new) if isinstance(new, Form) else (),
    )


def _gone(old: Form, new: Form) -> tuple[str, ...]:
    kept = {one.key for one in new.fields()}
    return tuple(one.key for one in old.fields() if one.key not in kept)


def _demanded(old: Form, new: Form) -> tuple[str, ...]:
    known = {one.key: one for one in old.fields()}
    return tuple(
        one.key for one in new.fields() if one.required and not (one.key in known and known[one.key].required)
    )


def _attributes(record: Record, old: Any, new: Any, name: str = "") -> Iterator[str]:
    """Sentences for every key of a record but the parts of a form, which are compared as a whole."""
    for key in record:
        if key.slot is Slot.KEY or key.name in ("sections", "fields"):
            continue
        before, after = getattr(old, key.target, None), getattr(new, key.target, None)
        if _bare(before) == _bare(after):
            continue
        yield from _attribute(key, before, after, name)


def _attribute(key: Key, before: Any, after: Any, name: str) -> Iterator[str]:
    if key.slot is Slot.GRANTS:
        yield from _grants(before, after)
    elif key.slot is Slot.RECORD:
        yield from _attributes(RECORDS[key.record], before, after, key.spelling(_language()))
    elif key.slot in (Slot.RECORDS, Slot.NAMED, Slot.CODES):
        yield from _parts(key.record, before, after)
    else:
        attribute = key.spelling(_language())
        facts = {"attribute": attribute, "old": _shown(key, before), "new": _shown(key, after)}
        yield _(_TURNED, name=name, **facts) if name else _(_OWN_TURNED, **facts)


def _form_parts(old: Form, new: Form) -> Iterator[str]:
    """Sections and fields: a field is the same wherever it stands in the form."""
    yield from _parts("section", old.sections, new.sections)
    yield from _parts("field", tuple(old.fields()), tuple(new.fields()))
    was = {field.key: section for section in old.sections for field in section.fields}
    for section in new.sections:
        for field in section.fields:
            if field.key in was and was[field.key].key != section.key:
                yield _(_MOVED, name=field.label, old=was[field.key].label, new=section.label)
    kept = {one.key for one in new.fields()} & was.keys()
    if [one.key for one in old.fields() if one.key in kept] != [
        one.key for one in new.fields() if one.key in kept
    ]:
        yield _(_REORDERED)


def _parts(sort: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """Rows of a record matched by what they are known by."""
    before = {_known_by(one): one for one in old}
    after = {_known_by(one): one for one in new}
    for known, part in after.items():
        if known not in before:
            demanded = isinstance(part, Field) and part.required
            text = _REQUIRED_ADDED if demanded else _PARTS_ADDED.get(sort, _PART_ADDED)
            yield _(text, name=_name(part))
            continue
        yield from _attributes(RECORDS[sort], before[known], part, _name(before[known]))
        if isinstance(part, Field):
            yield from (
                f"{part.label}: {line}" for line in _parts("field", before[known].fields, part.fields)
            )
    for known, part in before.items():
        if known not in after:
            yield _(_PARTS_REMOVED.get(sort, _PART_REMOVED), name=_name(part))


def _known_by(part: Any) -> object:
    """Fields, sections and columns by key, words by code, checks by what they tell, columns of paper by path."""
    for attribute in ("key", "code", "otherwise"):
        if hasattr(part, attribute):
            return getattr(part, attribute)
    return part.path, part.label


def _name(part: Any) -> str:
    return str(getattr(part, "label", "") or getattr(part, "otherwise", "") or getattr(part, "key", ""))


def _grants(old: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for form in dict.fromkeys((*new, *old)):
        before, after = set(old.get(form, ())), set(new.get(form, ()))
        for text, verbs in ((_GRANTED, after - before), (_TAKEN, before - after)):
            if verbs:
                named = [VERB.spelling(verb, _language()) for verb in VERB.chinese if verb in verbs]
                yield _(text, name=form, verbs=_(_BETWEEN).join(named))


def _bare(value: Any) -> Any:
    """A value without its places in files."""
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, tuple):
        return tuple(_bare(one) for one in value)
    if isinstance(value, Field | Section) or hasattr(value, "__dataclass_fields__"):
        return tuple(
            (name, _bare(getattr(value, name)))
            for name in value.__dataclass_fields__
            if name not in ("place", "language", "fingerprint")
        )
    return {key: _bare(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def _shown(key: Key, value: Any) -> str:
    """A value as it is written in a declaration, in quotation marks when it is a text."""
    if value in (None, "", ()):
        return _(_NOTHING)
    if key.words is not None:
        words = value if isinstance(value, tuple) else (value,)
        return _joined(_word(key, one) for one in words)
    if isinstance(value, tuple):
        return _joined(_joined(one) if isinstance(one, tuple) else str(_bare(one)) for one in value)
    if isinstance(value, int | date):
        return str(value)
    return _(_QUOTED, text=_bare(value))


def _word(key: Key, value: object) -> str:
    assert key.words is not None
    word = str(value.value if isinstance(value, Enum) else value)
    word = word.lower() if isinstance(value, bool) else word
    return key.words.spelling(word, _language()) if word in key.words.chinese else word


def _joined(texts: Iterable[str]) -> str:
    return _(_BETWEEN).join(texts)


def _language() -> str:
    return current_locale() if current_locale() in LANGUAGES else LANGUAGES[0]
