"""History in words, with secrets kept; the audit trail that nobody can rewrite."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from ffp_admin.store import SYSTEM, Deed, Store, history, note, read_audit, void
from ffp_admin.store.static import audit
from ffp_admin.store.static import history as history_table
from tests.store.county import CLERK, TOWN_CLERK, WILLOW_ONE, WILLOW_TWO, household, person, put

CHANGES = {
    "户主姓名": "单秀兰",
    "区划": WILLOW_TWO,
    "户类型": "监测户",
    "需求": ("01", "03"),
    "人均收入": Decimal("12.5"),
    "完成比例": Decimal("0.5"),
    "搬迁": True,
    "联系电话": "13912345678",
    "病情": "痊愈",
}


def told(store: Store, form: str, id: int, actor: object = CLERK) -> list[tuple[str, str, str]]:
    with store.reading() as session:
        changes = history(session, store, form, id, actor)  # type: ignore[arg-type]
    return [(one.label, one.old, one.new) for one in reversed(changes)]


def test_each_field_tells_what_it_was_and_is_in_words(store: Store) -> None:
    id_ = household(store, "单秀英", 联系电话="13812345678", 病情="肺结核")
    put(store, "household", CLERK, id_, 1, **CHANGES)
    assert told(store, "household", id_) == [
        ("新建记录", "", ""),
        ("户主姓名", "单秀英", "单秀兰"),
        ("所在村组", "柳树镇柳树村一组", "柳树镇柳树村二组"),
        ("联系电话", "138****5678", "139****5678"),
        ("户类型", "一般户", "监测户"),
        ("需求", "", "住房、就学"),
        ("人均收入", "", "12.50"),
        ("完成比例", "", "50%"),
        ("搬迁", "", "是"),
        ("病情", "****", "****"),
    ]
    open_ = told(store, "household", id_, TOWN_CLERK)
    assert ("联系电话", "13812345678", "13912345678") in open_
    assert ("病情", "肺结核", "痊愈") in open_


def test_who_when_and_from_where(store: Store) -> None:
    id_ = household(store)
    put(store, "household", CLERK, id_, 1, 户主姓名="新名")
    with store.writing() as session:
        void(session, store, "household", id_, "重复登记", TOWN_CLERK)
    with store.reading() as session:
        changes = history(session, store, "household", id_, CLERK)
    assert [(one.action, one.who, one.source, one.row_version) for one in changes] == [
        ("void", "赵干部", "screen", 3),
        ("changed", "李文书", "screen", 2),
        ("created", "system", "screen", 1),
    ]
    assert {one.at for one in changes} == {store.clock.now()}
    assert changes[0].new == "重复登记"


def test_rows_of_a_table_are_told_row_by_row(store: Store) -> None:
    rows = [{"票据号码": f"A{i}", "金额": Decimal(i), "账号": "622848000000000001"} for i in (1, 2, 3)]
    id_ = household(store, 药费票据=rows)
    changed = [rows[0], {**rows[2], "金额": Decimal(9)}]
    put(store, "household", TOWN_CLERK, id_, 1, 药费票据=changed)
    _created, *lines = told(store, "household", id_)
    assert lines == [
        ("药费票据第2行 票据号码", "A2", "A3"),
        ("药费票据第2行 金额", "2.00", "9.00"),
        ("药费票据第3行", "票据号码：A3；金额：3.00；账号：**************0001", ""),
    ]


def test_references_are_told_by_their_caption(store: Store) -> None:
    member = put(store, "member", SYSTEM, 户=household(store, "甲户"), 人员=person(store, "张三")).id
    put(store, "member", CLERK, member, 1, 人员=person(store, "李四"))
    assert ("人员", "张三", "李四") in told(store, "member", member)


def test_secrets_stay_sealed_in_the_table(store: Store) -> None:
    id_ = household(store, 联系电话="13812345678")
    put(store, "household", CLERK, id_, 1, 联系电话="13912345678", 户主姓名="明文")
    with store.reading() as session:
        rows = session.execute(select(history_table).where(history_table.c.form == "household")).all()
    by_field = {row.field: row for row in rows}
    assert by_field["联系电话"].sealed
    assert by_field["联系电话"].old.startswith("k1:")
    assert by_field[""].new.startswith("k1:")
    assert (by_field["户主姓名"].sealed, by_field["户主姓名"].new) == (False, '"明文"')


@pytest.mark.parametrize(
    "attempt", [update(audit).values(user_name="别人"), delete(audit), text("DELETE FROM audit WHERE id = 1")]
)
def test_the_audit_trail_can_be_neither_changed_nor_shortened(store: Store, attempt: object) -> None:
    household(store)
    with store.reading() as session:
        before = read_audit(session)
    with pytest.raises(DatabaseError, match="append-only"), store.writing() as session:
        session.execute(attempt)  # type: ignore[call-overload]
    with store.reading() as session:
        assert read_audit(session) == before
        assert before[0].action == "create"


def test_the_trail_is_read_from_newest_to_oldest_in_parts(store: Store) -> None:
    with store.writing() as session:
        note(
            session,
            CLERK,
            store.clock.now(),
            "screen",
            [Deed(action=f"deed {i}", facts={"n": i}) for i in range(5)],
        )
    with store.reading() as session:
        newest = read_audit(session, limit=2)
        older = read_audit(session, before=newest[-1].id, limit=2)
    assert [line.action for line in (*newest, *older)] == ["deed 4", "deed 3", "deed 2", "deed 1"]
    assert (newest[0].facts, newest[0].user_id) == ({"n": 4}, 7)


def test_a_field_declared_no_longer_is_told_by_its_key(store: Store) -> None:
    from ffp_admin.store import publish
    from tests.store.county import FILES, HOUSEHOLD

    id_ = household(store, place=WILLOW_ONE, 人口数=2)
    put(store, "household", CLERK, id_, 1, 登记日期="2026-01-01")
    without = HOUSEHOLD.replace("      登记日期: {类型: 日期, 列名: registered_on}\n", "")
    publish(store, {**FILES, "form_specs/household.yaml": without.encode()}, SYSTEM)
    assert told(store, "household", id_)[-1] == ("登记日期", "", "")
