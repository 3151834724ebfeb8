"""One broken declaration per problem: its first lines say where, which code, and words of the message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ffp_admin import rules, spec
from ffp_admin.problems import Code, Place, SpecProblems

HERE = Path(__file__).parent
FILES = sorted((HERE / "broken").glob("*.yaml"))
EXPECTED = re.compile(r"# (\d+:\d+) (E\d{3}) (.+)")
COMMON = {"common.yaml": (HERE / "common.yaml").read_bytes()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_is_found_at_its_place(path: Path) -> None:
    expected = EXPECTED.findall(path.read_text(encoding="utf-8"))
    catalog, unreadable = spec.collect({**COMMON, path.name: path.read_bytes()})
    assert unreadable == ()
    found = rules.check(catalog)
    places = [(f"{one.place.line}:{one.place.column}", one.code.number) for one in found]
    assert places == [(place, code) for place, code, _words in expected]
    for problem, (_place, _code, words) in zip(found, expected, strict=True):
        assert problem.place.file == path.name
        assert words in problem.text()


def test_every_code_of_an_expression_has_a_file() -> None:
    covered = {path.stem[:4] for path in FILES}
    assert covered == {code.number for code in Code if code.number.startswith("E")}


def test_a_form_with_a_problem_has_no_program() -> None:
    path = HERE / "broken" / "E003_E006_several_at_once.yaml"
    catalog, _problems = spec.collect({**COMMON, path.name: path.read_bytes()})
    with pytest.raises(SpecProblems) as caught:
        rules.program(catalog.forms["broken"], catalog)
    assert [one.code.number for one in caught.value.problems] == ["E006", "E003"]
    assert rules.program(catalog.forms["household"], catalog).form.key == "household"


def test_one_expression_can_be_read_by_itself() -> None:
    with pytest.raises(rules.ExpressionProblem) as caught:
        rules.parse("1 +", Place(file="here.yaml", line=3, column=5))
    assert str(caught.value.problem).startswith("here.yaml:3:8: E001")
