"""What every page must keep: Chinese words only, nothing inline, nothing newer than Chromium 78, no lost names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import tinycss2  # type: ignore[import-untyped]
from flask import Flask

from ffp_admin import screens
from ffp_admin.screens.kinds import SCREENS
from ffp_admin.spec.kinds import KINDS
from ffp_admin.store import Store
from tests.screens.auditor import NAME, auditor
from tests.screens.county import household, person, put
from tests.screens.visitor import Page, Visitor

HOUSE = Path(screens.__file__).parent
STYLE = (HOUSE / "static" / "ffp.css").read_text(encoding="utf-8")
SCRIPT = (HOUSE / "static" / "ffp.js").read_text(encoding="utf-8")
TEMPLATES = sorted((HOUSE / "templates" / "ffp").glob("*.html"))

#: words people say in Chinese sentences too
ALLOWED = frozenset(["Excel", "PDF", "F5", "xlsx", "xls", "A4"])
#: what programmers read in the description of the interface
TECHNICAL = frozenset(
    [
        "api",
        "v1",
        "codes",
        "next",
        "null",
        "true",
        "false",
        "id",
        "level",
        "records",
        "search",
        "history",
        "need",
        "type",
        "household",
        "trade",
    ]
)


def every_page(visitor: Callable[[str], Visitor], store: Store, app: Flask) -> Iterable[Page]:
    """One of each page, failing saves and error pages among them."""
    ident = household(
        store, 联系电话="13812345678", 药费票据=({"票据号码": "1", "金额": 1},), 人均收入=200000
    )
    put(store, "member", 户=ident, 人员=person(store))
    yield Visitor(app.test_client()).get("/login/")
    yield Visitor(app.test_client()).log_in("willow", "wrong")
    willow, xian = visitor("willow"), visitor("xian")
    yield from (willow.get(address) for address in (
        "/", "/password/", "/ledger/household/", "/ledger/household/?q-word=old", "/ledger/household/add",
        "/ledger/member/add", "/ledger/member/", f"/ledger/household/{ident}", f"/ledger/household/{ident}/edit",
        "/ledger/survey/", "/nowhere", "/ledger/household/999",
    ))  # fmt: skip
    yield from (
        xian.get(address)
        for address in ("/accounts/", "/ledger/survey/add", f"/ledger/household/{ident}/void")
    )
    account = xian.open_account("reader")
    yield account
    yield xian.press(account.form("/password"))
    yield from (
        xian.get(f"{account.path}/{sheet}")
        for sheet in (
            "card",
            "act",
            "hand",
            "give/region",
            "give/household",
            "give/unit",
            "give/task",
            "give/duty",
        )
    )
    yield from (willow.get("/tokens/"), _with_token(willow), willow.get("/api/"))
    yield from (xian.get(address) for address in ("/rights/", "/rights/register/household", "/publish/"))
    rights = xian.get("/rights/role/village")
    yield rights
    table = rights.form("/rights/role/village")
    table.set("t", *table.texts("t"), "village:household:export")
    yield xian.press(table, "下一步：看看会怎样")
    eye = auditor(app, store)
    yield from (eye.get(address) for address in ("/audit/", "/audit/?action=look", "/audit/line/1", "/audit/who",
                                                 f"/audit/who/household/{ident}"))  # fmt: skip
    add = willow.get("/ledger/household/add").form("/add")
    yield willow.press(add, "保存")
    yield willow.press(add, "增加一行")
    yield willow.press(willow.get(f"/ledger/household/{ident}").form("/reveal/联系电话"), "显示")
    willow.fetch("/ledger/household/draft", add.pairs)
    yield willow.get("/")
    yield willow.get("/ledger/household/add")
    yield Page(willow.client.post("/ledger/household/find", data={}))


def _with_token(visitor: Visitor) -> Page:
    """The page of tokens with one that was made just now."""
    sheet = visitor.get("/tokens/").form("/tokens/add")
    sheet.set("name", "统计系统")
    sheet.set("t", "household:view")
    return visitor.press(sheet)


def test_no_page_speaks_english(visitor: Callable[[str], Visitor], store: Store, app: Flask) -> None:
    own = {"willow", "xian", "zhen", "poplar", "reader", NAME}
    for page in every_page(visitor, store, app):
        said = " ".join([*page.words, *page.attributes])
        said = re.sub(r"错误编号：[0-9A-F]{8}", "", said)
        for code in re.findall(
            r"<code[^>]*>([^<]*)</code>", page.html
        ):  # addresses and keys of the interface
            said = said.replace(code.replace("&#34;", '"'), " ")
        said = re.sub(r"ffp_[\w-]{43}", "", said)  # the secret of a token
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9]*", said)) - own
        if "一次性密码" in said:
            words = {word for word in words if len(word) < 9}  # the password itself
        known = ALLOWED | TECHNICAL if page.path == "/api/" else ALLOWED
        assert not words - known, (page.path, words - known)


def test_every_page_says_who_is_speaking_in_which_language(
    visitor: Callable[[str], Visitor], store: Store, app: Flask
) -> None:
    for page in every_page(visitor, store, app):
        assert '<html lang="zh">' in page.html
        assert page.html.count("<h1") == 1, page.path
        assert len(page.ids) == len(set(page.ids)), (
            page.path,
            [i for i in page.ids if page.ids.count(i) > 1],
        )


def test_nothing_on_a_page_is_inline_or_from_elsewhere(
    visitor: Callable[[str], Visitor], store: Store, app: Flask
) -> None:
    for page in every_page(visitor, store, app):
        assert "<style" not in page.html
        assert not re.search(r"<script(?![^>]*\ssrc=)", page.html)
        assert not re.search(r'\s(style|on[a-z]+)="', page.html)
        assert not re.search(r'(src|href|action)="(https?:)?//', page.html)
        assert 'href="javascript:' not in page.html


def test_every_control_has_a_name_a_reader_can_hear(
    visitor: Callable[[str], Visitor], store: Store, app: Flask
) -> None:
    for page in every_page(visitor, store, app):
        shown = re.sub(r"<template>.*?</template>", "", page.html, flags=re.S)
        labelled = set(re.findall(r'<label for="([^"]+)"', shown))
        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", shown):
            kind = re.search(r'type="(\w+)"', tag)
            if (kind and kind[1] in ("hidden", "radio", "checkbox")) or 'class="hush"' in tag:
                continue
            ident = re.search(r'\sid="([^"]+)"', tag)
            assert "aria-label" in tag or (ident and ident[1] in labelled), (page.path, tag)


def test_every_post_carries_a_token_and_without_it_nothing_happens(
    visitor: Callable[[str], Visitor], store: Store, app: Flask
) -> None:
    for page in every_page(visitor, store, app):
        for form in page.forms:
            if form.method == "post":
                assert form.texts("csrf_token"), (page.path, form.action)
    answer = visitor("xian").client.post(f"{visitor('xian').open_account('willow').path}/active")
    assert answer.status_code == 400
    assert "页面停留太久" in answer.text
    assert visitor("willow").get("/").path == "/"


# ---- old browsers


def _rules(text: str) -> Iterable[tuple[str, list[tinycss2.ast.Declaration]]]:
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        assert rule.type in ("qualified-rule", "at-rule"), rule
        if rule.type == "at-rule":
            assert rule.lower_at_keyword in ("media", "supports"), rule.at_keyword
            yield from _rules(tinycss2.serialize(rule.content))
        else:
            content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            assert all(one.type == "declaration" for one in content), (
                f"nesting in {tinycss2.serialize(rule.prelude)}"
            )
            yield tinycss2.serialize(rule.prelude), content


#: word → the Chromium that first knew it
NEWER_SELECTORS = {":has(": 105, ":is(": 88, ":where(": 88, ":focus-visible": 86, "::file-selector": 89, ":modal": 105,
                   "::marker": 86, ":popover": 114, ":user-invalid": 119, "::backdrop-filter": 999}  # fmt: skip
NEWER_VALUES = {"clamp(": 79, "min(": 79, "max(": 79, "color-mix(": 111,
                "oklch": 111, "fit-content(": 999, "conic-gradient(": 69 + 900, "lab(": 111, "env(titlebar": 999}  # fmt: skip
NEWER_PROPERTIES = {"inset", "aspect-ratio", "accent-color", "content-visibility", "text-wrap", "translate", "rotate", "scale",
                    "container-type", "container", "margin-inline", "margin-block", "padding-inline", "padding-block",
                    "overflow-clip-margin", "color-scheme", "place-content-x", "text-underline-offset", "scrollbar-gutter",
                    "field-sizing", "overscroll-behavior-x", "text-decoration-thickness", "font-variation-x", "view-transition-name"}  # fmt: skip


def css_faults(text: str) -> list[str]:
    """What Chromium 78 would not understand."""
    found = []
    grids = {s.strip() for s, some in _rules(text) for one in some if "grid" in tinycss2.serialize(one.value)}
    for selector, declarations in _rules(text):
        found += [f"{selector}: {word}" for word in NEWER_SELECTORS if word in selector]
        if re.search(r":not\([^)]*,", selector):
            found.append(f"{selector}: a list inside :not()")
        for one in declarations:
            value = tinycss2.serialize(one.value)
            if one.lower_name in NEWER_PROPERTIES:
                found.append(f"{selector}: {one.lower_name}")
            if one.lower_name in ("gap", "row-gap", "column-gap") and selector.strip() not in grids:
                found.append(f"{selector}: gap outside a grid")
            found += [f"{selector}: {unit}" for unit in re.findall(r"\d([dsl]v[hw])", value)]
            found += [
                f"{selector}: {word}"
                for word in NEWER_VALUES
                if re.search(rf"(?<![\w-]){re.escape(word)}", value)
            ]
    return found


def test_the_style_sheet_is_understood_by_chromium_78() -> None:
    assert css_faults(STYLE) == []


@pytest.mark.parametrize(
    "newer",
    ["a:has(b) {color: red}", "a {display: flex; gap: 4px}", "a {inset: 0}", "a {width: min(10px, 5%)}",
     "a:focus-visible {color: red}", "@media (min-width: 1px) {a {aspect-ratio: 1}}", "a:not(b, c) {color: red}",
     "a {height: 100dvh}"],
)  # fmt: skip
def test_the_check_of_the_style_sheet_finds_newer_words(newer: str) -> None:
    assert css_faults(newer)


@pytest.mark.parametrize(
    "newer", ["a { & b {color: red} }", "@container (min-width: 1px) {a {color: red}}", "@layer x;"]
)
def test_nesting_and_container_queries_are_refused(newer: str) -> None:
    with pytest.raises(AssertionError):
        css_faults(newer)


NEWER_SCRIPT = {
    r"\?\.(?!\d)": "optional chaining", r"\?\?": "nullish", r"\|\|=|&&=|\?\?=": "logical assignment", r"\d_\d": "digit groups",
    r"\.replaceAll\(": "replaceAll", r"\.at\(": "at", r"\.matchAll\(": "matchAll", r"Promise\.any": "any", r"structuredClone": "clone",
    r"\.replaceChildren\(": "replaceChildren", r"Object\.hasOwn\(": "hasOwn", r"\.showPicker\(": "showPicker", r"#\w+\s*[=(;]": "private",
    r"\bimport\s*\(": "import()", r"\bBigInt\b|\d+n\b": "BigInt", r"AbortSignal\.": "AbortSignal", r"\.toSorted|\.findLast": "findLast",
    r"globalThis": "globalThis", r"\bawait\b": "await outside", r"allSettled": "allSettled", r"randomUUID": "randomUUID",
}  # fmt: skip


def script_faults(text: str) -> list[str]:
    """What is newer than ECMAScript 2019 or Chromium 78."""
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    code = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', '""', code)
    return [name for pattern, name in NEWER_SCRIPT.items() if re.search(pattern, code)]


def test_the_script_is_understood_by_chromium_78() -> None:
    assert script_faults(SCRIPT) == []


@pytest.mark.parametrize(
    "newer", ["a?.b", "a ?? b", "a ||= b", "s.replaceAll('a', 'b')", "class A { #x = 1 }", "1_000"]
)
def test_the_check_of_the_script_finds_newer_words(newer: str) -> None:
    assert script_faults(newer)


def test_the_script_evaluates_no_rule_and_reaches_only_this_site() -> None:
    assert not re.search(r"\beval\b|new Function|https?://", SCRIPT)


# ---- kinds and templates


def test_every_kind_has_its_screen_and_every_screen_its_macro(app: Flask) -> None:
    assert SCREENS.keys() == KINDS.keys()
    macros = set(
        re.findall(r"{%-? macro (\w+)", (HOUSE / "templates" / "ffp" / "kinds.html").read_text("utf-8"))
    )
    assert {screen.widget for screen in SCREENS.values()} <= macros


def test_templates_hold_no_chinese_of_their_own() -> None:
    for template in TEMPLATES:
        text = re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"), flags=re.S)
        assert not re.search(r"[\u4e00-\u9fff]", text), template.name
