"""What the interface lists is what the pages and the store list, for anybody; what is kept back appears nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import find_account
from ffp_admin.screens.security import sync_permissions
from ffp_admin.store import (
    SYSTEM,
    Query,
    Store,
    UserScope,
    Wish,
    make_token,
    page,
    publish,
    set_scopes,
    tokens_of,
    withdraw_token,
)
from tests.api.conftest import RECORDS, Program, everything, owner_of
from tests.screens.county import (
    COUNTY,
    FAR,
    FILES,
    OTHER_TOWN,
    POPLAR,
    POPLAR_ONE,
    TOWN,
    WILLOW,
    WILLOW_ONE,
    household,
    person,
    put,
)
from tests.screens.visitor import Visitor
from tests.store.county import id_number

FORMS = ("household", "person", "member", "survey")
LIMITED = """
---
角色: limited
名称: 受限
层级: 村
不看: {household: [备注, 药费票据.票据号码]}
遮盖: {household: [安置点, 药费票据.金额], person: [证件号码]}
权限: {household: [查看, 修改], person: [查看], member: [查看]}
"""
ROLES = ("county", "town", "village", "reader", "limited")
#: what no answer may ever hold, and what the limited role may not see besides
CANARIES = ("13987650001", "6228480099990000001", "金丝雀病", "13987650002", "6228480099990000002")
KEPT = ("金丝雀备注", "金丝雀票据", "98765.43", "金丝雀安置点")


@dataclass
class Aviary:
    """The county with canaries in every village, and one account whose places change."""

    app: Flask
    store: Store
    browser: Visitor
    user_id: int


@pytest.fixture
def aviary(app: Flask, store: Store, visitor: Callable[[str], Visitor]) -> Aviary:
    """Records in four places, each with every kind of hidden value."""
    files = {**FILES, "form_specs/roles.yaml": FILES["form_specs/roles.yaml"] + LIMITED.encode()}
    publish(store, files, SYSTEM)
    sync_permissions(store)
    for number, place in enumerate((WILLOW_ONE, WILLOW, POPLAR_ONE, FAR)):
        ident = household(
            store, name=f"户{number}", place=place, 联系电话=CANARIES[number % 2 * 3], 银行账号=CANARIES[1 + number % 2 * 3],
            病情=CANARIES[2], 健康=["03"], 备注=KEPT[0], 搬迁=True, 安置点=KEPT[3], 户类型="12"[number % 2],
            登记日期=f"2026-01-0{number + 1}", 药费票据=({"票据号码": KEPT[1], "金额": KEPT[2]},),
        )  # fmt: skip
        put(store, "member", 户=ident, 人员=person(store, place=place, 证件号码=id_number(number)))
        put(store, "survey", 区划=place, 残疾证号=id_number(10 + number) + "43")
    with store.reading() as session:
        account = find_account(session, "willow")
    assert account is not None
    return Aviary(app, store, visitor("willow"), account.id)


PLACES = st.sampled_from((COUNTY, TOWN, OTHER_TOWN, WILLOW, POPLAR, FAR, WILLOW_ONE))
SCOPES = st.lists(
    st.one_of(
        st.builds(UserScope, role=st.sampled_from(ROLES), region_code=PLACES),
        st.builds(
            UserScope, role=st.sampled_from(ROLES), kind=st.just("household"), target_id=st.integers(1, 4)
        ),
    ),
    min_size=1,
    max_size=3,
)
SIEVES = st.sampled_from(
    (
        "",
        "户类型=1",
        "登记日期=2026-01-02&登记日期=2026-01-03",
        f"区划={TOWN}",
        "搬迁=1",
        "搬迁=0",
        "户类型=2&搬迁=1",
    )
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scopes=SCOPES, sieve=SIEVES)
def test_the_interface_lists_what_the_page_and_the_store_list_and_no_canary(
    aviary: Aviary, scopes: list[UserScope], sieve: str
) -> None:
    _compare(aviary, scopes, sieve)


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scopes=SCOPES, sieve=SIEVES)
def test_the_same_for_many_more(aviary: Aviary, scopes: list[UserScope], sieve: str) -> None:
    _compare(aviary, scopes, sieve)


def _compare(aviary: Aviary, scopes: list[UserScope], sieve: str) -> None:
    store = aviary.store
    with store.writing() as session:
        set_scopes(session, aviary.user_id, scopes)
        for token in tokens_of(session):
            withdraw_token(session, store, token, SYSTEM)
    owner = owner_of(store, "willow")
    grants = everything(store, owner)
    with store.writing() as session:
        wish = Wish(name="系统", grants=grants, days=9)
        _id, secret = make_token(session, store, owner, wish, owner)
        actor = make_actor(session, store, aviary.user_id, owner.name)
    program = Program(aviary.app, secret)
    stars = actor.limits_on("household").closed if actor.may("household", "view") else frozenset()
    kept = (*CANARIES, *(id_number(n) for n in range(14)), *(KEPT if len(stars) == 4 else ()))
    for form in FORMS:
        asked = sieve if form == "household" else ""
        answer = program.get(f"{RECORDS}/{form}?{quote(asked, safe='=&')}")
        if not actor.may(form, "view"):
            assert answer.status_code == 403
            continue
        ids = [one["id"] for one in answer.get_json()["records"]]
        shown = aviary.browser.get(f"/ledger/{form}/?{quote(asked, safe='=&')}")
        listed = list(dict.fromkeys(re.findall(rf'href="/ledger/{form}/(\d+)"', shown.html)))
        assert ids == [int(one) for one in listed]
        if not asked:
            with store.reading() as session:
                assert ids == [one.id for one in page(session, store, form, actor, Query(size=50)).records]
        seen = [one["id"] for one in program.get(f"{RECORDS}/{form}").get_json()["records"]]
        for ident in range(1, 5):
            for text in _bodies(program, form, ident, is_seen=ident in seen):
                told = [one for one in kept if one in text]
                assert not told, (form, ident, told)


def _bodies(program: Program, form: str, ident: int, *, is_seen: bool) -> Iterator[str]:
    """Everything the interface tells of a record, refusals too."""
    path = f"{RECORDS}/{form}/{ident}"
    read = program.get(path)
    assert (read.status_code == 200) == is_seen
    yield read.get_data(as_text=True)
    yield program.get(f"{path}/history").get_data(as_text=True)
    yield program.get(f"{RECORDS}/{form}").get_data(as_text=True)
    body: dict[str, Any] = {"人口数": 99, "户主姓名": None, "证件号码": "1", "姓名": None}
    for key, value in body.items():
        sent = program.send("PATCH", path, json={key: value}, headers={"If-Match": '"1"'})
        assert sent.status_code in (400, 403, 404, 422), (sent.status_code, sent.text)
        yield sent.get_data(as_text=True)
