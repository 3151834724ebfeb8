"""Key data of our registers changes with the town's confirmation only, on both databases."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ffp_admin.store import (
    SYSTEM,
    Actor,
    Draft,
    NotAllowed,
    Rejected,
    Saved,
    Store,
    history,
    read_audit,
    save,
    save_many,
    void,
)
from ffp_admin.store.change_tables import change_request
from ffp_admin.store.confirming import (
    ChangeRequest,
    Settled,
    confirm,
    count_to_decide,
    own_requests,
    refuse,
    requests_of,
    to_decide,
    withdraw,
)
from ffp_admin.store.sealed import STATIC
from tests.store.county import (
    CLERK,
    COUNTY_CLERK,
    OTHER_TOWN,
    TOWN_CLERK,
    WILLOW,
    WILLOW_ONE,
    id_number,
    put,
    read,
)

OTHER_CLERK = replace(TOWN_CLERK, user_id=11, name="孙干部", regions=(OTHER_TOWN,))
SECOND_TOWN_CLERK = replace(TOWN_CLERK, user_id=12, name="周镇长")


RELATIONS = (
    lambda label: label == "户主",
    lambda label: "母" in label,
    lambda label: "女" in label,
)


def person(store: Store, order: int = 2, **values: object) -> int:
    given = {"姓名": "单秀英", "区划": WILLOW, "证件号码": id_number(order), "性别": "女", **values}
    return put(store, "person", SYSTEM, **given).id


def home(store: Store, **values: object) -> int:
    given = {"户主姓名": "单秀英", "区划": WILLOW_ONE, **values}
    return put(store, "household", SYSTEM, **given).id


def ask(
    store: Store, form: str, id_: int, actor: Actor = CLERK, reason: str = "户口簿更正", **values: object
) -> Saved:
    with store.writing() as session:
        return save(session, store, Draft(form, id_, None, values, reason), actor)


def waiting(store: Store, actor: Actor = TOWN_CLERK) -> list[ChangeRequest]:
    with store.reading() as session:
        return to_decide(session, store, actor)


def decide(store: Store, request: ChangeRequest, actor: Actor = TOWN_CLERK) -> str:
    with store.writing() as session:
        return confirm(session, store, request.id, actor)


def test_the_four_key_data_are_declared(registers: Store) -> None:
    forms = registers.catalog().forms
    declared = {
        (key, f.key): f.confirmed_by for key, form in forms.items() for f in form.fields() if f.confirmed_by
    }
    assert declared == {
        ("person", "姓名"): "town",
        ("person", "证件号码"): "town",
        ("household", "户主姓名"): "town",
        ("household", "银行账号"): "town",
        ("household", "户名"): "town",
        ("member", "人员"): "town",
        ("member", "与户主关系"): "town",
    }


def test_a_village_asks_the_rest_is_stored_and_the_town_confirms(registers: Store) -> None:
    store, id_ = registers, person(registers)
    saved = ask(store, "person", id_, 姓名="单秀云", 联系电话="13812345678")
    assert (saved.asked, saved.is_changed) == (("姓名",), True)
    now = read(store, "person", id_).values
    assert (now["姓名"], now["联系电话"]) == ("单秀英", "13812345678")
    [request] = waiting(store)
    assert (request.user_name, request.base, request.wanted, request.reason) == (
        "李文书",
        {"姓名": "单秀英"},
        {"姓名": "单秀云"},
        "户口簿更正",
    )
    assert decide(store, request) == "confirmed"
    assert read(store, "person", id_).values["姓名"] == "单秀云"
    with store.reading() as session:
        last = history(session, store, "person", id_, SYSTEM)[0]
        own = own_requests(session, store, CLERK)[0]
        deeds = [one.action for one in read_audit(session)]
    assert (last.label, last.old, last.new, last.source) == ("姓名", "单秀英", "单秀云", "confirm")
    assert "赵干部" in last.who
    assert "李文书" in last.who
    assert (own.state, own.decided_name) == ("confirmed", "赵干部")
    assert {"ask", "request_confirmed"} <= set(deeds)
    assert waiting(store) == []


def test_an_empty_value_is_filled_in_at_once(registers: Store) -> None:
    id_ = home(registers)
    saved = ask(
        registers, "household", id_, reason="", 银行账号="622848000000000001", 开户行="农商行", 户名="单秀英"
    )
    assert saved.asked == ()
    assert read(registers, "household", id_).values["银行账号"] == "622848000000000001"


def test_emptying_is_a_change(registers: Store) -> None:
    id_ = home(registers, 银行账号="622848000000000001", 开户行="农商行")
    assert ask(registers, "household", id_, 银行账号=None).asked == ("银行账号",)
    assert read(registers, "household", id_).values["银行账号"] == "622848000000000001"
    [request] = waiting(registers)
    assert decide(registers, request) == "confirmed"
    assert read(registers, "household", id_).values["银行账号"] is None


def test_a_reason_is_needed_and_without_it_nothing_is_stored(registers: Store) -> None:
    id_ = person(registers)
    with pytest.raises(Rejected) as caught:
        ask(registers, "person", id_, reason=" ", 姓名="单秀云", 联系电话="13812345678")
    assert [one.code for one in caught.value.findings] == ["reason_needed"]
    assert read(registers, "person", id_).values["联系电话"] is None
    assert waiting(registers) == []


@pytest.mark.parametrize("actor", [TOWN_CLERK, COUNTY_CLERK])
def test_town_and_county_change_at_once(registers: Store, actor: Actor) -> None:
    id_ = person(registers)
    assert ask(registers, "person", id_, actor, reason="", 姓名="单秀云").asked == ()
    assert read(registers, "person", id_).values["姓名"] == "单秀云"


def test_what_makes_no_sense_without_the_key_data_waits_with_it(registers: Store) -> None:
    id_ = person(registers, 2)
    number = id_number(14)
    assert number[6:14] != id_number(2)[6:14]
    birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    put(
        registers,
        "person",
        SYSTEM,
        id_,
        出生日期=f"{id_number(2)[6:10]}-{id_number(2)[10:12]}-{id_number(2)[12:14]}",
    )
    before = read(registers, "person", id_).values
    saved = ask(registers, "person", id_, 证件号码=number, 出生日期=birth)
    assert set(saved.asked) == {"证件号码", "出生日期"}
    assert read(registers, "person", id_).values == before
    decide(registers, waiting(registers)[0])
    after = read(registers, "person", id_).values
    assert (after["证件号码"], after["出生日期"].isoformat()) == (number, birth)


def test_what_cannot_be_saved_cannot_be_asked_for(registers: Store) -> None:
    id_ = person(registers, 2)
    person(registers, 4, 姓名="别人")
    for wrong, code in ((id_number(4), "unique"), ("529901199001010011", "id_check_digit")):
        with pytest.raises(Rejected) as caught:
            ask(registers, "person", id_, 证件号码=wrong, 出生日期=None)
        assert ("证件号码", code) in [(one.field, one.code) for one in caught.value.findings]
    assert waiting(registers) == []


def test_a_number_somebody_took_meanwhile_is_refused_at_the_confirmation(registers: Store) -> None:
    id_ = person(registers, 2)
    ask(registers, "person", id_, 证件号码=id_number(26), 出生日期=None)
    person(registers, 26, 姓名="别人")
    [request] = waiting(registers)
    with pytest.raises(Rejected) as caught:
        decide(registers, request)
    assert [one.code for one in caught.value.findings] == ["unique"]
    assert [one.id for one in waiting(registers)] == [request.id]
    assert read(registers, "person", id_).values["证件号码"] == id_number(2)


def test_a_changed_value_makes_the_request_stale(registers: Store) -> None:
    id_ = person(registers)
    ask(registers, "person", id_, 姓名="单秀云")
    put(registers, "person", TOWN_CLERK, id_, 姓名="单秀莲")
    assert decide(registers, waiting(registers)[0]) == "stale"
    assert read(registers, "person", id_).values["姓名"] == "单秀莲"
    ask(registers, "person", id_, 姓名="单秀云")
    with registers.writing() as session:
        void(session, registers, "person", id_, "重复", SYSTEM)
    assert decide(registers, waiting(registers)[0]) == "stale"


def test_refused_and_withdrawn_requests_change_nothing(registers: Store) -> None:
    id_ = person(registers)
    ask(registers, "person", id_, 姓名="单秀云")
    [request] = waiting(registers)
    with registers.writing() as session, pytest.raises(Rejected):
        refuse(session, registers, request.id, TOWN_CLERK, " ")
    with registers.writing() as session:
        refuse(session, registers, request.id, TOWN_CLERK, "与户口簿不符")
    with pytest.raises(Settled, match="赵干部"):
        decide(registers, request, SECOND_TOWN_CLERK)
    ask(registers, "person", id_, 姓名="单秀云")
    [second] = waiting(registers)
    with registers.writing() as session, pytest.raises(NotAllowed):
        withdraw(session, registers, second.id, TOWN_CLERK)
    with registers.writing() as session:
        withdraw(session, registers, second.id, CLERK)
    with registers.reading() as session:
        own = own_requests(session, registers, CLERK)
    assert [(one.state, one.answer) for one in own] == [("withdrawn", ""), ("refused", "与户口簿不符")]
    assert read(registers, "person", id_).values["姓名"] == "单秀英"


def test_who_is_of_another_place_or_asked_himself_decides_nothing(registers: Store) -> None:
    id_ = person(registers)
    ask(registers, "person", id_, 姓名="单秀云")
    [request] = waiting(registers)
    risen = replace(TOWN_CLERK, user_id=CLERK.user_id, name=CLERK.name)
    blind = replace(TOWN_CLERK, grants=frozenset({("person", "view")}))
    colleague = replace(CLERK, user_id=13, name="郑文书")
    for actor in (OTHER_CLERK, CLERK, colleague, risen, blind):
        assert waiting(registers, actor) == []
        with registers.reading() as session:
            assert count_to_decide(session, registers, actor) == 0
        with pytest.raises(NotAllowed):
            decide(registers, request, actor)
        with registers.writing() as session, pytest.raises(NotAllowed):
            refuse(session, registers, request.id, actor, "不符")
    with registers.reading() as session:
        assert requests_of(session, registers, "person", id_, OTHER_CLERK) == []
        assert len(requests_of(session, registers, "person", id_, CLERK)) == 1
    assert read(registers, "person", id_).values["姓名"] == "单秀英"


def test_two_who_confirm_at_once_give_one_change(registers: Store) -> None:
    id_ = person(registers)
    ask(registers, "person", id_, 姓名="单秀云")
    [request] = waiting(registers)
    version, gate = read(registers, "person", id_).row_version, threading.Barrier(2)
    answers: list[str] = []

    def work(actor: Actor) -> None:
        gate.wait()
        try:
            answers.append(decide(registers, request, actor))
        except Settled:
            answers.append("late")

    people = [threading.Thread(target=work, args=(one,)) for one in (TOWN_CLERK, SECOND_TOWN_CLERK)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(answers) == ["confirmed", "late"]
    assert read(registers, "person", id_).row_version == version + 1


def test_an_import_asks_and_loses_nothing(registers: Store) -> None:
    ids = [person(registers, order) for order in (2, 4)]
    drafts = [
        Draft("person", ids[0], None, {"姓名": "单秀云", "联系电话": "13812345678"}),
        Draft("person", ids[1], None, {"姓名": "单秀英"}),
        Draft("person", values={"姓名": "新人", "区划": WILLOW, "证件号码": id_number(6), "性别": "女"}),
    ]

    def bring() -> Sequence[Saved | Rejected]:
        with registers.writing() as session:
            return save_many(session, registers, "person", drafts[:2], CLERK, import_id=5)

    assert [one.asked for one in bring() if isinstance(one, Saved)] == [("姓名",), ()]
    bring()  # the same workbook again asks for nothing twice
    assert [one.wanted for one in waiting(registers)] == [{"姓名": "单秀云"}]
    with registers.writing() as session:
        assert all(isinstance(one, Saved) for one in save_many(session, registers, "person", drafts, CLERK))
    assert read(registers, "person", ids[0]).values["联系电话"] == "13812345678"


def test_what_is_asked_for_stands_sealed_and_a_new_key_covers_it(registers: Store) -> None:
    id_ = home(registers, 银行账号="622848000000000001", 开户行="农商行")
    ask(registers, "household", id_, 银行账号="622848000000000002", reason="原卡遗失")
    with registers.reading() as session:
        [row] = session.execute(select(change_request)).all()
    stored = " ".join(map(str, row))
    assert not any(one in stored for one in ("622848000000000001", "622848000000000002", "原卡遗失"))
    names = {one.name for one in STATIC}
    assert {f"change_request.{one}" for one in ("wanted", "base", "reason", "answer")} <= names


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.fixed_dictionaries(
        {},
        optional={
            "姓名": st.sampled_from(["单秀英", "单秀云", "", None]),
            "证件号码": st.sampled_from([None, id_number(2), id_number(14), "529901"]),
            "证件类型": st.sampled_from([None, "居民身份证"]),
            "性别": st.sampled_from(["男", "女"]),
            "联系电话": st.sampled_from([None, "13812345678"]),
        },
    )
)
def test_nobody_below_the_town_changes_key_data(registers: Store, values: dict[str, object]) -> None:
    with registers.reading() as session:
        known = session.execute(select(registers.tables("person").main.c.id)).scalars().first()
    id_ = known or person(registers)
    with contextlib.suppress(Rejected, NotAllowed):
        ask(registers, "person", id_, **values)
    now = read(registers, "person", id_).values
    assert (now["姓名"], now["证件号码"]) == ("单秀英", id_number(2))


def test_a_new_head_is_asked_for_while_the_old_one_still_waits(registers: Store) -> None:
    house, old, new = home(registers), person(registers, 2), person(registers, 4, 姓名="单小云")
    words = registers.catalog().codes["relation_to_head"].words
    head, other, child = (next(one.label for one in words if fits(one.label)) for fits in RELATIONS)
    first = put(registers, "member", SYSTEM, 户=house, 人员=old, 与户主关系=head).id
    second = put(registers, "member", SYSTEM, 户=house, 人员=new, 与户主关系=child).id
    with pytest.raises(Rejected):
        ask(registers, "member", second, 与户主关系=head)
    assert ask(registers, "member", first, 与户主关系=other).asked == ("与户主关系",)
    assert ask(registers, "member", second, 与户主关系=head).asked == ("与户主关系",)
    step_down, step_up = waiting(registers)
    with pytest.raises(Rejected, match="已经有户主"):
        decide(registers, step_up)
    assert [decide(registers, one) for one in (step_down, step_up)] == ["confirmed", "confirmed"]
    code = registers.catalog().codes["relation_to_head"].find(head)
    assert code is not None
    assert read(registers, "member", second).values["与户主关系"] == code.code
