"""Whatever stands in a file, the reader answers with problems and never fails."""

from __future__ import annotations

import string
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from ffp_admin.problems import SpecProblems
from ffp_admin.spec import collect
from ffp_admin.spec.fmt import translate
from ffp_admin.spec.keys import SPELLINGS
from ffp_admin.spec.words import KIND
from tests.spec.declared import SOUND, declarations, read

_PIECES = st.sampled_from(
    [
        *sorted(SPELLINGS),
        *KIND.chinese.values(),
        *(": ", "：", ":", "，", ", ", "- ", "-", "\n", "\n  ", "\n    ", "\n      ", "\t", "　", " #", "# "),
        *(
            "{",
            "}",
            "[",
            "]",
            "｛",
            "］",
            '"',
            "'",
            "“",
            "”",
            "&a",
            "*a",
            "!!str ",
            "|",
            ">",
            "---\n",
            "%",
            "\ufeff",
        ),
        *(
            "户",
            "甲",
            "visit",
            "household",
            "2025-01-01",
            "50%",
            "１",
            "是",
            "true",
            "~",
            "\\",
            "\r",
            "\u2028",
            "<<",
        ),
    ]
)


def _survives(data: bytes) -> None:
    catalog, problems = collect({"tried.yaml": data})
    assert catalog.forms is not None
    for problem in problems:
        assert problem.text()
        assert problem.place.line >= 1
        assert problem.place.column >= 1


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    _survives(data)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    _survives(text.encode("utf-8", errors="surrogatepass"))


@settings(max_examples=200)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_sequence_of_what_people_type(text: str) -> None:
    _survives(text.encode())
    _survives(("信息库: visit\n名称: 走访\n填报内容:\n  甲:\n    项目:\n      " + text).encode())


@settings(max_examples=100)
@given(st.data())
def test_a_declaration_with_one_character_changed(data: st.DataObject) -> None:
    text = data.draw(declarations())
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from([*"：，、“”　（）｛\t#:'\"{}[]-&*!|", *string.digits[:2], ""]))
    changed = text[:at] + put + text[at + 1 :]
    _survives(changed.encode())
    with suppress(SpecProblems):
        translate(changed, "en")


@settings(max_examples=40)
@given(declarations())
def test_a_declaration_without_problems_is_in_the_catalog(text: str) -> None:
    catalog, problems = read(text)
    everything = (*catalog.forms, *catalog.codes, *catalog.roles, *catalog.imports, *catalog.documents)
    sound = len(collect(SOUND)[0].forms) + len(collect(SOUND)[0].codes)
    assert (len(everything) == sound) == bool(problems)


def test_deep_and_wide_files_stop_at_the_limit() -> None:
    for text in (
        "[" * 5000,
        "{a: " * 5000,
        "- " * 5000,
        "a:\n" + "\n".join(" " * 2 * n + "- b:" for n in range(1, 300)),
    ):
        assert [problem.code.number for problem in collect({"a.yaml": text.encode()})[1]] == ["D012"], text[
            :5
        ]
    wide = "a: [" + "1, " * 60_000 + "1]"
    assert [problem.code.number for problem in collect({"a.yaml": wide.encode()})[1]] == ["D012"]
