"""A value under a false 显示条件 is not taken and that is told; what is unknown or untouched is never emptied (issue 2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from ffp_admin.store import SYSTEM, Draft, Saved, Store, history, save_many
from tests.store.county import WILLOW, WILLOW_ONE, id_number, put, read


def told(saved: object) -> list[tuple[str, str]]:
    assert isinstance(saved, Saved)
    return [(one.field, one.code) for one in saved.doubts]


def many(store: Store, *drafts: Draft) -> list[object]:
    with store.writing() as session:
        return list(save_many(session, store, drafts[0].form, drafts, SYSTEM))


def values(store: Store, form: str, id: int) -> dict[str, Any]:
    return dict(read(store, form, id).values)


PERSON = {"姓名": "张三", "性别": "男", "区划": WILLOW, "证件类型": "其他"}
HOME = {"户主姓名": "张三", "区划": WILLOW_ONE}


def test_an_unknown_condition_keeps_what_was_imported(registers: Store) -> None:
    """The sheet names a school and no 在校生状况, a disease and no 健康状况: nothing is lost."""
    [saved] = many(
        registers,
        Draft("person", values={**PERSON, "疾病名称": "高血压", "残疾证号": id_number(1) + "43"}),
    )
    assert isinstance(saved, Saved)
    assert values(registers, "person", saved.id)["疾病名称"] == "高血压"
    assert values(registers, "person", saved.id)["残疾证号"] is not None


def test_a_value_that_does_not_apply_is_not_taken_and_said_at_its_field(registers: Store) -> None:
    given = {**HOME, "户类型": "一般农户", "脱贫年度": 2019, "易地搬迁": False, "安置点": "新村"}
    wanted = [("脱贫年度", "not_taken"), ("安置点", "not_taken")]
    for saved in (put(registers, "household", **given), *many(registers, Draft("household", values=given))):
        assert told(saved) == wanted
        assert isinstance(saved, Saved)
        assert "户类型" in saved.doubts[0].message
        assert values(registers, "household", saved.id)["安置点"] is None


def test_deciding_otherwise_empties_with_a_word(registers: Store) -> None:
    """On the screen every field is posted: whoever turns the switch is told what goes."""
    one = put(registers, "household", **HOME, 易地搬迁=True, 安置点="新村").id
    saved = put(registers, "household", SYSTEM, one, 易地搬迁=False, 安置点="新村")
    assert told(saved) == [("安置点", "not_taken")]
    assert values(registers, "household", one)["安置点"] is None
    with registers.reading() as session:
        kept = history(session, registers, "household", one, SYSTEM)
    assert any(change.old == "新村" for change in kept)


def test_an_edit_that_does_not_name_the_field_never_empties_it(registers: Store) -> None:
    """A sheet that turns the switch but has no column of the field."""
    one = put(registers, "household", **HOME, 易地搬迁=True, 安置点="新村").id
    [saved] = many(registers, Draft("household", one, values={"易地搬迁": False}))
    assert told(saved) == [("安置点", "kept")]
    assert values(registers, "household", one)["安置点"] == "新村"


def test_an_edit_that_does_not_touch_what_decides_never_empties(registers: Store) -> None:
    """Stored before there was a condition, or from elsewhere: it stays, whoever saves what."""
    one = put(registers, "household", **HOME, 易地搬迁=True, 安置点="新村").id
    main = registers.tables("household").main
    with registers.writing() as session:
        session.execute(update(main).where(main.c.id == one).values(resettled=False))
    saved = put(registers, "household", SYSTEM, one, 家庭住址="一组", 易地搬迁=False, 安置点="新村")
    assert told(saved) == [("安置点", "kept")]
    # another value for it is not taken either, the old one stays
    put(registers, "household", SYSTEM, one, 安置点="别处")
    assert values(registers, "household", one)["安置点"] == "新村"
    # emptying it by hand is the way out
    assert told(put(registers, "household", SYSTEM, one, 安置点=None)) == []
    assert values(registers, "household", one)["安置点"] is None


def test_forgetting_what_decides_empties_nothing(registers: Store) -> None:
    one = put(registers, "household", **HOME, 易地搬迁=True, 安置点="新村").id
    assert told(put(registers, "household", SYSTEM, one, 易地搬迁=None, 安置点="新村")) == []
    assert values(registers, "household", one)["安置点"] == "新村"
