"""Every problem code of the D group has a broken file, and each file gives exactly its codes at their places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ffp_admin.problems import Code, Phrase
from ffp_admin.spec.assemble import assemble
from ffp_admin.spec.nodes import Limits
from ffp_admin.spec.reader import read_file
from tests.spec.declared import HERE, SOUND

BROKEN = sorted((HERE / "broken").glob("*.yaml"))


def expectations(data: bytes) -> tuple[list[str], Limits]:
    """The first line: '# D003@1:1 size=60' → codes with places, limits to read with."""
    first = data.splitlines()[0].decode("ascii").removeprefix("#").split()
    limits = Limits(**{name: int(value) for name, _sign, value in (w.partition("=") for w in first) if value})
    return [word for word in first if "@" in word], limits


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_gives_its_codes_at_their_places(path: Path) -> None:
    data = path.read_bytes()
    expected, limits = expectations(data)
    files = [read_file(name, content, Limits()) for name, content in SOUND.items()]
    _catalog, problems = assemble([read_file(path.name, data, limits), *files])
    found = [f"{one.code.number}@{one.place.line}:{one.place.column}" for one in problems]
    assert found == expected, "\n".join(map(str, problems))
    assert path.stem[:4] in {one.code.number for one in problems}
    for one in problems:
        assert not re.search(r"\{[a-z_]+\}", one.text()), one.text()


def test_every_code_of_the_group_has_a_broken_file() -> None:
    codes = {code.number for code in Code if code.number.startswith("D")}
    assert codes == {path.stem[:4] for path in BROKEN}


def test_the_sound_files_have_no_problem() -> None:
    catalog, problems = assemble(read_file(name, data, Limits()) for name, data in SOUND.items())
    assert problems == ()
    assert set(catalog.forms) == {"region", "household"}


def test_a_phrase_is_translated_when_it_is_shown() -> None:
    phrase = Phrase("{count} things", count=3)
    assert f"{phrase}" == "3 things"
    assert phrase == Phrase("{count} things", count=3)
