"""The house itself: what lies where, how long things may grow, and what must not stand in any file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import HOUSE, PACKAGE, inside, project_files, python_files

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "README.md",
    "docs",
    "ffp",
    "ffp_admin",
    "form_specs",
    "plugins",
    "print_templates",
    "pyproject.toml",
    "requirements.lock",
    "tests",
    "translations",
}
FILE_LINES = 300
FUNCTION_LINES = 40
# what may be longer, each with its reason
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

# spelled in two halves, so that this file passes its own test
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("debian", "org"),
        ("docker", "io"),
        ("tuna.tsinghua", "edu"),
        ("mirrors", "aliyun"),
        ("mirrors", "ustc"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:root|work|home/\w+|Users/\w+)/")
# floors that must not know of web pages and paper
PURE_FLOORS = {
    "problems",
    "config",
    "i18n",
    "calendar",
    "keyring",
    "values",
    "spec",
    "rules",
    "models",
    "store",
    "workflow",
}


def _texts() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # pictures, workbooks, broken examples
            continue


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{inside(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_top_level_holds_only_what_is_planned() -> None:
    found = {path.relative_to(HOUSE).parts[0] for path in project_files()}
    assert found <= TOP_LEVEL, f"not planned: {sorted(found - TOP_LEVEL)}"


def test_measures_hold_no_program() -> None:
    allowed = {".yaml", ".yml", ".html", ".css", ".md", ".po", ".svg", ".png", ".gitkeep", ""}
    found = [inside(path) for path in project_files() if path.is_relative_to(HOUSE / "plugins")]
    assert [name for name in found if Path(name).suffix not in allowed] == []


def test_every_folder_of_the_package_is_a_package() -> None:
    folders = {folder for path in python_files() for folder in [path.parent]}
    assert [inside(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_files_stay_short() -> None:
    lengths = {inside(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    too_long = {name: length for name, length in lengths.items() if length > FILE_LINES}
    assert too_long.keys() == LONG_FILES.keys(), too_long


def test_functions_stay_short() -> None:
    lengths = dict(found for path in python_files() for found in _functions(path))
    too_long = {name: length for name, length in lengths.items() if length > FUNCTION_LINES}
    assert too_long.keys() == LONG_FUNCTIONS.keys(), too_long


def test_every_module_says_what_it_is() -> None:
    silent = [
        inside(path) for path in python_files() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_file_names_a_registry_host() -> None:
    assert [(inside(path), host) for path, text in _texts() for host in REGISTRY_HOSTS if host in text] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [(inside(path), match[0]) for path, text in _texts() for match in MACHINE_PATH.finditer(text)]
    assert found == []


def test_the_rule_against_web_imports_covers_every_pure_floor() -> None:
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    forbidden = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "forbidden")
    present = {
        f"ffp_admin.{floor}"
        for floor in PURE_FLOORS
        if (PACKAGE / f"{floor}.py").exists() or (PACKAGE / floor / "__init__.py").exists()
    }
    assert set(forbidden["source_modules"]) == present
