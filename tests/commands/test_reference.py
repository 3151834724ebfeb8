"""The generated pages under docs/ are those the program would write now."""

from __future__ import annotations

import pytest

from ffp_admin.commands.declarations import EXPRESSION_PAGES, expression_page
from ffp_admin.config import HOUSE
from ffp_admin.rules.functions import FUNCTIONS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_expressions_is_not_stale(language: str) -> None:
    assert (HOUSE / "docs" / EXPRESSION_PAGES[language]).read_text(encoding="utf-8") == expression_page(
        language
    )


def test_every_function_stands_on_the_page() -> None:
    page = expression_page("zh")
    assert FUNCTIONS
    assert all(function.name in page for function in FUNCTIONS.values())
