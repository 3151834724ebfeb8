"""A change of key data waits for its confirmation also when a program asks for it."""

from __future__ import annotations

from collections.abc import Callable

from ffp_admin.store import SYSTEM, Store, load, publish
from tests.api.conftest import RECORDS, Program
from tests.screens.county import FILES, HOUSEHOLD, household

GUARDED = HOUSEHOLD.replace("长度: 30, 可检索", "长度: 30, 变更须确认: 乡镇, 可检索")


def test_a_change_of_key_data_waits_and_says_so(store: Store, program: Callable[..., Program]) -> None:
    publish(store, {**FILES, "form_specs/household.yaml": GUARDED.encode()}, SYSTEM)
    ident = household(store)
    path = f"{RECORDS}/household/{ident}"
    refused = program().send("PATCH", path, json={"户主姓名": "王改名"}, headers={"If-Match": '"1"'})
    assert "变更原因" in refused.get_json()["errors"][0]["message"]
    answer = program().send(
        "PATCH",
        path,
        json={"户主姓名": "王改名", "备注": "新", "q-reason": "户主去世"},
        headers={"If-Match": '"1"'},
    )
    told = answer.get_json()
    assert answer.status_code == 200, answer.text
    assert (told["waiting"], told["changed"], told["version"]) == (["户主姓名"], True, 2)
    with store.reading() as session:
        record = load(session, store, "household", ident, SYSTEM)
    assert record is not None
    assert (record.values["户主姓名"], record.values["备注"]) == ("单秀英", "新")
