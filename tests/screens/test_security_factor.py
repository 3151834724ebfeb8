"""The second factor: bound with picture or typed key, asked at the log-in, each code once, reset when all is lost."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text

from ffp_admin.app import create_app
from ffp_admin.config import Settings, read_settings
from ffp_admin.store import Store, static
from ffp_admin.store.security_tables import recovery_code, second_factor
from tests.screens.county import Hands
from tests.screens.visitor import Page, Visitor


@dataclass
class Phone:
    """An authenticator: it knows the key as typed by hand, and the time."""

    key: str
    clock: Hands

    def code(self, seconds: int = 0) -> str:
        """What it shows, now or so many seconds away."""
        return pyotp.TOTP(self.key.replace(" ", "")).at(int(self.clock.moment.timestamp()) + seconds)


def _with(settings: Settings, store: Store, mode: str) -> Flask:
    app = create_app(replace(settings, second_factor=mode), store)
    app.testing = False
    return app


@pytest.fixture
def strict(settings: Settings, store: Store) -> Flask:
    """An installation where accounts with a platform duty need a second factor; 周县办 has one, 李文书 has none."""
    return _with(settings, store, "duties")


def _key(page: Page) -> str:
    return html.unescape(re.findall(r'<code class="key">([^<]+)</code>', page.html)[0])


def _bind(browser: Visitor, clock: Hands) -> tuple[Phone, list[str]]:
    """Bind a phone; returns it and the recovery slip."""
    page = browser.get("/second-factor/")
    phone = Phone(_key(page), clock)
    form = page.form("/second-factor/bind")
    form.set("code", phone.code())
    slip = browser.press(form)
    codes = re.findall(r"<li><code>([A-Z2-9]{5}-[A-Z2-9]{5})</code>", slip.html)
    assert len(set(codes)) == 10
    return phone, codes


def _type(browser: Visitor, page: Page, code: str) -> Page:
    form = page.form("/login/code")
    form.set("code", code)
    return browser.press(form)


def _actions(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.execute(select(static.audit.c.action).order_by(static.audit.c.id)).scalars())


def test_an_administrator_binds_a_phone_before_anything_else_and_logs_in_with_it(
    strict: Flask, store: Store, clock: Hands
) -> None:
    browser = Visitor(strict.test_client())
    assert browser.log_in("xian").path == "/second-factor/"
    assert browser.get("/ledger/household/").path == "/second-factor/"
    assert "以后再说" not in browser.get("/second-factor/").text
    phone, _codes = _bind(browser, clock)
    assert browser.get("/ledger/household/").path == "/ledger/household/"
    clock.move(minutes=1)
    again = Visitor(strict.test_client())
    asked = again.log_in("xian")
    assert "动态验证码" in asked.text
    assert again.get("/").path == "/login/"  # the password alone opens nothing
    page = _type(again, Visitor(again.client).get("/login/code"), phone.code())
    assert page.path == "/"
    assert "login" in _actions(store)[-1]


def test_a_village_clerk_needs_none_but_may_have_one(strict: Flask, clock: Hands) -> None:
    browser = Visitor(strict.test_client())
    assert browser.log_in("willow").path == "/"
    phone, _codes = _bind(browser, clock)
    clock.move(minutes=1)
    again = Visitor(strict.test_client())
    assert _type(again, again.log_in("willow"), phone.code()).path == "/"


def test_with_all_everybody_needs_one_and_with_off_nobody_is_asked(
    settings: Settings, store: Store, strict: Flask, clock: Hands
) -> None:
    everybody = Visitor(_with(settings, store, "all").test_client())
    assert everybody.log_in("willow").path == "/second-factor/"
    _bind(everybody, clock)
    nobody = Visitor(_with(settings, store, "off").test_client())
    assert nobody.log_in("willow").path == "/"


def test_where_it_is_offered_an_administrator_may_say_later_once_per_log_in(
    settings: Settings, store: Store
) -> None:
    app = _with(settings, store, "offered")
    browser = Visitor(app.test_client())
    page = browser.log_in("xian")
    assert page.path == "/second-factor/"
    assert browser.press(page.form("/second-factor/later")).path == "/"
    assert browser.get("/").path == "/"
    assert Visitor(app.test_client()).log_in("willow").path == "/"
    assert Visitor(app.test_client()).log_in("xian").path == "/second-factor/"


def test_an_https_installation_demands_it_and_a_trial_offers_it() -> None:
    assert read_settings({}).second_factor == "offered"
    assert read_settings({"FFP_PUBLIC_URL": "https://fp.example.gov.cn"}).second_factor == "duties"
    assert read_settings({"FFP_SECOND_FACTOR": "all"}).second_factor == "all"
    with pytest.raises(ValueError, match="FFP_SECOND_FACTOR"):
        read_settings({"FFP_SECOND_FACTOR": "yes"})


@pytest.mark.parametrize(("away", "opens"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_the_phone_may_be_half_a_minute_slow_or_fast(
    strict: Flask, clock: Hands, away: int, opens: bool
) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("willow")
    phone, _codes = _bind(browser, clock)
    clock.move(minutes=5)
    again = Visitor(strict.test_client())
    assert (_type(again, again.log_in("willow"), phone.code(away)).path == "/") is opens


def test_a_code_opens_once_also_the_one_that_bound_the_phone(strict: Flask, clock: Hands) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("willow")
    phone, _codes = _bind(browser, clock)
    thief = Visitor(strict.test_client())
    assert _type(thief, thief.log_in("willow"), phone.code()).status == 422
    clock.move(minutes=1)
    owner = Visitor(strict.test_client())
    assert _type(owner, owner.log_in("willow"), phone.code()).path == "/"
    page = _type(thief, thief.log_in("willow"), phone.code())
    assert page.status == 422
    assert thief.get("/").path == "/login/"


def test_a_recovery_code_opens_once_however_it_is_typed(strict: Flask, store: Store, clock: Hands) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("willow")
    phone, codes = _bind(browser, clock)
    again = Visitor(strict.test_client())
    assert _type(again, again.log_in("willow"), codes[3].lower().replace("-", " ")).path == "/"
    assert "还剩 9 个" in again.get("/second-factor/").text
    other = Visitor(strict.test_client())
    assert _type(other, other.log_in("willow"), codes[3]).status == 422
    with store.reading() as session:
        stored = " ".join(session.execute(select(recovery_code.c.hash)).scalars())
        sealed = session.execute(select(second_factor.c.secret)).scalar_one()
    assert not any(code.replace("-", "") in stored for code in codes)
    assert phone.key.replace(" ", "") not in sealed


def test_another_accounts_code_does_not_open(strict: Flask, clock: Hands) -> None:
    one, two = Visitor(strict.test_client()), Visitor(strict.test_client())
    one.log_in("willow")
    two.log_in("poplar")
    phone, codes = _bind(one, clock)
    _bind(two, clock)
    clock.move(minutes=1)
    again = Visitor(strict.test_client())
    assert _type(again, again.log_in("poplar"), phone.code()).status == 422
    assert _type(again, again.get("/login/code"), codes[0]).status == 422


def test_five_wrong_codes_end_the_log_in_also_for_the_right_one_and_the_next_password(
    strict: Flask, store: Store, clock: Hands
) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("willow")
    phone, _codes = _bind(browser, clock)
    clock.move(minutes=1)
    thief = Visitor(strict.test_client())
    page = thief.log_in("willow")
    for _turn in range(5):
        page = _type(thief, page, "000000")
        assert page.status == 422
    page = _type(thief, page, phone.code())
    assert page.status == 429
    assert "15 分钟" in page.text or "14 分钟" in page.text
    assert _type(thief, thief.log_in("willow"), phone.code()).status == 429
    clock.move(minutes=15, seconds=1)
    assert _type(thief, thief.log_in("willow"), phone.code()).path == "/"
    assert _actions(store).count("second_factor_failed") == 5


def test_the_step_between_password_and_code_waits_five_minutes_and_ends_with_the_password(
    strict: Flask, store: Store, clock: Hands
) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("willow")
    phone, _codes = _bind(browser, clock)
    late = Visitor(strict.test_client())
    page = late.log_in("willow")
    clock.move(minutes=5, seconds=1)
    assert "重新输入密码" in _type(late, page, phone.code()).text
    page = late.log_in("willow")
    with store.writing() as session:
        session.execute(text("UPDATE login_state SET session_version = session_version + 1"))
    assert "重新输入密码" in _type(late, page, phone.code()).text


def test_what_was_typed_before_the_idle_log_out_survives_both_steps(strict: Flask, clock: Hands) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("willow")
    phone, _codes = _bind(browser, clock)
    form = browser.get("/ledger/household/add").form("/ledger/household/add")
    form.set("f-户主姓名", "单秀英")
    clock.move(minutes=31)
    page = browser.log_in("willow", page=browser.press(form))
    wrong = _type(browser, page, "000000")
    back = _type(browser, wrong, phone.code())
    assert back.form("/ledger/household/add").texts("f-户主姓名") == ["单秀英"]


def test_with_a_code_one_gets_a_new_slip_or_another_phone(strict: Flask, clock: Hands) -> None:
    browser = Visitor(strict.test_client())
    browser.log_in("xian")
    phone, old = _bind(browser, clock)
    clock.move(minutes=1)
    form = browser.get("/second-factor/").form("/renew/codes")
    form.set("code", "000000")
    assert browser.press(form).status == 422
    form.set("code", phone.code())
    slip = browser.press(form)
    assert old[0] not in slip.html
    new = re.findall(r"<li><code>([A-Z2-9-]{11})</code>", slip.html)
    form.action = "/second-factor/renew/device"
    form.set("code", new[0])
    page = browser.press(form)
    assert page.path == "/second-factor/"
    assert browser.get("/").path == "/second-factor/"  # it is still demanded
    other, _codes = _bind(browser, clock)
    assert other.key != phone.key
    assert browser.get("/").path == "/"


def test_the_secret_on_offer_is_not_readable_in_the_cookie_and_not_for_others(
    strict: Flask, clock: Hands
) -> None:
    one, two = Visitor(strict.test_client()), Visitor(strict.test_client())
    one.log_in("willow")
    two.log_in("poplar")
    key = _key(one.get("/second-factor/"))
    assert key == _key(one.get("/second-factor/"))  # the same until it is bound
    assert key != _key(two.get("/second-factor/"))
    cookie = one.client.get_cookie("ffp")
    assert cookie is not None
    assert key.replace(" ", "") not in cookie.value
    picture = one.client.get("/second-factor/picture.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"style" not in picture.data
