"""What an answer really says: the words in pages, headers, cookies, workbooks, archives, JSON and PDF."""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable
from urllib.parse import unquote_plus

import pypdf
from werkzeug.test import TestResponse

from tests.walk.seeding import Secret

#: what is new in every answer: tokens, what was typed before a log-in (sealed), the number of an error
TOKEN = re.compile(r'name="(?:csrf_token|kept)" value="[^"]*"|<meta name="csrf[^>]*>|\b[0-9A-F]{8}\b')
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"[\s,\u00a0]+")


def text_of(response: TestResponse) -> str:
    """Everything a person could read out of an answer, without spaces and thousands separators."""
    heads = [f"{name}: {unquote_plus(value)}" for name, value in response.headers]
    cookies = [_cookie(value) for value in response.headers.getlist("Set-Cookie")]
    return _SPACE.sub("", "\n".join([*heads, *cookies, _inside(response.data, response.mimetype)]))


def _inside(data: bytes, kind: str = "") -> str:
    if data.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(name + _inside(archive.read(name)) for name in archive.namelist())
    text = data.decode("utf-8", errors="replace")
    if kind == "application/json" and text:
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(text)


def _cookie(value: str) -> str:
    """The content of a signed cookie, which anybody can read."""
    content = value.partition("=")[2].partition(";")[0]
    packed = content.startswith(".")
    part = content.lstrip(".").partition(".")[0]
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        text = (zlib.decompress(raw) if packed else raw).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError, zlib.error):
        return ""
    return text.encode("ascii", "ignore").decode("unicode_escape", "replace") if "\\u" in text else text


def leaks(response: TestResponse, secrets: Iterable[Secret]) -> list[Secret]:
    """The secrets an answer tells."""
    text = text_of(response)
    return [one for one in secrets if _SPACE.sub("", one.text) in text]


def shape_of(response: TestResponse) -> tuple[int, str, str]:
    """An answer without its numbers and tokens: the same for what is not there and for what may not be seen."""
    body = TOKEN.sub("", response.get_data(as_text=True))
    place = response.headers.get("Location", "")
    return response.status_code, _NUMBER.sub("#", place), _NUMBER.sub("#", body)
