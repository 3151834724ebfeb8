"""A browser without script: reads the forms of a page, fills them in, presses a button."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.screens.county import PASSWORD

_VOID = frozenset(["input", "br", "img", "link", "meta", "hr"])


@dataclass
class HtmlForm:
    """One form of a page, as a browser would send it."""

    action: str
    method: str
    multipart: bool = False
    pairs: list[tuple[str, str]] = field(default_factory=list)
    #: (name, value, text) of every button
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def set(self, name: str, *texts: str) -> None:
        """Put texts into the controls of a name, in order; a tick list or a row a script would add may be new."""
        places = [i for i, (one, _text) in enumerate(self.pairs) if one == name]
        kept = [pair for pair in self.pairs if pair[0] != name]
        at = places[0] if places else len(kept)
        self.pairs = kept[:at] + [(name, text) for text in texts] + kept[at:]

    def texts(self, name: str) -> list[str]:
        """What stands in the controls of a name."""
        return [text for one, text in self.pairs if one == name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[HtmlForm] = []
        self.words: list[str] = []
        self.attributes: list[str] = []
        self.ids: list[str] = []
        self._open: HtmlForm | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._button: tuple[str, str] | None = None
        self._buffer: list[str] = []
        self._silent = 0
        self._template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes += [
            given[n] for n in ("placeholder", "title", "aria-label", "alt", "data-label") if given.get(n)
        ]
        if "id" in given and not self._template:
            self.ids.append(given["id"])
        if tag in ("script", "style"):
            self._silent += 1
        if tag == "template":
            self._template += 1
        if self._template:
            return
        if tag == "form":
            method = given.get("method", "get").lower()
            self._open = HtmlForm(given.get("action", ""), method, "multipart" in given.get("enctype", ""))
            self.forms.append(self._open)
        elif self._open is not None:
            self._control(tag, given, {name for name, _value in attrs})

    def _control(self, tag: str, given: dict[str, str], flags: set[str]) -> None:
        assert self._open is not None
        name = given.get("name", "")
        if tag == "input" and name:
            ticks = given.get("type") in ("radio", "checkbox")
            if not ticks or "checked" in flags:
                self._open.pairs.append((name, given.get("value", "on" if ticks else "")))
        elif tag == "select":
            self._select = name
            self._open.pairs.append((name, ""))
        elif tag == "option" and self._select and "selected" in flags:
            self._open.pairs[-1] = (self._select, given.get("value", ""))
        elif tag == "textarea":
            self._textarea, self._buffer = name, []
        elif tag == "button":
            self._button, self._buffer = (name, given.get("value", "")), []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag == "template":
            self._template -= 1
        if self._template or self._open is None:
            return
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            text = "".join(self._buffer)
            self._open.pairs.append((self._textarea, text.removeprefix("\n")))
            self._textarea = None
        elif tag == "button" and self._button is not None:
            self._open.buttons.append((*self._button, "".join(self._buffer).strip()))
            self._button = None

    def handle_data(self, data: str) -> None:
        self._buffer.append(data)
        if not self._silent and data.strip():
            self.words.append(data.strip())


class Page:
    """An answer as a person sees it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.text
        self.path = response.request.path
        reader = _Reader()
        reader.feed(self.html)
        self.forms = reader.forms
        self.words = reader.words
        self.attributes = reader.attributes
        self.ids = reader.ids

    @property
    def text(self) -> str:
        """All visible words."""
        return " ".join(self.words)

    def form(self, action: str) -> HtmlForm:
        """The form whose address ends like this."""
        return next(form for form in self.forms if unquote(form.action.split("?")[0]).endswith(action))


class Visitor:
    """One person's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str) -> Page:
        """Open an address, following redirects."""
        return Page(self.client.get(address, follow_redirects=True))

    def press(self, form: HtmlForm, button: str = "", files: dict[str, Any] | None = None) -> Page:
        """Send a form with the button of that text (the first one when none is named)."""
        pairs = list(form.pairs)
        pressed = [one for one in form.buttons if button in (one[2], f"{one[0]}={one[1]}", "")]
        assert pressed, f"no button {button!r} among {form.buttons}"
        if pressed[0][0]:
            pairs.append(pressed[0][:2])
        data: dict[str, list[Any]] = {}
        for name, text in pairs:
            data.setdefault(name, []).append(text)
        data.update({name: [file] for name, file in (files or {}).items()})
        if form.method == "get":
            return Page(self.client.get(form.action, query_string=data, follow_redirects=True))
        return Page(self.client.post(form.action, data=data, follow_redirects=True))

    def open_account(self, username: str) -> Page:
        """Find an account in the list and open its page."""
        found = re.search(r'href="(/accounts/\d+)"', self.get(f"/accounts/?name={username}").html)
        assert found, username
        return self.get(found[1])

    def log_in(self, username: str, password: str = PASSWORD, page: Page | None = None) -> Page:
        """Fill in the log-in page."""
        page = page or self.get("/login/")
        form = page.forms[0]
        form.set("username", username)
        form.set("password", password)
        return self.press(form)

    def fetch(self, address: str, pairs: list[tuple[str, str]]) -> TestResponse:
        """What the script sends, with the token of the page."""
        data: dict[str, list[str]] = {}
        for name, text in pairs:
            data.setdefault(name, []).append(text)
        return self.client.post(address, data=data, headers={"X-Requested-With": "fetch"})
