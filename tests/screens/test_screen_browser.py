"""The key paths in a real browser, wide and on a phone: what the script adds, and that the phone has room for fingers."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from ffp_admin.store import SYSTEM, Draft, Store, load, save
from ffp_admin.testing.browser import Faults
from tests.screens.county import PASSWORD, household, person
from tests.store.county import id_number

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path | None]


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as the real server does: a browser under load trips over closing ones."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing: the test says what it saw."""


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served by threads; asked for before the page, it outlives it."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def enter(page: Page, site: str, username: str = "willow") -> None:
    """Log in."""
    page.goto(f"{site}/login/")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button.first")
    page.wait_for_url(f"{site}/")


def box(page: Page, name: str) -> str:
    """The selector of a field's control."""
    return f'[id="f-{name}"]'


def households(store: Store) -> list[int]:
    """Ids of all households."""
    with store.reading() as session:
        return list(session.execute(select(store.tables("household").main.c.id)).scalars())


def test_a_household_is_filled_in_with_live_rules_and_saved(
    site: str, wide_page: Page, store: Store, shot: Shot
) -> None:
    page = wide_page
    enter(page, site)
    page.goto(f"{site}/ledger/household/add")
    page.fill(box(page, "户主姓名"), "王桂英")
    page.type(box(page, "区划"), "柳树镇柳树村二")
    expect(page.locator(".pick .none")).to_be_visible()
    page.fill(box(page, "区划"), "")
    page.type(box(page, "区划"), "二组")
    expect(page.locator('.pick [role="option"]').first).to_have_text("柳树镇柳树村二组")
    page.keyboard.press("Enter")
    expect(page.locator(box(page, "区划"))).to_have_value("柳树镇柳树村二组")
    site_box = page.locator('[data-field="f-安置点"]')
    expect(site_box).to_be_hidden()
    page.check('[name="f-搬迁"][value="1"]')
    expect(site_box).to_be_visible()
    expect(site_box.locator(".must")).to_be_visible()
    page.fill(box(page, "安置点"), "幸福苑")
    page.fill(box(page, "人口数"), "3")
    page.fill(box(page, "人均收入"), "200000")
    expect(page.locator('[data-under="f-人均收入"]')).to_have_text("人民币贰拾万元整")
    expect(page.locator('[data-known="f-总收入"]')).to_have_text("600,000.00")
    expect(page.locator("#doubts")).to_contain_text("人均收入偏高，请核对。")
    page.click("[data-more]")
    page.fill('[id="f-药费票据-0-票据号码"]', "A1")
    page.fill('[id="f-药费票据-0-金额"]', "80")
    page.click("[data-more]")
    page.fill('[id="f-药费票据-1-票据号码"]', "B2")
    page.click("[data-drop] >> nth=0")
    page.fill('[id="f-药费票据-1-金额"]', "20")
    shot(page, "form")
    page.click("[data-save]")
    expect(page.locator("h1")).to_have_text("王桂英")
    with store.reading() as session:
        record = load(session, store, "household", households(store)[0], SYSTEM)
    assert record is not None
    assert record.values["安置点"] == "幸福苑"
    assert [row["票据号码"] for row in record.values["药费票据"]] == ["B2"]
    shot(page, "record")


def test_what_is_being_typed_is_never_overwritten(site: str, wide_page: Page) -> None:
    page = wide_page
    enter(page, site)
    page.goto(f"{site}/ledger/person/add")
    page.fill(box(page, "出生日期"), "19")
    with page.expect_response("**/preview"):
        page.fill(box(page, "证件号码"), id_number(1))
    page.focus(box(page, "姓名"))
    page.wait_for_timeout(300)
    assert page.input_value(box(page, "出生日期")) == "19"
    page.fill(box(page, "出生日期"), "")
    page.reload()
    page.fill(box(page, "证件号码"), id_number(1))
    expect(page.locator(box(page, "出生日期"))).to_have_value("1990年2月1日")


def test_a_failed_save_leads_to_the_first_wrong_field_and_keeps_the_rest(
    site: str, wide_page: Page, faults: Faults
) -> None:
    faults.expected.append("422")
    page = wide_page
    enter(page, site)
    page.goto(f"{site}/ledger/household/add")
    page.fill(box(page, "户主姓名"), "王桂英")
    page.fill(box(page, "登记日期"), "下个月")
    page.click("[data-save]")
    expect(page.locator("#faults")).to_contain_text("有 2 处需要修改")
    assert page.evaluate("document.activeElement.id") == "f-区划"
    assert page.input_value(box(page, "登记日期")) == "下个月"
    page.click("#faults a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "f-登记日期"


def test_a_draft_is_kept_while_typing_and_comes_back(site: str, wide_page: Page) -> None:
    page = wide_page
    enter(page, site)
    page.goto(f"{site}/ledger/household/add")
    with page.expect_response("**/draft"):
        page.fill(box(page, "户主姓名"), "王桂英")
    expect(page.locator("[data-state]")).to_contain_text("草稿已存")
    page.goto(f"{site}/")
    page.click("text=继续填写")
    expect(page.locator(box(page, "户主姓名"))).to_have_value("王桂英")


def test_the_calendar_leaf_writes_the_day_in_chinese(site: str, wide_page: Page) -> None:
    page = wide_page
    enter(page, site)
    page.goto(f"{site}/ledger/household/add")
    page.locator('[data-field="f-登记日期"] input[type=date]').fill("2026-03-01")
    assert page.input_value(box(page, "登记日期")) == "2026年3月1日"


def test_a_conflict_is_decided_on_the_phone(
    site: str, phone_page: Page, store: Store, faults: Faults, shot: Shot
) -> None:
    faults.expected.append("409")
    ident = household(store, 人口数=3)
    page = phone_page
    enter(page, site)
    page.goto(f"{site}/ledger/household/{ident}/edit")
    page.fill(box(page, "户主姓名"), "单桂兰")
    with store.writing() as session:
        save(session, store, Draft("household", ident, None, {"户主姓名": "单秀兰"}), SYSTEM)
    page.tap("[data-save]")
    expect(page.locator(".clash")).to_contain_text("单秀兰")
    shot(page, "conflict")
    page.check('[name="keep:户主姓名"][value="theirs"]')
    page.tap("[data-save]")
    expect(page.locator("h1")).to_have_text("单秀兰")


_SMALL = """() => {
  const small = [];
  document.querySelectorAll("a, button, input, select, textarea, label").forEach(one => {
    const box = one.getBoundingClientRect();
    const inside = one.closest("label, .dateful .leaf");
    if (!box.width || !box.height || one.closest(".hush, .skip") || one.className === "hush") return;
    if (one.matches(".trail a, .facts a, .note li a, .sheet td a, label[for]:not(.opener)") ) return;
    if (inside && inside !== one) return;
    if (one.type === "checkbox" || one.type === "radio") return;
    if (box.height < 43.5) small.push(one.outerHTML.slice(0, 90) + " " + box.height);
  });
  return small;
}"""
_TINY_TEXT = """() => {
  const tiny = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !parent.getClientRects().length || parent.closest(".hush, .skip")) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < 16) tiny.push(walker.currentNode.textContent.trim().slice(0, 30) + " " + size);
  }
  return tiny;
}"""


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("home", "/"),
        ("list", "/ledger/household/"),
        ("add", "/ledger/household/add"),
        ("edit", "/ledger/household/{id}/edit"),
        ("page", "/ledger/household/{id}"),
        ("password", "/password/"),
        ("nowhere", "/nowhere"),
    ],
)
def test_a_phone_has_room_for_fingers_and_eyes(
    site: str, phone_page: Page, store: Store, faults: Faults, shot: Shot, name: str, address: str
) -> None:
    faults.expected.append("404")
    ident = household(
        store, "古丽娜尔·艾山", 联系电话="13812345678", 需求=("01", "03"), 人均收入=200000,
        药费票据=({"票据号码": "A1", "金额": 80},), 备注="很长的备注" * 30,
    )  # fmt: skip
    page = phone_page
    enter(page, site)
    page.goto(site + address.format(id=ident))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(_SMALL) == []
    assert page.evaluate(_TINY_TEXT) == []
    shot(page, name)


def test_the_save_bar_stays_below_and_the_menu_opens(site: str, phone_page: Page) -> None:
    page = phone_page
    enter(page, site)
    page.goto(f"{site}/ledger/household/add")
    bar = page.locator(".savebar").bounding_box()
    assert bar is not None
    assert abs(bar["y"] + bar["height"] - 740) < 2
    expect(page.locator(".side")).to_be_hidden()
    page.tap(".opener")
    expect(page.locator(".side >> text=人员")).to_be_visible()


def test_everything_works_with_script_switched_off(site: str, chromium: object, store: Store) -> None:
    person(store, "张三")
    ident = household(store)
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")  # type: ignore[attr-defined]
    page = context.new_page()
    enter(page, site)
    page.goto(f"{site}/ledger/member/add?户={ident}")
    page.fill(box(page, "人员"), "zs")
    page.click("text=更新")
    assert page.input_value(box(page, "人员")) == "张三"
    page.click("[data-save]")
    assert re.fullmatch(rf"{site}/ledger/member/\d+", page.url)
    context.close()
