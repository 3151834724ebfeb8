"""The matrix of rights: read, previewed in words, changed, held over a release, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page as BrowserPage

from ffp_admin.screens.permissions import write_permissions
from ffp_admin.spec.packaging import Package
from ffp_admin.store import SYSTEM, Store, publish, publish_package, read_audit
from tests.screens.county import FILES, ROLES, household
from tests.screens.test_screen_browser import Shot, enter, site
from tests.screens.visitor import Page, Visitor

__all__ = ["site"]

Arrive = Callable[[str], Visitor]
VILLAGE = "/rights/role/village"


def change(browser: Visitor, page: str, *, add: tuple[str, ...] = (), drop: tuple[str, ...] = ()) -> Page:
    """Tick and untick, then ask for the preview."""
    form = browser.get(page).form(page)
    form.set("t", *(one for one in (*form.texts("t"), *add) if one not in drop))
    return browser.press(form, "下一步：看看会怎样")


def confirm(browser: Visitor, preview: Page, page: str, reason: str = "县里统一要求") -> Page:
    form = preview.form(page)
    form.set("reason", reason)
    return browser.press(form, "确认修改")


def test_a_right_is_taken_after_a_preview_and_gone_with_the_next_request(
    visitor: Arrive, store: Store
) -> None:
    ident = household(store)
    admin, clerk = visitor("xian"), visitor("willow")
    assert clerk.get(f"/ledger/household/{ident}/edit").status == 200
    preview = change(admin, VILLAGE, drop=("village:household:edit",))
    assert "村级 不能再 修改 农户：影响 2 个账号。" in preview.text
    assert clerk.get(f"/ledger/household/{ident}/edit").status == 200
    done = confirm(admin, preview, VILLAGE)
    assert "权限已改" in done.text
    assert "本地减" in done.words
    assert clerk.client.get(f"/ledger/household/{ident}/edit").status_code == 403
    assert clerk.get(f"/ledger/household/{ident}").status == 200
    with store.reading() as session:
        line = read_audit(session)[0]
    assert (line.action, line.form, line.user_name) == ("right_taken", "household", "周县办")
    assert line.facts == {"role": "village", "verb": "edit", "reason": "县里统一要求"}


def test_a_release_does_not_undo_it_and_says_so(visitor: Arrive, store: Store) -> None:
    ident = household(store)
    admin, clerk = visitor("xian"), visitor("willow")
    preview = change(admin, VILLAGE, drop=("village:household:edit",), add=("village:household:void",))
    assert {"村级 不能再 修改 农户：影响 2 个账号。", "村级 可以 作废 农户：影响 2 个账号。"} <= set(
        preview.words
    )
    confirm(admin, preview, VILLAGE)
    files = {**FILES, "form_specs/roles.yaml": ROLES.replace("名称: 查阅", "名称: 查阅员").encode()}
    publish_package(store, Package(files=files), SYSTEM, beside=write_permissions)
    assert clerk.client.get(f"/ledger/household/{ident}/edit").status_code == 403
    assert clerk.get(f"/ledger/household/{ident}/void").status == 200
    overview = admin.get("/rights/")
    assert "村级 不能 修改 农户，方案里是有的（周县办，2026年3月5日，县里统一要求）" in overview.words
    assert "村级 可以 作废 农户，方案里没有（周县办，2026年3月5日，县里统一要求）" in overview.words


def test_back_to_the_declarations(visitor: Arrive, store: Store) -> None:
    ident = household(store)
    admin, clerk = visitor("xian"), visitor("willow")
    confirm(admin, change(admin, VILLAGE, drop=("village:household:edit",)), VILLAGE)
    preview = admin.press(admin.get(VILLAGE).form(VILLAGE), "恢复为方案规定")
    assert "村级 可以 修改 农户：影响 2 个账号。" in preview.text
    confirm(admin, preview, VILLAGE)
    assert clerk.get(f"/ledger/household/{ident}/edit").status == 200
    assert "本地减" not in admin.get(VILLAGE).words


def test_without_the_right_to_view_there_are_no_others(visitor: Arrive) -> None:
    admin = visitor("xian")
    preview = change(admin, VILLAGE, drop=("village:person:view",))
    assert "村级 不能再 查看、填报、修改 人员：影响 2 个账号。" in preview.text
    preview = change(admin, "/rights/register/survey", add=("reader:survey:export",))
    assert "查阅 可以 查看、导出 调查：影响 1 个账号。" in preview.text


def test_a_reason_is_needed_and_what_was_ticked_stays(visitor: Arrive, store: Store) -> None:
    admin = visitor("xian")
    preview = change(admin, VILLAGE, add=("village:household:export",))
    again = confirm(admin, preview, VILLAGE, reason=" ")
    assert again.status == 422
    assert "请写明为什么改权限" in again.text
    assert "village:household:export" in again.form(VILLAGE).texts("t")
    assert "本地加" not in admin.get(VILLAGE).words
    back = admin.press(again.form(VILLAGE), "返回表格")
    assert "village:household:export" in back.form(VILLAGE).texts("t")


def test_two_who_change_at_once_do_not_undo_each_other(visitor: Arrive) -> None:
    first, second = visitor("xian"), visitor("xian")
    mine = change(first, VILLAGE, add=("village:household:export",))
    theirs = change(second, VILLAGE, add=("village:household:print",))
    confirm(first, mine, VILLAGE)
    late = confirm(second, theirs, VILLAGE)
    assert "刚才有人改过" in late.text
    assert "village:household:print" not in second.get(VILLAGE).form(VILLAGE).texts("t")


def test_nobody_changes_the_rights_of_his_own_role(visitor: Arrive, store: Store) -> None:
    admin = visitor("xian")
    page = admin.get("/rights/role/county")
    assert "任何人不能在这里改自己角色的权限" in page.text
    token = page.form("/role/county").texts("csrf_token")[0]
    seen = page.form("/role/county").texts("seen")[0]
    posted = {"csrf_token": token, "seen": seen, "do": "save", "reason": "x", "t": "county:household:view"}
    admin.client.post("/rights/role/county", data=posted)
    assert admin.client.get("/ledger/household/").status_code == 200


def test_a_duty_gets_no_records_and_field_rights_stand_in_words(visitor: Arrive, store: Store) -> None:
    roles = ROLES + "\n---\n角色: audit\n名称: 审计员\n职责: [审计]\n"
    roles = roles.replace(
        "权限: {household: [查看]}",
        "权限: {household: [查看]}\n不看: {household: [病情]}\n遮盖: {household: [联系电话]}",
    )
    publish(store, {**FILES, "form_specs/roles.yaml": roles.encode()}, SYSTEM, beside=write_permissions)
    admin = visitor("xian")
    assert "看不到：病情" in admin.get("/rights/role/reader").text
    assert "只看到星号：联系电话" in admin.get("/rights/register/household").text
    preview = change(admin, "/rights/register/household", add=("audit:household:view",))
    assert preview.status == 422
    assert "“审计员”是管平台的角色" in preview.text


@pytest.mark.parametrize("who", ["zhen", "willow"])
def test_the_matrix_is_for_the_security_administrator(visitor: Arrive, who: str) -> None:
    browser = visitor(who)
    for page in ("/rights/", VILLAGE, "/rights/register/household"):
        assert browser.client.get(page).status_code == 403
    assert "权限表" not in browser.get("/").words


@pytest.mark.browser
@pytest.mark.parametrize("width", ["wide_page", "phone_page"])
def test_a_clerk_ticks_in_a_browser(
    site: str, store: Store, request: pytest.FixtureRequest, width: str, shot: Shot
) -> None:
    page: BrowserPage = request.getfixturevalue(width)
    enter(page, site, "xian")
    page.goto(f"{site}/rights/")
    shot(page, "rights")
    page.goto(f"{site}{VILLAGE}")
    page.check("[aria-label='农户：导出']")
    page.uncheck("[aria-label='人员：填报']")
    page.click("button[value=preview]")
    assert "村级 可以 导出 农户" in page.inner_text("main")
    shot(page, "rights-preview")
    page.fill("#reason", "试点")
    page.click("button[value=save]")
    assert "权限已改" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    shot(page, "rights-role")
    page.goto(f"{site}/rights/register/household")
    shot(page, "rights-register")
