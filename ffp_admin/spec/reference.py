"""The reference of the declaration language as Markdown, made from the tables the reader reads by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from ffp_admin.i18n import N_, _, speaking
from ffp_admin.problems import Code
from ffp_admin.spec import names
from ffp_admin.spec.fmt import translate, translate_part
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.guess import listed
from ffp_admin.spec.keys import DECLARATIONS, RECORDS
from ffp_admin.spec.kinds import BARE_KEYS, COMMON_KEYS, KINDS, Kind
from ffp_admin.spec.patterns import COUNTER
from ffp_admin.spec.words import SERIAL_PLACE, TITLE_PLACE, Words, other

#: what stands behind a key, for the reference
CONTENT: Mapping[Slot, str] = MappingProxyType(
    {
        Slot.KEY: N_("key: small letters, digits and _"),
        Slot.TEXT: N_("a text"),
        Slot.LITERAL: N_("a value, as the kind reads it"),
        Slot.FORMULA: N_("an expression"),
        Slot.COUNT: N_("a whole number from {low} to {high}"),
        Slot.DAY: N_("a date"),
        Slot.WORD: N_("one of: {words}"),
        Slot.WORDS: N_("list of: {words}"),
        Slot.NAME: N_("a name"),
        Slot.NAMES: N_("list of names"),
        Slot.GROUPS: N_("list of lists of names"),
        Slot.SORTING: N_("name, a leading - turns it round"),
        Slot.TEXTS: N_("list of texts"),
        Slot.RECORD: N_("keys of: {record}"),
        Slot.RECORDS: N_("list of: {record}"),
        Slot.NAMED: N_("name and keys of: {record}"),
        Slot.CODES: N_("code and word, or code and keys of: {record}"),
        Slot.GRANTS: N_("register and list of: {words}"),
        Slot.LIMITS: N_("register and list of its fields or sections"),
    }
)

_INTRODUCTION = (
    N_(
        "A declaration is a YAML file in UTF-8. Every key has one Chinese and one English spelling; a file uses "
        "one language, 'ffp-admin fmt --lang zh|en FILE' turns one into the other. 'ffp-admin check' names every "
        "problem with file, line and column."
    ),
    N_(
        "The colon behind a key is a half-width colon and a space; indentation is made of ordinary spaces. A text "
        'with a colon and a space, with " #", or with a comma inside braces stands in half-width quotes.'
    ),
    N_(
        "Names of fields have at most {field} characters, keys of declarations at most {key}; a name never "
        "changes, labels may. Order in the file is order on screen and paper."
    ),
)


def page(language: str) -> str:
    """The whole reference in one language ("zh" or "en")."""
    with speaking(language):
        return "\n".join(_lines(language)) + "\n"


def _lines(language: str) -> Iterator[str]:
    yield from ("# " + _("Reference of declarations"), "")
    yield from ("<!-- " + _("Made by: ffp-admin reference --write docs. Do not edit.") + " -->", "")
    for paragraph in _INTRODUCTION:
        yield from (_(paragraph, field=names.FIELD_LENGTH, key=names.KEY_LENGTH), "")
    for record in RECORDS.values():
        yield from _record(record, language)
    yield from _kinds(language)
    yield from _places()
    yield from _problems()


def _record(record: Record, language: str) -> Iterator[str]:
    opening = f" `{record.keys[0].spelling(language)}`" if record.name in DECLARATIONS else ""
    yield from (f"## {_(record.title)}{opening}", "", _(record.help), "")
    heads = (
        _("Spelling"),
        _("In the other language"),
        _("What stands behind it"),
        _("Needed"),
        _("What it does"),
        _("Example"),
    )
    yield from _table(heads, (_row(record, key, language) for key in record))
    if record.name in DECLARATIONS:
        yield from ("```yaml", translate(sample(record.name), language).rstrip(), "```", "")


def _row(record: Record, key: Key, language: str) -> tuple[str, ...]:
    return (
        f"`{key.spelling(language)}`",
        f"`{key.spelling(other(language))}`",
        _content(key, language),
        _("yes") if key.needed else "",
        _(key.help),
        _example(record, key, language),
    )


def _content(key: Key, language: str) -> str:
    words = _list(key.words.spelled(language)) if key.words else ""
    if key.words and len(key.words.chinese) > 10:
        words = _("the kinds below")
    title = _(RECORDS[key.record].title) if key.record else ""
    return _(CONTENT[key.slot], low=key.low, high=key.high, words=words, record=title)


def _example(record: Record, key: Key, language: str) -> str:
    if not key.example:
        return ""
    return f"`{translate_part(f'{key.chinese}: {key.example}', record, language)}`"


def sample(record: str) -> str:
    """A whole declaration in Chinese that shows the keys at work."""
    return (files("ffp_admin.spec") / "samples" / f"{record}.yaml").read_text(encoding="utf-8")


def _kinds(language: str) -> Iterator[str]:
    field = RECORDS["field"]
    spell = {key.name: key.spelling(language) for key in field}
    yield from ("## " + _("Kinds of fields"), "")
    typed = _list(f"`{spell[key.name]}`" for key in field if key.name in COMMON_KEYS)
    bare = _list(f"`{spell[key.name]}`" for key in field if key.name in BARE_KEYS)
    yield from (_("Keys of every kind that is filled in: {keys}.", keys=typed), "")
    yield from (_("Keys of kinds nobody fills in (serial, computed, note): {keys}.", keys=bare), "")
    heads = (
        _("Kind"),
        _("In the other language"),
        _("Needs"),
        _("Further keys"),
        _("Without"),
        _("Particulars"),
    )
    yield from _table(heads, (_kind(kind, language, spell) for kind in KINDS.values()))


def _kind(kind: Kind, language: str, spell: Mapping[str, str]) -> tuple[str, ...]:
    own, foreign = (kind.chinese, kind.name) if language == "zh" else (kind.name, kind.chinese)

    def keys(which: Iterable[str]) -> str:
        return _list(f"`{spell[name]}`" for name in spell if name in which)

    return (
        f"`{own}`",
        f"`{foreign}`",
        keys(kind.needs),
        keys(kind.keys - kind.needs),
        keys(kind.without),
        "; ".join(_particulars(kind)),
    )


def _particulars(kind: Kind) -> Iterator[str]:
    if kind.sealed:
        yield _("stored encrypted")
    if kind.register:
        yield _("points to the register {register}", register=f"`{kind.register}`")
    if kind.facts:
        facts = _list(f"`.{chinese}` / `.{english}`" for english, chinese in kind.fact_names.items())
        yield _("carries {facts}", facts=facts)


def _places() -> Iterator[str]:
    yield from ("## " + _("Places in patterns and titles"), "")
    serial, title = _both(SERIAL_PLACE), _both(TITLE_PLACE)
    yield from (_("Number pattern: {places}.", places=serial), "")
    yield from (_("Title and subtitle of a document: {places}.", places=title), "")


def _both(words: Words) -> str:
    """The places in braces in both spellings, the counter with its digits."""
    digits = {COUNTER: ":4"}
    shown = (
        f"`{{{chinese}{digits.get(name, '')}}}` / `{{{name}{digits.get(name, '')}}}`"
        for name, chinese in words.chinese.items()
    )
    return _list(shown)


def _problems() -> Iterator[str]:
    yield from ("## " + _("Problems"), "")
    yield from _table(
        (_("Problem code"), _("What is said")), ((one.number, _plain(_(one.message))) for one in Code)
    )


def _plain(message: str) -> str:
    """A message with … where its facts will stand."""
    return (
        re.sub(r"\{\w+(:[^{}]*)?\}", "…", message.replace("{guess}", ""))
        .replace("{{", "{")
        .replace("}}", "}")
    )


def _list(words: Iterable[str]) -> str:
    return str(listed(words))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
    yield ""
