"""The page of one account, as the security administrator uses it: roles in places, acting, handing over, log-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from sqlalchemy import event

from ffp_admin.screens.permissions import write_permissions
from ffp_admin.store import SYSTEM, Store, UserScope, publish, read_audit, set_scopes
from ffp_admin.testing.browser import Faults
from tests.screens.county import FILES, POPLAR, POPLAR_ONE, ROLES, TOWN, WILLOW, Hands, household, put
from tests.screens.test_screen_browser import Shot, enter, site
from tests.screens.test_screen_scopes import account, give
from tests.screens.visitor import HtmlForm, Page, Visitor

__all__ = ["site"]

Arrive = Callable[[str], Visitor]


def at(store: Store, username: str, *more: str) -> str:
    return "/".join((f"/accounts/{account(store, username).id}", *more))


def sheet_of(page: Page, address: str = "") -> HtmlForm:
    """The question sheet of a page; a browser sends it to the address of the page."""
    form = next(form for form in page.forms if not form.action)
    form.action = address or page.path
    return form


def fill(browser: Visitor, address: str, **texts: str | tuple[str, ...]) -> Page:
    """Open a sheet, fill it in, press its button."""
    form = sheet_of(browser.get(address))
    for name, text in texts.items():
        form.set(name, *(text if isinstance(text, tuple) else (text,)))
    return browser.press(form)


def test_a_region_is_given_from_a_day_on_and_opens_its_records(
    visitor: Arrive, store: Store, clock: Hands
) -> None:
    household(store, "远方户", "529901101201")
    admin, clerk = visitor("xian"), visitor("willow")
    page = fill(
        admin,
        at(store, "willow", "give", "region"),
        role="village",
        place=("", "远山村"),
        valid_from="2026.3.6",
        valid_to="2026年12月31日",
        reason="县办〔2026〕3号",
    )
    assert page.path == at(store, "willow")
    assert "村级：远山乡远山村，2026-03-06起，2026-12-31止" in page.words
    assert {"未开始", "有效"} <= set(page.words)
    assert "县办〔2026〕3号，周县办给" in page.text
    assert "远方户" not in clerk.get("/ledger/household/").text
    clock.move(days=1)
    assert "远方户" in visitor("willow").get("/ledger/household/").text
    with store.reading() as session:
        assert "scope_given" in [line.action for line in read_audit(session)]


def test_what_is_wrong_stands_beside_its_box_and_nothing_typed_is_lost(visitor: Arrive, store: Store) -> None:
    admin = visitor("xian")
    sheet = at(store, "willow", "give", "task")
    page = fill(
        admin,
        sheet,
        role="reader",
        place=("", "没有这村"),
        valid_to="明年",
        forms="household",
        reason="督〔1〕号",
    )
    assert page.status == 422
    assert "没有这村" in page.text
    form = sheet_of(page)
    assert form.texts("place")[1] == "没有这村"
    assert form.texts("valid_to") == ["明年"]
    assert form.texts("forms") == ["household"]
    assert form.texts("reason") == ["督〔1〕号"]
    page = fill(
        admin,
        sheet,
        role="reader",
        place=("", "远山村"),
        valid_from="2026-5-1",
        valid_to="2026-4-1",
        reason="督",
    )
    at_fault = page.html.index('class="fault"')
    assert page.html.index('id="valid_to"') < at_fault < page.html.index('id="reason"')
    page = fill(admin, sheet, role="reader", place=("", "远山村"), reason="督")
    assert "请填写这一项" in page.text


def test_a_household_and_a_task_are_given_by_typing(visitor: Arrive, store: Store) -> None:
    mine = household(store, "结对户")
    household(store, "邻居户")
    put(store, "unit", 单位名称="县教育局")
    admin = visitor("xian")
    with store.writing() as session:
        set_scopes(session, account(store, "reader").id, [])
    page = fill(admin, at(store, "reader", "give", "household"), role="reader", place=("", "结对"))
    assert "查阅：结对农户 结对户" in page.words
    seen = visitor("reader").get("/ledger/household/").text
    assert "结对户" in seen
    assert "邻居户" not in seen
    assert visitor("reader").get(f"/ledger/household/{mine}").status == 200
    page = fill(
        admin,
        at(store, "reader", "give", "task"),
        role="reader",
        place=("", "远山乡"),
        forms="household",
        valid_to="2026-4-1",
        reason="督查〔2026〕1号",
    )
    assert "督查〔2026〕1号" in page.text
    assert "（农户）" in page.text
    page = fill(admin, at(store, "reader", "give", "unit"), role="reader", place=("", "县教育局"))
    assert "县教育局" in page.text


def test_a_name_that_fits_several_places_is_chosen_below_the_box(visitor: Arrive, store: Store) -> None:
    admin, sheet = visitor("xian"), at(store, "reader", "give", "region")
    page = fill(admin, sheet, role="reader", place=("", "一组"), reason="包组")
    assert page.status == 422
    assert {"柳树镇柳树村一组", "柳树镇杨树村一组"} <= {word.split("　")[0] for word in page.words}
    form = sheet_of(page)
    form.set("place", "", "一组", POPLAR_ONE)
    assert "查阅：柳树镇杨树村一组" in admin.press(form).words


def test_a_page_asks_for_places_once_not_for_every_register(visitor: Arrive, store: Store) -> None:
    households = [household(store, f"结对{number}") for number in range(8)]
    give(
        store,
        "reader",
        *(UserScope(role="village", kind="household", target_id=one) for one in households),
        UserScope(role="village", region_code=POPLAR),
    )
    admin, asked = visitor("xian"), []
    admin.get("/")
    event.listen(store.engine, "before_cursor_execute", lambda *parts: asked.append(parts[2]))
    page = admin.get(at(store, "reader"))
    assert "等共 8 个" in page.text
    assert len(asked) < 80


def test_ended_it_is_gone_with_the_next_click(visitor: Arrive, store: Store) -> None:
    household(store, "柳树张三")
    admin, clerk = visitor("xian"), visitor("willow")
    assert "柳树张三" in clerk.get("/ledger/household/").text
    page = admin.get(at(store, "willow"))
    [link] = [part.split('"')[0] for part in page.html.split('href="')[1:] if "/end/" in part.split('"')[0]]
    page = fill(admin, link, valid_to="2026-3-4")
    assert "已失效的 1 条" in page.text
    assert "没有有效的角色，什么也看不到。" in page.text
    assert clerk.get("/ledger/household/").path == "/login/"
    assert "柳树张三" not in visitor("willow").client.get("/ledger/household/").text


def test_nobody_gives_himself_anything_and_no_account_has_two_duties(visitor: Arrive, store: Store) -> None:
    roles = (
        ROLES
        + "\n---\n角色: audit\n名称: 审计员\n职责: [审计]\n---\n角色: sysop\n名称: 系统员\n职责: [启用]\n"
    )
    publish(store, {**FILES, "form_specs/roles.yaml": roles.encode()}, SYSTEM, beside=write_permissions)
    admin = visitor("xian")
    page = fill(admin, at(store, "xian", "give", "region"), role="town", place=("", "柳树镇"))
    assert page.status == 422
    assert "不能给自己的账号设置角色" in page.text
    assert "按区划给角色" not in admin.get(at(store, "xian")).words
    assert fill(admin, at(store, "willow", "give", "duty"), role="audit").status == 200
    page = fill(admin, at(store, "willow", "give", "duty"), role="sysop")
    assert page.status == 422
    assert "审计员、系统员" in page.text


def test_acting_for_somebody_and_its_end(visitor: Arrive, store: Store) -> None:
    household(store, "柳树张三")
    admin = visitor("xian")
    sheet = at(store, "poplar", "act")
    page = fill(admin, sheet, holder=("", "李文书"), valid_to="2026-3-31", reason="病假")
    assert "代理 李文书" in page.text
    assert "正在代理李文书" in page.text
    clerk = visitor("poplar")
    assert "柳树张三" in clerk.get("/ledger/household/").text
    [link] = [part.split('"')[0] for part in page.html.split('href="')[1:] if "/unact/" in part.split('"')[0]]
    fill(admin, link, valid_to="2026-3-4")
    assert "柳树张三" not in visitor("poplar").get("/ledger/household/").text
    page = fill(admin, sheet, holder=("", "没有此人"), valid_to="2026-3-31", reason="病假")
    assert sheet_of(page).texts("reason") == ["病假"]


def test_a_hand_over_is_looked_at_first_and_then_done(visitor: Arrive, store: Store) -> None:
    household(store, "柳树张三")
    admin, clerk = visitor("xian"), visitor("willow")
    form = clerk.get("/ledger/household/add").form("/add")
    form.set("f-户主姓名", "半张表")
    clerk.fetch("/ledger/household/draft", [(name, text) for name, text in form.pairs])
    sheet = at(store, "willow", "hand")
    page = fill(admin, sheet, to=("", "王文书"))
    assert "现在还没有改。" in page.text
    assert "村级：柳树镇柳树村：自2026-03-05起交给王文书。" in page.words
    assert "柳树张三" in clerk.get("/ledger/household/").text
    form = sheet_of(page)
    done = admin.press(form, "确认交接")
    assert "工作已交接" in done.text
    assert clerk.get("/ledger/household/").path == "/login/"
    assert "柳树张三" in visitor("poplar").get("/ledger/household/").text
    with store.reading() as session:
        assert [line.action for line in read_audit(session)].count("hand_over") == 1
    page = admin.press(done.form("/active"), "停用李文书的账号")
    assert "账号已停用，什么也看不到。" in page.words
    page = fill(admin, at(store, "poplar", "hand"), to=("", "周县办"))
    assert page.status == 422
    assert "不能给自己的账号设置角色" in page.text


def test_what_an_account_sees_stands_in_plain_words(visitor: Arrive, store: Store) -> None:
    roles = ROLES.replace(
        "权限: {household: [查看]}", "权限: {household: [查看], region: [查看]}\n不看: {household: [病情]}"
    )
    publish(store, {**FILES, "form_specs/roles.yaml": roles.encode()}, SYSTEM, beside=write_permissions)
    give(
        store,
        "reader",
        UserScope(role="reader", region_code=POPLAR),
        UserScope(role="village", region_code=WILLOW),
        UserScope(role="town", region_code=TOWN, valid_from=date(2027, 1, 1)),
    )
    words = visitor("xian").get(at(store, "reader")).words
    assert "查看：柳树镇柳树村、柳树镇杨树村" in words
    assert "填报、修改：柳树镇柳树村" in words
    assert "查看：全县" in words
    assert "身份证号、电话、银行账号显示星号，要看全号须逐条说明原因。" in words
    assert not [text for text in words if "作废" in text]
    with store.writing() as session:
        set_scopes(session, account(store, "reader").id, [UserScope(role="reader", region_code=POPLAR)])
    assert "看不到：病情" in visitor("xian").get(at(store, "reader")).words


def test_password_switch_and_card(visitor: Arrive, store: Store) -> None:
    admin, clerk = visitor("xian"), visitor("willow")
    page = fill(admin, at(store, "willow", "card"), unit="柳树村委会", phone="13812345678")
    assert "柳树村委会" in page.words
    assert "138****5678" in page.words
    assert "13812345678" not in page.html + admin.get(at(store, "willow", "card")).html
    page = fill(admin, at(store, "willow", "card"), unit="柳树镇政府", phone="")
    assert "138****5678" in page.words
    page = admin.press(page.form("/active"), "停用")
    assert "账号已停用，什么也看不到。" in page.text
    assert clerk.get("/").path == "/login/"
    page = admin.press(page.form("/active"), "启用")
    page = admin.press(page.form("/password"))
    password = page.html.split("<code>")[2].split("</code>")[0]
    assert Visitor(clerk.client).log_in("willow", password).path == "/password/"
    assert password not in admin.get(at(store, "willow")).html


@pytest.mark.parametrize("sheet", ["", "card", "give/region", "act", "hand", "end/1"])
def test_all_of_it_is_for_the_security_administrator(visitor: Arrive, store: Store, sheet: str) -> None:
    browser = visitor("zhen")
    assert browser.client.get(at(store, "willow", *filter(None, [sheet]))).status_code == 403
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    asked = browser.client.post("/accounts/pick/household", data={"csrf_token": token, "text": "张三"})
    assert asked.status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("width", ["wide_page", "phone_page"])
def test_a_household_is_picked_in_a_browser(
    site: str,
    store: Store,
    request: pytest.FixtureRequest,
    width: str,
    shot: Shot,
    faults: Faults,
) -> None:
    faults.expected.append("status of 422")
    household(store, "结对户")
    page: BrowserPage = request.getfixturevalue(width)
    enter(page, site, "xian")
    page.goto(f"{site}{at(store, 'reader', 'give', 'household')}")
    page.select_option("#role", "reader")
    page.type("#place", "结对")
    expect(page.locator('.pick [role="option"]').first).to_contain_text("结对户")
    page.keyboard.press("Enter")
    page.fill("#valid_to", "2026-12-31")
    shot(page, "account-give")
    page.click("button.first")
    page.wait_for_url("**" + at(store, "reader"))
    expect(page.locator("main")).to_contain_text("结对户")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    shot(page, "account")
    page.goto(f"{site}{at(store, 'reader', 'give', 'task')}")
    page.click("button.first")
    shot(page, "account-task")
    page.goto(f"{site}{at(store, 'willow', 'hand')}")
    page.type("#to", "王文")
    expect(page.locator('.pick [role="option"]').first).to_contain_text("王文书")
    page.keyboard.press("Enter")
    page.click("button.first")
    expect(page.locator("main")).to_contain_text("现在还没有改")
    shot(page, "account-hand")
