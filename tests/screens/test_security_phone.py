"""The second factor in a real browser: an office PC and a phone without camera."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.store import Store
from tests.screens.county import PASSWORD, Hands
from tests.screens.test_screen_browser import _SMALL, Shot, site
from tests.screens.test_security_factor import Phone

__all__ = ["site"]


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    """An installation where 周县办 needs a second factor."""
    return create_app(replace(settings, second_factor="duties"), store)


@pytest.mark.browser
@pytest.mark.parametrize("width", ["wide_page", "phone_page"])
def test_a_phone_without_camera_binds_by_the_typed_key_and_the_slip_can_be_printed(
    site: str,
    clock: Hands,
    request: pytest.FixtureRequest,
    width: str,
    shot: Shot,
) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto(f"{site}/login/")
    for name, value in (("#username", "xian"), ("#password", PASSWORD)):
        page.fill(name, value)
    page.click("button.first")
    page.wait_for_url(f"{site}/second-factor/")
    picture = page.locator("img.qr")
    assert picture.evaluate("one => one.complete && one.naturalWidth > 100")
    shot(page, "second-factor-bind")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone = Phone(page.inner_text("code.key"), clock)
    page.fill("#code", phone.code())
    page.click("button.first")
    assert page.locator("ol.codes li").count() == 10
    page.locator("[data-print]").wait_for(state="visible")  # the script shows it
    shot(page, "second-factor-slip")
    page.emulate_media(media="print")
    assert not page.locator("[data-print]").is_visible()
    assert page.locator("ol.codes li").first.is_visible()
    page.emulate_media(media="screen")
    page.context.clear_cookies()
    clock.move(minutes=1)
    page.goto(f"{site}/login/")
    for name, value in (("#username", "xian"), ("#password", PASSWORD)):
        page.fill(name, value)
    page.click("button.first")
    page.wait_for_selector("#code")
    page.wait_for_load_state()
    assert width == "wide_page" or page.evaluate(_SMALL) == []  # room for fingers
    shot(page, "second-factor-code")
    page.fill("#code", phone.code())
    page.click("button.first")
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/second-factor/")
    assert width == "wide_page" or page.evaluate(_SMALL) == []  # room for fingers
    shot(page, "second-factor-bound")
