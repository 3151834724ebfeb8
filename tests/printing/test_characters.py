"""The character gate: no name is printed as a box or as a wrong sign, and the screen learns whose it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.i18n import speaking
from ffp_admin.printing.characters import PrintedText, character_faults, refusal
from ffp_admin.printing.failures import PrintCode, PrintFailed
from ffp_admin.printing.fonts import FontShelf
from ffp_admin.printing.press import render_roster, roster_faults
from ffp_admin.printing.roster import Roster, RosterColumn, RosterGroup
from ffp_admin.printing.settings import RARE, SERIF, PrintFonts, PrintSettings

CHAIN = (SERIF, RARE)


def _roster(*lines: tuple[str, str]) -> Roster:
    return Roster(
        title="花名册",
        columns=(
            RosterColumn(label="姓名", width_mm=20, is_name=True),
            RosterColumn(label="住址", width_mm=40),
        ),
        groups=tuple(RosterGroup(lines=(line,)) for line in lines),
    )


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\ue123", PrintCode.PRIVATE_CHARACTER),
        ("\U000f0001", PrintCode.PRIVATE_CHARACTER),
        ("\U00100001", PrintCode.PRIVATE_CHARACTER),
        ("\ufffd", PrintCode.BROKEN_CHARACTER),
        (chr(0xD800), PrintCode.BROKEN_CHARACTER),
        ("\uffff", PrintCode.BROKEN_CHARACTER),
        ("\x00", PrintCode.CONTROL_CHARACTER),
        ("\t", PrintCode.CONTROL_CHARACTER),
        ("\x9f", PrintCode.CONTROL_CHARACTER),
        ("\u202e", PrintCode.CONTROL_CHARACTER),
        ("🐼", PrintCode.NO_GLYPH),
        ("ٱ", PrintCode.NO_GLYPH),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_reason(
    shelf: FontShelf, character: str, code: PrintCode
) -> None:
    (fault,) = character_faults(
        [PrintedText(text=f"王{character}{character}", column="姓名")], chain=CHAIN, shelf=shelf
    )
    assert (fault.character, fault.code) == (character, code)


@pytest.mark.parametrize("text", ["王𬭩䶮堃", "阿卜杜热西提·买买提", "一\n二", "葛\U000e0100", "□ √ ＃　·—…"])
def test_names_of_real_people_pass(shelf: FontShelf, text: str) -> None:
    assert character_faults([PrintedText(text=text, column="姓名")], chain=CHAIN, shelf=shelf) == ()


@given(text=st.text(alphabet=st.characters(), max_size=12))
def test_a_text_passes_only_when_every_character_has_a_glyph(shelf: FontShelf, text: str) -> None:
    faults = character_faults([PrintedText(text=text, column="姓名")], chain=CHAIN, shelf=shelf)
    printable = {c for c in text if refusal(c) is None and any(shelf.covers(c, hand) for hand in CHAIN)}
    assert {fault.character for fault in faults} == set(text) - printable


def test_the_person_and_the_row_are_named(print_settings: PrintSettings, shelf: FontShelf) -> None:
    roster = _roster(("王建国", "柳树村一组"), ("李秀英", "柳树村\ue123组"), ("张\ue456", "柳树村二组"))
    with pytest.raises(PrintFailed) as failed, speaking("en"):
        render_roster(roster, settings=print_settings, shelf=shelf)
    first, second = failed.value.problems
    assert (first.code, first.facts["codepoint"]) == (PrintCode.PRIVATE_CHARACTER, "U+E123")
    assert first.facts["where"] == "Row 2, 李秀英, 住址"
    assert second.facts["where"] == "Row 3, 张〓, 姓名"


def test_household_values_are_named_once_with_the_first_row(shelf: FontShelf) -> None:
    roster = Roster(
        title="花名册",
        columns=(
            RosterColumn(label="户主", width_mm=20, is_name=True, per="household"),
            RosterColumn(label="成员", width_mm=20),
        ),
        groups=(RosterGroup(values=("赵\ufffd",), lines=(("甲",), ("乙",))),),
    )
    (fault,) = roster_faults(roster, fonts=PrintFonts(), shelf=shelf)
    assert (fault.printed.row, fault.printed.column) == (1, "户主")


def test_the_frame_is_examined_too(shelf: FontShelf) -> None:
    roster = Roster(
        title="花\ue001册",
        columns=(RosterColumn(label="姓\ue002名", width_mm=20),),
        groups=(),
        subtitle_left="\ue003",
        footer=("\ue004",),
    )
    faults = roster_faults(roster, fonts=PrintFonts(), shelf=shelf)
    assert [fault.codepoint for fault in faults] == ["U+E001", "U+E002", "U+E003", "U+E004"]
