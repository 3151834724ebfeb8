"""No other site's page acts in a person's name; uploads, host names and file names are what they say."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Rule

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.screens.uploads import LONGEST, clean_name
from ffp_admin.store import Store
from tests.screens.visitor import Visitor

Arrive = Callable[[str], Visitor]
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
FILLED = {"form": "household", "ident": "1", "field": "联系电话", "username": "willow", "state": "off"}


def _address(rule: Rule) -> str:
    """An address of the rule with something in every place."""
    place = rule.rule
    for name in rule.arguments:
        given = FILLED.get(name, "codes" if name == "what" else "1")
        start = min(at for at in (place.find(f"<{name}>"), place.find(f":{name}>")) if at >= 0)
        start = place.rfind("<", 0, start + 1)
        place = place[:start] + given + place[place.index(">", start) + 1 :]
    return place


def _changing(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, _address(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(CHANGES & (rule.methods or set()))
    ]


def _counts(store: Store) -> list[Any]:
    """How many rows each table of the county has."""
    from sqlalchemy import inspect, text

    with store.reading() as session:
        names = inspect(session.connection()).get_table_names()
        return [(n, session.execute(text(f'SELECT count(*) FROM "{n}"')).scalar()) for n in sorted(names)]


def _refused(answer: Any) -> bool:
    """400 or 403, or back to the form with what was typed."""
    return answer.status_code in (400, 403) or "draft=1" in (answer.location or "")


def test_every_route_that_changes_anything_refuses_without_the_token(
    app: Flask, visitor: Arrive, store: Store
) -> None:
    client = visitor("xian").client
    routes = _changing(app)
    assert len(routes) > 20
    before = [one for one in _counts(store) if one[0] != "screen_draft"]
    for method, address in routes:
        assert _refused(client.open(address, method=method, data={"x": "1"})), (method, address)
        assert _refused(client.open(address, method=method, json={"x": "1"})), (method, address)
    assert [one for one in _counts(store) if one[0] != "screen_draft"] == before


def test_a_route_added_later_is_guarded_too_also_for_json_and_delete(app: Flask, visitor: Arrive) -> None:
    app.add_url_rule("/api/v1/thing", "thing", lambda: "done", methods=["PUT", "PATCH", "DELETE"])
    browser = visitor("xian")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    for method in ("PUT", "PATCH", "DELETE"):
        answer = browser.client.open("/api/v1/thing", method=method, json={})
        assert answer.status_code == 400
        assert "error" in answer.get_json()
        with_token = browser.client.open(
            "/api/v1/thing", method=method, json={}, headers={"X-CSRFToken": token}
        )
        assert with_token.text == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_is_refused_even_with_the_token_and_keeps_no_draft(
    visitor: Arrive, store: Store, headers: dict[str, str]
) -> None:
    browser = visitor("willow")
    form = browser.get("/ledger/household/add").form("/ledger/household/add")
    answer = browser.client.post(form.action, data=dict(form.pairs), headers=headers)
    assert answer.status_code == 403
    assert dict(_counts(store))["screen_draft"] == 0
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert browser.client.post(form.action, data=dict(form.pairs), headers=own).status_code == 422


def test_a_program_with_a_token_needs_no_csrf_token_and_a_cookie_does_not_help_it(
    app: Flask, visitor: Arrive
) -> None:
    app.add_url_rule("/api/v1/thing", "thing", lambda: "done", methods=["POST"])
    header = {"Authorization": "Bearer abc"}
    client = visitor("xian").client
    assert client.post("/api/v1/thing", headers=header).status_code == 401  # nobody takes tokens yet
    app.extensions["ffp_token_guard"] = lambda: True
    assert client.post("/api/v1/thing", headers=header).text == "done"
    assert client.post("/logout/", headers=header).status_code == 400  # only the API knows programs


@pytest.mark.parametrize(
    ("public", "asked", "known"),
    [
        ("http://127.0.0.1:8080", "localhost", True),
        ("http://127.0.0.1:8080", "192.0.2.7:8080", True),  # tried out in a local network
        ("http://127.0.0.1:8080", "rebound.example", False),
        ("https://fp.example.gov.cn", "fp.example.gov.cn", True),
        ("https://fp.example.gov.cn", "FP.example.gov.cn:443", True),
        ("https://fp.example.gov.cn", "192.0.2.7", False),
        ("https://fp.example.gov.cn", "evil.example", False),
        ("https://fp.example.gov.cn", "inside.example.gov.cn", True),
        ("https://fp.example.gov.cn", "127.0.0.1:8080", True),  # a health check on the machine itself
    ],
)
def test_only_our_own_names_are_answered(
    settings: Settings, store: Store, public: str, asked: str, known: bool
) -> None:
    app = create_app(replace(settings, public_url=public, allowed_hosts=("inside.example.gov.cn",)), store)
    answer = app.test_client().get("/login/", headers={"Host": asked})
    assert answer.status_code == (200 if known else 421)
    if not known:
        assert asked not in answer.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\花名册.xlsx", "花名册.xlsx"),
        ("花名册\u202excel.exe", "花名册xcel.exe"),
        ("a\x00b.xlsx", "ab.xlsx"),
        ("..", ""),
        ('<img src=x onerror="1">.xlsx', "img src=x onerror=1.xlsx"),
        ("村" * 200 + ".xlsx", "村" * 75 + ".xlsx"),
    ],
)
def test_a_file_name_is_only_ever_a_caption(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@given(st.text())
def test_no_file_name_turns_hides_or_leads_elsewhere(name: str) -> None:
    shown = clean_name(name)
    assert len(shown) <= LONGEST
    assert not set(shown) & set('/\\\x00\u202e\u200b\n<>"')
    assert not shown.startswith(".")
    assert clean_name(shown) == shown


def test_every_upload_reaches_its_page_under_a_harmless_name(app: Flask, visitor: Arrive) -> None:
    seen: list[str | None] = []

    def look() -> str:
        seen.extend(one.filename for one in request.files.getlist("file"))
        return "done"

    app.add_url_rule("/any/upload", "any.upload", look, methods=["POST"])
    browser = visitor("xian")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    files = [(io.BytesIO(b"x"), "../../花名册\u202excel.xlsx"), (io.BytesIO(b"x"), "/tmp/b.xls")]
    answer = browser.client.post("/any/upload", data={"csrf_token": token, "file": files})
    assert answer.text == "done"
    assert seen == ["花名册xcel.xlsx", "b.xls"]


def test_a_form_of_very_many_parts_is_refused(visitor: Arrive) -> None:
    browser = visitor("xian")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    parts = {f"file{number}": (io.BytesIO(b""), "a") for number in range(2_100)}
    answer = browser.client.post("/accounts/add", data={"csrf_token": token, **parts})
    assert answer.status_code == 413
