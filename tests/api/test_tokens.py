"""Tokens: never more than their account, shown once, gone at once; the page, the administrator's page, the command."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from ffp_admin.cli import main
from ffp_admin.config import Settings
from ffp_admin.screens.acting import current_actor
from ffp_admin.screens.logins import find_account, set_password
from ffp_admin.screens.tables import User
from ffp_admin.spec.model import VERBS
from ffp_admin.store import Actor, Holding, Store, Task, Wish, make_token, narrowed, read_audit, tokens_of
from ffp_admin.store.token_tables import api_token
from ffp_admin.store.tokens import TokenProblem
from tests.api.conftest import Program, owner_of
from tests.screens.county import WILLOW, Hands
from tests.screens.visitor import Visitor

FORMS = ("household", "person", "member", "survey")
PAIRS = st.tuples(st.sampled_from((*FORMS, "*")), st.sampled_from(VERBS))
GRANTS = st.frozensets(PAIRS, max_size=9)
REGIONS = st.lists(st.sampled_from(("529901", "529901100", WILLOW)), max_size=2).map(tuple)
HOLDINGS = st.builds(
    Holding,
    grants=GRANTS,
    regions=REGIONS,
    households=st.lists(st.integers(1, 3), max_size=1).map(tuple),
    tasks=st.lists(st.builds(Task, region=st.just(WILLOW)), max_size=1).map(tuple),
)


@given(
    holdings=st.lists(HOLDINGS, max_size=3).map(tuple),
    grants=GRANTS,
    regions=REGIONS,
    allowed=st.frozensets(st.tuples(st.sampled_from(FORMS), st.sampled_from(VERBS)), max_size=6),
)
def test_a_narrowed_actor_never_has_more_anywhere(
    holdings: tuple[Holding, ...], grants: Any, regions: Any, allowed: Any
) -> None:
    own = grants if not holdings else frozenset(pair for one in holdings for pair in one.grants)
    actor = Actor(
        1, "甲", grants=own, regions=regions, holdings=holdings, unmasked=True, duties=frozenset({"users"})
    )
    less = narrowed(actor, allowed)
    assert not less.unmasked
    assert not less.duties
    for form in FORMS:
        for verb in VERBS:
            assert less.may(form, verb) == ((form, verb) in allowed and actor.may(form, verb))
            given = (form, verb) in allowed
            for ways in (Actor.region_codes, Actor.household_ids, Actor.unit_ids):
                assert ways(less, form, verb) == (ways(actor, form, verb) if given else ())


def _acts(app: Flask) -> None:
    """An address that tells who acts."""

    def who() -> dict[str, Any]:
        actor = current_actor()
        return {"id": actor.user_id, "account": g.ffp_account.username, "grants": sorted(actor.grants)}

    app.add_url_rule("/api/v1/who", "who", who)


def test_a_token_opens_what_it_names_and_only_in_the_header(
    app: Flask, program: Callable[..., Program]
) -> None:
    _acts(app)
    one = program("willow", ("household", "view"))
    assert one.get("/api/v1/who").get_json()["grants"] == [["household", "view"]]
    client = app.test_client()
    for path, headers in (
        (f"/api/v1/who?token={one.secret}", {}),
        (f"/api/v1/who?access_token={one.secret}", {}),
        ("/api/v1/who", {"Authorization": f"Basic {one.secret}"}),
        ("/api/v1/who", {"Authorization": f"Bearer {one.secret}x"}),
        ("/api/v1/who", {"Authorization": "Bearer "}),
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    page = client.get("/ledger/household/", headers={"Authorization": f"Bearer {one.secret}"})
    assert page.location.startswith("/login/")  # pages are for people


def test_a_token_ends_with_its_day_its_account_its_rights_and_its_password(
    app: Flask, store: Store, clock: Hands, program: Callable[..., Program], visitor: Callable[[str], Visitor]
) -> None:
    _acts(app)
    one = program("willow", ("household", "view"), ("person", "edit"))

    def answer() -> Any:
        return one.get("/api/v1/who")

    assert answer().get_json()["account"] == "willow"
    with store.writing() as session:
        session.execute(update(User).where(User.c.username == "willow").values(active=False))
    assert answer().status_code == 401
    with store.writing() as session:
        session.execute(update(User).where(User.c.username == "willow").values(active=True))
    assert answer().status_code == 200
    visitor("willow").press(visitor("willow").get("/").form("/logout/"))
    assert answer().status_code == 200  # a program does not log in again
    clock.move(days=31)
    assert "到期" in answer().get_json()["detail"]
    clock.move(days=-31)
    with store.writing() as session:
        account = find_account(session, "willow")
        assert account is not None
        set_password(session, store, account.id, "Another#2026", must_change=False)
    assert "收回" in answer().get_json()["detail"]


def test_a_token_works_only_from_its_addresses(app: Flask, program: Callable[..., Program]) -> None:
    _acts(app)
    one = program("willow", ("household", "view"), addresses="10.1.2.0/24 2001:db8::/32")
    for address, is_open in (
        ("10.1.2.77", True),
        ("10.1.3.1", False),
        ("2001:db8:1:2::9", True),
        ("2001:db9::1", False),
    ):
        answer = one.get("/api/v1/who", environ_base={"REMOTE_ADDR": address})
        assert (answer.status_code == 200) == is_open, address
        assert is_open or "地址" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"grants": frozenset()}, "grants"),
        ({"grants": frozenset({("unit", "view")})}, "grants"),
        ({"grants": frozenset({("*", "view")})}, "grants"),
        ({"grants": frozenset({("household", "export")})}, "grants"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"addresses": "village.example"}, "addresses"),
    ],
)
def test_a_token_that_may_not_be_is_refused(store: Store, wish: dict[str, Any], field: str) -> None:
    owner = owner_of(store, "willow")
    whole: dict[str, Any] = {"name": "系统", "grants": frozenset({("household", "view")}), "days": 9, **wish}
    with store.writing() as session, pytest.raises(TokenProblem) as refused:
        make_token(session, store, owner, Wish(**whole), owner)
    assert refused.value.field == field


def _made(page: Any) -> str:
    found = re.search(r'<code class="key">(ffp_[^<]+)</code>', page.html)
    assert found, page.html
    return found[1]


def test_the_own_page_makes_a_token_shows_it_once_and_withdraws_it(
    app: Flask, store: Store, visitor: Callable[[str], Visitor]
) -> None:
    _acts(app)
    willow = visitor("willow")
    sheet = willow.get("/tokens/").form("/tokens/add")
    sheet.set("name", "统计系统")
    sheet.set("t", "household:view", "unit:view")
    assert willow.press(sheet).status == 422
    sheet.set("t", "household:view")
    sheet.set("days", "30")
    page = willow.press(sheet)
    secret = _made(page)
    assert secret not in willow.get("/tokens/").html
    with store.reading() as session:
        assert secret not in str(session.execute(select(api_token)).all())
        assert [one.action for one in read_audit(session, limit=1)] == ["token_made"]
    caller = Program(app, secret)
    assert caller.get("/api/v1/who").status_code == 200
    poplar = visitor("poplar")
    withdraw = willow.get("/tokens/").form("/withdraw")
    stolen = poplar.get("/tokens/").form("/tokens/add")
    stolen.action = withdraw.action
    assert poplar.press(stolen).status == 404
    assert caller.get("/api/v1/who").status_code == 200
    willow.press(withdraw)
    assert caller.get("/api/v1/who").status_code == 401


def test_the_security_administrator_sees_and_withdraws_tokens_of_others(
    app: Flask, program: Callable[..., Program], visitor: Callable[[str], Visitor]
) -> None:
    _acts(app)
    one = program("willow", ("household", "view"))
    one.get("/api/v1/who", environ_base={"REMOTE_ADDR": "10.9.8.7"})
    xian = visitor("xian")
    page = xian.open_account("willow")
    assert "统计系统" in page.html
    assert "10.9.8.7" in page.html
    assert xian.press(page.form(f"/token/{one.id}")).path == page.path
    assert one.get("/api/v1/who").status_code == 401
    sheet = page.form(f"/token/{one.id}")
    sheet.action = page.path.replace(page.path.rpartition("/")[2], "1") + f"/token/{one.id}"
    assert xian.press(sheet).status == 404  # not that account's


def test_guessing_locks_the_address_and_a_known_token_that_ended_does_not(
    app: Flask, clock: Hands, program: Callable[..., Program]
) -> None:
    _acts(app)
    one = program("willow", ("household", "view"))
    clock.move(days=31)
    assert {one.get("/api/v1/who").status_code for _i in range(25)} == {401}
    guess = Program(app, "ffp_guessed")
    assert [guess.get("/api/v1/who").status_code for _i in range(21)][-1] == 429
    assert one.get("/api/v1/who").headers["Retry-After"]


def test_the_command_makes_lists_and_withdraws(
    store: Store, settings: Settings, template: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("FFP_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("FFP_KEY_FILE", str(template.file.parent / "keyring.json"))

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["token", *words])

    made = run("add", "willow", "统计系统", "--grant", "household:view,fill", "--days", "5")
    assert made.exit_code == 0, made.output
    assert re.search(r"ffp_[\w-]{40,}", made.output)
    with store.reading() as session:
        [one] = tokens_of(session)
    assert one.grants == {("household", "view"), ("household", "fill")}
    assert one.ends_at - one.made_at == timedelta(days=5)
    assert "统计系统" in run("list", "willow").output
    assert run("withdraw", str(one.id)).exit_code == 0
    with store.reading() as session:
        assert tokens_of(session)[0].withdrawn_at is not None
    refused = run("add", "willow", "统计系统", "--grant", "household:delete")
    assert refused.exit_code == 1
    assert "household:delete" in refused.output
    assert run("add", "nobody", "x", "--grant", "household:view").exit_code == 1
