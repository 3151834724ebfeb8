"""Saving: values and their columns, rules, serials, conflicts, rows of tables, moves of households."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from ffp_admin.store import (
    SYSTEM,
    Conflict,
    Draft,
    Store,
    history,
    read_audit,
    save,
    void,
)
from tests.store.county import (
    CLERK,
    COUNTY_CLERK,
    FULL,
    POPLAR,
    TOWN_CLERK,
    WILLOW,
    WILLOW_ONE,
    WILLOW_TWO,
    household,
    id_number,
    person,
    put,
    read,
    rejections,
)


def test_every_kind_comes_back_as_its_python_value(store: Store) -> None:
    saved = put(store, "household", CLERK, **FULL)
    record = read(store, "household", saved.id)
    assert record.values == {
        "户编号": f"2026-{WILLOW}-0001",
        "户主姓名": "单秀英",
        "区划": WILLOW_ONE,
        "联系电话": "13812345678",
        "户类型": "2",
        "需求": ("01", "03"),
        "人口数": 3,
        "人均收入": Decimal("7123.45"),
        "登记日期": date(2026, 1, 2),
        "起始年月": "2026-01",
        "完成比例": Decimal("0.5"),
        "搬迁": False,
        "病情": "肺结核",
        "总收入": Decimal("21370.35"),
        "药费票据": ({"票据号码": "A1", "金额": Decimal("0.10"), "账号": "622848000000000001"},),
    }
    assert record.codes == {
        "county_code": "529901",
        "town_code": "529901100",
        "village_code": WILLOW,
        "group_code": WILLOW_ONE,
    }
    assert (record.row_version, record.version, record.meta.created_name) == (1, 1, "李文书")
    assert record.meta.created_at == store.clock.now()


def test_encrypted_values_are_nowhere_readable_in_the_database(store: Store) -> None:
    id_ = put(store, "household", CLERK, **FULL).id
    put(store, "household", CLERK, id_, 1, 联系电话="13900001111", 病情="痊愈")
    put(store, "person", SYSTEM, 姓名="张三", 区划=WILLOW, 证件号码=id_number(1))
    with store.writing() as session:
        void(session, store, "household", id_, "病情录入重复", SYSTEM)
    secrets = [
        "13812345678",
        "13900001111",
        "肺结核",
        "痊愈",
        "622848000000000001",
        id_number(1),
        "病情录入重复",
    ]
    with store.reading() as session:
        for table in (
            "r_household",
            "r_household__yao_fei_piao_ju",
            "r_person",
            "history",
            "audit",
            "unique_claim",
        ):
            stored = "".join(str(row) for row in session.execute(text(f"SELECT * FROM {table}")))
            secret = [one for one in secrets if one in stored]
            assert secret == (["病情录入重复"] if table == "r_household" else []), table


def test_plain_columns_stand_beside_encrypted_ones(store: Store) -> None:
    card = id_number(2) + "42"
    id_ = person(store, "单秀英", 证件号码=id_number(2).lower(), 残疾证号=card)
    main = store.tables("person").main
    with store.reading() as session:
        row = session.execute(select(main).where(main.c.id == id_)).one()
    assert row.id_number_birth == date(1990, int(id_number(2)[10:12]), int(id_number(2)[12:14]))
    assert (row.id_number_sex, row.card_class, row.card_level) == ("2", "4", "2")
    assert row.id_number_h == store.keyring.hash("id_number", id_number(2))
    assert (row.name_py, row.name_pi) == ("shanxiuying", "sxy")
    assert row.gender == "2"


def test_rules_speak_and_nothing_is_written(store: Store) -> None:
    assert rejections(store, 户主姓名="", 区划=WILLOW, 人口数=25) == {
        "户主姓名": "required",
        "人口数": "check",
    }
    assert rejections(store, 户主姓名="张三", 区划=WILLOW, 户类型="没有的", 登记日期="昨天") == {
        "户类型": "unknown_code",
        "登记日期": "invalid",
    }
    assert rejections(store, 户主姓名="张三", 区划=WILLOW, 药费票据=[{"票据号码": "1", "金额": "一千"}]) == {
        "药费票据[0].金额": "invalid"
    }
    assert rejections(store, 户主姓名="张三", 区划="529901100999") == {"区划": "reference"}
    assert rejections(store, 户主姓名="张三") == {"区划": "required"}
    with store.reading() as session:
        for table in ("history", "serial_counter", "unique_claim"):
            where = "WHERE form = 'household'"
            assert session.execute(text(f"SELECT * FROM {table} {where}")).all() == [], table
        assert session.execute(select(store.tables("household").main)).all() == []


def test_doubts_are_told_but_stop_nothing(store: Store) -> None:
    saved = put(store, "household", SYSTEM, 户主姓名="富户", 区划=WILLOW, 人均收入=Decimal(100_000))
    assert [(one.field, one.message) for one in saved.doubts] == [("人均收入", "人均收入偏高，请核对。")]


def test_a_new_record_takes_defaults_unless_told_otherwise(store: Store) -> None:
    assert read(store, "household", household(store)).values["户类型"] == "1"
    assert read(store, "household", household(store, 户类型=None)).values["户类型"] is None


def test_an_unknown_field_is_a_mistake_of_the_caller(store: Store) -> None:
    with pytest.raises(KeyError, match="电话号码"):
        put(store, "household", SYSTEM, 户主姓名="张三", 区划=WILLOW, 电话号码="1")


def test_fields_left_out_of_an_edit_stay(store: Store) -> None:
    id_ = put(store, "household", CLERK, **FULL).id
    assert put(store, "household", CLERK, id_, 1, 人口数=4).row_version == 2
    before, after = FULL, read(store, "household", id_).values
    assert (after["人口数"], after["总收入"]) == (4, Decimal("28493.80"))
    assert (after["联系电话"], after["病情"], len(after["药费票据"])) == ("13812345678", before["病情"], 1)


def test_a_save_that_changes_nothing_leaves_no_trace(store: Store) -> None:
    id_ = put(store, "household", CLERK, **FULL).id
    with store.reading() as session:
        trail = len(read_audit(session))
    again = put(store, "household", CLERK, id_, 1, **FULL)
    assert (again.row_version, again.is_changed) == (1, False)
    with store.reading() as session:
        assert len(history(session, store, "household", id_, SYSTEM)) == 1
        assert len(read_audit(session)) == trail


def test_an_edit_over_an_older_state_is_a_conflict_with_all_three_values(store: Store) -> None:
    id_ = household(store, "旧名", 人口数=2, 联系电话="13800000001")
    put(store, "household", TOWN_CLERK, id_, 1, 户主姓名="他名", 联系电话="13800000002")
    with pytest.raises(Conflict) as caught:
        put(store, "household", CLERK, id_, 1, 户主姓名="我名", 联系电话="13800000003", 人口数=2)
    assert [(d.field, d.base, d.theirs, d.mine) for d in caught.value.differences] == [
        ("户主姓名", "旧名", "他名", "我名"),
        ("联系电话", "13800000001", "13800000002", "13800000003"),
    ]
    assert read(store, "household", id_).values["户主姓名"] == "他名"
    assert put(store, "household", CLERK, id_, 2, 户主姓名="我名").row_version == 3


def test_the_base_is_what_the_edit_began_with(store: Store) -> None:
    id_ = household(store, "一")
    for version, name in ((1, "二"), (2, "三")):
        put(store, "household", TOWN_CLERK, id_, version, 户主姓名=name)
    with pytest.raises(Conflict) as caught:
        put(store, "household", CLERK, id_, 2, 户主姓名="四")
    assert [(d.base, d.theirs, d.mine) for d in caught.value.differences] == [("二", "三", "四")]


def test_the_same_change_twice_is_no_conflict(store: Store) -> None:
    id_ = household(store)
    put(store, "household", TOWN_CLERK, id_, 1, 户主姓名="新名")
    assert put(store, "household", CLERK, id_, 1, 户主姓名="新名").row_version == 2


def test_serials_count_per_year_and_village_without_gaps(store: Store) -> None:
    numbers = [
        read(store, "household", household(store, place=p)).values["户编号"]
        for p in (WILLOW, POPLAR, WILLOW_TWO)
    ]
    assert numbers == [f"2026-{WILLOW}-0001", f"2026-{POPLAR}-0001", f"2026-{WILLOW}-0002"]
    rejections(store, 户主姓名="张三", 区划=WILLOW, 人口数=99)
    with store.writing() as session:
        save(session, store, Draft("household", values={"户主姓名": "回滚", "区划": WILLOW}), SYSTEM)
        session.rollback()
    assert read(store, "household", household(store, place=WILLOW)).values["户编号"] == f"2026-{WILLOW}-0003"


def test_a_serial_stays_when_the_household_moves(store: Store) -> None:
    id_ = household(store, place=WILLOW_ONE)
    put(store, "household", SYSTEM, id_, 1, 区划=POPLAR, 户编号="自编")
    assert read(store, "household", id_).values["户编号"] == f"2026-{WILLOW}-0001"


def test_members_and_their_visits_move_with_the_household(store: Store) -> None:
    home, other = household(store), household(store)
    member = put(store, "member", SYSTEM, 户=home, 人员=person(store)).id
    visit = put(store, "visit", SYSTEM, 成员=member, 情况="好").id
    stay = put(store, "member", SYSTEM, 户=other, 人员=person(store)).id
    put(store, "household", COUNTY_CLERK, home, 1, 区划=POPLAR)
    for form, id_ in (("member", member), ("visit", visit)):
        assert read(store, form, id_).codes["village_code"] == POPLAR
    assert read(store, "member", stay).codes["village_code"] == WILLOW


def test_values_come_from_the_record_a_reference_points_to(store: Store) -> None:
    member = put(store, "member", SYSTEM, 户=household(store, "户主甲"), 人员=person(store)).id
    assert read(store, "member", member).values["户主电话"] == "户主甲"


def test_a_word_that_ran_out_stays_but_cannot_be_chosen(store: Store) -> None:
    assert rejections(store, 户主姓名="张三", 区划=WILLOW, 户类型="旧户型") == {"户类型": "code_expired"}
    id_ = household(store)
    main = store.tables("household").main
    with store.writing() as session:
        session.execute(main.update().where(main.c.id == id_).values(household_type="9"))
    assert put(store, "household", CLERK, id_, 1, 户主姓名="新名").row_version == 2


def test_rows_keep_their_identity_when_one_is_put_in_between(store: Store) -> None:
    rows = [{"票据号码": f"B{i}", "金额": Decimal(i)} for i in range(1, 4)]
    id_ = household(store, 药费票据=rows)
    table = store.tables("household").rows["药费票据"]
    with store.reading() as session:
        before = dict(list(session.execute(select(table.c.receipt_no, table.c.id))))
    put(store, "household", CLERK, id_, 1, 药费票据=[rows[0], {"票据号码": "新", "金额": 9}, rows[2]])
    with store.reading() as session:
        after = session.execute(
            select(table.c.receipt_no, table.c.id, table.c.position).order_by(table.c.position)
        ).all()
    assert [(number, position) for number, _id, position in after] == [("B1", 0), ("新", 1), ("B3", 2)]
    assert (after[0].id, after[2].id) == (before["B1"], before["B3"])
    put(store, "household", CLERK, id_, 2, 药费票据=[])
    assert read(store, "household", id_).values["药费票据"] == ()
