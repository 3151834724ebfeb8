"""Fitting: lines never wider than their cell, nothing lost, 禁则 kept, sizes never below what an archive accepts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.printing.fitting import MM_PER_POINT, NOT_FIRST, NOT_LAST, Setter, points
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.settings import RARE, SERIF

SIZES = points("9", "8.5", "8", "7.5")
TEXTS = st.text(alphabet="王柳树村一组·，。（）《》12345678abcX -", max_size=40)
WIDTHS = st.integers(min_value=5, max_value=60).map(Decimal)


@pytest.fixture(scope="session")
def setter(shelf: FontShelf) -> Setter:
    """Cells of a roster."""
    return Setter(shelf=shelf, chain=(SERIF, RARE), sizes=SIZES)


@given(text=TEXTS, width=WIDTHS)
def test_nothing_is_lost_and_nothing_reaches_over_the_edge(
    setter: Setter, shelf: FontShelf, text: str, width: Decimal
) -> None:
    fitted = setter.fit(text, width)
    assert "".join(fitted.lines).replace(" ", "") == text.replace(" ", "")
    assert fitted.size in SIZES
    for line in fitted.lines:
        width_em = len(line) / 2 if fitted.half else shelf.width(line, SERIF)
        assert width_em * float(fitted.size) * MM_PER_POINT <= float(width)


@given(text=st.text(alphabet="王柳树村一组，。（）", max_size=30), width=st.integers(20, 60).map(Decimal))
def test_no_line_begins_or_ends_with_the_wrong_sign(setter: Setter, text: str, width: Decimal) -> None:
    runs = [len(run) for run in text.replace("，", "。").split("王")]
    lines = setter.fit(text, width).lines
    if max(runs, default=0) > 4:  # a run of signs wider than the line falls apart
        return
    assert not any(line[0] in NOT_FIRST for line in lines[1:])
    assert not any(line[-1] in NOT_LAST for line in lines[:-1])


@pytest.mark.parametrize(
    ("text", "width", "size", "lines"),
    [
        ("柳树村", 20, "9", ("柳树村",)),
        ("边缘易致贫户", 17, "7.5", ("边缘易致贫户",)),
        ("突发严重困难户", 15, "9", ("突发严重", "困难户")),
        ("529901195001010017", 29, "9", ("529901195001010017",)),
        ("529901195001010017", 28, "8.5", ("529901195001010017",)),
        ("古丽巴哈尔·阿卜杜热合曼", 20, "9", ("古丽巴哈尔·", "阿卜杜热合曼")),
        ("", 20, "9", ()),
        ("一\n二", 20, "9", ("一", "二")),
    ],
)
def test_a_text_shrinks_first_and_breaks_then(
    setter: Setter, text: str, width: int, size: str, lines: tuple[str, ...]
) -> None:
    fitted = setter.fit(text, Decimal(width))
    assert (fitted.lines, fitted.size) == (lines, Decimal(size))


def test_headings_break_before_they_shrink(shelf: FontShelf) -> None:
    heading = Setter(shelf=shelf, chain=(SERIF,), sizes=SIZES, welcome_lines=2)
    fitted = heading.fit("村民小组", Decimal(11))
    assert (fitted.lines, fitted.size) == (("村民", "小组"), Decimal(9))
