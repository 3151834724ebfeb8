"""Texts for people: English msgids in the program, and every one of them has its Chinese."""

from __future__ import annotations

import ast
import io
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.house.tree import HOUSE, PACKAGE, inside, project_files, python_files

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
# Chinese that is not a text for people but part of a language the program reads or of its data, with the reason
LANGUAGE_TABLES = {
    "ffp_admin/spec/": "the words of the declaration language, in both spellings",
    "ffp_admin/rules/": "the words of the expression language",
    "ffp_admin/store/serial.py": "the places in the pattern of a serial",
    "ffp_admin/values/": "how people write dates, amounts, truth and names",
    "ffp_admin/exchange/": "what stands in the workbooks that people send",
    "ffp_admin/printing/health.py": "rare characters that a font must have",
    "ffp_admin/commands/demo_fill.py": "the fictional county",
    "ffp_admin/commands/demo_people.py": "the fictional county's people",
}
KEYWORDS = {"_": None, "N_": None}
PRINTF_PLACE = re.compile(r"%\((\w+)\)[sd]")


def _exempt(node: ast.AST) -> Iterator[int]:
    """Identities of literals that may hold Chinese anywhere: docstrings, and examples inside a msgid."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for inner in ast.walk(node):
        if isinstance(inner, documented) and inner.body and isinstance(inner.body[0], ast.Expr):
            yield id(inner.body[0].value)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in KEYWORDS:
            yield from map(id, inner.args)


def _chinese_literals(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    exempt = set(_exempt(tree))
    return [
        f"{inside(path)}:{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in exempt
        and HAN.search(node.value)
    ]


def _is_language_table(path: Path) -> bool:
    return inside(path).startswith(tuple(LANGUAGE_TABLES))


def _places(text: str) -> list[str]:
    """The names of the places to be filled, in `%()s` style or else in `{}` style."""
    if PRINTF_PLACE.search(text):
        return sorted(set(PRINTF_PLACE.findall(text)))
    return sorted(
        {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    )


@pytest.fixture(scope="module")
def msgids() -> dict[str, str]:
    """Every msgid of the program, with a place where it stands."""
    mapping = (HOUSE / "translations" / "babel.cfg").read_text(encoding="utf-8")
    methods, options = parse_mapping_cfg(io.StringIO(mapping))  # type: ignore[no-untyped-call]
    found = extract_from_dir(HOUSE, methods, options, keywords=KEYWORDS, directory_filter=_is_ours)
    return {str(message): f"{name}:{line}" for name, line, message, _comments, _context in found}


def _is_ours(folder: str) -> bool:
    return Path(folder) == HOUSE or Path(folder).is_relative_to(PACKAGE)


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    """The Chinese catalogue."""
    with (HOUSE / "translations" / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as handle:
        return read_po(handle, locale="zh", abort_invalid=True)


def _entries(catalogue: Catalog) -> dict[str, Message]:
    return {str(message.id): message for message in catalogue if message.id}


def test_texts_for_people_are_not_written_in_python() -> None:
    found = [
        text for path in python_files() if not _is_language_table(path) for text in _chinese_literals(path)
    ]
    assert found == []


def test_the_list_of_language_tables_holds_nothing_superfluous() -> None:
    used = [inside(path) for path in python_files() if _chinese_literals(path)]
    assert [table for table in LANGUAGE_TABLES if not any(name.startswith(table) for name in used)] == []


def test_texts_for_people_are_not_written_in_page_templates() -> None:
    comment = re.compile(r"\{#.*?#\}", re.DOTALL)
    pages = [path for path in project_files() if path.suffix == ".html" and path.is_relative_to(PACKAGE)]
    assert [
        inside(path) for path in pages if HAN.search(comment.sub("", path.read_text(encoding="utf-8")))
    ] == []


def test_every_text_has_its_chinese(msgids: dict[str, str], chinese: Catalog) -> None:
    entries = _entries(chinese)
    usable = {msgid for msgid, message in entries.items() if message.string and not message.fuzzy}
    assert msgids, "nothing was extracted"
    assert {msgid: place for msgid, place in msgids.items() if msgid not in usable} == {}


def test_both_languages_fill_the_same_places(chinese: Catalog) -> None:
    unequal = [
        (msgid, message.string)
        for msgid, message in _entries(chinese).items()
        if message.string and _places(msgid) != _places(str(message.string))
    ]
    assert unequal == []


def test_the_catalogue_holds_no_text_that_the_program_has_lost(
    msgids: dict[str, str], chinese: Catalog
) -> None:
    assert sorted(_entries(chinese).keys() - msgids.keys()) == []
