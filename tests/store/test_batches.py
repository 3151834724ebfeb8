"""Saving many at once by the same rules, and making records void."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ffp_admin.store import (
    SYSTEM,
    Draft,
    Rejected,
    Saved,
    Store,
    read_audit,
    save_many,
    void,
)
from ffp_admin.store.actor import NotAllowed
from tests.store.county import (
    CLERK,
    FULL,
    POPLAR,
    WILLOW,
    household,
    person,
    put,
    read,
    rejections,
)


def test_many_are_saved_by_the_same_rules(store: Store) -> None:
    drafts = [Draft("household", values={"户主姓名": f"户{i}", "区划": WILLOW}) for i in range(3)]
    wrong = Draft("household", values={"户主姓名": "", "区划": WILLOW})
    foreign = Draft("household", values={"户主姓名": "外村", "区划": POPLAR})
    with store.writing() as session:
        answers = save_many(session, store, "household", [*drafts, wrong, foreign], CLERK, import_id=5)
    kinds = [one.findings[0].code if isinstance(one, Rejected) else "saved" for one in answers]
    assert kinds == ["saved", "saved", "saved", "required", "not_allowed"]
    saved = [read(store, "household", one.id) for one in answers if isinstance(one, Saved)]
    assert [one.values["户编号"][-4:] for one in saved] == ["0001", "0002", "0003"]
    assert {(one.meta.source, one.meta.import_id) for one in saved} == {("import", 5)}
    with store.reading() as session:
        facts = read_audit(session, limit=1)[0].facts
    assert (facts["created"], facts["rejected"], facts["import_id"]) == (3, 2, 5)


def test_a_large_batch_comes_back_as_a_small_one(store: Store) -> None:
    """PostgreSQL is given large batches as a stream, with the same values in every kind of column."""
    drafts = [
        Draft("household", values={**FULL, "药费票据": [{**FULL["药费票据"][0], "票据号码": f"N{i}"}]})
        for i in range(60)
    ]
    with store.writing() as session:
        answers = save_many(
            session,
            store,
            "household",
            [*drafts, Draft("household", values={"户主姓名": "空", "区划": WILLOW})],
            CLERK,
        )
    one = put(store, "household", CLERK, **FULL)
    *many, empty = [read(store, "household", saved.id) for saved in answers if isinstance(saved, Saved)]
    alone = read(store, "household", one.id)
    for i, record in enumerate(many):
        rows = ({**alone.values["药费票据"][0], "票据号码": f"N{i}"},)
        assert record.values == {**alone.values, "户编号": f"2026-{WILLOW}-{i + 1:04d}", "药费票据": rows}
        assert (record.codes, record.meta.created_at) == (alone.codes, alone.meta.created_at)
    assert {empty.values[key] for key in ("联系电话", "需求", "人均收入", "登记日期", "搬迁", "总收入")} == {
        None
    }


def test_many_edits_at_once_change_what_differs(store: Store) -> None:
    ids = [household(store, f"户{i}") for i in range(4)]
    drafts = [
        Draft("household", ids[0], None, {"户主姓名": "甲"}),
        Draft("household", ids[1], 1, {"人口数": 3, "人均收入": 10}),
        Draft("household", ids[2], 9, {"户主姓名": "旧"}),
        Draft("household", ids[3], 1, {"户主姓名": "户3"}),
    ]
    with store.writing() as session:
        first, second, third, fourth = save_many(session, store, "household", drafts, CLERK)
    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert isinstance(third, Rejected)
    assert third.findings[0].code == "conflict"
    assert isinstance(fourth, Saved)
    assert (first.row_version, second.row_version, fourth.row_version) == (2, 2, 1)
    assert read(store, "household", ids[1]).values["总收入"] == Decimal(30)


def test_void_records_leave_but_stay_readable(store: Store) -> None:
    id_ = household(store)
    with pytest.raises(Rejected), store.writing() as session:
        void(session, store, "household", id_, "  ", CLERK)
    with store.writing() as session:
        void(session, store, "household", id_, "重复登记", CLERK)
    record = read(store, "household", id_)
    assert (record.is_current, record.meta.void_reason, record.row_version) == (False, "重复登记", 2)
    with pytest.raises(NotAllowed):
        put(store, "household", CLERK, id_, 2, 户主姓名="又活")
    with pytest.raises(NotAllowed), store.writing() as session:
        void(session, store, "household", id_, "再来", CLERK)


def test_what_others_point_to_cannot_become_void(store: Store) -> None:
    home, who = household(store), person(store)
    member = put(store, "member", SYSTEM, 户=home, 人员=who).id
    for form, id_ in (("household", home), ("person", who)):
        with pytest.raises(Rejected) as caught, store.writing() as session:
            void(session, store, form, id_, "不要了", SYSTEM)
        assert [one.code for one in caught.value.findings] == ["in_use"]
    with store.writing() as session:
        void(session, store, "member", member, "迁出", SYSTEM)
        void(session, store, "household", home, "整户迁出", SYSTEM)
    assert rejections(store, "member", 户=home, 人员=who) == {"户": "reference"}
