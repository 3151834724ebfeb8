"""Small forms for tests, made without files, and a world that answers from a dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ffp_admin import rules
from ffp_admin.problems import Place
from ffp_admin.spec.model import (
    Catalog,
    Check,
    CodeList,
    CodeWord,
    Field,
    Form,
    Formula,
    Level,
    ListView,
    Section,
)

HERE = Place(file="form.yaml")
DAY = date(2026, 3, 1)
_FORMULAS = ("required_when", "shown_when", "filled_from", "formula")


def a_field(key: str, kind: str, **more: Any) -> Field:
    """A field; texts of expressions become formulas."""
    for name in _FORMULAS:
        if name in more:
            more[name] = Formula(text=more[name], place=HERE)
    return Field(key=key, kind=kind, label=more.pop("label", key), place=HERE, **more)


def computed(key: str, result: str, formula: str, **more: Any) -> Field:
    """A computed field."""
    return a_field(key, "computed", result=result, formula=formula, **more)


def a_table(key: str, *fields: Field, **more: Any) -> Field:
    """A table."""
    return a_field(key, "table", fields=fields, **more)


def a_check(must: str, otherwise: str = "no", *, at: str = "", level: Level = Level.ERROR) -> Check:
    """A declared check."""
    return Check(must=Formula(text=must, place=HERE), otherwise=otherwise, level=level, place=HERE, at=at)


def a_section(key: str, *fields: Field, shown_when: str = "") -> Section:
    """A section."""
    formula = Formula(text=shown_when, place=HERE) if shown_when else None
    return Section(key=key, label=key, place=HERE, fields=fields, shown_when=formula)


def a_form(*parts: Field | Check | Section, key: str = "form") -> Form:
    """A form of loose fields (in one section), sections and checks."""
    loose = tuple(one for one in parts if isinstance(one, Field))
    sections = [one for one in parts if isinstance(one, Section)]
    if loose:
        sections.insert(0, a_section("main", *loose))
    checks = tuple(one for one in parts if isinstance(one, Check))
    view = ListView(columns=())
    return Form(
        key=key, label=key, place=HERE, language="zh", sections=tuple(sections), list=view, checks=checks
    )


def a_list(key: str, *labels: str | CodeWord, label: str = "") -> CodeList:
    """A code list; plain labels get the codes 1, 2, 3 …"""
    words = tuple(
        one if isinstance(one, CodeWord) else CodeWord(code=str(number), label=one)
        for number, one in enumerate(labels, start=1)
    )
    return CodeList(key=key, label=label or key, place=HERE, language="zh", words=words)


LEVELS = a_list("level", "一级", "二级", "三级", "四级", label="等级")
TYPES = a_list(
    "type",
    "一般农户",
    CodeWord(code="2", label="脱贫户", aliases=("老户",)),
    CodeWord(code="09", label="监测户（新）"),
    CodeWord(code="10", label="旧类", valid_to=date(2025, 12, 31)),
    label="户类型",
)
GENDER = a_list("gender", "男", "女")
HOUSEHOLD = a_form(
    a_field("户主", "text"),
    a_field("户类型", "choice", codes="type"),
    a_field("电话", "phone"),
    a_field("人口数", "integer"),
    a_field("区划", "region"),
    key="household",
)
PERSON = a_form(a_field("姓名", "text"), a_field("证件号码", "id_number"), key="person")
REGION = a_form(a_field("名称", "text"), key="region")


def a_catalog(*forms: Form) -> Catalog:
    """A catalog with the shared registers and code lists."""
    every = {form.key: form for form in (HOUSEHOLD, PERSON, REGION, *forms)}
    return Catalog(forms=every, codes={one.key: one for one in (LEVELS, TYPES, GENDER)})


@dataclass(kw_only=True)
class ThisWorld:
    """Records by (register, id)."""

    records: Mapping[tuple[str, object], Mapping[str, object]] = field(default_factory=dict)
    #: (register, field, id) → records by their id; None: nothing is known
    around: Mapping[tuple[str, str, object], Mapping[object, Mapping[str, object]] | None] = field(
        default_factory=dict
    )
    today_of_record: date = DAY

    def fetch(self, register: str, id_or_code: object) -> Mapping[str, object] | None:
        return self.records.get((register, id_or_code))

    def related(self, register: str, field: str, id: object) -> Mapping[object, Mapping[str, object]] | None:
        return self.around.get((register, field, id), {})


WORLD = ThisWorld()


def evaluate(form: Form, world: rules.World = WORLD, /, **values: Any) -> rules.Outcome:
    """The outcome of a record of this form."""
    return rules.program(form, a_catalog(form)).evaluate(values, world)


def codes_of(form: Form) -> list[str]:
    """The codes of a form's problems, sorted."""
    return sorted(problem.code.number for problem in rules.check_form(form, a_catalog(form)))
