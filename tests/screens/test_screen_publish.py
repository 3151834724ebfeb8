"""Publishing in the browser: upload, read what changes, put in force, go back; the worker does it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from ffp_admin.app import job_handlers
from ffp_admin.config import Settings
from ffp_admin.jobs import JobWorker, enqueue, look
from ffp_admin.screens import publishing
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.publish_work import PUBLISH
from ffp_admin.spec.packaging import Package
from ffp_admin.store import (
    SYSTEM,
    Draft,
    GrantChange,
    Store,
    change_rights,
    current_files,
    publish_package,
    save,
)
from ffp_admin.store.packages import ORDERED, mark_package
from tests.screens.county import FILES, HOUSEHOLD, ROLES, WILLOW_ONE
from tests.screens.visitor import Page, Visitor

AID = """
信息库: aid
名称: 临时救助
归属: 户
填报内容:
  申请:
    项目:
      户: {类型: 户, 必填: 是}
      患病类型: {类型: 文本, 必填: 是}
列表: {列: [户, 患病类型]}
"""
PUBLISHER = ROLES.replace("职责: [用户]", "职责: [启用]", 1)


def packed(files: Mapping[str, str]) -> bytes:
    """A .zip of texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def publisher(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The county's clerk may publish; the page does not wait for the worker, the test lets it work."""
    publish_package(store, Package(files={"form_specs/roles.yaml": PUBLISHER.encode()}), SYSTEM)
    monkeypatch.setattr(publishing, "PATIENCE", 0.0)


@pytest.fixture
def work(store: Store, settings: Settings) -> Callable[[], None]:
    """The worker process does what is due."""
    return lambda: JobWorker(store, {}, "w", job_handlers(store, settings), make_actor).run(once=True)


def upload(browser: Visitor, files: Mapping[str, str], name: str = "aid.zip") -> Page:
    """Choose a package and press the button."""
    form = browser.get("/publish/").form("/publish/")
    return browser.press(form, files={"file": (io.BytesIO(packed(files)), name)})


def put_in_force(browser: Visitor, page: Page, work: Callable[[], None]) -> Page:
    """Press the button, let the worker work, look again."""
    browser.press(page.forms[-1], "启用")
    work()
    return browser.get(page.path)


def test_a_package_is_read_in_words_and_live_for_everybody_after_one_press(
    visitor: Callable[[str], Visitor], work: Callable[[], None], store: Store
) -> None:
    xian, willow = visitor("xian"), visitor("zhen")
    assert willow.get("/ledger/aid/").status == 404
    page = upload(xian, {"aid/aid.yaml": AID})
    assert "新增：信息库 临时救助" in page.text
    assert store.refresh().release == 2
    page = xian.press(page.forms[-1], "启用")
    assert "正在启用" in page.text
    work()
    page = xian.get(page.path)
    assert "已启用第3版" in page.text
    store.refresh()
    assert "临时救助" in willow.get("/").text
    assert "患病类型" in willow.get("/ledger/aid/add").text
    with store.reading() as session:
        assert current_files(store)["plugins/aid/aid.yaml"] == AID.encode()
        assert make_actor(session, store, 2, "吴乡镇").may("aid", "fill")


def test_changes_to_records_are_counted_before(visitor: Callable[[str], Visitor], store: Store) -> None:
    for number in range(3):
        values = {"户主姓名": f"李{number}", "区划": WILLOW_ONE, **({"备注": "有"} if number else {})}
        with store.writing() as session:
            save(session, store, Draft(form="household", values=values), SYSTEM)
    changed = HOUSEHOLD.replace(
        "      备注: {类型: 长文本, 列名: remark}\n", "      劳力: {类型: 整数, 必填: 是}\n"
    )
    page = upload(visitor("xian"), {"form_specs/household.yaml": changed})
    for words in (
        "增加必填字段“劳力”",
        "现有 3 条记录",
        "2 条记录里填过的内容仍保存",
        "3 条已有记录还没有“劳力”",
    ):
        assert words in page.text


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"aid/aid.yaml": AID.replace("类型: 文本", "类型: 文木")}, "plugins/aid/aid.yaml 第9行第"),
        ({"aid/aid.yaml": AID.replace("户: {类型: 户", "户: {类型: 户, 必填条件: 没有 为 是")}, "没有"),
        ({"../../x.yaml": AID}, "指向包外面"),
        ({"aid/readme.txt": "x"}, "没有方案文件"),
    ],
)
def test_a_broken_package_says_where_and_changes_nothing(
    visitor: Callable[[str], Visitor], store: Store, files: dict[str, str], words: str
) -> None:
    before = current_files(store)
    page = upload(visitor("xian"), files)
    assert page.status == 422
    assert words in page.text
    assert (current_files(store), store.refresh().release) == (before, 2)


def test_a_change_the_data_forbids_offers_no_button(visitor: Callable[[str], Visitor]) -> None:
    changed = HOUSEHOLD.replace("登记日期: {类型: 日期", "登记日期: {类型: 整数")
    page = upload(visitor("xian"), {"form_specs/household.yaml": changed})
    assert "不能启用" in page.text
    assert [text for _name, _value, text in page.forms[-1].buttons] == ["放弃这个包"]


def test_who_looked_at_an_older_release_is_stopped_and_can_check_again(
    visitor: Callable[[str], Visitor], work: Callable[[], None], store: Store
) -> None:
    xian = visitor("xian")
    page = upload(xian, {"aid/aid.yaml": AID})
    publish_package(
        store, Package(files={"form_specs/unit.yaml": FILES["form_specs/unit.yaml"] + b"\n#"}), SYSTEM
    )
    xian.press(page.forms[-1], "启用")
    work()
    refused = xian.get("/publish/package/1")
    assert "又启用了第3版" in refused.text
    assert "临时救助" not in visitor("zhen").get("/").text
    done = put_in_force(xian, xian.get("/publish/package/1"), work)
    assert "已启用第4版" in done.text


def test_going_back_hides_and_keeps(
    visitor: Callable[[str], Visitor], work: Callable[[], None], store: Store
) -> None:
    xian = visitor("xian")
    put_in_force(xian, upload(xian, {"aid/aid.yaml": AID}), work)
    store.refresh()
    page = xian.get("/publish/release/2")
    assert "去掉：信息库 临时救助" in page.text
    page = xian.press(page.forms[-1], "恢复到第2版")
    work()
    assert "已启用第4版" in xian.get(page.path).text
    store.refresh()
    assert xian.get("/ledger/aid/").status == 404
    assert "恢复到第2版" in xian.get("/publish/").text
    page = xian.press(xian.get("/publish/release/3").forms[-1], "恢复到第3版")
    work()
    store.refresh()
    assert xian.get("/ledger/aid/").status == 200


def test_nobody_else_sees_or_does_anything_there(visitor: Callable[[str], Visitor], app: Flask) -> None:
    browser = visitor("zhen")
    assert "方案启用" not in browser.get("/").text
    for address in ("/publish/", "/publish/package/1", "/publish/release/1", "/publish/job/1"):
        assert browser.get(address).status == 403


def test_a_worker_killed_after_the_release_does_not_publish_twice(
    visitor: Callable[[str], Visitor], work: Callable[[], None], store: Store
) -> None:
    xian = visitor("xian")
    page = upload(xian, {"aid/aid.yaml": AID})
    put_in_force(xian, page, work)
    with store.writing() as session:  # as if it had died before it could write that it was done
        mark_package(session, 1, ORDERED)
        clerk = make_actor(session, store, 1, "周县办")
    number = enqueue(store, PUBLISH, {"batch": 1, "base": 2, "note": ""}, clerk)
    work()
    with store.reading() as session:
        order = look(session, store, number)
    assert order is not None
    assert (order.state, order.result["release"], store.refresh().release) == ("done", 3, 3)


def test_rights_this_county_changed_are_told_before_a_release(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    given = GrantChange(role="village", form="household", verb="export", allowed=True)
    with store.writing() as session:
        change_rights(session, store, store.catalog(), [given], "试点", SYSTEM)
    page = upload(visitor("xian"), {"form_specs/aid.yaml": AID})
    assert "本地改过的权限：启用新方案后仍然有效" in page.words
    assert "村级 可以 导出 农户，方案里没有" in page.text
