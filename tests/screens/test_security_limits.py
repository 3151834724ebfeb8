"""How often: guesses, enumeration and hurry are refused in all workers together, with the time to wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from ffp_admin.app import create_app
from ffp_admin.config import Settings, read_settings
from ffp_admin.screens import limiting
from ffp_admin.screens.limiting import current_limiter
from ffp_admin.store import Store
from tests.screens.county import PASSWORD, WILLOW_ONE, Hands, household
from tests.screens.visitor import Visitor

Arrive = Callable[[str], Visitor]


def _use_up(app: Flask, kind: str, who: object) -> None:
    """Do something as often as it is allowed."""
    with app.app_context():
        while not current_limiter().wait(kind, who):
            current_limiter().spend(kind, who)


def _account(store: Store, username: str) -> int:
    from ffp_admin.screens.logins import find_account

    with store.reading() as session:
        account = find_account(session, username)
        assert account is not None
        return account.id


def test_guessing_from_one_address_is_stopped_for_every_name_and_worker(
    app: Flask, settings: Settings, store: Store, clock: Hands
) -> None:
    first, second = Visitor(app.test_client()), Visitor(create_app(settings, store).test_client())
    _use_up(app, "login_failed", "127.0.0.1")
    page = second.log_in("willow")
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "600"
    assert "10 分钟" in page.text
    clock.move(minutes=10, seconds=1)
    assert first.log_in("willow").path == "/"


def test_right_log_ins_of_a_whole_office_behind_one_address_are_not_counted_as_guesses(app: Flask) -> None:
    for _i in range(45):
        assert Visitor(app.test_client()).log_in("willow").path == "/"


def test_a_name_nobody_has_is_locked_like_an_account(app: Flask, clock: Hands) -> None:
    def answers(username: str) -> list[str]:
        browser = Visitor(app.test_client())
        said = []
        for _i in range(7):
            said.append(browser.log_in(username, "Wrong#2026").text)
        clock.move(minutes=16)
        said.append(browser.log_in(username, "Wrong#2026").text)
        return said

    assert answers("willow") == answers("nobody")


@pytest.mark.parametrize(
    ("address", "kind", "data"),
    [
        ("/ledger/household/pick/区划", "pick", {"text": "柳"}),
        ("/ledger/household/find", "find", {"keyword": "单"}),
        ("/password/", "password", {"old": "x"}),
        ("/ledger/household/{ident}/reveal/联系电话", "reveal", {"reason": "visit"}),
    ],
)
def test_each_deed_has_its_own_limit_and_says_how_long_to_wait(
    app: Flask, visitor: Arrive, store: Store, address: str, kind: str, data: dict[str, str]
) -> None:
    browser = visitor("willow")
    ident = household(store, 联系电话="13800001234")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    place = address.format(ident=ident)
    assert browser.client.post(place, data={"csrf_token": token, **data}).status_code in (200, 302, 422)
    _use_up(app, kind, _account(store, "poplar"))  # another account's counts are its own
    assert browser.client.post(place, data={"csrf_token": token, **data}).status_code in (200, 302, 422)
    _use_up(app, kind, _account(store, "willow"))
    answer = browser.client.post(place, data={"csrf_token": token, **data})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "短时间内操作太频繁" in answer.text
    assert "13800001234" not in answer.text


def test_the_script_is_told_in_json(app: Flask, visitor: Arrive, store: Store) -> None:
    browser = visitor("willow")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    _use_up(app, "pick", _account(store, "willow"))
    answer = browser.fetch("/ledger/household/pick/区划", [("text", "柳"), ("csrf_token", token)])
    assert answer.status_code == 429
    assert answer.is_json
    assert answer.get_json()["retry_after"] == int(answer.headers["Retry-After"])


def test_a_form_that_comes_too_often_is_kept_and_comes_back(
    app: Flask, visitor: Arrive, store: Store, clock: Hands
) -> None:
    browser = visitor("willow")
    form = browser.get("/ledger/household/add").form("/ledger/household/add")
    form.set("f-户主姓名", "单秀英")
    form.set("f-区划", WILLOW_ONE, "")
    _use_up(app, "all", _account(store, "willow"))
    page = browser.press(form)
    assert page.status == 429
    assert "已经保留" in page.text
    clock.move(minutes=1, seconds=1)
    link = page.html.split('class="button first" href="')[1].split('"')[0]
    back = browser.get(link.replace("&amp;", "&"))
    assert "单秀英" in back.form("/ledger/household/add").texts("f-户主姓名")


def test_with_counting_off_only_what_guards_secrets_is_counted(settings: Settings, store: Store) -> None:
    app = create_app(replace(settings, rate_limits=False), store)
    with app.app_context():
        limiter = current_limiter()
        assert [limiter.spend("pick", 1) for _i in range(200)] == [0] * 200
        assert [limiter.spend("second_factor", 1) > 0 for _i in range(6)] == [False] * 5 + [True]


def test_wrong_tokens_from_one_address_are_stopped_before_anything_is_looked_up(app: Flask) -> None:
    asked: list[str] = []

    def look_up() -> bool:
        asked.append(limiting.bearer_token())
        limiting.note_guessed_token()
        return False

    app.extensions["ffp_token_guard"] = look_up
    app.add_url_rule("/api/v1/x", "x", lambda: "never")
    client, header = app.test_client(), {"Authorization": "Bearer nobody-has-this"}
    answers = [client.get("/api/v1/x", headers=header).status_code for _i in range(22)]
    assert answers == [401] * 20 + [429] * 2
    assert len(asked) == 20


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ((), "198.51.100.7", "203.0.113.9", "198.51.100.7"),  # nobody's word is believed
        (("10.0.0.0/8",), "198.51.100.7", "203.0.113.9", "198.51.100.7"),  # not from a proxy
        (("10.0.0.0/8",), "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (
            ("10.0.0.0/8",),
            "10.0.0.1",
            "1.1.1.1, 203.0.113.9, 10.0.0.2",
            "203.0.113.9",
        ),  # the left end is invented
        (("10.0.0.0/8",), "10.0.0.1", "'; DROP TABLE x", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", "", "10.0.0.1"),
        ((), "2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),
    ],
)
def test_the_address_is_the_nearest_that_is_no_proxy_of_ours(
    settings: Settings, store: Store, trusted: tuple[str, ...], peer: str, forwarded: str, client: str
) -> None:
    from ffp_admin.screens.origin import client_address

    app = create_app(replace(settings, trusted_proxies=trusted), store)
    with app.test_request_context(
        "/", environ_base={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": forwarded}
    ):
        assert client_address() == client


def test_no_name_and_no_address_stands_in_the_counters(app: Flask, settings: Settings) -> None:
    Visitor(app.test_client()).log_in("somebody-secret", PASSWORD)
    text = "".join(
        file.read_bytes().decode("latin-1") for file in settings.data_dir.iterdir() if "limits" in file.name
    )
    assert "login_failed" in text
    assert "somebody-secret" not in text
    assert "127.0.0.1" not in text


def test_a_proxy_that_is_no_address_is_refused_at_the_start() -> None:
    assert read_settings({"FFP_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.7/8"}).trusted_proxies == (
        "127.0.0.1/32",
        "10.0.0.0/8",
    )
    with pytest.raises(ValueError, match="my-proxy"):
        read_settings({"FFP_TRUSTED_PROXIES": "my-proxy"})
