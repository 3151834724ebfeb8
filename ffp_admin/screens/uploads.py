"""What comes in with a file: its name is only ever a caption, its content is looked at by whoever reads it."""

from __future__ import annotations

import unicodedata

from flask import request

#: characters; a file system takes 255 bytes
LONGEST = 80
_MULTIPART = "multipart/form-data"
_FORBIDDEN = frozenset('<>:"|?*')
#: Cc controls, Cf what turns or hides text (RTL override), Cs, Co, Cn: nothing that can be read
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(name: str) -> str:
    """A file name as a caption: the last part of a path, without anything that hides, turns or ends text."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        c for c in last if unicodedata.category(c) not in _UNREADABLE and c not in _FORBIDDEN
    ).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending) > 8:
        return shown[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"


def clean_names() -> None:
    """Before a page: give every file of the request a harmless name; one without a name stays without."""
    if request.mimetype != _MULTIPART:
        return
    for upload in (one for same in request.files.listvalues() for one in same):
        upload.filename = clean_name(upload.filename or "") or ("-" if upload.filename else "")
