"""What is installed: every dependency has its reason in pyproject.toml and its exact version in the lock file."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import HOUSE

PYPROJECT = (HOUSE / "pyproject.toml").read_text(encoding="utf-8")
LOCK_LINES = (HOUSE / "requirements.lock").read_text(encoding="utf-8").splitlines()
REQUIREMENT_LINE = re.compile(r'^\s+"(?P<requirement>[A-Za-z][^"]*)",?(?P<rest>.*)$')


def _declared() -> list[Requirement]:
    project = tomllib.loads(PYPROJECT)
    extras = project["project"]["optional-dependencies"].values()
    texts = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(t for e in extras for t in e),
    ]
    return [Requirement(text) for text in texts]


def _pins() -> dict[str, str]:
    pairs = (line.split("==") for line in LOCK_LINES if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def _needed_by(requirement: Requirement) -> list[Requirement]:
    """What an installed package asks for on this machine, for the extras we ask of it."""
    extras = [*requirement.extras, ""]
    asked = [Requirement(text) for text in importlib.metadata.requires(requirement.name) or []]
    return [
        r for r in asked if r.marker is None or any(r.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def _closure() -> dict[str, list[Requirement]]:
    """Every package that our dependencies bring, directly or not, with what is asked of it."""
    found: dict[str, list[Requirement]] = {}
    seen: set[str] = set()
    waiting = _declared()
    while waiting:
        requirement = waiting.pop()
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
        if str(requirement) in seen or requirement.name == "setuptools":  # brings nothing along
            continue
        seen.add(str(requirement))
        waiting += _needed_by(requirement)
    return found


def test_the_lock_holds_names_and_versions_only() -> None:
    wrong = [
        line
        for line in LOCK_LINES
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][A-Za-z0-9.+!]*|#.*|", line)
    ]
    assert wrong == []


def test_the_lock_is_sorted_and_names_nothing_twice() -> None:
    names = [line.split("==")[0] for line in LOCK_LINES if line and not line.startswith("#")]
    assert names == sorted(set(names))


def test_every_dependency_is_pinned_also_those_of_dependencies() -> None:
    assert sorted(_closure().keys() - _pins().keys()) == []


def test_every_pin_is_used() -> None:
    on_other_systems = {"colorama"}  # what a dependency asks for on Windows only
    assert sorted(_pins().keys() - _closure().keys() - on_other_systems) == []


def test_every_pin_satisfies_whoever_asks_for_it() -> None:
    pins = _pins()
    refused = [
        f"{requirement} against {pins[name]}"
        for name, requirements in _closure().items()
        for requirement in requirements
        if name in pins and not requirement.specifier.contains(pins[name], prereleases=True)
    ]
    assert refused == []


@pytest.mark.parametrize("section", ["dependencies = [", "test = ["])
def test_every_dependency_says_why_it_is_there(section: str) -> None:
    block = PYPROJECT.split(f"\n{section}", 1)[1].split("\n]", 1)[0]
    lines = [match for line in block.splitlines() if (match := REQUIREMENT_LINE.match(line))]
    assert lines, "no dependency was recognised"
    assert [m["requirement"] for m in lines if not re.fullmatch(r"\s*# \S.{5,}", m["rest"])] == []
