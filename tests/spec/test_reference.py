"""The generated reference and JSON Schema say what the reader does."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from ffp_admin.spec import collect, folder_files
from ffp_admin.spec.fmt import translate, translate_part
from ffp_admin.spec.keys import DECLARATIONS, RECORDS
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.reference import page, sample
from ffp_admin.spec.schema import json_schema
from tests.spec.declared import HERE

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("language", "name"), [("zh", "declarations.md"), ("en", "declarations.en.md")])
def test_the_page_is_not_stale(language: str, name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page(language), (
        "run: ffp-admin reference --write docs"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_every_key_kind_and_problem(language: str) -> None:
    text = page(language)
    for record in RECORDS.values():
        for key in record:
            assert f"| `{key.spelling(language)}` |" in text
    for kind in KINDS.values():
        assert f"`{kind.name}`" in text
        assert f"`{kind.chinese}`" in text
    for path in (HERE / "broken").glob("*.yaml"):
        assert f"| {path.stem[:4]} |" in text


def test_the_english_page_has_english_keys_in_its_examples() -> None:
    assert "`kind: money`" in page("en")
    assert "`类型: 金额`" in page("zh")


def test_the_samples_have_no_problem_beside_the_shipped_declarations() -> None:
    samples = {f"samples/{name}.yaml": sample(name).encode() for name in DECLARATIONS}
    catalog, problems = collect({**folder_files([ROOT / "form_specs"]), **samples})
    assert problems == ()
    assert "visit" in catalog.forms


def test_examples_of_keys_can_be_read() -> None:
    for record in RECORDS.values():
        for key in record:
            if key.example:
                entry = yaml.safe_load(f"{key.chinese}: {key.example}")
                assert list(entry) == [key.chinese]
                assert translate_part(f"{key.chinese}: {key.example}", record, "en").startswith(
                    f"{key.name}: "
                )


def _validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _documents(text: str) -> list[object]:
    return list(yaml.load_all(text, Loader=yaml.BaseLoader))


def _typed(value: object) -> object:
    """Texts as an editor's YAML reads them: whole numbers and true, false."""
    if isinstance(value, dict):
        return {key: _typed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_typed(one) for one in value]
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_schema_accepts_every_shipped_declaration(language: str) -> None:
    validator = _validator()
    for name, data in folder_files([ROOT / "form_specs", HERE / "sound"]).items():
        for document in _documents(translate(data.decode(), language)):
            errors = [error.message for error in validator.iter_errors(_typed(document))]
            assert errors == [], name


@pytest.mark.parametrize(
    "text",
    [
        "信息库: visit\n名称: 走访\n填报内容: {甲: {项目: {日期: {类型: 日其}}}}\n",
        "信息库: visit\n名称: 走访\n填报内容: {甲: {项目: {日期: {类型: 日期, 颜色: 红}}}}\n",
        "信息库: visit\nlabel: 走访\n填报内容: {甲: {项目: {日期: {类型: 日期}}}}\n",
        "信息库: Visit\n名称: 走访\n填报内容: {甲: {项目: {日期: {类型: 日期}}}}\n",
        "角色: clerk\n名称: 经办\n权限: {household: [删除]}\n",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert not _validator().is_valid(_typed(_documents(text)[0]))
    assert collect({"a.yaml": text.encode()})[1]
