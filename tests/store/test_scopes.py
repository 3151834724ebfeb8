"""Scopes of four kinds: what an account sees is what the definition says, by every way, and for its days only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ffp_admin.store import (
    Draft,
    NotAllowed,
    Query,
    Rejected,
    Store,
    UserScope,
    caption,
    history,
    load,
    page,
    pick,
    save,
    visible,
    void,
)
from tests.store.county import COUNTY, FAR, POPLAR, TOWN, WILLOW, WILLOW_ONE, person, read
from tests.store.scoped import TODAY, VIEWED, World, actor_with_scopes, fill

DAY = timedelta(days=1)


@pytest.fixture
def world(store: Store) -> World:
    return fill(store)


def scopes_in(world: World) -> st.SearchStrategy[tuple[UserScope, ...]]:
    """Any scopes of one account, some of them over or not begun."""
    days = st.sampled_from([None, TODAY - DAY, TODAY, TODAY + DAY])
    places = st.one_of(
        st.builds(
            dict,
            kind=st.sampled_from(["region", "task"]),
            region_code=st.sampled_from([COUNTY, TOWN, WILLOW, WILLOW_ONE, POPLAR, FAR]),
            forms=st.sampled_from([(), ("household",), ("member", "clue")]),
        ),
        st.builds(dict, kind=st.just("household"), target_id=st.sampled_from([*world.households, 999])),
        st.builds(dict, kind=st.just("unit"), target_id=st.sampled_from([*world.units, 999])),
        st.just({"kind": "duty"}),
    )

    def scope(place: dict[str, Any], role: str, first: Any, last: Any) -> UserScope:
        given = place if place["kind"] == "task" else {**place, "forms": ()}
        return UserScope(role=role, valid_from=first, valid_to=last, **given)

    one = st.builds(scope, places, st.sampled_from(sorted(VIEWED)), days, days)
    return st.lists(one, max_size=4).map(tuple)


def test_what_is_visible_is_what_the_definition_says(store: Store, world: World) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(scopes_in(world))
    def check(scopes: tuple[UserScope, ...]) -> None:
        actor = actor_with_scopes(store, *scopes)
        with store.reading() as session:
            for form, lines in world.lines.items():
                expected = {one.id for one in lines if any(world.shows(form, one, scope) for scope in scopes)}
                tables = store.tables(form)
                seen = session.execute(visible(select(tables.main.c.id), tables, actor)).scalars().all()
                assert sorted(seen) == sorted(expected), form
                assert listed(session, store, form, actor) == (sorted(expected), len(expected)), form
                picked = [key for key, _caption in pick(session, store, form, "", actor)]
                assert picked == sorted(expected), form

    check()


def listed(session: Any, store: Store, form: str, actor: Any) -> tuple[list[int], int]:
    """Ids of all pages, and the count of the first."""
    found = page(session, store, form, actor, Query(size=2))
    ids, total = [one.id for one in found.records], found.total
    while found.next:
        found = page(session, store, form, actor, Query(size=2, after=found.next))
        ids += [one.id for one in found.records]
    return sorted(ids), total


def test_every_other_way_of_reading_keeps_to_the_scopes(store: Store, world: World) -> None:
    mine = world.households[3]
    actor = actor_with_scopes(store, UserScope(role="look", kind="household", target_id=mine))
    with store.reading() as session:
        for form in ("household", "member", "person", "clue"):
            for line in world.lines[form]:
                shown = mine in world.homes(form, line)
                assert (load(session, store, form, line.id, actor) is not None) == shown
                assert bool(history(session, store, form, line.id, actor)) == shown
                assert (line.id in caption(session, store, form, [line.id], actor)) == shown
        # words, filters and narrower regions find nothing else
        for query in (
            Query(keyword="户主"),
            Query(keyword="hz"),
            Query(region=TOWN),
            Query(filters={"户类型": "1"}),
        ):
            assert [one.id for one in page(session, store, "household", actor, query).records] == [mine]
        assert page(session, store, "household", actor, Query(region=FAR)).total == 0
        assert [key for key, _ in pick(session, store, "household", "户主", actor)] == [mine]
        assert page(session, store, "member", actor, Query(keyword="人3")).total == 1
        assert page(session, store, "member", actor, Query(keyword="人4")).total == 0


def test_a_scope_that_ended_or_has_not_begun_gives_nothing(store: Store, world: World) -> None:
    home, unit = world.households[0], world.units[0]
    for kind in (
        {"region_code": COUNTY},
        {"kind": "household", "target_id": home},
        {"kind": "unit", "target_id": unit},
        {"kind": "task", "region_code": COUNTY, "forms": ("household",)},
    ):
        for days in ({"valid_to": TODAY - DAY}, {"valid_from": TODAY + DAY}):
            actor = actor_with_scopes(store, UserScope(role="all", **kind, **days))  # type: ignore[arg-type]
            with store.reading() as session:
                assert page(session, store, "household", actor, Query()).total == 0
                assert load(session, store, "household", home, actor) is None
                assert not actor.may("household", "view")
        whole = {"valid_from": TODAY, "valid_to": TODAY}
        actor = actor_with_scopes(store, UserScope(role="all", **kind, **whole))  # type: ignore[arg-type]
        with store.reading() as session:
            assert load(session, store, "household", home, actor) is not None


def test_a_role_holds_where_it_was_given_and_nowhere_else(store: Store, world: World) -> None:
    """A clerk of one village who inspects another one may look there, and change nothing."""
    clerk = UserScope(role="all", region_code=WILLOW)
    inspects = UserScope(role="look", kind="task", region_code=POPLAR, valid_to=TODAY)
    actor = actor_with_scopes(store, clerk, inspects)
    own, other = world.households[0], world.households[3]
    with store.writing() as session:
        assert save(session, store, Draft("household", own, 1, {"户主姓名": "改"}), actor).is_changed
    for attempt in (
        lambda session: save(session, store, Draft("household", other, 1, {"户主姓名": "改"}), actor),
        lambda session: save(session, store, Draft("household", own, 2, {"区划": POPLAR}), actor),
        lambda session: void(session, store, "household", other, "不要", actor),
        lambda session: save(
            session, store, Draft("household", values={"户主姓名": "新", "区划": POPLAR}), actor
        ),
    ):
        with pytest.raises(NotAllowed), store.writing() as session:
            attempt(session)
    with store.reading() as session:
        assert page(session, store, "household", actor, Query()).total == 5
        assert page(session, store, "household", actor, Query(verb="edit")).total == 3
        assert (
            page(session, store, "visit", actor, Query()).total == 3
        )  # the inspector's role has no right to visits


def test_who_is_assigned_a_household_works_in_it_and_cannot_take_it_away(store: Store, world: World) -> None:
    home, other = world.households[3], world.households[4]
    actor = actor_with_scopes(
        store,
        UserScope(role="home", kind="household", target_id=home),
        UserScope(role="look", kind="household", target_id=home),
    )
    with store.writing() as session:
        assert save(session, store, Draft("household", home, 1, {"人口数": 4}), actor).is_changed
    member = world.lines["member"][3].id
    with store.writing() as session:
        assert save(session, store, Draft("member", member, 1, {"排行": "长子"}), actor).is_changed
    with pytest.raises(NotAllowed), store.writing() as session:
        save(session, store, Draft("household", home, 2, {"区划": WILLOW}), actor)
    with pytest.raises((NotAllowed, Rejected)), store.writing() as session:
        save(session, store, Draft("member", member, 2, {"户": other}), actor)
    newcomer = person(store, "新人", POPLAR)
    with pytest.raises(Rejected), store.writing() as session:  # the person is not theirs to choose
        save(session, store, Draft("member", values={"户": home, "人员": newcomer}), actor)
    assert read(store, "household", home).values["区划"] == POPLAR


def test_a_unit_answers_what_it_was_sent_and_cannot_pass_it_on(store: Store, world: World) -> None:
    first, second = world.units
    actor = actor_with_scopes(store, UserScope(role="all", kind="unit", target_id=first))
    clue = next(one for one in world.lines["clue"] if one.unit == first)
    foreign = next(one for one in world.lines["clue"] if one.unit == second)
    with store.writing() as session:
        assert save(session, store, Draft("clue", clue.id, 1, {"线索": "已核实"}), actor).is_changed
    for draft in (
        Draft("clue", clue.id, 2, {"承办单位": second}),
        Draft("clue", foreign.id, 1, {"线索": "改"}),
        Draft("order", values={"承办单位": second, "事项": "代办"}),
    ):
        with pytest.raises(NotAllowed), store.writing() as session:
            save(session, store, draft, actor)
    with store.writing() as session:
        new = save(session, store, Draft("order", values={"承办单位": first, "事项": "自查"}), actor)
    assert read(store, "order", new.id).values["事项"] == "自查"


def test_a_void_dispatch_shows_its_household_no_longer(store: Store, world: World) -> None:
    unit = UserScope(role="all", kind="unit", target_id=world.units[0])
    home = world.households[3]
    with store.reading() as session:
        assert load(session, store, "household", home, actor_with_scopes(store, unit)) is not None
    clue = next(one for one in world.lines["clue"] if one.household == home)
    boss = actor_with_scopes(store, UserScope(role="all", region_code=COUNTY))
    with store.writing() as session:
        void(session, store, "clue", clue.id, "办结", boss)
    with store.reading() as session:
        assert load(session, store, "household", home, actor_with_scopes(store, unit)) is None
