"""Declaration folders as what publishing takes: path → bytes."""

from __future__ import annotations

from pathlib import Path


def declaration_files(*folders: Path) -> dict[str, bytes]:
    """Every declaration below `folders` as path → bytes, the path starting with the folder's own name."""
    files: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
            files[f"{folder.name}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return files
