"""Fonts: the families named in the settings and no other, whatever the machine has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ffp_admin.printing.child import PrintJob, draw
from ffp_admin.printing.failures import PrintCode
from ffp_admin.printing.fonts import BOLD, FontShelf, font_sheet, write_fonts_conf
from ffp_admin.printing.health import check_printing
from ffp_admin.printing.settings import RARE, SERIF, PrintFonts, PrintSettings
from tests.printing.village import HANAMIN_NAME


def test_this_machine_can_print(print_settings: PrintSettings) -> None:
    assert check_printing(print_settings) == []


def test_a_missing_font_is_named_with_its_package(print_settings: PrintSettings) -> None:
    fonts = PrintFonts(title=(("Noto Serif CJK of Nowhere",), RARE))
    problems = check_printing(replace(print_settings, fonts=fonts))
    assert [(one.code, one.facts["family"], one.facts["package"]) for one in problems] == [
        (PrintCode.FONT_MISSING, "Noto Serif CJK of Nowhere", "fonts-noto-cjk")
    ]


def test_fonts_without_rare_characters_are_reported(print_settings: PrintSettings) -> None:
    only_rare = replace(print_settings, fonts=PrintFonts(body=(("HanaMinB",),)))
    (problem,) = [one for one in check_printing(only_rare) if one.code is PrintCode.SAMPLE_MISSING]
    assert "堃" in str(problem.facts["characters"])


def test_an_unwritable_data_folder_is_reported(print_settings: PrintSettings, tmp_path: Path) -> None:
    (tmp_path / "fontconfig").write_text("a file where a folder should be")
    problems = check_printing(replace(print_settings, data_dir=tmp_path))
    assert [one.code for one in problems] == [PrintCode.FOLDER_NOT_WRITABLE]
    assert str(tmp_path) in problems[0].text()


def test_a_font_that_was_not_chosen_is_never_used(
    print_settings: PrintSettings, template_folder: Path
) -> None:
    (template_folder / "page.html").write_text(
        '<p style="font-family: HanaMinA, DejaVu Sans, sans-serif">abc 王</p>', encoding="utf-8"
    )
    fonts = PrintFonts(body=(SERIF,), heading=(SERIF,), title=(SERIF,))
    settings = replace(print_settings, fonts=fonts, template_dirs=(template_folder,))
    assert draw(PrintJob(template="page.html", context={}), settings=settings).families == SERIF


def test_the_file_for_fontconfig_follows_the_settings(print_settings: PrintSettings, tmp_path: Path) -> None:
    first = write_fonts_conf(replace(print_settings, data_dir=tmp_path))
    again = write_fonts_conf(replace(print_settings, data_dir=tmp_path))
    county = replace(print_settings, data_dir=tmp_path, fonts=PrintFonts(title=(("小标宋 & Co",), RARE)))
    other = write_fonts_conf(county)
    assert first == again
    assert other != first
    assert "小标宋 &amp; Co" in other.read_text(encoding="utf-8")
    assert str(tmp_path / "fonts") in other.read_text(encoding="utf-8")


def test_a_name_is_set_whole_in_one_hand(shelf: FontShelf) -> None:
    chain = (SERIF, RARE)
    assert [shelf.choose(name, chain) for name in ("王𬭩", "堃䶮", HANAMIN_NAME)] == [0, 0, 1]


def test_a_text_no_hand_covers_alone_is_mixed(shelf: FontShelf) -> None:
    chain = (SERIF, ("HanaMinB",))  # 王 is only in the first, 𠀀 only in the second
    assert shelf.choose(HANAMIN_NAME, chain) == len(chain)
    sheet = font_sheet(PrintFonts(body=chain))
    assert '.body2{font-family:"Noto Serif CJK SC","HanaMinB"}' in sheet


def test_widths_are_those_of_the_font(shelf: FontShelf) -> None:
    assert shelf.width("王一", SERIF) == 2.0
    assert shelf.width("1", SERIF) < shelf.width("0", SERIF)
    assert shelf.width("A", SERIF, BOLD) > shelf.width("A", SERIF)
    assert shelf.width("葛\U000e0100", SERIF) == 1.0


def test_numbers_are_half_width_so_that_they_stand_in_columns(shelf: FontShelf) -> None:
    assert shelf.sets_half_width("529901195001010017", SERIF)
    assert not shelf.sets_half_width("2026年", SERIF)
    assert not shelf.sets_half_width("529901", RARE)
