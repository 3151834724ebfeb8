"""The import and accounts pages, with a small importer behind the port."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import pytest
from flask import Flask

from ffp_admin.app import create_app
from ffp_admin.config import Settings
from ffp_admin.exchange import ImportRefused
from ffp_admin.screens.accounts import AccountProblem, create_user, ensure_administrators
from ffp_admin.store import Actor, Store
from tests.screens.county import WILLOW
from tests.screens.visitor import Page, Visitor


class Weight(Enum):
    """As the import floor says it."""

    ERROR = "error"
    DOUBT = "doubt"
    MENDED = "mended"


@dataclass(frozen=True)
class Remark:
    """One remark about a cell."""

    row: int
    column: str
    heading: str
    found: str
    reason: str
    suggestion: str = ""
    weight: Weight = Weight.ERROR


@dataclass(frozen=True)
class Upload:
    """A workbook that waits."""

    id: int
    filename: str
    findings: Sequence[Remark]
    new_groups: Sequence[str] = ("下河组",)
    rows: int = 12
    people: int = 11
    households: int = 4
    columns: Sequence[tuple[str, str]] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """Numbers for the boxes."""
        by = [one.weight for one in self.findings]
        return {"ready": 3, **{w.value: by.count(w) for w in Weight}}


@dataclass(frozen=True)
class Done:
    """What was written."""

    counts: Mapping[str, int]


@dataclass
class SmallImporter:
    """Keeps one upload per actor and remembers what it was asked."""

    uploads: dict[int, tuple[str, Upload]] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def profiles(self) -> list[tuple[str, str]]:
        """One profile."""
        return [("roster", "农户花名册")]

    def register_of(self, profile: str) -> str:
        """Fills households."""
        return "household"

    def stage(
        self, profile: str, file_bytes: bytes, filename: str, region: str, period: int, actor: Actor
    ) -> Upload:
        """Refuses what is no workbook."""
        if not file_bytes.startswith(b"PK"):
            raise ImportRefused("这不是工作簿。")
        self.asked.append(("stage", profile, region, period))
        weights = (Weight.ERROR, Weight.DOUBT, Weight.MENDED)
        remarks = [
            Remark(5 + i, "H", "身份证号", "5299", f"原因{i}", "建议", w) for i, w in enumerate(weights)
        ]
        upload = Upload(len(self.uploads) + 1, filename, remarks)
        self.uploads[upload.id] = (actor.name, upload)
        return upload

    def staged(self, staged_id: int, actor: Actor) -> Upload | None:
        """Only the own one."""
        name, upload = self.uploads.get(staged_id, ("", None))
        return upload if name == actor.name else None

    def checked(self, staged_id: int, actor: Actor) -> bytes:
        """A workbook."""
        return b"PK red cells"

    def commit(self, staged_id: int, mode: str, actor: Actor, new_groups_confirmed: bool = False) -> Done:
        """Wants the groups confirmed."""
        if not new_groups_confirmed:
            raise ImportRefused("下河组不在区划中。请确认。")
        self.asked.append(("commit", mode))
        return Done({"added": 9, "changed": 1, "unchanged": 0, "skipped": 1})

    def discard(self, staged_id: int, actor: Actor) -> None:
        """Forgets it."""
        del self.uploads[staged_id]


@pytest.fixture
def importer() -> SmallImporter:
    """The importer behind the pages."""
    return SmallImporter()


@pytest.fixture
def app(settings: Settings, store: Store, importer: SmallImporter) -> Flask:
    """The application with it."""
    return create_app(settings, store, importer=importer)


def upload(
    browser: Visitor,
    content: bytes = b"PK",
    village: tuple[str, ...] = (WILLOW, "柳树镇柳树村"),
    year: str = "2026",
) -> Page:
    """Fill in the upload page and send it."""
    form = browser.get("/import/").form("/import/")
    form.set("profile", "roster")
    form.set("region", *village)
    form.set("period", year)
    return browser.press(form, "核对工作簿", files={"file": (io.BytesIO(content), "柳树村.xlsx")})


def test_an_upload_shows_what_was_found_before_anything_is_written(
    visitor: Callable[[str], Visitor], importer: SmallImporter
) -> None:
    page = upload(visitor("xian"))
    assert page.path == "/import/1"
    assert importer.asked == [("stage", "roster", WILLOW, 2026)]
    assert {"户可导入", "处已自动更正", "处错误", "处疑点"} <= set(page.words)
    assert {"第 5 行 H 列", "原因0", "建议", "错误", "原因1", "疑点", "已更正"} <= set(page.words)
    assert page.html.index("原因0") < page.html.index("<details") < page.html.index("原因2")
    assert "全部导入" not in page.words


def test_the_good_households_are_taken_after_the_groups_were_confirmed(
    visitor: Callable[[str], Visitor], importer: SmallImporter
) -> None:
    browser = visitor("xian")
    page = upload(browser)
    refused = browser.press(page.form("/import/1"), "只导入无误的户")
    assert refused.status == 422
    assert "下河组不在区划中。请确认。" in refused.words
    form = refused.form("/import/1")
    form.pairs.append(("groups", "1"))
    done = browser.press(form, "只导入无误的户")
    assert done.path == "/ledger/household/"
    assert "导入完成：新增 9 条，更新 1 条，无变化 0 条，未导入 1 户。" in done.words
    assert importer.asked[-1] == ("commit", "good")


def test_an_upload_can_be_given_up_and_its_checked_copy_taken_home(
    visitor: Callable[[str], Visitor], importer: SmallImporter
) -> None:
    browser = visitor("xian")
    page = upload(browser)
    answer = browser.client.get("/import/1/checked.xlsx")
    assert answer.data == b"PK red cells"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "没有写入任何数据" in browser.press(page.form("/import/1"), "取消导入").text
    assert importer.uploads == {}


def test_another_person_s_upload_is_not_there(
    visitor: Callable[[str], Visitor], importer: SmallImporter
) -> None:
    upload(visitor("xian"))
    importer.uploads[1] = ("别人", importer.uploads[1][1])
    browser = visitor("xian")
    assert browser.get("/import/1").status == 404
    assert browser.client.get("/import/1/checked.xlsx").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"content": b"no workbook"}, "这不是工作簿。"),
        ({"village": ("", "")}, "请选择工作簿对应的村。"),
        ({"village": ("", "没有的村")}, "没有找到“没有的村”"),
        ({"year": "26"}, "四位年份"),
    ],
)
def test_an_upload_that_cannot_be_taken_says_why_and_keeps_the_choices(
    visitor: Callable[[str], Visitor], changed: dict[str, object], said: str
) -> None:
    page = upload(visitor("xian"), **changed)  # type: ignore[arg-type]
    assert page.status == 422
    assert said in page.text
    assert page.form("/import/").texts("profile") == ["roster"]


def test_import_and_print_are_for_who_may_and_lists_lead_there(visitor: Callable[[str], Visitor]) -> None:
    willow = visitor("willow")
    assert willow.get("/import/").status == 403
    assert willow.get("/print/").status == 403
    assert not {"导入工作簿", "打印"} & set(willow.get("/").words)
    words = visitor("xian").get("/ledger/household/").words
    assert "导入" in words
    assert "导入" not in visitor("xian").get("/ledger/person/").words


# ---- accounts


def test_an_account_is_added_and_its_password_shown_once(
    visitor: Callable[[str], Visitor], app: Flask
) -> None:
    browser = visitor("xian")
    form = browser.get("/accounts/").form("/accounts/add")
    form.set("username", "newcomer")
    form.set("name", "新同志")
    form.set("role", "village")
    form.set("region", WILLOW, "柳树镇柳树村")
    page = browser.press(form)
    password = page.html.split("<code>")[2].split("</code>")[0]
    assert password not in browser.get("/accounts/").html
    assert Visitor(app.test_client()).log_in("newcomer", password).path == "/password/"
    assert {"新同志", "村级", "柳树镇柳树村", "尚未修改初始密码"} <= set(browser.get("/accounts/").words)


@pytest.mark.parametrize(
    ("username", "name", "role", "said"),
    [
        ("willow", "某", "village", "已被使用"),
        ("王", "某", "village", "英文字母"),
        ("ok", "", "village", "姓名"),
        ("ok", "某", "king", "没有角色"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(
    app: Flask, username: str, name: str, role: str, said: str
) -> None:
    with pytest.raises(AccountProblem, match=said):
        create_user(app, username, name, role, (WILLOW,))


def test_a_reset_ends_the_old_password_and_the_sessions(
    visitor: Callable[[str], Visitor], app: Flask
) -> None:
    willow, xian = visitor("willow"), visitor("xian")
    page = xian.press(xian.open_account("willow").form("/password"))
    password = page.html.split("<code>")[2].split("</code>")[0]
    assert willow.get("/").path == "/login/"
    assert willow.log_in("willow").status == 422
    assert willow.log_in("willow", password).path == "/password/"


def test_accounts_are_for_who_has_the_duty(visitor: Callable[[str], Visitor]) -> None:
    address = f"{visitor('xian').open_account('willow').path}/password"
    browser = visitor("zhen")
    token = browser.get("/").form("/logout/").texts("csrf_token")[0]
    assert browser.client.post(address, data={"csrf_token": token}).status_code == 403
    assert Visitor(browser.client.application.test_client()).log_in("willow").path == "/"
    assert "账号管理" not in browser.get("/").words


def test_nobody_switches_off_the_own_account(visitor: Callable[[str], Visitor]) -> None:
    browser = visitor("xian")
    page = browser.open_account("xian")
    assert not [form for form in page.forms if form.action.endswith("/active")]
    token = page.form("/password").texts("csrf_token")[0]
    browser.client.post(f"{page.path}/active", data={"csrf_token": token, "state": "off"})
    assert "不能停用自己的账号。" in browser.get(page.path).words


def test_the_first_administrator_is_made_once(app: Flask) -> None:
    assert ensure_administrators(app) == []
