"""What a save would empty is told while filling in and after the save; what nobody decided about stays (issue 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from ffp_admin.store import SYSTEM, Store, load
from tests.screens.county import household
from tests.screens.visitor import HtmlForm, Visitor

SITE = "f-安置点"


def site(store: Store, ident: int) -> Any:
    with store.reading() as session:
        record = load(session, store, "household", ident, SYSTEM)
    assert record is not None
    return record.values["安置点"]


def opened(browser: Visitor, ident: int) -> HtmlForm:
    return browser.get(f"/ledger/household/{ident}/edit").form("/edit")


def preview(browser: Visitor, form: HtmlForm, ident: int) -> dict[str, Any]:
    answer = browser.fetch(f"/ledger/household/preview?id={ident}", form.pairs).get_json()
    assert isinstance(answer, dict)
    return answer


def told_of(answer: dict[str, Any]) -> list[str]:
    return [one["text"] for one in answer["doubts"] if one["label"] == "安置点"]


def test_turning_the_switch_is_told_before_and_after(visitor: Callable[[], Visitor], store: Store) -> None:
    ident = household(store, 搬迁=True, 安置点="幸福苑")
    browser = visitor()
    form = opened(browser, ident)
    form.set("f-搬迁", "0")
    answer = preview(browser, form, ident)
    assert not answer["fields"][SITE]["shown"]
    [told] = told_of(answer)
    assert "搬迁" in told
    assert "幸福苑" not in told
    after = browser.press(form, "保存").words
    assert "已保存。" in after
    assert told in after
    assert site(store, ident) is None


def test_an_open_switch_keeps_and_shows_what_is_filled_in(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    ident = household(store, 搬迁=True, 安置点="幸福苑")
    browser = visitor()
    form = opened(browser, ident)
    form.set("f-搬迁", "")
    answer = preview(browser, form, ident)
    assert answer["fields"][SITE]["shown"]
    assert told_of(answer) == []
    browser.press(form, "保存")
    assert site(store, ident) == "幸福苑"
    # and so it looks on its page
    assert "幸福苑" in browser.get(f"/ledger/household/{ident}").words


def test_an_edit_of_something_else_leaves_a_contradiction_alone_and_names_it(
    visitor: Callable[[], Visitor], store: Store
) -> None:
    """The record was stored before the form had its condition."""
    ident = household(store, 搬迁=True, 安置点="幸福苑")
    main = store.tables("household").main
    with store.writing() as session:
        session.execute(update(main).where(main.c.id == ident).values(resettled=False))
    browser = visitor()
    page = browser.get(f"/ledger/household/{ident}").text
    assert "幸福苑" in page
    assert "原有的值仍保留" in page
    form = opened(browser, ident)
    form.set("f-备注", "走访过")
    [told] = told_of(preview(browser, form, ident))
    assert "原有的值仍保留" in told
    assert "已保存。" in browser.press(form, "保存").words
    assert site(store, ident) == "幸福苑"


def test_a_new_form_shows_only_what_applies(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    form = browser.get("/ledger/household/add").form("/add")
    answer = browser.fetch("/ledger/household/preview", form.pairs).get_json()
    assert not answer["fields"][SITE]["shown"]
    assert answer["doubts"] == []
