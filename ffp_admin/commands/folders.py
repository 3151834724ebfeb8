"""Declaration folders as what publishing takes: path → bytes."""

from __future__ import annotations

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
