"""Checks that look at the other records of the same household: counted, with the record itself as it is being saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin import rules
from ffp_admin.rules.tree import walk
from ffp_admin.spec.model import Check, Form
from tests.rules.declaring import ThisWorld, a_catalog, a_check, a_field, a_form, a_list, a_table

RELATIONS = a_list("relation", "户主", "配偶", "之子", label="与户主关系")
FIELDS = (
    a_field("户", "household"),
    a_field("人", "person"),
    a_field("关系", "choice", codes="relation"),
    a_field("减少", "boolean"),
    a_field("年龄", "integer"),
    a_field("推算", "choice", codes="relation", filled_from="关系"),
)
HEADS = "COUNT(户.家庭成员 其中 关系 为 户主 且 减少 不为 是)"

Others = Mapping[object, Mapping[str, object]]


def member(*checks: Check) -> Form:
    return replace(a_form(*FIELDS, *checks, key="member"), label="家庭成员", scope="户")


def catalog(form: Form) -> Any:
    made = a_catalog(form)
    members = {} if form.key == "member" else {"member": member()}
    return replace(made, forms={**made.forms, **members}, codes={**made.codes, "relation": RELATIONS})


def found(must: str, others: Others | None, own: object = None, /, **values: Any) -> list[str]:
    """Codes of the findings of a member of household 7."""
    form = member(a_check(must))
    world = ThisWorld(
        around={("member", "户", 7): others},
        records={
            ("person", 1): {"姓名": "甲"},
            ("person", 2): {"姓名": "乙"},
            ("household", 7): {"户主": "甲"},
        },
    )
    program = rules.program(form, catalog(form))
    return [one.code for one in program.evaluate({"户": 7, **values}, world, own).findings]


HEAD, SON = {"户": 7, "关系": "1", "减少": False}, {"户": 7, "关系": "3", "减少": False}


def test_the_record_counts_as_it_is_being_saved() -> None:
    most_one = f"{HEADS} ≤ 1"
    assert found(most_one, {1: HEAD}, 关系="1", 减少=False) == ["related"]  # a second head is added
    assert found(most_one, {1: HEAD, 2: SON}, 2, 关系="1", 减少=False) == ["related"]  # the son becomes one
    assert found(most_one, {1: HEAD, 2: SON}, 1, 关系="1", 减少=False) == []  # the head is saved as he was
    assert found(most_one, {1: HEAD, 2: HEAD}, 1, 关系="3", 减少=False) == []  # one of two heads steps down
    assert found(f"{HEADS} = 1", {1: HEAD}, 1, 关系="3", 减少=False) == ["related"]  # the only one does


def test_a_record_that_moves_away_does_not_count_where_it_was() -> None:
    form = member(a_check(f"{HEADS} ≤ 1"))
    world = ThisWorld(around={("member", "户", 7): {1: HEAD, 2: HEAD}, ("member", "户", 8): {}})
    moved = rules.program(form, catalog(form)).evaluate({"户": 8, "关系": "1", "减少": False}, world, 2)
    assert moved.findings == ()


def test_what_is_unknown_leaves_the_check_waiting() -> None:
    most_one = f"{HEADS} ≤ 1"
    assert found(most_one, {1: {"户": 7, "关系": None}, 2: HEAD}, 关系="1", 减少=False) == []
    assert found(most_one, None, 关系="1", 减少=False) == []  # the world cannot tell
    form = member(a_check(most_one))
    assert rules.program(form, catalog(form)).evaluate({"关系": "1"}, ThisWorld()).findings == ()


def test_every_one_columns_and_emptiness_are_read_as_with_tables() -> None:
    aged: Others = {1: {**HEAD, "年龄": 40}, 2: {**SON, "年龄": 10}}
    assert found("户.家庭成员 每行 (年龄 < 50)", aged, 年龄=60) == ["related"]
    assert found("户.家庭成员 每行 (年龄 < 50)", aged, 年龄=49) == []
    assert found("SUM(户.家庭成员.年龄 其中 关系 为 之子) = 10", aged, 关系="1") == []
    assert found("MAX(户.家庭成员.年龄) ≤ 40", aged, 年龄=41) == ["related"]
    assert found("户.家庭成员 不为空", {}) == []  # the record itself is one
    assert found("COUNT(户.家庭成员.年龄) = 2", aged, 3) == []


def test_a_related_record_leads_on_through_its_references() -> None:
    same = "户.家庭成员 每行 (关系 不为 户主 或 人.姓名 = 户.户主)"
    assert found(same, {1: {**HEAD, "人": 1}}, 关系="3") == []
    assert found(same, {1: {**HEAD, "人": 2}}, 关系="3") == ["related"]


def test_a_register_looks_at_those_that_point_to_it() -> None:
    form = a_form(
        a_field("户主", "text"),
        a_field("人口", "integer"),
        a_check("COUNT(member) = 人口"),
        a_check("家庭成员 每行 (关系 不为 户主 或 人.姓名 = 户主)"),
        key="household",
    )
    world = ThisWorld(
        around={("member", "户", 7): {1: {**HEAD, "人": 1}}}, records={("person", 1): {"姓名": "甲"}}
    )
    program = rules.program(form, catalog(form))
    assert program.evaluate({"户主": "甲", "人口": 1}, world, 7).findings == ()
    assert len(program.evaluate({"户主": "乙", "人口": 2}, world, 7).findings) == 2
    # nobody belongs to a household that is new
    assert [one.code for one in program.evaluate({"户主": "乙", "人口": 2}, world).findings] == ["related"]


def test_a_field_of_that_name_comes_first() -> None:
    form = a_form(
        a_table("家庭成员", a_field("年龄", "integer")), a_check("COUNT(家庭成员) = 1"), key="household"
    )
    program = rules.program(form, catalog(form))
    assert program.links == ()
    assert program.evaluate({"家庭成员": ({"年龄": 3},)}, ThisWorld(), 7).findings == ()


def test_a_program_says_what_it_looks_at_and_what_to_watch() -> None:
    form = member(a_check(f"{HEADS} ≤ 1"), a_check("户.家庭成员 每行 (年龄 < 120)"))
    [link] = (program := rules.program(form, catalog(form))).links
    assert (link.through, link.register, link.field, link.has_own) == ("户", "member", "户", True)
    assert link.reads == {"户", "关系", "减少", "年龄"}
    assert {"户", "关系", "减少", "年龄"} <= program.watched


def test_it_reads_as_a_sentence_and_as_its_own_text() -> None:
    form = member()
    for written, sentence in {
        "COUNT(户.家庭成员 其中 关系 为 户主) ≤ 1": (
            "the number of 户's 家庭成员 (only those where 关系 is “户主”) is at most 1"
        ),
        "户.家庭成员 每行 (年龄 < 120)": "for each of 户's 家庭成员: 年龄 is less than 120",
        "SUM(户.家庭成员.年龄) < 500": "the sum of 年龄 of each of 户's 家庭成员 is less than 500",
    }.items():
        one = replace(form, checks=(a_check(written),))
        tree = rules.program(one, catalog(one)).bound[rules.Use.CHECK, "0"]
        assert rules.explain(tree, one, catalog(one)) == sentence
        again = replace(form, checks=(a_check(rules.text(tree)),))
        assert rules.program(again, catalog(again)).bound[rules.Use.CHECK, "0"] == tree


def test_the_trace_counts_and_tells_nothing_of_the_others() -> None:
    form = member(a_check(f"{HEADS} ≤ 1 且 户.家庭成员 每行 (年龄 < 120)"))
    tree = rules.program(form, catalog(form)).bound[rules.Use.CHECK, "0"]
    world = ThisWorld(around={("member", "户", 7): {1: {**HEAD, "年龄": 87}}})
    [step] = rules.trace(tree, {"户": 7, "关系": "3", "年龄": 12}, world, catalog(form))
    said = _steps(step)
    assert [one.value for one in said if one.source == "member:户"] == [1]
    assert not any(one.value == 87 or "87" in one.written for one in said)


def _steps(step: rules.Step) -> list[rules.Step]:
    return [step, *(below for one in step.steps for below in _steps(one))]


@given(st.lists(st.sampled_from(["1", "2", "3", None]), max_size=6), st.sampled_from(["1", "2", "3", None]))
def test_counting_equals_counting_by_hand(others: list[str | None], mine: str | None) -> None:
    """Kleene: an unknown one that might count makes the whole unknown, and the check waits."""
    rows: Others = {index: {"户": 7, "关系": one, "减少": False} for index, one in enumerate(others, 10)}
    codes = [*others, mine]
    wanted = [] if None in codes or codes.count("1") <= 1 else ["related"]
    assert found(f"{HEADS} ≤ 1", rows, 关系=mine, 减少=False) == wanted


def test_nothing_is_looked_at_by_a_form_without_such_a_check() -> None:
    form = member()
    assert rules.program(form, catalog(form)).links == ()
    tree = rules.parse("COUNT(户.家庭成员)", form.place)
    assert all(one.type is None for one in walk(tree))


@pytest.mark.parametrize("use", ["required_when", "shown_when", "formula"])
def test_only_a_check_may_look_around(use: str) -> None:
    kind: dict[str, Any] = {"kind": "computed", "result": "boolean"} if use == "formula" else {"kind": "text"}
    form = replace(
        a_form(*FIELDS, a_field("试", kind.pop("kind"), **kind, **{use: "户.家庭成员 为空"}), key="member"),
        label="家庭成员",
        scope="户",
    )
    assert [one.code.number for one in rules.check_form(form, catalog(form))] == ["E013"]
