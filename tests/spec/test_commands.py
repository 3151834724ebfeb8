"""`ffp-admin check`, `fmt` and `reference` as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ffp_admin.commands.declarations import check, fmt, reference
from tests.spec.declared import SOUND, form


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in SOUND.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return tmp_path


def test_check_prints_file_line_column_code_and_text(folder: Path) -> None:
    path = folder / "visit.yaml"
    path.write_text(form("日期: {类型: 日其}", "数: {类型: 整数, 显示条件: 不存在 > 1}"), encoding="utf-8")
    result = CliRunner().invoke(check, [str(folder)])
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{path.as_posix()}:6:16: D040 ")


def test_check_reads_expressions_of_sound_declarations(folder: Path) -> None:
    (folder / "visit.yaml").write_text(form("数: {类型: 整数, 显示条件: 不存在 > 1}"), encoding="utf-8")
    result = CliRunner().invoke(check, [str(folder)])
    assert result.exit_code == 1
    assert "visit.yaml:6:25: E003 " in result.stdout


def test_check_of_sound_declarations_ends_well(folder: Path) -> None:
    result = CliRunner().invoke(check, [str(folder)])
    assert (result.exit_code, result.stdout) == (0, "")


def test_check_without_a_folder_names_the_usual_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(check, []).exit_code == 1
    (tmp_path / "form_specs").mkdir()
    (tmp_path / "form_specs" / "a.yaml").write_text("信息库：visit\n", encoding="utf-8")
    assert CliRunner().invoke(check, []).stdout.startswith("form_specs/a.yaml:1:1: D007 ")


def test_fmt_rewrites_files_in_place(folder: Path) -> None:
    path = folder / "sound" / "household.yaml"
    result = CliRunner().invoke(fmt, ["--lang", "en", str(folder)])
    assert result.exit_code == 0
    assert path.as_posix() in result.stdout
    assert path.read_text(encoding="utf-8").startswith("register: household\n")
    assert CliRunner().invoke(fmt, ["--lang", "en", str(folder)]).stdout == ""
    CliRunner().invoke(fmt, ["--lang", "zh", str(path)])
    assert path.read_bytes() == SOUND["sound/household.yaml"]


def test_fmt_of_standard_input_prints(folder: Path) -> None:
    result = CliRunner().invoke(fmt, ["--lang", "en", "-"], input="代码表: way\r\n")
    assert result.stdout_bytes == b"code_list: way\r\n"


def test_fmt_names_what_cannot_be_read(tmp_path: Path) -> None:
    for data, code in (("信息库：x\n名称: y\n".encode(), "D007"), ("名称: 走访".encode("gbk"), "D002")):
        path = tmp_path / "bad.yaml"
        path.write_bytes(data)
        result = CliRunner().invoke(fmt, ["--lang", "en", str(path)])
        assert result.exit_code == 1
        assert f"{path.as_posix()}:1:1: {code}" in result.stderr
        assert path.read_bytes() == data


def test_reference_prints_writes_and_gives_the_schema(tmp_path: Path) -> None:
    assert CliRunner().invoke(reference, ["--lang", "en"]).stdout.startswith("# Reference of declarations\n")
    assert json.loads(CliRunner().invoke(reference, ["--schema"]).stdout)["oneOf"]
    CliRunner().invoke(reference, ["--write", str(tmp_path / "docs")])
    assert {path.name for path in (tmp_path / "docs").iterdir()} == {
        "declarations.md",
        "declarations.en.md",
        "expressions.md",
        "expressions.en.md",
    }
