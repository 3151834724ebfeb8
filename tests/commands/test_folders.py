"""Declaration folders as publishing takes them."""

from __future__ import annotations

from pathlib import Path

from ffp_admin.commands.folders import declaration_files


def test_paths_say_nothing_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "form_specs"
    (folder / "codes").mkdir(parents=True)
    (folder / "codes" / "a.yaml").write_text("a", encoding="utf-8")
    (folder / "b.yml").write_text("b", encoding="utf-8")
    (folder / "note.txt").write_text("c", encoding="utf-8")
    assert declaration_files(folder) == {"form_specs/codes/a.yaml": b"a", "form_specs/b.yml": b"b"}
