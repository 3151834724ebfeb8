"""What publishing a folder replaces, and what it leaves."""

from __future__ import annotations

from pathlib import Path

from ffp_admin.commands.folders import declaration_files, with_folder


def test_paths_say_nothing_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "form_specs"
    (folder / "codes").mkdir(parents=True)
    (folder / "codes" / "a.yaml").write_text("a", encoding="utf-8")
    (folder / "b.yml").write_text("b", encoding="utf-8")
    (folder / "note.txt").write_text("c", encoding="utf-8")
    assert declaration_files(folder) == {"form_specs/codes/a.yaml": b"a", "form_specs/b.yml": b"b"}


def test_a_file_that_left_the_folder_leaves_the_release_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "form_specs"
    folder.mkdir()
    (folder / "new.yaml").write_text("new", encoding="utf-8")
    current = {"form_specs/old.yaml": b"old", "plugins/aid/measure.yaml": b"aid", "form_specs_2/x.yaml": b"x"}
    assert with_folder(current, folder) == {
        "form_specs/new.yaml": b"new",
        "plugins/aid/measure.yaml": b"aid",
        "form_specs_2/x.yaml": b"x",
    }
