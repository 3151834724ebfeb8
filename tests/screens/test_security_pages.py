"""Every page as a browser with the strictest policy reads it: nothing inline, no page of the framework, all headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, template_rendered
from playwright.sync_api import Page

from ffp_admin import screens
from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.store import Store
from ffp_admin.testing.browser import Faults
from tests.screens.county import household, person
from tests.screens.test_screen_browser import Shot, enter, site
from tests.screens.test_security_forgery import _address
from tests.screens.visitor import Visitor

__all__ = ["site"]

Arrive = Callable[[str], Visitor]
TEMPLATES = Path(screens.__file__).with_name("templates")
INLINE = (
    re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    re.compile(r"<style", re.IGNORECASE),
    re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    re.compile(r"javascript:", re.IGNORECASE),
    re.compile(r"(?:src|href)=\"(?:https?:)?//", re.IGNORECASE),
)


def _gettable(app: Flask) -> list[str]:
    return sorted(
        {
            _address(rule).replace("/1/1", "/household_roster/529901100201")
            if "<document>" in rule.rule
            else _address(rule)
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and "<path:" not in rule.rule
        }
    )


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_template_of_ours_has_anything_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [one.pattern for one in INLINE if one.search(source)] == []


def test_no_page_has_anything_inline_and_none_is_the_frameworks(
    app: Flask, visitor: Arrive, store: Store
) -> None:
    household(store, 联系电话="13800001234")
    person(store)
    browser, drawn = visitor("xian"), []

    def note(_app: Flask, template: object, **_more: object) -> None:
        drawn.append(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        pages = {address: browser.get(address) for address in _gettable(app)}
        pages["/login/"] = Visitor(app.test_client()).get("/login/")
        pages["/nowhere"] = browser.get("/nowhere")
    assert len(drawn) > 10
    assert [name for name in drawn if not name.startswith("ffp/")] == []
    for address, page in pages.items():
        assert [one.pattern for one in INLINE if one.search(page.html)] == [], address
        headers = page.response.headers
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        if page.path != "/assets/":
            assert headers["Cache-Control"] == "no-store", address
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Permissions-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "address",
    ["/back", "/lang/en", "/static/appbuilder/css/bootstrap.min.css", "/static/appbuilder/js/ab.js"],
)
def test_what_the_framework_brings_along_is_not_there(app: Flask, visitor: Arrive, address: str) -> None:
    assert visitor("xian").client.get(address).status_code == 404
    assert app.test_client().get(address).status_code == 404


def test_behind_https_the_cookie_belongs_to_this_host_alone(settings: Settings, store: Store) -> None:
    app = create_app(replace(settings, public_url="https://fp.example.gov.cn"), store)
    client = app.test_client()
    cookie = client.get("/login/", base_url="https://fp.example.gov.cn").headers["Set-Cookie"]
    assert cookie.startswith("__Host-ffp=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.browser
@pytest.mark.parametrize("width", ["wide_page", "phone_page"])
def test_a_browser_reports_no_violation_of_the_policy_on_any_page(
    site: str,
    app: Flask,
    store: Store,
    request: pytest.FixtureRequest,
    width: str,
    shot: Shot,
    faults: Faults,
) -> None:
    household(store)
    person(store)
    page: Page = request.getfixturevalue(width)
    faults.expected.append("status of 40")  # pages that say no are pages too
    enter(page, site, "xian")
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
    )
    for address in _gettable(app):
        if address.endswith((".pdf", ".xlsx", ".svg", "/back")):
            continue
        page.goto(f"{site}{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), address
    page.goto(f"{site}/second-factor/")
    shot(page, "second-factor-none")
