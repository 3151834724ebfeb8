"""The description: only what the asker may use, and every answer is as it says (schemathesis)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import jsonschema
import pytest
import schemathesis
from click.testing import CliRunner
from flask import Flask
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ffp_admin.app import create_app
from ffp_admin.cli import main
from ffp_admin.config import Settings
from ffp_admin.store import Store, Wish, make_token
from ffp_admin.testing.postgres import Cluster
from tests.api.conftest import Program, county, everything, owner_of
from tests.screens.county import household, person, put
from tests.screens.visitor import Visitor
from tests.store.county import id_number

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)


def test_it_tells_only_what_the_asker_may_use(program: Callable[..., Program]) -> None:
    def paths(*grants: tuple[str, str], username: str = "willow") -> dict[str, set[str]]:
        told = program(username, *grants).get("/api/v1/openapi.json").get_json()
        return {path: item.keys() - {"parameters"} for path, item in told["paths"].items()}

    narrow = paths(("member", "view"), ("household", "edit"))
    assert narrow == {
        "/api/v1/records/household/{id}": {"patch"},
        "/api/v1/records/member": {"get"},
        "/api/v1/records/member/search": {"post"},
        "/api/v1/records/member/{id}": {"get"},
        "/api/v1/records/member/{id}/history": {"get"},
        "/api/v1/codes/{codes}": {"get"},
        "/api/v1/regions": {"get"},
    }
    assert not any("/unit" in path for path in paths())
    assert any("/unit" in path for path in paths(username="xian"))


def test_the_schema_is_sound_and_names_every_field_once(program: Callable[..., Program]) -> None:
    told = program("xian").get("/api/v1/openapi.json").get_json()
    for name, schema in told["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert name
    values = told["components"]["schemas"]["household.record"]["properties"]["values"]["properties"]
    assert values["区划"]["title"] == "所在村组"
    assert values["总收入"]["readOnly"]
    new = told["components"]["schemas"]["household.new"]
    assert new["required"] == ["户主姓名", "区划"]
    assert "总收入" not in new["properties"]
    ids = [
        deed["operationId"]
        for item in told["paths"].values()
        for key, deed in item.items()
        if key != "parameters"
    ]
    assert len(ids) == len(set(ids))


def test_the_command_writes_the_whole_description(
    settings: Settings, template: Any, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FFP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("FFP_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("FFP_KEY_FILE", str(template.file.parent / "keyring.json"))
    done = CliRunner().invoke(main, ["openapi", "-o", str(tmp_path / "api.json")])
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "api.json").read_text(encoding="utf-8"))
    assert {tag["name"] for tag in told["tags"]} == set(store.catalog().forms)


def test_the_page_tells_the_same_as_the_document(
    visitor: Callable[[str], Visitor], program: Callable[..., Program]
) -> None:
    page = visitor("willow").get("/api/")
    told = program("willow").get("/api/v1/openapi.json").get_json()
    for path in told["paths"]:
        assert path in page.html
    assert "/records/unit" not in page.html
    assert "所在村组" in page.html


def _seed(store: Store) -> None:
    ident = household(store, 联系电话="13987654321", 药费票据=({"票据号码": "1", "金额": 1},), 病情="某病")
    put(store, "member", 户=ident, 人员=person(store, 证件号码=id_number(1)))
    put(store, "survey", 区划="529901100201", 完成比例="0.5", 面积="1.25", 起始年月="2026-01")
    put(store, "unit", 单位名称="某局")


def _try_out(app: Flask, program: Program, count: int) -> int:
    """Call every operation with made-up input, right and wrong; the number of calls."""
    headers = {"Authorization": f"Bearer {program.secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
    calls = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
        for mode in modes:
            calls += _call(operation, mode, headers, count)
    return calls


def _call(operation: Any, mode: Any, headers: dict[str, str], count: int) -> int:
    done: list[int] = []

    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        response = case.call(headers=headers)
        done.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    try:
        call()
    except hypothesis.errors.Unsatisfiable:  # nothing wrong can be said about an operation without parameters
        return 0
    return len(done)


def test_every_answer_is_as_described(app: Flask, store: Store, program: Callable[..., Program]) -> None:
    _seed(store)
    app.testing = False
    assert _try_out(app, program("xian"), 4) > 150


@pytest.fixture(params=("sqlite", "postgresql"))
def either(
    request: pytest.FixtureRequest, settings: Settings, store: Store, tmp_path: Path
) -> Iterator[tuple[Flask, Store]]:
    """The county on each database."""
    if request.param == "sqlite":
        yield create_app(settings, store), store
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create()
    opened = county(replace(settings, database_url=url), store.keyring)
    yield create_app(replace(settings, database_url=url), opened), opened
    opened.dispose()
    cluster.drop(url)


@pytest.mark.long
def test_every_answer_is_as_described_on_both_databases(either: tuple[Flask, Store]) -> None:
    app, store = either
    app.testing = False
    _seed(store)
    owner = owner_of(store, "xian")
    with store.writing() as session:
        wish = Wish(name="系统", grants=everything(store, owner), days=9)
        _id, secret = make_token(session, store, owner, wish, owner)
    assert _try_out(app, Program(app, secret), 40) > 1_000
