"""Giving, ending, acting for somebody, handing over: checked, dated, signed with both names, noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ffp_admin.i18n import _
from ffp_admin.store import (
    SYSTEM,
    Actor,
    Draft,
    Holder,
    NotAllowed,
    ScopeProblem,
    Store,
    UserScope,
    acting_of,
    all_acting,
    all_scopes,
    end_acting,
    end_scope,
    give_acting,
    grant_scope,
    hand_over,
    history,
    publish,
    read_audit,
    save,
    scope_words,
    scopes_of,
    set_scopes,
    static,
    void,
)
from ffp_admin.store.actor import HeldRole, actor_with
from ffp_admin.store.draft_tables import draft_context, screen_draft
from ffp_admin.store.engine import make_engine
from ffp_admin.store.migrate import SCRIPTS
from tests.store.county import FAR, POPLAR, WILLOW, household, read
from tests.store.scoped import SCOPED_FILES, TODAY

DAY = timedelta(days=1)
SECURITY = Actor(user_id=3, name="杨安全", duties=frozenset({"users"}))
WANG, LI = Holder(id=71, name="王文书"), Holder(id=72, name="李文书")
STEAD = _("{name} (for {other})", name="李文书", other="王文书")
DUTIES = """
角色: system
名称: 系统管理员
职责: [启用]
---
角色: security
名称: 安全管理员
职责: [用户]
---
角色: village
名称: 村级
权限: {"*": [查看, 填报, 修改, 作废]}
"""


@pytest.fixture
def office(store: Store) -> Store:
    publish(store, {**SCOPED_FILES, "form_specs/roles.yaml": DUTIES.encode()}, SYSTEM)
    return store


def give(store: Store, user: int, **given: Any) -> int:
    with store.writing() as session:
        return grant_scope(session, store, user, UserScope(**{"role": "village", **given}), SECURITY)


def test_a_scope_is_given_ended_and_kept(office: Store) -> None:
    home = household(office)
    first = give(office, WANG.id, region_code=WILLOW, reason="任命")
    give(office, WANG.id, kind="household", target_id=home, valid_from=TODAY + DAY)
    with office.writing() as session:
        end_scope(session, office, first, TODAY - DAY, SECURITY)
    with office.reading() as session:
        assert scopes_of(session, WANG.id, TODAY) == ()
        assert [one.kind for one in scopes_of(session, WANG.id, TODAY + DAY)] == ["household"]
        stored = all_scopes(session, WANG.id)
        assert [one.kind for one in stored] == ["household", "region"]
        assert (stored[1].granted_name, stored[1].reason, stored[1].valid_to) == (
            "杨安全",
            "任命",
            TODAY - DAY,
        )
        assert [line.action for line in read_audit(session)][:3] == [
            "scope_ended",
            "scope_given",
            "scope_given",
        ]
        words = [scope_words(session, office, one) for one in stored]
    assert "柳树镇柳树村" in words[1]
    assert "单秀英" in words[0]


@pytest.mark.parametrize(
    "given",
    [
        {"region_code": "529901999"},
        {"region_code": ""},
        {"region_code": WILLOW, "role": "gone"},
        {"kind": "odd", "region_code": WILLOW},
        {"kind": "household", "target_id": 999},
        {"kind": "unit"},
        {"kind": "task", "region_code": WILLOW},
        {"kind": "task", "region_code": WILLOW, "valid_to": TODAY, "forms": ("gone",)},
        {"kind": "duty", "region_code": WILLOW},
        {"region_code": WILLOW, "valid_from": TODAY, "valid_to": TODAY - DAY},
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(office: Store, given: dict[str, Any]) -> None:
    with pytest.raises(ScopeProblem):
        give(office, WANG.id, **given)
    with office.reading() as session:
        assert all_scopes(session, WANG.id) == ()


def test_only_who_looks_after_accounts_gives_and_ends(office: Store) -> None:
    scope_id = give(office, WANG.id, region_code=WILLOW)
    clerk = replace(SECURITY, duties=frozenset({"audit"}))
    attempts: list[Callable[[Any], object]] = [
        lambda session: grant_scope(session, office, 71, UserScope(role="village", region_code=FAR), clerk),
        lambda session: end_scope(session, office, scope_id, TODAY, clerk),
        lambda session: give_acting(session, office, 72, WANG, None, None, "病假", clerk),
        lambda session: end_acting(session, office, 1, TODAY, clerk),
        lambda session: hand_over(session, office, WANG, LI, TODAY, clerk),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed), office.writing() as session:
            attempt(session)


def test_two_duties_never_meet_in_one_account(office: Store) -> None:
    give(office, WANG.id, kind="duty", role="system")
    give(office, LI.id, kind="duty", role="security", valid_from=TODAY + DAY)
    with pytest.raises(ScopeProblem):
        give(office, WANG.id, kind="duty", role="security")
    for attempt in (
        lambda session: give_acting(session, office, WANG.id, LI, None, None, "病假", SECURITY),
        lambda session: hand_over(session, office, WANG, LI, TODAY, SECURITY),
    ):
        with pytest.raises(ScopeProblem), office.writing() as session:
            attempt(session)
    third = Holder(id=73, name="赵")
    with office.writing() as session:
        give_acting(session, office, third.id, LI, None, None, "病假", SECURITY)
    with pytest.raises(ScopeProblem):
        give(office, third.id, kind="duty", role="system")
    # a duty that is over stands in nobody's way
    with office.writing() as session:
        end_scope(session, office, all_scopes(session, WANG.id)[0].id, TODAY - DAY, SECURITY)
    assert give(office, WANG.id, kind="duty", role="security")


def acting(store: Store) -> Actor:
    """李文书 of POPLAR, who acts for 王文书 of WILLOW today."""
    catalog = store.catalog()
    role = catalog.roles["village"]
    grants = frozenset((form, verb) for form, verbs in role.grants.items() for verb in verbs)
    held = [
        HeldRole(
            role="village",
            grants=grants,
            scopes=(UserScope(role="village", region_code=place),),
            limits={},
            behalf=behalf,
        )
        for place, behalf in ((POPLAR, ""), (WILLOW, WANG.name))
    ]
    return actor_with(catalog, LI.id, LI.name, held)


def test_deeds_in_somebodys_stead_bear_both_names(office: Store) -> None:
    mine, theirs = household(office, "杨树户", POPLAR), household(office, "柳树户", WILLOW)
    actor = acting(office)
    for id_, name in ((mine, "李文书"), (theirs, STEAD)):
        with office.writing() as session:
            save(session, office, Draft("household", id_, 1, {"人口数": 3}), actor)
        assert read(office, "household", id_).meta.updated_name == name
        with office.reading() as session:
            assert history(session, office, "household", id_, actor)[0].who == name
            assert read_audit(session)[0].user_name == name
            assert read_audit(session)[0].user_id == LI.id
    new = Draft("household", values={"户主姓名": "新户", "区划": WILLOW})
    with office.writing() as session:
        made = save(session, office, new, actor)
    assert read(office, "household", made.id).meta.created_name == STEAD
    with office.writing() as session:
        void(session, office, "household", made.id, "重复", actor)
    assert read(office, "household", made.id).meta.updated_name == STEAD
    with pytest.raises(NotAllowed), office.writing() as session:
        save(session, office, Draft("household", household(office, "远", FAR), 1, {"人口数": 2}), actor)


def test_acting_holds_on_its_days(office: Store) -> None:
    with office.writing() as session:
        give_acting(session, office, LI.id, WANG, TODAY, TODAY + DAY, "病假", SECURITY)
        with pytest.raises(ScopeProblem):
            give_acting(session, office, LI.id, LI, None, None, "病假", SECURITY)
        with pytest.raises(ScopeProblem):
            give_acting(session, office, LI.id, WANG, None, None, " ", SECURITY)
    with office.reading() as session:
        assert [len(acting_of(session, LI.id, TODAY + DAY * n)) for n in (-1, 0, 1, 2)] == [0, 1, 1, 0]
        [duty] = all_acting(session, LI.id)
        assert (duty.for_name, duty.granted_name) == (WANG.name, "杨安全")
    with office.writing() as session:
        end_acting(session, office, duty.id, TODAY, SECURITY)
    with office.reading() as session:
        assert acting_of(session, LI.id, TODAY + DAY) == ()


def _draft(store: Store, user: int, record_id: int, typed: str) -> None:
    sealed = store.keyring.seal(typed, draft_context(user, "household", record_id))
    row = {
        "user_id": user,
        "form": "household",
        "record_id": record_id,
        "at": store.clock.now(),
        "content": sealed,
    }
    with store.writing() as session:
        session.execute(insert(screen_draft).values(row))


def _job(store: Store, user: Holder, state: str) -> None:
    row = {
        "kind": "print",
        "state": state,
        "owner_id": user.id,
        "owner_name": user.name,
        "created_at": store.clock.now(),
        "due_at": store.clock.now(),
        "tries": 0,
        "done": 0,
        "cancelled": False,
    }
    with store.writing() as session:
        session.execute(insert(static.job).values(row))


def test_a_hand_over_moves_places_forms_and_jobs(office: Store) -> None:
    give(office, WANG.id, region_code=WILLOW, valid_from=TODAY - DAY * 9)
    give(office, WANG.id, kind="task", region_code=FAR, valid_from=TODAY + DAY * 5, valid_to=TODAY + DAY * 8)
    ended = give(office, WANG.id, region_code=POPLAR, valid_to=TODAY - DAY)
    with office.writing() as session:
        give_acting(session, office, WANG.id, Holder(id=9, name="赵"), None, None, "病假", SECURITY)
    _draft(office, WANG.id, 0, "typed")
    _draft(office, WANG.id, 5, "mine")
    _draft(office, LI.id, 5, "theirs")
    _job(office, WANG, "waiting")
    _job(office, WANG, "done")
    with office.writing() as session:
        report = hand_over(session, office, WANG, LI, TODAY, SECURITY)
    with office.reading() as session:
        assert scopes_of(session, WANG.id, TODAY) == scopes_of(session, WANG.id, TODAY + DAY * 6) == ()
        assert [one.region_code for one in scopes_of(session, WANG.id, TODAY - DAY)] == [WILLOW, POPLAR]
        assert ended in {one.id for one in all_scopes(session, WANG.id)}
        mine = scopes_of(session, LI.id, TODAY + DAY * 6)
        assert [(one.kind, one.region_code, one.valid_from) for one in mine] == [
            ("region", WILLOW, TODAY),
            ("task", FAR, TODAY + DAY * 5),
        ]
        assert acting_of(session, WANG.id, TODAY) == ()
        drafts = session.execute(
            select(screen_draft.c.user_id, screen_draft.c.record_id, screen_draft.c.content).order_by(
                screen_draft.c.record_id, screen_draft.c.user_id
            )
        ).all()
        assert [(user, record) for user, record, _content in drafts] == [(LI.id, 0), (WANG.id, 5), (LI.id, 5)]
        opened = office.keyring.open(drafts[0].content, draft_context(LI.id, "household", 0))
        assert opened == "typed"
        owners = session.execute(select(static.job.c.state, static.job.c.owner_name)).all()
        assert {row.state: row.owner_name for row in owners} == {"waiting": LI.name, "done": WANG.name}
        assert read_audit(session)[0].action == "hand_over"
        assert json.dumps(read_audit(session)[0].facts)
    assert any("柳树村" in line and LI.name in line for line in report.lines)
    assert any("1" in line for line in report.lines)


def test_a_hand_over_on_a_later_day_leaves_today_alone(office: Store) -> None:
    give(office, WANG.id, region_code=WILLOW)
    _draft(office, WANG.id, 0, "typed")
    with office.writing() as session:
        report = hand_over(session, office, WANG, LI, TODAY + DAY, SECURITY)
    with office.reading() as session:
        assert [len(scopes_of(session, WANG.id, TODAY + DAY * n)) for n in (0, 1)] == [1, 0]
        assert [len(scopes_of(session, LI.id, TODAY + DAY * n)) for n in (0, 1)] == [0, 1]
        assert session.execute(select(screen_draft.c.user_id)).scalars().all() == [WANG.id]
    assert len(report.lines) == 2


def test_scopes_of_an_older_program_hold_on(county_url: str, tmp_path: Path) -> None:
    """What stood in the old, narrower table is a scope of a region, for the same days."""
    engine = make_engine(
        f"sqlite:///{tmp_path / 'old.db'}" if county_url.startswith("sqlite") else county_url
    )
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("CREATE SCHEMA old")
            connection.exec_driver_sql("SET LOCAL search_path = old")
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.exec_driver_sql(
            "INSERT INTO user_scope (user_id, region_code, role, valid_to)"
            f" VALUES (5, '{WILLOW}', 'village', '2026-03-05')"
        )
        command.upgrade(config, "0006")
        with Session(connection) as session:
            [kept] = all_scopes(session, 5)
            assert kept == UserScope(role="village", region_code=WILLOW, valid_to=TODAY)
            set_scopes(session, 5, (kept, kept))
            assert len(all_scopes(session, 5)) == 2
    engine.dispose()
