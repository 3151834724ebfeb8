"""Folders and .zip packages: where their files go, what they replace, what is refused."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffp_admin.spec.packaging import LIMIT_BYTES, PackageRefused, read_package_folder, read_zip


def packed(files: dict[str, bytes], **options: int) -> bytes:
    """A .zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def write(folder: Path, *names: str) -> Path:
    """Files whose content is their name."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return folder


def test_a_plug_in_replaces_its_own_folder_and_nothing_else() -> None:
    package = read_zip(packed({"plugins/aid/measure.yaml": b"new", "plugins/aid/GUIDE.md": b"no"}), "aid.zip")
    current = {
        "plugins/aid/old.yaml": b"1",
        "plugins/aid2/measure.yaml": b"2",
        "form_specs/a.yaml": b"3",
    }
    assert package.over(current) == {
        "plugins/aid/measure.yaml": b"new",
        "plugins/aid2/measure.yaml": b"2",
        "form_specs/a.yaml": b"3",
    }


@pytest.mark.parametrize("inside", ["measure.yaml", "aid/measure.yaml"])
def test_bare_files_and_a_single_folder_are_one_plug_in(inside: str) -> None:
    assert set(read_zip(packed({inside: b"x"}), "aid.zip").files) == {"plugins/aid/measure.yaml"}


def test_a_single_folder_around_the_two_tops_is_looked_through() -> None:
    package = read_zip(packed({"county/form_specs/a.yaml": b"x", "county/plugins/p/b.yaml": b"y"}), "c.zip")
    assert set(package.files) == {"form_specs/a.yaml", "plugins/p/b.yaml"}


def test_files_of_form_specs_in_a_zip_are_added_one_by_one() -> None:
    package = read_zip(packed({"form_specs/registers/house.yaml": b"new"}), "x.zip")
    assert package.over({"form_specs/codes.yaml": b"1"}) == {
        "form_specs/codes.yaml": b"1",
        "form_specs/registers/house.yaml": b"new",
    }


@pytest.mark.parametrize(
    "name", ["../../etc/a.yaml", "/abs/a.yaml", "plugins/../../a.yaml", "c:/a.yaml", "a\\..\\..\\b.yaml"]
)
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(PackageRefused):
        read_zip(packed({name: b"x", "plugins/p/ok.yaml": b"y"}), "x.zip")


def test_a_bomb_is_refused_whatever_sizes_it_claims() -> None:
    with pytest.raises(PackageRefused, match="16 MB"):
        read_zip(packed({"plugins/p/a.yaml": b"#" * (LIMIT_BYTES + 1)}), "x.zip")
    with pytest.raises(PackageRefused, match="2000"):
        read_zip(packed({f"plugins/p/{n}.yaml": b"" for n in range(2001)}), "x.zip")


def test_chinese_names_of_windows_are_read() -> None:
    data = packed({"plugins/p/PLACE.yaml": b"x"}).replace(b"PLACE", "药费".encode("gb18030") + b"1")
    assert set(read_zip(data, "x.zip").files) == {"plugins/p/药费1.yaml"}


def test_an_empty_package_says_so() -> None:
    with pytest.raises(PackageRefused, match=r"\.yaml"):
        read_zip(packed({"plugins/p/readme.md": b"x"}), "x.zip")


@given(st.binary(max_size=300), st.integers(0, 60))
def test_garbage_is_refused_and_never_breaks(noise: bytes, at: int) -> None:
    whole = packed({"plugins/p/a.yaml": "信息库: a".encode()})
    for data in (noise, whole[:at] + noise + whole[at + len(noise) :]):
        with contextlib.suppress(PackageRefused):  # nothing else may come out of it
            assert read_zip(data, "x.zip").files


def test_a_folder_takes_its_place_from_the_nearest_top(tmp_path: Path) -> None:
    write(
        tmp_path,
        "plugins/aid/measure.yaml",
        "plugins/aid/documents/d.yaml",
        "form_specs/a.yaml",
        "free/x.yaml",
    )
    assert set(read_package_folder(tmp_path / "plugins" / "aid").files) == {
        "plugins/aid/measure.yaml",
        "plugins/aid/documents/d.yaml",
    }
    assert set(read_package_folder(tmp_path / "free").files) == {"plugins/free/x.yaml"}
    whole = read_package_folder(tmp_path)
    assert whole.over({"plugins/gone/m.yaml": b"1", "form_specs/gone.yaml": b"2"}) == {
        "plugins/aid/measure.yaml": b"plugins/aid/measure.yaml",
        "plugins/aid/documents/d.yaml": b"plugins/aid/documents/d.yaml",
        "form_specs/a.yaml": b"form_specs/a.yaml",
    }


def test_a_file_that_left_the_folder_leaves_the_release_and_others_stay(tmp_path: Path) -> None:
    write(tmp_path, "form_specs/new.yaml")
    current = {"form_specs/old.yaml": b"old", "plugins/aid/measure.yaml": b"aid", "form_specs_2/x.yaml": b"x"}
    assert read_package_folder(tmp_path / "form_specs").over(current) == {
        "form_specs/new.yaml": b"form_specs/new.yaml",
        "plugins/aid/measure.yaml": b"aid",
        "form_specs_2/x.yaml": b"x",
    }


def test_an_emptied_plug_in_folder_is_refused_instead_of_emptying_the_release(tmp_path: Path) -> None:
    (tmp_path / "plugins" / "aid").mkdir(parents=True)
    with pytest.raises(PackageRefused):
        read_package_folder(tmp_path / "plugins" / "aid")
