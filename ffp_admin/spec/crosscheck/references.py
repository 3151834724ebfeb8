"""Names that point somewhere: each key of the grammar that holds a name says here where it may lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ffp_admin.problems import Code, Place
from ffp_admin.spec.crosscheck.desk import Desk, Fault, Target, kind_name
from ffp_admin.spec.guess import guess
from ffp_admin.spec.keys import RECORDS
from ffp_admin.spec.kinds import KINDS, Shape
from ffp_admin.spec.model import CodeList, Document, Field, Form, ImportProfile
from ffp_admin.spec.reader import Draft
from ffp_admin.spec.reading import Spot
from ffp_admin.spec.words import MOMENT

#: checks one name of a spot: what it is called, where it stands
Rule = Callable[[Desk, Draft, Spot, str, Place], None]
#: whether something can be used at a place, given where the name leads
Fits = Callable[[Target], bool]

#: the register of units
UNIT = "unit"
_NOT_SHOWN = frozenset({Shape.ROWS, Shape.NOTHING})
_NOT_COMPARED = _NOT_SHOWN | {Shape.CHOICES}


def _shown(target: Target) -> bool:
    return target.shape not in _NOT_SHOWN


def _compared(target: Target) -> bool:
    return target.shape not in _NOT_COMPARED


def _sorted(target: Target) -> bool:
    return _compared(target) and not (target.kind.sealed and not target.fact)


def _filled(target: Target) -> bool:
    return target.shape is not Shape.NOTHING and "formula" not in target.kind.keys


def _refers(target: Target) -> bool:
    return bool(target.kind.register)


def check_names(desk: Desk) -> None:
    """Every name of every draft leads somewhere fit for its purpose."""
    for draft in list(desk.drafts.values()):
        for spot in draft.spots:
            for key, names in spot.names.items():
                rule = RULES.get((spot.record.name, key))
                for name, place in names if rule else ():
                    assert rule is not None
                    rule(desk, draft, spot, name, place)


def _judge(
    desk: Desk,
    draft: Draft,
    found: Target | Fault,
    fits: Fits,
    spot: Spot,
    key: str,
    named: tuple[str, Place],
) -> None:
    name, place = named
    if isinstance(found, Fault):
        desk.fault(draft, found, place)
    elif not fits(found):
        spelling = RECORDS[spot.record.name].key(key).spelling(draft.language)
        desk.note(
            draft, Code.NOT_USABLE_HERE, place, name=name, kind=kind_name(draft, found.kind), key=spelling
        )


def _form_of(desk: Desk, draft: Draft) -> Form | Fault:
    """The form whose fields a draft's names mean."""
    declared = draft.declared
    return desk.form(declared.form) if isinstance(declared, Document) else declared


def _path(key: str, fits: Fits) -> Rule:
    """A dotted path through references."""

    def rule(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
        form = _form_of(desk, draft)
        if isinstance(form, Form):
            _judge(desk, draft, desk.path(form, name), fits, spot, key, (name, place))

    return rule


def _own(key: str, fits: Fits) -> Rule:
    """A field of the form itself."""

    def rule(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
        form = _form_of(desk, draft)
        if isinstance(form, Form):
            _judge(desk, draft, desk.own_field(form, name), fits, spot, key, (name, place))

    return rule


def _order(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
    bare = name.removeprefix("-")
    if bare not in MOMENT.chinese:
        _own("order", _sorted)(desk, draft, spot, bare, place)


def _at(desk: Desk, draft: Draft, _spot: Spot, name: str, place: Place) -> None:
    found = desk.row_field(draft.declared, name)
    if isinstance(found, Fault):
        desk.fault(draft, found, place)


def _scope(desk: Desk, draft: Draft, _spot: Spot, name: str, place: Place) -> None:
    form: Form = draft.declared
    found = desk.own_field(form, name)
    if isinstance(found, Fault):
        desk.fault(draft, found, place)
    elif not _refers(found):
        desk.note(draft, Code.NO_SCOPE, place, name=name, form=form.label)


def _register(desk: Desk, draft: Draft, _spot: Spot, name: str, place: Place) -> None:
    found = desk.form(name)
    if isinstance(found, Fault):
        desk.fault(draft, found, place)


def _grant(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
    if name != "*":
        _register(desk, draft, spot, name, place)


def _codes(desk: Desk, draft: Draft, _spot: Spot, name: str, place: Place) -> None:
    found = desk.codes(name)
    if isinstance(found, Fault):
        desk.fault(draft, found, place)


def _default(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
    """The default of a choice is a word of its code list."""
    field: Field = spot.owner
    codes = desk.codes(field.codes) if "codes" in KINDS[field.kind].needs and field.codes else None
    if isinstance(codes, CodeList) and codes.find(name) is None:
        labels = [word.label for word in codes.words]
        desk.note(draft, Code.UNKNOWN_CODE, place, name=name, codes=codes.label, guess=guess(name, labels))


def _target(key: str) -> Rule:
    """Register and field a column of a workbook fills: household.户主姓名."""

    def rule(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
        form_key, _dot, path = name.partition(".")
        form = desk.form(form_key)
        found = form if isinstance(form, Fault) else desk.row_field(form, path)
        _judge(desk, draft, found, _filled, spot, key, (name, place))

    return rule


def _handled_by(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
    _judge(
        desk,
        draft,
        desk.own_field(draft.declared, name),
        lambda found: found.kind.register == UNIT,
        spot,
        "handled_by",
        (name, place),
    )


def _household_by(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
    """A field of another register that leads back to this one."""
    form_key, _dot, path = name.partition(".")
    form = desk.form(form_key)
    found = form if isinstance(form, Fault) else desk.own_field(form, path)
    back = draft.declared.key
    _judge(desk, draft, found, lambda one: one.kind.register == back, spot, "household_by", (name, place))


def _limited(key: str) -> Rule:
    """Register and field, column of a table or section: person.健康情况; whose record it is cannot be hidden."""

    def rule(desk: Desk, draft: Draft, spot: Spot, name: str, place: Place) -> None:
        form_key, _dot, path = name.partition(".")
        form = desk.form(form_key)
        if isinstance(form, Fault):
            desk.fault(draft, form, place)
        elif path not in {section.key for section in form.sections}:
            found = desk.row_field(form, path)
            _judge(desk, draft, found, lambda one: one.field.key != form.scope, spot, key, (path, place))

    return rule


def _block_column(desk: Desk, draft: Draft, _spot: Spot, name: str, place: Place) -> None:
    profile: ImportProfile = draft.declared
    columns = [column.key for column in profile.columns]
    if name not in columns and name not in draft.lost:
        desk.note(draft, Code.UNKNOWN_COLUMN, place, name=name, guess=guess(name, columns))


def _parent(desk: Desk, draft: Draft, _spot: Spot, name: str, place: Place) -> None:
    codes: CodeList = draft.declared
    if codes.by_code(name) is None:
        known = [word.code for word in codes.words]
        desk.note(draft, Code.UNKNOWN_CODE, place, name=name, codes=codes.label, guess=guess(name, known))


#: (record, key) → rule; a test holds that every NAME, NAMES, GROUPS, SORTING and GRANTS key is here
RULES: Mapping[tuple[str, str], Rule] = MappingProxyType(
    {
        ("register", "scope"): _scope,
        ("register", "handled_by"): _handled_by,
        ("register", "household_by"): _household_by,
        ("register", "display"): _path("display", _shown),
        ("register", "unique"): _own("unique", _compared),
        ("list", "columns"): _path("columns", _shown),
        ("list", "filters"): _path("filters", _shown),
        ("list", "order"): _order,
        ("check", "at"): _at,
        ("field", "codes"): _codes,
        ("field", "default"): _default,
        ("code", "parent"): _parent,
        ("role", "grants"): _grant,
        ("role", "hides"): _limited("hides"),
        ("role", "masks"): _limited("masks"),
        ("import_profile", "register"): _register,
        ("import_profile", "block_by"): _block_column,
        ("import_profile", "period"): _target("period"),
        ("import_column", "target"): _target("target"),
        ("document", "form"): _register,
        ("document", "block_by"): _own("block_by", _refers),
        ("document", "order"): _path("order", _sorted),
        ("document_column", "path"): _path("path", _shown),
    }
)
