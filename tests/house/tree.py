"""The files of the checkout as a reader of the project sees them."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
PACKAGE = HOUSE / "ffp_admin"


def ignored_patterns() -> list[str]:
    """The lines of .gitignore, and git's own folder."""
    lines = (HOUSE / ".gitignore").read_text(encoding="utf-8").splitlines()
    return ["/.git", *(line.rstrip("/") for line in lines if line and not line.startswith("#"))]


def is_ignored(path: Path, patterns: list[str]) -> bool:
    """Whether a simple .gitignore (names, *.ending, /top-level) leaves `path` out."""
    return any(
        path == HOUSE / pattern[1:] if pattern.startswith("/") else fnmatch.fnmatch(path.name, pattern)
        for pattern in patterns
    )


def project_files() -> Iterator[Path]:
    """Every file that belongs to the project, committed or about to be."""
    patterns = ignored_patterns()
    for folder, folders, names in os.walk(HOUSE):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not is_ignored(here / name, patterns))
        yield from (here / name for name in sorted(names) if not is_ignored(here / name, patterns))


def python_files() -> list[Path]:
    """The source files of the package."""
    return [path for path in project_files() if path.suffix == ".py" and path.is_relative_to(PACKAGE)]


def inside(path: Path) -> str:
    """The path as written in messages and tables: relative to the checkout."""
    return path.relative_to(HOUSE).as_posix()
