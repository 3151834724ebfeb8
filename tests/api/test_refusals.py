"""What cannot be read is refused in words, whatever is sent: never an error of the program."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ffp_admin.store import SYSTEM, tokens_of, withdraw_token
from tests.api.conftest import RECORDS, Program
from tests.screens.county import WILLOW_ONE

Make = Callable[..., Program]
HOUSEHOLDS = f"{RECORDS}/household"


def _new(**values: Any) -> dict[str, Any]:
    return {"户主姓名": "单秀英", "区划": WILLOW_ONE, **values}


def _fields(answer: Any) -> dict[str, str]:
    assert answer.mimetype == "application/problem+json", answer.text
    return {one["field"]: one["message"] for one in answer.get_json().get("errors", [])}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"人口数": "3"}, "人口数"),
        ({"人口数": True}, "人口数"),
        ({"人口数": 3.5}, "人口数"),
        ({"人均收入": "1,000"}, "人均收入"),
        ({"人均收入": []}, "人均收入"),
        ({"人均收入": "1e5"}, "人均收入"),
        ({"登记日期": 45000}, "登记日期"),
        ({"登记日期": "2026-02-30"}, "登记日期"),
        ({"搬迁": "是"}, "搬迁"),
        ({"需求": "01"}, "需求"),
        ({"需求": [1]}, "需求"),
        ({"区划": 529901}, "区划"),
        ({"区划": "５２９９０１"}, "区划"),
        ({"户主姓名": {"a": 1}}, "户主姓名"),
        ({"户主姓名": "长" * 1001}, "户主姓名"),
        ({"药费票据": {"票据号码": "1"}}, "药费票据"),
        ({"药费票据": [1]}, "药费票据"),
        ({"药费票据": [{}]}, "药费票据[0]"),
        ({"药费票据": [{"票据号码": "1", "金额": 1, "别的": 2}]}, "药费票据[0].别的"),
        ({"户编号": "1"}, "户编号"),
        ({"总收入": 1}, "总收入"),
    ],
)
def test_a_value_of_another_shape_is_refused_at_its_field(
    program: Make, body: dict[str, Any], field: str
) -> None:
    answer = program().send("POST", HOUSEHOLDS, json=_new() | body)
    assert answer.status_code == 422
    assert field in _fields(answer)
    assert _fields(answer)[field]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"a": NaN}', 400),
        (b'{"a": -Infinity}', 400),
        (b'{"a": 1e999999999}', 400),
        (b'{"a": ' + b"9" * 5000 + b"}", 400),
        (b'{"a": 1, "a": 2}', 400),
        ('{"户主姓名": "\\ud800"}'.encode(), 400),
        (b'{"\\udfff": 1}', 400),
        ('{"户主姓名": "a\\u0000b"}'.encode(), 400),
        (b'{"a": "\xff"}', 400),
        (b'{"nobody": 1}', 400),
        (b"[" * 100_000, 400),
        (b'{"a": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_bad_json_is_refused_in_words(program: Make, content: bytes, status: int) -> None:
    answer = program().send("POST", HOUSEHOLDS, data=content, content_type="application/json")
    assert answer.status_code == status
    told = answer.get_json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"] or told["errors"]


def test_other_content_is_refused(program: Make) -> None:
    one = program()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = one.send("POST", HOUSEHOLDS, data=b"{}", content_type=content_type)
        assert answer.status_code == 415, content_type


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, categories=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("户主姓名", "区划", "联系电话", "人口数", "人均收入", "登记日期", "需求", "病情", "药费票据", "备注")


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5))
@example(body={"药费票据": [{"票据号码": "\ud800"}]})
@example(body={"人口数": 10**400})
def test_nothing_that_is_sent_breaks_anything(program: Make, body: Any) -> None:
    one = program("zhen")
    for method, path, more in (
        ("POST", HOUSEHOLDS, {}),
        ("POST", f"{HOUSEHOLDS}/search", {}),
        ("PATCH", f"{HOUSEHOLDS}/1", {"If-Match": '"1"'}),
    ):
        answer = one.send(method, path, data=json.dumps(body), headers=more, content_type="application/json")
        assert answer.status_code in (200, 201, 400, 404, 412, 422), (answer.status_code, answer.text)
    store = one.app.extensions["ffp_store"]
    with store.writing() as session:
        for token in tokens_of(session):
            withdraw_token(session, store, token, SYSTEM)


@pytest.mark.parametrize("ident", ["9223372036854775808", "9" * 30, "１", "-1", "0x1", "1.0", "%00", "None"])
def test_odd_ids_are_not_there(program: Make, ident: str) -> None:
    one = program("zhen")
    for method, path in (
        ("GET", f"{HOUSEHOLDS}/{ident}"),
        ("GET", f"{HOUSEHOLDS}/{ident}/history"),
        ("PATCH", f"{HOUSEHOLDS}/{ident}"),
        ("POST", f"{HOUSEHOLDS}/{ident}/void"),
    ):
        answer = one.send(method, path, json={})
        assert answer.status_code in (404, 405)
        assert answer.mimetype == "application/problem+json"
