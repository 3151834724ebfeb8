"""Records over the interface: the same rights and rules as the pages, stars for hidden values, faults at their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from ffp_admin.rules.outcome import Finding
from ffp_admin.screens.api.showing import faults_of
from ffp_admin.screens.api.wire import WIRES
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Level
from ffp_admin.store import SYSTEM, Draft, Store, load, read_audit, save
from tests.api.conftest import RECORDS, Program, owner_of
from tests.screens.county import FAR, POPLAR_ONE, WILLOW, WILLOW_ONE, household, person, put
from tests.screens.visitor import Visitor
from tests.store.county import id_number

Make = Callable[..., Program]
HOUSEHOLDS = f"{RECORDS}/household"
PHONE, ACCOUNT, ILLNESS = "13987654321", "6228480012345678901", "罕见的病"


def _new(**values: Any) -> dict[str, Any]:
    return {"户主姓名": "单秀英", "区划": WILLOW_ONE, **values}


def _stored(store: Store, ident: int, form: str = "household") -> Any:
    with store.reading() as session:
        record = load(session, store, form, ident, SYSTEM)
    assert record is not None
    return record


def _fields(answer: Any) -> dict[str, str]:
    assert answer.mimetype == "application/problem+json", answer.text
    return {one["field"]: one["message"] for one in answer.get_json().get("errors", [])}


def test_every_kind_has_its_wire() -> None:
    assert WIRES.keys() == KINDS.keys()


def test_a_record_is_made_read_changed_and_made_void(store: Store, program: Make) -> None:
    zhen = program("zhen")
    made = zhen.send(
        "POST",
        HOUSEHOLDS,
        json=_new(
            联系电话=PHONE,
            人均收入="1234.50",
            人口数=3,
            登记日期="2026-03-01",
            搬迁=False,
            户类型="1",
            需求=["02", "01"],
            药费票据=[{"票据号码": "A1", "金额": 12.5}, {"票据号码": "A2", "金额": "3"}],
        ),
    )
    assert made.status_code == 201, made.text
    ident = made.get_json()["id"]
    assert made.headers["Location"].endswith(f"{HOUSEHOLDS}/{ident}")
    read = zhen.get(f"{HOUSEHOLDS}/{ident}")
    told = read.get_json()
    assert read.headers["ETag"] == '"1"'
    assert told["values"] | {"户编号": ""} == {
        "户编号": "", "户主姓名": "单秀英", "区划": WILLOW_ONE, "联系电话": "139****4321", "银行账号": None,
        "户类型": "1", "需求": ["01", "02"], "人口数": 3, "人均收入": "1234.5", "登记日期": "2026-03-01",
        "搬迁": False, "安置点": None, "病情": None, "健康": None, "总收入": "3703.5", "备注": None,
        "药费票据": [{"票据号码": "A1", "金额": "12.5"}, {"票据号码": "A2", "金额": "3"}],
    }  # fmt: skip
    assert told["masked"] == ["联系电话"]
    assert told["words"] == {"区划": "柳树镇柳树村一组", "户类型": "一般户", "需求": "住房、饮水"}
    changed = zhen.send(
        "PATCH", f"{HOUSEHOLDS}/{ident}", json={"备注": "新", "人口数": None}, headers={"If-Match": '"1"'}
    )
    assert changed.get_json() == {"id": ident, "version": 2, "changed": True, "waiting": [], "doubts": []}
    assert _stored(store, ident).values["联系电话"] == PHONE  # what was not sent stays
    story = zhen.get(f"{HOUSEHOLDS}/{ident}/history").get_json()["changes"]
    assert {one["source"] for one in story} == {"api"}
    assert {one["field"] for one in story} == {"备注", "人口数", "总收入", ""}
    gone = zhen.send("POST", f"{HOUSEHOLDS}/{ident}/void", json={"reason": "重复登记"})
    assert (gone.status_code, gone.text) == (204, "")
    assert zhen.get(f"{HOUSEHOLDS}/{ident}").get_json()["void_reason"] == "重复登记"
    assert zhen.get(HOUSEHOLDS).get_json()["records"] == []
    with store.reading() as session:
        assert {one.source for one in read_audit(session, limit=3)} == {"api"}
    again = zhen.send("PATCH", f"{HOUSEHOLDS}/{ident}", json={"备注": "再"}, headers={"If-Match": '"3"'})
    assert again.status_code == 409


def test_hidden_values_are_stars_for_everybody_also_in_rows_history_and_conflicts(
    store: Store, program: Make, visitor: Callable[[str], Visitor]
) -> None:
    ident = household(store, 联系电话=PHONE, 银行账号=ACCOUNT, 病情=ILLNESS)
    with store.writing() as session:
        save(session, store, Draft("household", ident, 1, {"联系电话": "13712344444", "备注": "x"}), SYSTEM)
    put(store, "member", 户=ident, 人员=person(store, 证件号码=id_number(1)))
    kept = (PHONE, ACCOUNT, ILLNESS, "13712344444", id_number(1))
    xian = program("xian")
    clash = xian.send(
        "PATCH", f"{HOUSEHOLDS}/{ident}", json={"联系电话": "13812345678"}, headers={"If-Match": '"1"'}
    )
    assert clash.status_code == 412
    assert clash.get_json()["errors"][0]["before"] == "139****4321"
    assert clash.get_json()["errors"][0]["now"] == "137****4444"
    session_client = visitor("xian").client
    for answer in (
        clash,
        *(xian.get(path) for path in _every(ident)),
        *(session_client.get(path) for path in _every(ident)),
        xian.send("POST", f"{HOUSEHOLDS}/search", json={"keyword": PHONE}),
    ):
        assert answer.status_code in (200, 412), answer.text
        assert not [text for text in kept if text in answer.get_data(as_text=True)], answer.text
    found = xian.send("POST", f"{HOUSEHOLDS}/search", json={"keyword": PHONE[:-4] + "4321"})
    assert [one["id"] for one in found.get_json()["records"]] == []  # it has another number now
    found = xian.send("POST", f"{HOUSEHOLDS}/search", json={"keyword": "13712344444"})
    assert [one["id"] for one in found.get_json()["records"]] == [ident]


def _every(ident: int) -> list[str]:
    return [
        HOUSEHOLDS, f"{HOUSEHOLDS}/{ident}", f"{HOUSEHOLDS}/{ident}/history", f"{RECORDS}/person",
        f"{RECORDS}/person/1", f"{RECORDS}/member", f"{RECORDS}/member/1",
    ]  # fmt: skip


def test_stars_are_never_written_back(store: Store, program: Make) -> None:
    ident = household(store, 联系电话=PHONE, 病情=ILLNESS)
    answer = program().send(
        "PATCH",
        f"{HOUSEHOLDS}/{ident}",
        json={"联系电话": "139****4321", "病情": "****"},
        headers={"If-Match": "1"},
    )
    assert answer.status_code == 422
    assert _fields(answer).keys() == {"联系电话", "病情"}
    assert _stored(store, ident).values["病情"] == ILLNESS


def test_a_change_needs_the_version_it_began_with(store: Store, program: Make) -> None:
    ident = household(store, 备注="甲")
    one = program()
    path = f"{HOUSEHOLDS}/{ident}"
    assert one.send("PATCH", path, json={"备注": "乙"}).status_code == 428
    assert one.send("PATCH", path, json={"备注": "乙"}, headers={"If-Match": "*"}).status_code == 400
    with store.writing() as session:
        save(session, store, Draft("household", ident, 1, {"人口数": 4}), SYSTEM)
    stale = one.send("PATCH", path, json={"备注": "乙"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412  # though another field was changed
    assert "2" in stale.get_json()["detail"]
    assert _stored(store, ident).values["备注"] == "甲"
    same = one.send("PATCH", path, json={"备注": "甲"}, headers={"If-Match": '"1"'})
    assert same.status_code == 412  # even when nothing would change
    assert one.send("PATCH", path, json={"备注": "乙"}, headers={"If-Match": '"2"'}).status_code == 200


def test_every_failed_rule_names_its_field_and_nothing_is_saved(store: Store, program: Make) -> None:
    answer = program().send(
        "POST",
        HOUSEHOLDS,
        json={
            "区划": WILLOW_ONE,
            "人口数": 25,
            "户类型": "7",
            "搬迁": True,
            "联系电话": "12",
            "药费票据": [{"票据号码": "A1", "金额": "1"}, {"票据号码": "A2"}],
        },
    )
    assert answer.status_code == 422
    told = answer.get_json()
    assert {"户主姓名", "人口数", "户类型", "安置点", "联系电话", "药费票据[1].金额"} <= _fields(
        answer
    ).keys()
    assert "/药费票据/1/金额" in [one["pointer"] for one in told["errors"]]
    assert program().get(HOUSEHOLDS).get_json()["total"] == 0


def test_rights_places_and_order_of_refusals(store: Store, program: Make) -> None:
    own, others = household(store), household(store, place=POPLAR_ONE)
    willow = program("willow")
    assert [one["id"] for one in willow.get(HOUSEHOLDS).get_json()["records"]] == [own]
    for method, path in (
        ("GET", f"{HOUSEHOLDS}/{others}"),
        ("PATCH", f"{HOUSEHOLDS}/{others}"),
        ("GET", f"{HOUSEHOLDS}/{others}/history"),
    ):
        assert willow.send(method, path).status_code == 404
    assert willow.send("POST", f"{HOUSEHOLDS}/{own}/void").status_code == 403  # before the body is looked at
    assert willow.get(f"{RECORDS}/unit").status_code == 403
    assert willow.get(f"{RECORDS}/nothing").status_code == 404
    away = willow.send("POST", HOUSEHOLDS, json=_new(区划=FAR))
    assert away.status_code in (403, 422)
    narrow = program("willow", ("household", "view"))
    assert narrow.send("POST", HOUSEHOLDS, json=_new()).status_code == 403
    assert narrow.send("PATCH", f"{HOUSEHOLDS}/{own}", json={}).status_code == 403
    assert narrow.get(f"{RECORDS}/person").status_code == 403


def test_paging_goes_through_everything_once_both_ways(store: Store, program: Make) -> None:
    ids = [
        household(store, name=f"户{n}", 户类型="12"[n % 2], 登记日期=f"2026-01-{n % 5 + 1:02d}")
        for n in range(11)
    ]
    one = program()
    for order in ("created", "-created", "登记日期", "-登记日期", "户类型"):
        met, after = [], ""
        while True:
            told = one.get(f"{HOUSEHOLDS}?q-size=3&q-order={order}{after}").get_json()
            met += [record["id"] for record in told["records"]]
            if told["next"] is None:
                break
            after = f"&q-after={told['next']}"
        assert sorted(met) == ids, order
        back = one.get(f"{HOUSEHOLDS}?q-size=3&q-order={order}&q-before={told['previous']}").get_json()
        assert [record["id"] for record in back["records"]] == met[met.index(told["previous"]) - 3 :][:3]
    filtered = one.get(f"{HOUSEHOLDS}?户类型=1&登记日期=2026-01-02&登记日期=2026-01-03").get_json()
    searched = one.send(
        "POST",
        f"{HOUSEHOLDS}/search",
        json={"filters": {"户类型": "1", "登记日期": ["2026-01-02", "2026-01-03"]}},
    ).get_json()
    assert filtered == searched
    assert filtered["total"] == 2


@pytest.mark.parametrize(
    "query",
    [
        "联系电话=13987654321", "病情=x", "nobody=1", "q-size=0", "q-size=201", "q-size=１", "q-after=9223372036854775808",
        "q-after=1&q-before=2", "q-order=病情", "q-order=人口数", "q-order=nobody", "q-order=created&q-order=updated",
        "户类型=7", "户类型=1&户类型=2", "登记日期=x", "登记日期=2026-01-01&登记日期=&登记日期=", "区划=柳树村", "搬迁=perhaps",
        "户类型=%00", "q-word=x",
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused_in_words(program: Make, query: str) -> None:
    answer = program().get(f"{HOUSEHOLDS}?{query}")
    assert answer.status_code == 400
    told = answer.get_json()
    assert told.get("errors") or "NUL" in told["detail"]


def test_a_session_may_use_the_interface_with_the_token_of_its_page(
    visitor: Callable[[str], Visitor], store: Store
) -> None:
    browser = visitor("willow")
    csrf = browser.get("/").form("/logout/").texts("csrf_token")[0]
    client = browser.client
    refused = client.post(HOUSEHOLDS, json=_new())
    assert refused.status_code == 400
    assert refused.mimetype == "application/problem+json"
    foreign = {"X-CSRFToken": csrf, "Sec-Fetch-Site": "cross-site"}
    assert client.post(HOUSEHOLDS, json=_new(), headers=foreign).status_code == 403
    made = client.post(HOUSEHOLDS, json=_new(), headers={"X-CSRFToken": csrf})
    assert made.status_code == 201
    ident = made.get_json()["id"]
    for token, status in (({}, 400), ({"X-CSRFToken": csrf}, 200)):
        headers = {"If-Match": '"1"', **token}
        assert (
            client.patch(f"{HOUSEHOLDS}/{ident}", json={"备注": "x"}, headers=headers).status_code == status
        )


def test_nobody_is_told_to_log_in_with_a_problem(app: Flask) -> None:
    client = app.test_client()
    for path in (HOUSEHOLDS, f"{HOUSEHOLDS}/1", "/api/v1/openapi.json", "/api/v1/regions"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.get_json()["type"] == "urn:ffp:problem:unknown"
    assert client.get("/api/").location.startswith("/login/")
    assert client.delete(f"{HOUSEHOLDS}/1").headers["Allow"]


def test_lists_of_codes_and_regions_are_those_the_asker_uses(program: Make) -> None:
    one = program("willow", ("member", "view"))
    assert one.get("/api/v1/codes/trade").get_json()["words"][1] == {
        "code": "2", "label": "养殖", "from": None, "to": None, "parent": "",
    }  # fmt: skip
    assert one.get("/api/v1/codes/household_type").status_code == 404
    first = one.get("/api/v1/regions?q-size=2").get_json()
    assert first["regions"][0] == {"code": WILLOW, "name": "柳树村"}
    rest = one.get(f"/api/v1/regions?q-after={first['next']}").get_json()
    assert [two["code"] for two in first["regions"] + rest["regions"]] == [WILLOW, WILLOW_ONE, f"{WILLOW}002"]
    assert one.get("/api/v1/regions?q-after=x").status_code == 400


def test_what_a_rule_says_of_a_kept_value_tells_nothing_of_it(store: Store) -> None:
    form, clerk = store.catalog().forms["household"], owner_of(store, "willow")
    said = Finding(field="联系电话", level=Level.ERROR, code="invalid", message=f"{PHONE} 不对", row=None)
    [kept] = faults_of([said], form, clerk, {"备注": "x"})
    assert PHONE not in kept.message
    assert "联系电话" in kept.message
    [sent] = faults_of([said], form, clerk, {"联系电话": PHONE})
    assert PHONE in sent.message  # who sent it knows it
