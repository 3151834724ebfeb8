"""What may occur only once: in the county, in a household, in a group of fields, in one record's rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ffp_admin.store import SYSTEM, Draft, PublishRefused, Rejected, Saved, Store, publish, save_many, void
from ffp_admin.store.matching import match
from tests.store.county import (
    CLERK,
    FILES,
    PERSON,
    POPLAR,
    WILLOW,
    household,
    id_number,
    person,
    put,
)


def refused(
    store: Store, form: str, id: int | None = None, /, **values: object
) -> list[tuple[str, str, str]]:
    with pytest.raises(Rejected) as caught:
        put(store, form, CLERK, id, **values)
    return [(one.field, one.code, one.message) for one in caught.value.findings]


def test_an_id_number_belongs_to_one_person_and_the_other_is_named_only_nearby(store: Store) -> None:
    person(store, "张三", 证件号码=id_number(1))
    [(field, code, message)] = refused(store, "person", 姓名="李四", 区划=WILLOW, 证件号码=id_number(1))
    assert (field, code) == ("证件号码", "unique")
    assert "张三" in message
    person(store, "王五", POPLAR, 证件号码=id_number(2))
    [(_field, _code, message)] = refused(store, "person", 姓名="李四", 区划=WILLOW, 证件号码=id_number(2))
    assert "王五" not in message


def test_people_without_a_number_do_not_disturb_each_other(store: Store) -> None:
    assert person(store) != person(store)


def test_a_changed_or_void_record_gives_its_number_back(store: Store) -> None:
    first = person(store, 证件号码=id_number(1))
    put(store, "person", CLERK, first, 1, 证件号码=id_number(2))
    second = person(store, "李四", 证件号码=id_number(1))
    with store.writing() as session:
        void(session, store, "person", second, "重复", SYSTEM)
    assert person(store, "王五", 证件号码=id_number(1)) > second
    assert refused(store, "person", 姓名="赵六", 区划=WILLOW, 证件号码=id_number(2))


def test_a_refused_edit_keeps_what_the_record_held(store: Store) -> None:
    first, second = person(store, 证件号码=id_number(1)), person(store, "李四", 证件号码=id_number(2))
    assert refused(store, "person", second, 证件号码=id_number(1))
    assert refused(store, "person", 姓名="王五", 区划=WILLOW, 证件号码=id_number(2))
    assert put(store, "person", CLERK, first, 1, 姓名="张三丰").row_version == 2


def test_a_refused_edit_of_a_batch_keeps_it_too(store: Store) -> None:
    person(store, 证件号码=id_number(1))
    second = person(store, "李四", 证件号码=id_number(2))
    drafts = [
        Draft("person", second, 1, {"证件号码": id_number(1)}),
        Draft("person", values={"姓名": "王五", "区划": WILLOW, "证件号码": id_number(3)}),
    ]
    with store.writing() as session:
        answers = save_many(session, store, "person", drafts, CLERK)
    assert [isinstance(one, Saved) for one in answers] == [False, True]
    assert refused(store, "person", 姓名="赵六", 区划=WILLOW, 证件号码=id_number(2))


def test_two_records_may_swap_in_one_batch(store: Store) -> None:
    first, second = person(store, 证件号码=id_number(1)), person(store, 证件号码=id_number(2))
    drafts = [
        Draft("person", first, 1, {"证件号码": id_number(2)}),
        Draft("person", second, 1, {"证件号码": id_number(1)}),
    ]
    with store.writing() as session:
        answers = save_many(session, store, "person", drafts, CLERK)
    assert all(isinstance(one, Saved) for one in answers)


def test_of_equal_drafts_in_a_batch_the_first_wins(store: Store) -> None:
    drafts = [
        Draft("person", values={"姓名": name, "区划": WILLOW, "证件号码": id_number(1)})
        for name in ("甲", "乙", "丙")
    ]
    with store.writing() as session:
        first, *others = save_many(session, store, "person", drafts, CLERK)
    assert isinstance(first, Saved)
    assert [one.findings[0].code for one in others if isinstance(one, Rejected)] == ["unique", "unique"]


def test_a_receipt_counts_once_in_the_county_and_once_in_its_record(store: Store) -> None:
    receipt = {"票据号码": "A1", "金额": Decimal(1)}
    twice = refused(store, "household", 户主姓名="甲", 区划=WILLOW, 药费票据=[receipt, receipt])
    assert [(field, code) for field, code, _message in twice] == [("药费票据[1].票据号码", "unique")]
    household(store, 药费票据=[receipt])
    again = refused(
        store, "household", 户主姓名="乙", 区划=WILLOW, 药费票据=[{"票据号码": "A0", "金额": 1}, receipt]
    )
    assert [(field, code) for field, code, _message in again] == [("药费票据[1].票据号码", "unique")]
    assert household(store, 药费票据=[{"票据号码": "A0", "金额": 1}])


def test_a_rank_counts_once_per_household_and_a_person_once_per_household(store: Store) -> None:
    home, other, who = household(store), household(store), person(store)
    put(store, "member", SYSTEM, 户=home, 人员=who, 排行="长子")
    assert refused(store, "member", 户=home, 人员=person(store), 排行="长子")[0][0] == "排行"
    assert refused(store, "member", 户=home, 人员=who, 排行="次子")[0][0] == "人员"
    assert put(store, "member", SYSTEM, 户=other, 人员=who, 排行="长子").id


LOOSE = PERSON.replace(", 不得重复: 全县", "")


def test_a_rule_added_later_counts_for_what_is_there(store: Store) -> None:
    publish(store, {**FILES, "form_specs/person.yaml": LOOSE.encode()}, SYSTEM)
    person(store, 证件号码=id_number(1))
    second = person(store, "李四", 证件号码=id_number(1))
    with pytest.raises(PublishRefused, match=str(second)):
        publish(store, FILES, SYSTEM)
    assert store.refresh().release == 2
    put(store, "person", SYSTEM, second, 证件号码=id_number(2))
    assert publish(store, FILES, SYSTEM).release == 3
    assert refused(store, "person", 姓名="王五", 区划=WILLOW, 证件号码=id_number(2))


RECEIPTS = """
信息库: {key}
名称: {label}
显示: [票据号码]
填报内容:
  基本:
    项目:
      票据号码: {{类型: 文本, 必填: 是, 不得重复: 全县}}
列表: {{列: [票据号码]}}
"""


def test_two_forms_with_a_field_of_one_name_do_not_take_each_others_values(store: Store) -> None:
    twins = {
        f"form_specs/{key}.yaml": RECEIPTS.format(key=key, label=label).encode()
        for key, label in (("drug_bill", "药费"), ("school_bill", "学费"))
    }
    publish(store, {**FILES, **twins}, SYSTEM)
    drug = put(store, "drug_bill", SYSTEM, 票据号码="0001").id
    school = put(store, "school_bill", SYSTEM, 票据号码="0001").id
    put(store, "drug_bill", SYSTEM, drug, 票据号码="0002")
    with pytest.raises(Rejected):
        put(store, "school_bill", SYSTEM, 票据号码="0001")
    with store.reading() as session:
        assert match(session, store, "school_bill", [{"票据号码": "0001"}, {"票据号码": "0002"}]) == [
            school,
            None,
        ]
        assert match(session, store, "drug_bill", [{"票据号码": "0001"}, {"票据号码": "0002"}]) == [
            None,
            drug,
        ]
