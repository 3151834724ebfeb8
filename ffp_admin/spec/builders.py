"""Values → the frozen dataclasses of the catalog, one builder for each record of the grammar.

A builder always builds what it can: what is wrong was noted and keeps the declaration out of the catalog, but its
other parts are still checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ffp_admin.problems import Code
from ffp_admin.spec import habits, model, names
from ffp_admin.spec.fields import field
from ffp_admin.spec.patterns import in_chinese, title_fault
from ffp_admin.spec.reading import Notes
from ffp_admin.spec.records import Builder, Values
from ffp_admin.spec.words import TITLE_PLACE

#: columns of a list nobody described
_FIRST_FIELDS = 6


def _nothing(values: Values) -> model.Formula:
    return model.Formula(text="", place=values.place)


def _section(notes: Notes, name: str, values: Values) -> model.Section:
    if len(name) > names.SECTION_LENGTH:
        limit = names.SECTION_LENGTH
        notes.note(Code.NAME_TOO_LONG, values.place, name=habits.short(name), length=len(name), limit=limit)
    return model.Section(key=name, place=values.place, **{"label": name, "fields": (), **values.given})


def _list(_notes: Notes, _name: str, values: Values) -> model.ListView:
    return model.ListView(**{"columns": (), **values.given})


def _check(_notes: Notes, _name: str, values: Values) -> model.Check:
    given = {"must": _nothing(values), "otherwise": "", **values.given}
    level = model.Level(given.pop("level", "error"))
    return model.Check(place=values.place, level=level, **given)


def _register(notes: Notes, _name: str, values: Values) -> model.Form:
    given: dict[str, Any] = {"label": "", "sections": (), **values.given}
    key = given.pop("register", "")
    if "list" not in given:
        given["list"] = _plain_list(given.get("display", ()), given["sections"])
    return model.Form(key=key, place=values.place, language=notes.language, **given)


def _plain_list(display: tuple[str, ...], sections: tuple[model.Section, ...]) -> model.ListView:
    """The list of a register that describes none: its caption, else its first fields."""
    first = [one.key for section in sections for one in section.fields if not one.fields][:_FIRST_FIELDS]
    return model.ListView(columns=display or tuple(first))


def _code(_notes: Notes, name: str, values: Values) -> model.CodeWord:
    return model.CodeWord(code=name, **{"label": "", **values.given})


def _code_list(notes: Notes, _name: str, values: Values) -> model.CodeList:
    given = values.given
    return model.CodeList(
        key=given.get("code_list", ""),
        label=given.get("label", ""),
        place=values.place,
        language=notes.language,
        words=given.get("words", ()),
    )


def _role(_notes: Notes, _name: str, values: Values) -> model.Role:
    given: dict[str, Any] = {"label": "", "grants": {}, **values.given}
    grants = MappingProxyType(given.pop("grants"))
    return model.Role(key=given.pop("role", ""), place=values.place, grants=grants, **given)


def _import_profile(notes: Notes, _name: str, values: Values) -> model.ImportProfile:
    given = {"label": "", "register": "", "columns": (), "block_by": (), **values.given}
    key = given.pop("import_profile", "")
    return model.ImportProfile(key=key, place=values.place, language=notes.language, **given)


def _import_column(_notes: Notes, name: str, values: Values) -> model.ImportColumn:
    return model.ImportColumn(
        key=name, place=values.place, **{"headings": (name,), "target": "", **values.given}
    )


def _document(notes: Notes, _name: str, values: Values) -> model.Document:
    given: dict[str, Any] = {
        "label": "",
        "form": "",
        "block_by": "",
        "title": "",
        "columns": (),
        **values.given,
    }
    key = given.pop("document", "")
    for where, text in (("title", given["title"]), *(("subtitle", one) for one in given.get("subtitle", ()))):
        if fault := title_fault(text, TITLE_PLACE, notes.language):
            place = values.keys[where]
            notes.note(Code.BAD_PATTERN, place, value=habits.short(text), reason=fault)
    given["title"] = in_chinese(given["title"], TITLE_PLACE)
    given["subtitle"] = tuple(in_chinese(one, TITLE_PLACE) for one in given.get("subtitle", ()))
    return model.Document(key=key, place=values.place, language=notes.language, **given)


def _document_column(_notes: Notes, _name: str, values: Values) -> model.DocumentColumn:
    path = values.given.get("path", "")
    given = {"path": path, "label": path.rpartition(".")[2], **values.given}
    return model.DocumentColumn(place=values.place, **given)


BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        "register": _register,
        "section": _section,
        "field": field,
        "list": _list,
        "check": _check,
        "code_list": _code_list,
        "code": _code,
        "role": _role,
        "import_profile": _import_profile,
        "import_column": _import_column,
        "document": _document,
        "document_column": _document_column,
    }
)
