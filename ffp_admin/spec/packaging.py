"""Declarations on their way into a release: a folder or a .zip, the place its files take, and what they replace."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ffp_admin.i18n import _

#: top folders of a release; each folder in PLUGINS is one package
FORM_SPECS, PLUGINS = "form_specs", "plugins"
SUFFIXES = (".yaml", ".yml")
#: a .zip may unpack to this many bytes, and hold this many files
LIMIT_BYTES, LIMIT_FILES = 16 * 1024 * 1024, 2_000


#: what zipfile raises over a damaged, encrypted or strangely packed file
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    UnicodeError,
)


class PackageRefused(ValueError):
    """A package cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Files at their place in a release, and the folders they replace whole."""

    files: Mapping[str, bytes]
    #: paths ending in "/": what lies there and is not among the files leaves the release
    replaces: tuple[str, ...] = ()

    def over(self, current: Mapping[str, bytes]) -> dict[str, bytes]:
        """`current` with this package in its place."""
        kept = {path: one for path, one in current.items() if not path.startswith(self.replaces or "\0")}
        return {**kept, **self.files}


def read_zip(data: bytes, filename: str) -> Package:
    """The declarations in a .zip; PackageRefused for anything that is no such thing or unpacks too large.

    Files under plugins/<name>/ replace that folder whole; files under form_specs/ are added or replaced one by one.
    A single folder, or bare files, are taken for one plug-in.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _placed(_unpacked(archive), PurePosixPath(filename.replace("\\", "/")).stem)
    except _UNREADABLE as error:
        raise PackageRefused(
            _("{file} is not a readable .zip package. Pack the folder again as .zip.", file=filename)
        ) from error


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [one for one in archive.infolist() if one.filename.endswith(SUFFIXES)]
    if len(entries) > LIMIT_FILES:
        raise PackageRefused(_("The package holds more than {limit} files.", limit=LIMIT_FILES))
    files: dict[str, bytes] = {}
    left = LIMIT_BYTES
    for one in entries:
        with archive.open(one) as stream:
            content = stream.read(left + 1)  # the size an entry gives itself may be a lie
        left -= len(content)
        if left < 0:
            raise PackageRefused(
                _(
                    "The package unpacks to more than {limit} MB; declarations are texts and never that large.",
                    limit=LIMIT_BYTES // 1024 // 1024,
                )
            )
        files[_clean(one)] = content
    return files


def _clean(entry: zipfile.ZipInfo) -> str:
    """The path of an entry; PackageRefused for one that leads out of the package."""
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():  # Windows packs Chinese names in its own code page
        raw = name.encode("cp437", errors="replace")
        name = raw.decode("gb18030", errors="replace")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name:
        raise PackageRefused(_("The path '{path}' leads out of the package.", path=name))
    return path.as_posix()


def _placed(files: Mapping[str, bytes], stem: str) -> Package:
    if not files:
        raise PackageRefused(_("There is no declaration (.yaml) in the package."))
    roots = {path.split("/", 1)[0] for path in files}
    if len(roots) == 1 and not roots & {FORM_SPECS, PLUGINS} and all("/" in path for path in files):
        outer = next(iter(roots))
        files = {path.split("/", 1)[1]: content for path, content in files.items()}
        stem = outer
        roots = {path.split("/", 1)[0] for path in files}
    if not roots & {FORM_SPECS, PLUGINS}:
        files = {f"{PLUGINS}/{stem}/{path}": content for path, content in files.items()}
    strangers = sorted(path for path in files if not path.startswith((f"{FORM_SPECS}/", f"{PLUGINS}/")))
    if strangers:
        raise PackageRefused(
            _("'{path}' lies outside form_specs/ and plugins/. Put it into one of them.", path=strangers[0])
        )
    return Package(files=files, replaces=_plugin_folders(files))


def _plugin_folders(files: Mapping[str, bytes]) -> tuple[str, ...]:
    found = {
        "/".join(path.split("/")[:2]) + "/"
        for path in files
        if path.startswith(f"{PLUGINS}/") and path.count("/") > 1
    }
    return tuple(sorted(found))


def read_package_folder(folder: Path) -> Package:
    """The declarations of a folder, which they replace whole: a file that left the folder leaves the release.

    The place in the release is counted from the nearest form_specs or plugins above; a folder that holds those two
    is both of them; any other folder is one plug-in.
    """
    folder = folder.resolve()
    inner = [folder / name for name in (FORM_SPECS, PLUGINS) if (folder / name).is_dir()]
    if inner:
        parts = [read_package_folder(one) for one in inner]
        files = {path: content for part in parts for path, content in part.files.items()}
        return Package(files=files, replaces=tuple(place for part in parts for place in part.replaces))
    place = _place(folder)
    files = {
        f"{place}{one.relative_to(folder).as_posix()}": one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.suffix in SUFFIXES and one.is_file()
    }
    if not files and place not in (f"{FORM_SPECS}/", f"{PLUGINS}/"):
        raise PackageRefused(_("There is no declaration (.yaml) in the package."))
    return Package(files=files, replaces=(place,))


def _place(folder: Path) -> str:
    parts = folder.parts
    for at in range(len(parts) - 1, -1, -1):
        if parts[at] in (FORM_SPECS, PLUGINS):
            return "/".join(parts[at:]) + "/"
    return f"{PLUGINS}/{folder.name}/"
