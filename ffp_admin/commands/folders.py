"""Declaration folders as what publishing takes: path → bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ffp_admin.spec import folder_files


def declaration_files(*folders: Path) -> dict[str, bytes]:
    """Every declaration below `folders` as path → bytes.

    Paths start with the folder's own name, so that a release says nothing of the machine it was made on.
    """
    return {
        f"{folder.name}/{Path(name).relative_to(folder).as_posix()}": content
        for folder in folders
        for name, content in folder_files([folder]).items()
    }


def with_folder(current: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """`current` with everything of the folder put in its place: a file that left the folder leaves the release."""
    folder = folder.resolve()
    others = {name: content for name, content in current.items() if not name.startswith(f"{folder.name}/")}
    return {**others, **declaration_files(folder)}
