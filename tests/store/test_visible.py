"""A user of another village sees and changes nothing, by whatever way; without a region or right, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import func, select

from ffp_admin import spec
from ffp_admin.store import (
    SYSTEM,
    Actor,
    Draft,
    NotAllowed,
    Query,
    Rejected,
    Store,
    UserScope,
    actor_of,
    caption,
    history,
    load,
    page,
    pick,
    save,
    save_many,
    scopes_of,
    set_scopes,
    visible,
    void,
)
from tests.store.county import (
    CLERK,
    COUNTY,
    COUNTY_CLERK,
    FAR,
    FILES,
    NEIGHBOUR,
    OTHER_TOWN,
    POPLAR,
    TOWN,
    TOWN_CLERK,
    WILLOW,
    WILLOW_ONE,
    WILLOW_TWO,
    household,
    person,
    put,
)

GROUP_CLERK = replace(CLERK, regions=(WILLOW_ONE,))
NOBODY = replace(CLERK, regions=())
ODD = replace(CLERK, regions=("5", "52990110020", "", WILLOW + "0"))
BLIND = replace(CLERK, grants=frozenset(grant for grant in CLERK.grants if grant[1] != "view"))
SEES = {
    "group": (GROUP_CLERK, {"w1"}),
    "village": (CLERK, {"w", "w1", "w2"}),
    "neighbour": (NEIGHBOUR, {"p"}),
    "town": (TOWN_CLERK, {"w", "w1", "w2", "p"}),
    "county": (COUNTY_CLERK, {"w", "w1", "w2", "p", "f"}),
    "two villages, one twice": (replace(CLERK, regions=(WILLOW, WILLOW_ONE, FAR)), {"w", "w1", "w2", "f"}),
    "another town": (replace(CLERK, regions=(OTHER_TOWN,)), {"f"}),
    "no region": (NOBODY, set()),
    "codes of no level": (ODD, set()),
    "no right to view": (BLIND, set()),
    "the program": (SYSTEM, {"w", "w1", "w2", "p", "f"}),
}


@dataclass(frozen=True)
class Places:
    """One household per place, with a member and a visit each."""

    households: dict[str, int]
    members: dict[str, int]
    visits: dict[str, int]

    def names(self, form: str, ids: Any) -> set[str]:
        known = {"household": self.households, "member": self.members, "visit": self.visits}[form]
        wanted = set(ids)
        return {name for name, id_ in known.items() if id_ in wanted}


@pytest.fixture
def places(store: Store) -> Places:
    codes = {"w": WILLOW, "w1": WILLOW_ONE, "w2": WILLOW_TWO, "p": POPLAR, "f": FAR}
    households = {name: household(store, f"户主{name}", code) for name, code in codes.items()}
    members = {
        name: put(store, "member", SYSTEM, 户=id_, 人员=person(store, f"人{name}", codes[name])).id
        for name, id_ in households.items()
    }
    visits = {name: put(store, "visit", SYSTEM, 成员=id_, 情况="好").id for name, id_ in members.items()}
    return Places(households, members, visits)


@pytest.mark.parametrize("form", ["household", "member", "visit"])
def test_every_way_of_reading_shows_the_same_records(store: Store, places: Places, form: str) -> None:
    known = {"household": places.households, "member": places.members, "visit": places.visits}[form]
    with store.reading() as session:
        for case, (actor, expected) in SEES.items():
            tables = store.tables(form)
            statement = visible(select(tables.main.c.id), tables, actor)
            assert places.names(form, session.execute(statement).scalars()) == expected, case
            found = page(session, store, form, actor, Query(size=2))
            pages = [found]
            while found.next:
                found = page(session, store, form, actor, Query(size=2, after=found.next))
                pages.append(found)
            listed = [record.id for one in pages for record in one.records]
            assert places.names(form, listed) == expected, case
            assert (len(listed), pages[0].total) == (len(expected), len(expected)), case
            loaded = {name for name, id_ in known.items() if load(session, store, form, id_, actor)}
            assert loaded == expected, case
            told = {name for name, id_ in known.items() if history(session, store, form, id_, actor)}
            assert told == expected, case
            assert places.names(form, caption(session, store, form, known.values(), actor)) == expected, case
            assert (
                places.names(form, [key for key, _ in pick(session, store, form, "", actor)]) == expected
            ), case


def test_a_keyword_or_filter_widens_nothing(store: Store, places: Places) -> None:
    with store.reading() as session:
        for query in (
            Query(keyword="户主"),
            Query(region=COUNTY),
            Query(filters={"户类型": "1"}),
            Query(status=""),
        ):
            shown = page(session, store, "household", NEIGHBOUR, query)
            assert places.names("household", [one.id for one in shown.records]) == {"p"}
        assert page(session, store, "household", NEIGHBOUR, Query(region=WILLOW)).total == 0
        assert pick(session, store, "household", "户主w", NEIGHBOUR) == []


def test_what_is_looked_up_first_is_limited_to_the_regions_afterwards(store: Store, places: Places) -> None:
    """A township's short keyword or indexed filter is answered over the whole county, then narrowed."""
    with store.reading() as session:
        for query in (Query(keyword="hz"), Query(keyword="户主"), Query(filters={"户类型": "1"})):
            shown = page(session, store, "household", TOWN_CLERK, query)
            assert places.names("household", [one.id for one in shown.records]) == SEES["town"][1]
            assert shown.total == 4
        for actor, expected in (
            (TOWN_CLERK, SEES["town"][1]),
            (NEIGHBOUR, {"p"}),
            (NOBODY, set()),
            (BLIND, set()),
        ):
            picked = [key for key, _caption in pick(session, store, "household", "hz", actor)]
            assert places.names("household", picked) == expected
            members = page(session, store, "member", actor, Query(keyword="r"))
            assert places.names("member", [one.id for one in members.records]) == expected


def _edit(store: Store, actor: Actor, id_: int, **values: Any) -> Callable[[Any], object]:
    return lambda session: save(session, store, Draft("household", id_, 1, values), actor)


def test_foreign_records_cannot_be_changed_made_or_taken(store: Store, places: Places) -> None:
    mine, theirs = places.households["p"], places.households["w"]
    attempts: dict[str, Callable[[Any], object]] = {
        "edit": _edit(store, NEIGHBOUR, theirs, 户主姓名="改"),
        "pull": _edit(store, NEIGHBOUR, theirs, 区划=POPLAR),
        "push": _edit(store, NEIGHBOUR, mine, 区划=WILLOW),
        "make": lambda session: save(
            session, store, Draft("household", values={"户主姓名": "新", "区划": WILLOW}), NEIGHBOUR
        ),
        "void": lambda session: void(session, store, "household", theirs, "不要", NEIGHBOUR),
        "no edit right": _edit(
            store, replace(CLERK, grants=frozenset({("household", "view")})), theirs, 户主姓名="改"
        ),
        "no fill right": lambda session: save(
            session,
            store,
            Draft("household", values={"户主姓名": "新", "区划": WILLOW}),
            replace(CLERK, grants=frozenset({("household", "view"), ("household", "edit")})),
        ),
        "no void right": lambda session: void(
            session,
            store,
            "household",
            theirs,
            "不要",
            replace(CLERK, grants=frozenset({("household", "view"), ("household", "edit")})),
        ),
    }
    for name, attempt in attempts.items():
        with pytest.raises(NotAllowed), store.writing() as session:
            assert attempt(session) is name
    with store.writing() as session:
        [answer] = save_many(
            session, store, "household", [Draft("household", theirs, 1, {"户主姓名": "改"})], NEIGHBOUR
        )
    assert isinstance(answer, Rejected)
    with store.reading() as session:
        main = store.tables("household").main
        assert session.execute(select(func.count()).select_from(main)).scalar_one() == 5
        assert set(session.execute(select(main.c.row_version)).scalars()) == {1}


def test_foreign_records_cannot_be_attached_to(store: Store, places: Places) -> None:
    own_person, foreign = person(store, "自己人", POPLAR), person(store, "外人", WILLOW)
    home = places.households["p"]
    for values in ({"户": places.households["w"], "人员": own_person}, {"户": home, "人员": foreign}):
        with pytest.raises((Rejected, NotAllowed)):
            put(store, "member", NEIGHBOUR, **values)
    assert put(store, "member", NEIGHBOUR, 户=home, 人员=own_person).id


def test_an_attachment_that_is_there_already_may_stay(store: Store, places: Places) -> None:
    """The county attached a person from another village; the village clerk can still edit the rest."""
    member = put(store, "member", SYSTEM, 户=places.households["p"], 人员=person(store, "外人", WILLOW)).id
    assert put(store, "member", NEIGHBOUR, member, 1, 排行="长子").row_version == 2


def test_a_form_without_region_is_for_all_who_may_view(store: Store) -> None:
    id_ = put(store, "notice", CLERK, 题目="开会").id
    with store.reading() as session:
        assert load(session, store, "notice", id_, NOBODY) is not None
        assert load(session, store, "notice", id_, BLIND) is None
        assert page(session, store, "notice", NEIGHBOUR, Query()).total == 1


def test_regions_have_a_caption_for_everybody(store: Store) -> None:
    with store.reading() as session:
        told = caption(session, store, "region", [WILLOW_ONE, TOWN, COUNTY, "529901999"], NOBODY)
        assert told == {WILLOW_ONE: "柳树镇柳树村一组", TOWN: "柳树镇", COUNTY: "青山县"}
        names = [name for _code, name in pick(session, store, "region", "", NEIGHBOUR, inside=True)]
        assert names == ["柳树镇杨树村"]


def test_scopes_hold_from_day_to_day(store: Store) -> None:
    today = store.clock.today()
    old = UserScope(region_code=POPLAR, role="clerk", valid_to=today.replace(day=4))
    now = UserScope(region_code=WILLOW, role="clerk", valid_from=today, valid_to=today)
    later = UserScope(region_code=FAR, role="clerk", valid_from=today.replace(day=6))
    with store.writing() as session:
        set_scopes(session, 7, (old, now, later))
        set_scopes(session, 8, (old,))
    with store.reading() as session:
        assert scopes_of(session, 7, today) == (now,)
        assert scopes_of(session, 8, today) == ()


def test_an_account_is_what_its_roles_say() -> None:

    roles = """
角色: clerk
名称: 文书
层级: 村
权限: {household: [查看, 填报], "*": [打印]}
---
角色: head
名称: 县级
层级: 县
看全号: 是
职责: [启用]
权限: {household: [修改]}
"""
    catalog = spec.read_texts({**FILES, "form_specs/roles.yaml": roles.encode()})
    scopes = (
        UserScope(region_code=WILLOW, role="clerk"),
        UserScope(region_code=COUNTY, role="head"),
        UserScope(region_code=COUNTY, role="gone"),
    )
    actor = actor_of(catalog, 7, "李文书", scopes)
    assert actor.roles == {"clerk", "head"}
    assert (actor.may("household", "fill"), actor.may("household", "edit"), actor.may("member", "print")) == (
        True,
    ) * 3
    assert not actor.may("household", "void")
    assert actor.widest_regions() == (COUNTY,)
    assert actor.unmasked
    assert actor.duties == {"publish"}
