"""Printing from the page to the paper: ordered, waited for, previewed, downloaded, called off, with a real worker."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.serving import make_server

from ffp_admin.app import create_app, job_handlers
from ffp_admin.config import Settings
from ffp_admin.jobs import JobWorker
from ffp_admin.jobs.chores import PRINT_FILES_FOR, empty_prints
from ffp_admin.screens.acting import make_actor
from ffp_admin.store import SYSTEM, Store, publish, static
from tests.screens.county import FILES, POPLAR, WILLOW, Hands, household
from tests.screens.test_screen_browser import _Handler, enter
from tests.screens.test_screen_words import script_faults
from tests.screens.visitor import Page, Visitor

ROSTER = """
表册: roster
名称: 农户花名册
信息库: household
标题: "{村}{年}年农户花名册"
列:
  - {路径: 户主姓名, 标签: 户主, 合计: 人数}
  - {路径: 区划, 标签: 组}
落款: ["填表人（签字）："]
"""
SCRIPT = Path(__file__).parents[2] / "ffp_admin" / "screens" / "static" / "progress.js"


@pytest.fixture
def store(store: Store) -> Store:
    """The county with a roster, and three households in 柳树村."""
    publish(store, {**FILES, "form_specs/documents.yaml": ROSTER.encode()}, SYSTEM)
    for name in ("单秀英", "王桂英", "李发财"):
        household(store, name)
    return store


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    """The application with its own printer."""
    made = create_app(settings, store)
    made.testing = False
    return made


@pytest.fixture
def worker(settings: Settings, store: Store) -> JobWorker:
    """A worker as `ffp-admin worker` has it."""
    return JobWorker(store, {}, "w", job_handlers(store, settings), make_actor)


@pytest.fixture
def at_work(worker: JobWorker) -> Iterator[None]:
    """The worker works beside the page."""
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield
    worker.stop()
    thread.join()


def order(browser: Visitor, village: str = WILLOW, caption: str = "柳树镇柳树村") -> Page:
    """Send the form; the page it leads to."""
    form = browser.get("/print/").form("/print/")
    form.set("region", village, caption)
    return browser.press(form, "预览")


def test_a_roster_is_ordered_waited_for_and_opened(
    visitor: Callable[[str], Visitor], worker: JobWorker
) -> None:
    browser = visitor("zhen")
    page = order(browser)
    assert page.path.startswith("/print/job/")
    assert {"正在排版", "马上开始……", "取消打印"} <= set(page.words)
    state = browser.client.get(f"{page.path}/state").get_json()
    assert (state["href"], state["is_stuck"]) == ("", False)
    assert order(browser).path == page.path
    worker.run(once=True)
    assert browser.client.get(f"{page.path}/state").get_json()["href"] == "/print/1"
    sheet = browser.get(page.path)
    assert sheet.path == "/print/1"
    assert '<iframe class="preview tall" id="preview" src="/print/1/roster.pdf"' in sheet.html
    preview = browser.client.get("/print/1/roster.pdf")
    download = browser.client.get("/print/1/download")
    assert preview.mimetype == "application/pdf"
    assert preview.data == download.data
    assert hashlib.sha256(preview.data).hexdigest()[:16] in sheet.html
    assert "attachment" in download.headers["Content-Disposition"]
    listed = browser.get("/print/")
    assert 'href="/print/1"' in listed.html
    assert "我最近的打印" in listed.words


def test_prints_are_drawn_once(visitor: Callable[[str], Visitor], worker: JobWorker, store: Store) -> None:
    browser = visitor("zhen")
    order(browser)
    worker.run(once=True)
    for address in ("/print/1", "/print/1/roster.pdf", "/print/1/download", "/print/1/roster.pdf"):
        assert browser.client.get(address).status_code == 200
    with store.reading() as session:
        rows = session.execute(select(static.print_log.c.id, static.print_log.c.copies)).all()
    assert [tuple(row) for row in rows] == [(1, 1)]


def test_what_is_missing_in_the_form_is_said(visitor: Callable[[str], Visitor]) -> None:
    browser = visitor("zhen")
    assert order(browser, "", "柳树").status == 422  # a township and a village begin like this
    page = order(browser, "", "")
    assert page.status == 422
    assert "请选择要打印的村。" in page.text


def test_an_empty_village_says_so_instead_of_a_paper(
    visitor: Callable[[str], Visitor], worker: JobWorker
) -> None:
    browser = visitor("zhen")
    waiting = order(browser, POPLAR, "柳树镇杨树村")
    worker.run(once=True)
    page = browser.get(waiting.path)
    assert page.status == 422
    assert "该区划没有可打印的内容。" in page.words


def test_without_a_worker_the_page_says_who_can_help(
    visitor: Callable[[str], Visitor], clock: Hands, worker: JobWorker
) -> None:
    browser = visitor("zhen")
    waiting = order(browser)
    assert "后台工作进程没有运行" not in waiting.text
    clock.move(seconds=6)
    assert "后台工作进程没有运行" in browser.get(waiting.path).text
    assert browser.client.get(f"{waiting.path}/state").get_json()["is_stuck"]
    worker.run(once=True)
    assert browser.get(waiting.path).path == "/print/1"


def test_an_order_is_called_off(visitor: Callable[[str], Visitor], worker: JobWorker) -> None:
    browser = visitor("zhen")
    waiting = order(browser)
    page = browser.press(waiting.form(f"{waiting.path}/cancel"), "取消打印")
    assert page.path == "/print/"
    assert "打印已取消。" in page.words
    worker.run(once=True)
    assert browser.get("/print/1").status == 404


def test_numbers_in_addresses_are_no_right(visitor: Callable[[str], Visitor], worker: JobWorker) -> None:
    waiting = order(visitor("zhen"))
    for name in ("xian", "willow", "poplar"):
        other = visitor(name)
        assert other.get(waiting.path).status == 404
        assert other.client.get(f"{waiting.path}/state").status_code == 404
    worker.run(once=True)
    assert visitor("xian").get("/print/1").status == 200  # prints the whole county
    for address in ("/print/1", "/print/1/roster.pdf", "/print/1/download"):
        assert visitor("willow").get(address).status == 404  # has no right to print
        assert visitor("poplar").get(address).status == 404


def test_an_old_print_says_that_it_is_gone(
    visitor: Callable[[str], Visitor], worker: JobWorker, store: Store, clock: Hands
) -> None:
    order(visitor("zhen"))
    worker.run(once=True)
    with store.writing() as session:
        assert empty_prints(session, clock.now() + PRINT_FILES_FOR + PRINT_FILES_FOR) == 1
    page = visitor("zhen").get("/print/1")
    assert "内容已清除" in page.text
    assert "iframe" not in page.html


def test_the_script_is_understood_by_chromium_78() -> None:
    assert script_faults(SCRIPT.read_text(encoding="utf-8")) == []


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def ordered_in(page: BrowserPage, site: str) -> None:
    """Log in, choose the village and send."""
    enter(page, site, "zhen")
    page.goto(f"{site}/print/")
    page.locator("form.card input[type=text]").first.type("柳树村")
    page.get_by_role("option", name="柳树镇柳树村", exact=True).click()
    page.click("form.card button.first")


@pytest.mark.browser
def test_the_page_goes_to_the_finished_print_by_itself(
    site: str, wide_page: BrowserPage, at_work: None, shot: Callable[[BrowserPage, str], Path | None]
) -> None:
    ordered_in(wide_page, site)
    wide_page.wait_for_url(f"{site}/print/1", timeout=20_000)
    expect(wide_page.locator("#preview")).to_be_visible()
    with wide_page.expect_download() as download:
        wide_page.click("a.button.first")
    assert download.value.suggested_filename == "农户花名册-柳树镇柳树村.pdf"
    shot(wide_page, "print-sheet")


@pytest.mark.browser
def test_a_stuck_order_is_told_on_a_phone_and_called_off(
    site: str, phone_page: BrowserPage, clock: Hands, shot: Callable[[BrowserPage, str], Path | None]
) -> None:
    ordered_in(phone_page, site)
    expect(phone_page.locator("[data-text]")).to_have_text("马上开始……")
    clock.move(seconds=6)
    expect(phone_page.locator(".progress.stuck [data-text]")).to_contain_text("没有运行", timeout=10_000)
    assert phone_page.evaluate("document.documentElement.scrollWidth") == 360
    shot(phone_page, "print-stuck")
    phone_page.click(".progress form button")
    phone_page.wait_for_url(f"{site}/print/")
