"""The audit pages: who may, what they say in plain words, how they are narrowed, and that looking leaves a line."""

from __future__ import annotations

import ast
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page as BrowserPage
from pypdf import PdfReader

import ffp_admin
from ffp_admin.app import job_handlers
from ffp_admin.config import Settings
from ffp_admin.jobs import JobWorker, sealing
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.auditwords import SOURCES
from ffp_admin.store import SYSTEM, AuditLine, Deed, Store, note, read_audit
from ffp_admin.store.audit_reading import chain_state
from ffp_admin.store.audit_words import ACTIONS
from tests.screens.auditor import NAME, auditor
from tests.screens.county import NOON, Hands, household, person, put
from tests.screens.test_screen_browser import Shot, enter, site
from tests.screens.visitor import HtmlForm, Page, Visitor
from tests.store.county import id_number

__all__ = ["site"]

ID_NUMBER = id_number(123)


@pytest.fixture
def eye(app: Flask, store: Store) -> Visitor:
    return auditor(app, store)


def newest(store: Store) -> AuditLine:
    with store.reading() as session:
        return read_audit(session, limit=1)[0]


def trail(store: Store, *actions: str) -> list[AuditLine]:
    with store.reading() as session:
        return [line for line in read_audit(session, limit=500) if line.action in actions]


def write(store: Store, *deeds: Deed) -> None:
    with store.writing() as session:
        note(session, SYSTEM, store.clock.now(), "command", deeds)


def narrowed(eye: Visitor, **asked: str) -> Page:
    form = eye.get("/audit/").form("/audit/find")
    for name, text in asked.items():
        form.set(name, *(("", text) if name in ("account", "region") else (text,)))
    return eye.press(form, "查找")


def lines(page: Page) -> list[str]:
    """What was done, line by line."""
    import re

    return re.findall(r'data-label="做了什么">([^<]*)<', page.html)


# ---- every action has its word


def _strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def _written(tree: ast.AST) -> Iterator[str]:
    """Texts that stand where an action may: in calls that note something, and in variables called action."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "Deed":
                yield from (s for one in node.keywords if one.arg == "action" for s in _strings(one.value))
            elif name in ("note", "_note", "note_about", "note_fab", "_write_note"):
                yield from (s for one in node.args for s in _strings(one))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
            yield from _strings(node.value)


def _actions() -> set[str]:
    home, found = Path(ffp_admin.__file__).parent, set()
    for floor in ("store", "screens", "printing", "exchange", "commands", "jobs", "workflow", "api"):
        for file in sorted((home / floor).rglob("*.py")):
            texts = _written(ast.parse(file.read_text(encoding="utf-8")))
            found |= {text for text in texts if text.replace("_", "").isalpha() and text.islower()}
    return found - set(SOURCES)


def test_every_action_any_code_writes_has_a_word_and_a_group() -> None:
    found = _actions()
    assert {"look", "create", "login_failed", "right_taken", "restored", "open_print"} <= found
    assert found - set(ACTIONS) == set()


def test_every_source_has_a_word(store: Store, eye: Visitor) -> None:
    with store.reading() as session:
        assert {line.source for line in read_audit(session, limit=1000)} <= set(SOURCES)


# ---- who may


@pytest.mark.parametrize("username", ["xian", "zhen", "willow"])
def test_nobody_else_comes_in(visitor: Callable[[str], Visitor], eye: Visitor, username: str) -> None:
    browser = visitor(username)
    for address in ("/audit/", "/audit/line/1", "/audit/who", "/audit/who/household/1"):
        assert browser.get(address).status == 403
    assert "审计日志" not in browser.get("/").text


def test_the_auditor_sees_the_trail_and_no_records(eye: Visitor, store: Store) -> None:
    ident = household(store)
    assert "审计日志" in eye.get("/").text
    page = eye.get("/audit/")
    assert "登录" in lines(page)
    assert eye.get(f"/ledger/household/{ident}").status == 403


# ---- what it says


def test_a_look_is_told_in_plain_words(visitor: Callable[[str], Visitor], eye: Visitor, store: Store) -> None:
    ident = household(store, 联系电话="13812345678")
    willow = visitor("willow")
    asked = willow.press(willow.get(f"/ledger/household/{ident}").form("/reveal/联系电话"), "显示")
    form = asked.form("/reveal/联系电话")
    form.set("reason", "visit")
    assert "13812345678" in willow.press(form).html
    page = narrowed(eye, action="look")
    assert lines(page) == ["查看隐藏信息"]
    for word in ("李文书", f"农户第 {ident} 号", "柳树村", "127.0.0.1", "联系电话；入户走访、摸排"):
        assert word in page.text, word
    assert "13812345678" not in page.html


def test_long_numbers_are_starred_wherever_somebody_typed_them(eye: Visitor, store: Store) -> None:
    facts = {
        "reason": f"{ID_NUMBER}的户，电话13812345678",
        "note": "卡号6217001234567890123",
        "role": "village",
    }
    write(store, Deed(action="right_given", form="household", facts=facts))
    page = narrowed(eye, action="right_given")
    detail = eye.get(f"/audit/line/{trail(store, 'right_given')[0].id}")
    sheet = eye.press(page.form("/audit/download"))
    for shown in (page, detail, sheet):
        for number in (ID_NUMBER, "13812345678", "6217001234567890123"):
            assert number not in shown.html
    assert "529*************" in detail.text


def test_facts_are_told_by_their_words(
    eye: Visitor, visitor: Callable[[str], Visitor], store: Store, app: Flask
) -> None:
    admin = visitor("xian")
    admin.press(admin.open_account("reader").form("/active"))
    Visitor(app.test_client()).log_in("nobody", "wrong")
    assert "停用账号 reader" in narrowed(eye, action="account_off").text
    assert "没有这个用户名" in narrowed(eye, action="login_failed").text
    line = next(one for one in trail(store, "account_added") if one.facts["username"] == "willow")
    detail = eye.get(f"/audit/line/{line.id}").text
    assert "柳树镇柳树村" in detail
    assert "村级" in detail


def test_an_unknown_action_stands_as_it_is(eye: Visitor, store: Store) -> None:
    write(store, Deed(action="something_new"))
    assert "something_new" in lines(eye.get("/audit/"))


# ---- narrowing


def test_narrowed_by_who_action_register_record_days_place_and_address(
    visitor: Callable[[str], Visitor], eye: Visitor, store: Store, clock: Hands
) -> None:
    ident = household(store)
    put(store, "household", 户主姓名="远人", 区划="529901101201")
    clock.move(days=1)
    eye.log_in(NAME)
    visitor("zhen").get(f"/ledger/household/{ident}/void")
    cases = [
        ({"account": "吴乡镇"}, {"登录"}),
        ({"action": "records*", "form": "household"}, {"新增记录"}),
        ({"form": "household", "record": str(ident)}, {"新增记录"}),
        ({"region": "远山村"}, {"新增记录"}),
        ({"first": "2026-03-06", "to": "2026-03-06", "action": "login"}, {"登录"}),
        ({"first": "2026-03-07"}, set()),
        ({"to": "2026-03-04"}, set()),
        ({"address": "10.0.0.1"}, set()),
        ({"address": "127.0.0.1", "action": "login"}, {"登录"}),
    ]
    for asked, told in cases:
        assert set(lines(narrowed(eye, **asked))) == told, asked
    assert len(lines(narrowed(eye, region="远山乡"))) == 1
    assert len(lines(narrowed(eye, region="青山县", form="household"))) == 2


def test_what_cannot_be_read_is_told_beside_its_box(eye: Visitor) -> None:
    page = narrowed(eye, first="明天", record="x1")
    assert page.status == 422
    assert "记录号只写数字" in page.text


def test_odd_addresses_do_no_harm(eye: Visitor) -> None:
    for query in (
        "account=x", "record=-1", "record=99999999999999999999", "first=x", "region=%27", "before=1", "before=9-9-9",
        "before=99999999999999999-1", "before=99999999999999999999999-1", "action=*", "form=%00", "address=%00",
    ):  # fmt: skip
        assert eye.get(f"/audit/?{query}").status == 200, query
    for address in ("/audit/line/999999", "/audit/line/99999999999999999999", "/audit/who/nothing/1"):
        assert eye.get(address).status == 404, address
    assert eye.get("/audit/who/household/9223372036854775807?before=x").status == 200


def test_pages_follow_one_another_without_gap_or_repetition(eye: Visitor, store: Store) -> None:
    write(store, *(Deed(action="backup", facts={"rows": n}) for n in range(120)))
    seen: list[str] = []
    page = narrowed(eye, action="backup")
    for _turn in range(3):
        import re

        seen += re.findall(r'href="(/audit/line/\d+)"', page.html)[-len(lines(page)) :]
        older = re.search(r'href="([^"]+)">更早的', page.html)
        if older:
            page = eye.get(older[1].replace("&amp;", "&"))
    assert len(seen) == len(set(seen)) == 120


# ---- looking leaves a line


def test_looking_and_downloading_are_in_the_trail(eye: Visitor, store: Store) -> None:
    page = narrowed(eye, action="login", address="127.0.0.1")
    line = newest(store)
    assert (line.action, line.user_name) == ("audit_read", "钱审计")
    assert line.facts == {"action": "login", "address": "127.0.0.1"}
    sheet = eye.press(page.form("/audit/download"))
    assert newest(store).action == "audit_download"
    rows = sheet.response.data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("日志行号,时间")
    assert len(rows) == 1 + len(lines(page))
    assert "钱审计" in rows[1]
    ident = trail(store, "login")[0].id
    eye.get(f"/audit/line/{ident}")
    assert newest(store).facts == {"line": ident}


def test_a_cell_that_looks_like_a_formula_is_none(eye: Visitor, store: Store) -> None:
    with store.writing() as session:
        from ffp_admin.store import Actor

        note(session, Actor(77, "=1+1"), NOON, "screen", [Deed(action="logout")])
    sheet = eye.press(narrowed(eye, action="logout").form("/audit/download")).response.data.decode()
    assert ",'=1+1," in sheet


# ---- the chain


def test_the_state_of_the_chain_and_a_check_by_the_worker(
    eye: Visitor, store: Store, settings: Settings
) -> None:
    assert "还没有封存过" in eye.get("/audit/").text
    worker = JobWorker(store, sealing(store.keyring), "w", job_handlers(store, settings), make_actor)
    worker.run(once=True)
    page = eye.get("/audit/")
    assert "第 1 块，2026-03-05 12:00:00" in page.text
    assert "还没有核对过" in page.text
    eye.press(page.form("/audit/verify"))
    worker.run(once=True)
    assert "完整" in eye.get("/audit/").words
    line = trail(store, "audit_verified")[0]
    assert (line.user_name, line.facts["whole"], line.source) == ("钱审计", True, "worker")


# ---- who saw


# ---- the digest


def pressed(eye: Visitor, form: HtmlForm) -> bytes:
    """The PDF a form brings."""
    answer = eye.client.post(form.action, data=dict(form.pairs))
    assert answer.mimetype == "application/pdf"
    return answer.data


def paper(pdf: bytes) -> str:
    """All words of a PDF, without the spaces between them."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_the_digest_of_a_day_is_pressed_counted_and_recorded(
    visitor: Callable[[str], Visitor],
    eye: Visitor,
    store: Store,
    settings: Settings,
    app: Flask,
    clock: Hands,
) -> None:
    household(store)
    Visitor(app.test_client()).log_in("willow", "wrong")
    Visitor(app.test_client()).log_in("nobody", "wrong")
    admin = visitor("xian")
    admin.press(admin.open_account("reader").form("/active"))
    JobWorker(store, sealing(store.keyring), "w").run(once=True)
    form = eye.get("/audit/").form("/audit/digest")
    assert form.texts("day") == ["2026-03-05"]
    pdf = pressed(eye, form)
    words = paper(pdf)
    with store.reading() as session:
        head = chain_state(session).block.head  # type: ignore[union-attr]
    for told in ("每日审计摘要", "2026年3月5日", "青山县", "登录失败2", "停用账号1", "周县办停用账号reader", head,
                 "李文书（127.0.0.1）1次", "没有的用户名（127.0.0.1）1次", "柳树镇柳树村1", "审计管理员（签字）", "单位（盖章）",
                 "当日尚未结束"):  # fmt: skip
        assert told in words, (told, words)
    line = newest(store)
    assert (line.action, line.user_name, line.facts["day"]) == ("audit_digest", "钱审计", "2026-03-05")
    assert line.facts["sha256"] == hashlib.sha256(pdf).hexdigest()
    clock.move(days=1)
    eye.log_in(NAME)
    form = eye.get("/audit/").form("/audit/digest")
    form.set("day", "2026-03-05")
    assert "当日尚未结束" not in paper(pressed(eye, form))


@pytest.mark.parametrize("day", ["2026-03-06", "", "明天", "9999-99-99"])
def test_no_digest_of_a_day_that_has_not_come(eye: Visitor, day: str) -> None:
    form = eye.get("/audit/").form("/audit/digest")
    form.set("day", day)
    page = eye.press(form)
    assert "请选一个不晚于今天的日期" in page.text


def test_a_day_without_lines_is_a_sheet_too(eye: Visitor) -> None:
    form = eye.get("/audit/").form("/audit/digest")
    form.set("day", "2020-01-01")
    assert "当日审计日志共0行" in paper(pressed(eye, form))


def test_who_was_shown_a_person_in_full(
    visitor: Callable[[str], Visitor], eye: Visitor, store: Store
) -> None:
    home = household(store, 联系电话="13812345678")
    one, other = person(store, 证件号码=ID_NUMBER), person(store, "李四")
    put(store, "member", 户=home, 人员=one)
    zhen, willow = visitor("zhen"), visitor("willow")
    zhen.get("/ledger/person/")
    zhen.get(f"/ledger/person/{one}")
    willow.get("/ledger/person/")
    willow.get(f"/ledger/person/{one}")

    def told(form: str, ident: int) -> list[str]:
        page = eye.get(f"/audit/who/{form}/{ident}")
        assert page.status == 200
        return [word for word in page.words if word in ("吴乡镇", "李文书")]

    assert told("person", one) == ["吴乡镇"] * 2, "once in the list, once by itself; masked looks are none"
    assert told("person", other) == [], "nothing hidden stands there"
    assert told("household", home) == ["吴乡镇"], "its telephone stands on the page of its member"
    zhen.get("/ledger/member/")
    assert told("household", home) == ["吴乡镇"] * 2, "and in the list of members"
    zhen.get(f"/ledger/household/{home}")
    zhen.get(f"/ledger/household/{home}/edit")
    assert told("household", home) == ["吴乡镇"] * 4
    assert newest(store).action == "audit_who"


def test_a_value_of_earlier_days_in_the_history_is_a_look_too(
    visitor: Callable[[str], Visitor], eye: Visitor, store: Store
) -> None:
    home = household(store, 联系电话="13812345678")
    zhen = visitor("zhen")
    form = zhen.get(f"/ledger/household/{home}/edit").form("/edit")
    form.set("f-联系电话", "")
    zhen.press(form, "保存")
    before = len(trail(store, "look"))
    assert "13812345678" in zhen.get(f"/ledger/household/{home}").html
    assert len(trail(store, "look")) > before


def test_the_auditor_finds_the_record_of_somebody_who_asks(eye: Visitor, store: Store) -> None:
    one = person(store, 证件号码=ID_NUMBER)
    person(store, "张三丰")
    form = eye.get("/audit/who").form("/audit/who")
    form.set("form", "person")
    form.set("text", ID_NUMBER)
    page = eye.press(form)
    assert page.path == f"/audit/who/person/{one}"
    assert "张三" not in page.html
    assert ID_NUMBER not in page.html
    form.set("text", "张")
    page = eye.press(form)
    assert (page.status, "找不到唯一一条记录" in page.text) == (422, True)


@pytest.mark.browser
def test_the_audit_pages_on_both_screens(
    site: str, store: Store, app: Flask, wide_page: BrowserPage, phone_page: BrowserPage, shot: Shot,
    visitor: Callable[[str], Visitor], settings: Settings,
) -> None:  # fmt: skip
    browser = auditor(app, store)
    home = household(store, 联系电话="13812345678")
    visitor("zhen").get(f"/ledger/household/{home}")
    Visitor(app.test_client()).log_in("willow", "wrong")
    worker = JobWorker(store, sealing(store.keyring), "w", job_handlers(store, settings), make_actor)
    worker.run(once=True)
    browser.press(browser.get("/audit/").form("/audit/verify"))
    worker.run(once=True)
    for page, name in ((wide_page, "wide"), (phone_page, "phone")):
        enter(page, site, NAME)
        for address, what in (
            ("/audit/", "audit"),
            (f"/audit/who/household/{home}", "audit-who"),
            ("/audit/who", "audit-search"),
            (f"/audit/line/{trail(store, 'look')[0].id}", "audit-line"),
        ):
            page.goto(f"{site}{address}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= page.viewport_size["width"]  # type: ignore[index]
            shot(page, f"{what}-{name}")
