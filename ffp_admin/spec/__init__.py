"""Declarations: YAML files → a frozen catalog, or every problem with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ffp_admin.problems import Problem, SpecProblems
from ffp_admin.spec.assemble import assemble
from ffp_admin.spec.known import KnownFiles
from ffp_admin.spec.model import Catalog
from ffp_admin.spec.nodes import Limits

__all__ = ["KnownFiles", "collect", "folder_files", "read_folder", "read_texts"]

LIMITS = Limits()
_SUFFIXES = (".yaml", ".yml")


def collect(
    files: Mapping[str, bytes], limits: Limits = LIMITS, known: KnownFiles | None = None
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalog of everything sound in `files` (name → content), and every problem sorted by place.

    Files that are in `known` with the same content are not read again.
    """
    return assemble((known or KnownFiles()).read(files, limits))


def read_texts(files: Mapping[str, bytes], known: KnownFiles | None = None) -> Catalog:
    """The catalog of `files` (name → content); raises SpecProblems with all of their problems."""
    catalog, problems = collect(files, known=known)
    if problems:
        raise SpecProblems(problems)
    return catalog


def folder_files(paths: Sequence[Path]) -> dict[str, bytes]:
    """Every declaration below folders (or files named themselves): path as given → content."""
    found = [file for path in paths for file in _files(path)]
    return {file.as_posix(): file.read_bytes() for file in found}


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(one for one in path.rglob("*") if one.suffix in _SUFFIXES and one.is_file())


def read_folder(paths: Sequence[Path]) -> Catalog:
    """The catalog of folders; raises SpecProblems with all problems of all files."""
    return read_texts(folder_files(paths))
