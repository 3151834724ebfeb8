"""The checks across one household of our own registers: on every way a record is saved (issue 2)."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from ffp_admin.rules.outcome import Finding
from ffp_admin.store import (
    SYSTEM,
    Draft,
    Rejected,
    Saved,
    Store,
    check,
    save_many,
    void,
)
from ffp_admin.store.save import BATCH
from tests.store.county import WILLOW, WILLOW_ONE, put, read

HEAD, SPOUSE, SON, GONE = "户主", "配偶", "之子", "自然减少"


@pytest.fixture
def store(registers: Store) -> Store:
    """The county under our own registers."""
    return registers


def home(store: Store, name: str = "单秀英", **values: Any) -> int:
    return put(store, "household", 户主姓名=name, 区划=WILLOW_ONE, **values).id


def human(store: Store, name: str, gender: str = "男") -> int:
    return put(store, "person", 姓名=name, 性别=gender, 区划=WILLOW, 证件类型="其他").id


def join(store: Store, household: int, name: str, relation: str, gender: str = "男", **values: Any) -> Saved:
    person = human(store, name, gender)
    return put(store, "member", 户=household, 人员=person, 与户主关系=relation, **values)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Field and the first words of what is said."""
    return [(one.field, one.message[:8]) for one in findings]


def refusal(store: Store, *args: Any, **values: Any) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        put(store, *args, **values)
    return told(caught.value.findings)


TWO_HEADS = ("与户主关系", "本户已经有户主。")
NO_HEAD = ("与户主关系", "本户现在没有户主")
OTHER_NAME = ("与户主关系", "这位户主的姓名与")


def test_a_second_head_is_refused_and_says_how_to_go_on(store: Store) -> None:
    one = home(store)
    join(store, one, "单秀英", HEAD, "女")
    person = human(store, "张三")
    assert refusal(store, "member", 户=one, 人员=person, 与户主关系=HEAD) == [TWO_HEADS]
    assert put(store, "member", 户=one, 人员=person, 与户主关系=SON).doubts == ()


def test_the_headship_moves_in_two_saves(store: Store) -> None:
    one = home(store, "张三")
    old = join(store, one, "张三", HEAD)
    new = join(store, one, "李四", SON)
    assert refusal(store, "member", SYSTEM, new.id, 与户主关系=HEAD) == [TWO_HEADS]
    assert told(put(store, "member", SYSTEM, old.id, 与户主关系="之父").doubts) == [NO_HEAD]
    # until the household takes the new name as well, that is a doubt
    assert told(put(store, "member", SYSTEM, new.id, 与户主关系=HEAD).doubts) == [OTHER_NAME]
    assert put(store, "household", SYSTEM, one, 户主姓名="李四").doubts == ()
    assert put(store, "member", SYSTEM, new.id, 务工时间=0).doubts == ()


def test_a_head_who_left_or_whose_record_is_void_counts_no_more(store: Store) -> None:
    one, other = home(store, "张三"), home(store, "王五")
    first = join(store, one, "张三", HEAD)
    put(store, "member", SYSTEM, first.id, 成员状态=GONE, 变动原因="死亡")
    assert TWO_HEADS not in told(join(store, one, "李四", HEAD).doubts)
    second = join(store, other, "王五", HEAD)
    with store.writing() as session:
        void(session, store, "member", second.id, "录错", SYSTEM)
    join(store, other, "赵六", HEAD)


def test_whoever_moves_to_another_household_is_counted_there(store: Store) -> None:
    one, other = home(store, "张三"), home(store, "王五")
    first = join(store, one, "张三", HEAD)
    join(store, other, "王五", HEAD)
    assert refusal(store, "member", SYSTEM, first.id, 户=other) == [TWO_HEADS]


def test_two_spouses_are_a_doubt(store: Store) -> None:
    one = home(store, "张三")
    join(store, one, "张三", HEAD)
    assert join(store, one, "钱一", SPOUSE, "女").doubts == ()
    assert told(join(store, one, "钱二", SPOUSE, "女").doubts) == [("与户主关系", "本户有两名配偶，")]


def test_the_household_compares_its_members(store: Store) -> None:
    one = home(store, "张三", 填报人口数=2)
    join(store, one, "张三", HEAD)
    join(store, one, "钱一", SPOUSE)  # a man as well
    assert told(put(store, "household", SYSTEM, one, 家庭住址="一组").doubts) == [
        ("户主姓名", "户主和配偶的性别")
    ]
    join(store, one, "孙三", SON)
    said = told(put(store, "household", SYSTEM, one, 户主姓名="张山").doubts)
    assert said == [
        ("户主姓名", "户主姓名与家庭成"),
        ("户主姓名", "户主和配偶的性别"),
        ("填报人口数", "家庭成员的人数与"),
    ]


def test_a_new_household_without_members_has_nothing_to_compare(store: Store) -> None:
    assert put(store, "household", 户主姓名="张三", 区划=WILLOW_ONE, 填报人口数=3).doubts == ()


# -- many at once


def _drafts(store: Store, household: int, *people: tuple[str, str]) -> list[Draft]:
    return [
        Draft("member", values={"户": household, "人员": human(store, name), "与户主关系": relation})
        for name, relation in people
    ]


def _save(store: Store, drafts: list[Draft]) -> list[Saved | Rejected]:
    with store.writing() as session:
        return save_many(session, store, "member", drafts, SYSTEM)


def test_drafts_of_one_call_see_each_other(store: Store) -> None:
    one = home(store, "张三")
    answers = _save(store, _drafts(store, one, ("张三", HEAD), ("李四", HEAD), ("王五", SON)))
    assert [isinstance(answer, Saved) for answer in answers] == [False, False, True]
    [first, _second, third] = answers
    assert isinstance(first, Rejected)
    assert told(first.findings)[0] == TWO_HEADS
    # the two heads were refused, so the one who was written has none
    assert isinstance(third, Saved)
    assert told(third.doubts) == [NO_HEAD]


def test_the_headship_moves_in_one_call_whatever_the_order(store: Store) -> None:
    one = home(store, "李四")
    [old, new] = [join(store, one, "张三", HEAD), join(store, one, "李四", SON)]
    edits = [
        Draft("member", new.id, values={"与户主关系": HEAD}),
        Draft("member", old.id, values={"与户主关系": "之父"}),
    ]
    for answer in _save(store, edits):
        assert isinstance(answer, Saved)
        assert answer.doubts == ()


def test_a_refused_draft_does_not_make_room_for_another(store: Store) -> None:
    one = home(store, "张三")
    old = join(store, one, "张三", HEAD)
    [promoted] = _drafts(store, one, ("李四", HEAD))
    steps_down = Draft("member", old.id, values={"与户主关系": "之父", "务工时间": 13})  # at most 12
    answers = _save(store, [promoted, steps_down])
    assert [isinstance(answer, Rejected) for answer in answers] == [True, True]
    assert read(store, "member", old.id).values["与户主关系"] == "01"


def test_whoever_moves_in_by_the_same_call_is_seen(store: Store) -> None:
    """The draft names only the new household; that he is a head stands in his record."""
    one, other = home(store, "张三"), home(store, "李四")
    moves = join(store, one, "张三", HEAD)
    drafts = [Draft("member", moves.id, values={"户": other}), *_drafts(store, other, ("李四", HEAD))]
    for answer in _save(store, drafts):
        assert isinstance(answer, Rejected)
        assert TWO_HEADS in told(answer.findings)


def test_a_change_far_behind_in_the_call_counts_too(store: Store) -> None:
    one = home(store, "李四")
    old = join(store, one, "张三", HEAD)
    drafts = _drafts(store, one, ("李四", HEAD), ("王五", SON))
    between = [Draft("member", values={"与户主关系": SON})] * BATCH  # nobody's
    answers = _save(store, [*drafts, *between, Draft("member", old.id, values={"与户主关系": "之父"})])
    assert all(isinstance(answer, Rejected) for answer in answers[2:-1])
    assert [isinstance(one, Saved) and one.doubts for one in (*answers[:2], answers[-1])] == [(), (), ()]


def test_one_statement_reads_the_members_of_all_households(store: Store) -> None:
    drafts = []
    for number in range(30):
        one = home(store, f"户{number}")
        drafts += _drafts(store, one, (f"户{number}", HEAD), (f"子{number}", SON))
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    with store.reading() as session:
        works = check(session, store, "member", drafts, SYSTEM)
    assert all(work.findings == [] for work in works)
    members = [one for one in asked if one.startswith("SELECT") and "relation_to_head" in one]
    assert len(members) == 1
    assert len(asked) < 15  # persons, households, regions: none of them once per record


# -- who may see what; who comes second


def test_a_household_is_compared_as_a_whole_and_nothing_hidden_is_told(store: Store) -> None:
    """The program looks at facts the clerk may not see; it tells only its own sentence."""
    one = home(store, "张三")
    join(store, one, "张三", HEAD)
    clerk = replace(
        SYSTEM,
        name="李文书",
        grants=frozenset({("member", "fill"), ("member", "view"), ("household", "view"), ("person", "view")}),
        regions=(WILLOW,),
    )
    person = human(store, "周七")
    with pytest.raises(Rejected) as caught:
        put(store, "member", clerk, 户=one, 人员=person, 与户主关系=HEAD)
    assert "张三" not in str(caught.value)


def test_of_two_at_the_same_moment_the_second_is_told(store: Store) -> None:
    one = home(store, "张三")
    drafts = _drafts(store, one, ("张三", HEAD), ("李四", HEAD))
    answers: dict[int, object] = {}
    written, begun = threading.Event(), threading.Event()

    def first() -> None:
        with store.writing() as session:
            answers[0] = save_many(session, store, "member", drafts[:1], SYSTEM)[0]
            written.set()
            begun.wait(5)
            threading.Event().wait(0.5)  # the other one stands before the household now

    def second() -> None:
        written.wait(5)
        begun.set()
        answers[1] = _save(store, drafts[1:])[0]

    threads = [threading.Thread(target=one) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(answers[0], Saved)
    assert isinstance(answers[1], Rejected)
    assert TWO_HEADS in told(answers[1].findings)
