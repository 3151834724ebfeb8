"""Texts in the reader's language, without a web framework.

The msgid is the English sentence; `translations/<locale>/LC_MESSAGES/messages.po` holds the others.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from babel.messages.pofile import read_po

DEFAULT_LOCALE = "zh"
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"

_locale: ContextVar[str] = ContextVar("ffp_locale", default=DEFAULT_LOCALE)


@functools.cache
def catalogue(locale: str) -> dict[str, str]:
    """Messages of one locale as msgid → msgstr; empty for a locale without a file (then msgids show).

    Read from the .po itself, so that a checkout works before anything was compiled.
    """
    path = TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return {}
    with path.open("rb") as handle:
        messages = read_po(handle, locale=locale)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


def _(msgid: str, /, **facts: object) -> str:
    """The text for `msgid` in the current locale, with `{name}` places filled from `facts`."""
    text = catalogue(_locale.get()).get(msgid, msgid)
    return text.format(**facts) if facts else text


def N_(msgid: str) -> str:
    """Marks a text for extraction that is translated later with `_`."""
    return msgid


def current_locale() -> str:
    """The locale in which `_` answers in this context."""
    return _locale.get()


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Answer in `locale` inside the block (thread- and request-local)."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


class Translations(gettext.NullTranslations):
    """The same catalogue with gettext's face, for Jinja environments outside the web application."""

    def gettext(self, message: str) -> str:
        """The text for one msgid."""
        return catalogue(_locale.get()).get(message, message)
