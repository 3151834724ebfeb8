"""The frozen catalog: what the declarations say, after reading, as plain records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType

from ffp_admin.problems import Place

VERBS = ("view", "fill", "edit", "void", "import", "print", "export")


class Level(Enum):
    """How hard a check is: an error stops the save, a doubt is listed apart."""

    ERROR = "error"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """The text of an expression and where it stands; parsed by the rules floor."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form or of a table inside it. Unused attributes keep their empty value."""

    key: str
    kind: str
    label: str
    place: Place
    help: str = ""
    required: bool = False
    required_when: Formula | None = None
    shown_when: Formula | None = None
    #: the default as a declared text, read by the kind when a record is begun
    default: str | None = None
    #: value taken from what is known (e.g. 户主.电话); the person filling sees the source and may change it
    filled_from: Formula | None = None
    #: masked unless the actor may see it, each viewing logged (encrypted kinds are always sensitive)
    sensitive: bool = False
    #: "county", "household" or "" : where the value must not occur twice
    unique: str = ""
    #: found by the list's keyword box (start of the text, its pinyin or initials; encrypted kinds: whole value)
    searchable: bool = False
    #: "town", "county" or "": whose confirmation a change of a value that is there needs
    confirmed_by: str = ""
    #: key of the code list, for choice and multi_choice
    codes: str = ""
    #: word behind the number (元, 亩, 公斤)
    unit: str = ""
    minimum: str | None = None
    maximum: str | None = None
    #: most characters of a text; digits after the point of a decimal
    length: int | None = None
    places: int | None = None
    #: pattern of a serial: {年}, {单位}, {序号:4} inside text, the places in Chinese in either language
    pattern: str = ""
    #: formula and kind of the result, for computed
    formula: Formula | None = None
    result: str = ""
    #: rows of a table
    at_least: int | None = None
    at_most: int | None = None
    fields: tuple[Field, ...] = ()
    #: physical column asked for; empty: made from the key at first publish
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the form, in the order of the paper."""

    key: str
    label: str
    place: Place
    fields: tuple[Field, ...]
    help: str = ""
    shown_when: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A condition every record must meet (填报校验); `at` names the field that shows the message."""

    must: Formula
    otherwise: str
    level: Level
    place: Place
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """Which columns the list shows, which filters it offers; dotted paths go through references."""

    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    #: indexed field the list is sorted by; a leading "-" turns it round; empty: newest first
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A register (later also a measure): one table, one set of screens, one right of seven verbs."""

    key: str
    label: str
    place: Place
    language: str
    sections: tuple[Section, ...]
    help: str = ""
    #: field of kind region or household (or another reference) from which county/town/village follow; "" = county-wide
    scope: str = ""
    #: field of kind unit that says who deals with a record: that unit sees it, wherever it lies
    handled_by: str = ""
    #: "member.人员": records this field leads to are seen with the household the other register's record belongs to
    household_by: str = ""
    #: fields that make the caption of a record in pickers and headings
    display: tuple[str, ...] = ()
    list: ListView
    checks: tuple[Check, ...] = ()
    #: groups of fields whose values together must be unique
    unique: tuple[tuple[str, ...], ...] = ()
    #: SHA-256 over the declaration's normal form; equal text in either language gives one hash
    fingerprint: str = ""

    def fields(self) -> Iterator[Field]:
        """All top-level fields in paper order."""
        for section in self.sections:
            yield from section.fields

    def field(self, key: str) -> Field:
        """The top-level field `key`; KeyError when there is none."""
        for one in self.fields():
            if one.key == key:
                return one
        raise KeyError(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWord:
    """One word of a code list with its validity; `aliases` are spellings met in workbooks."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    parent: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether the word may be chosen on `day`; both ends count."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A dated code list; order of words is list order (also in comparisons)."""

    key: str
    label: str
    place: Place
    language: str
    words: tuple[CodeWord, ...]
    fingerprint: str = ""

    def find(self, text: str) -> CodeWord | None:
        """The word with this code, label or alias, whether valid today or not."""
        for word in self.words:
            if text == word.code or text == word.label or text in word.aliases:
                return word
        return None

    def by_code(self, code: str) -> CodeWord | None:
        """The word with exactly this code."""
        return next((word for word in self.words if word.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: what it is called, what it may do with which form, how much it sees."""

    key: str
    label: str
    place: Place
    #: form key or "*" → verbs
    grants: Mapping[str, tuple[str, ...]]
    #: "village", "town", "county": the level of region a holder is given
    level: str = ""
    #: sees encrypted and sensitive values unmasked
    unmasked: bool = False
    #: "users", "audit", "publish" : platform duties beside the forms
    duties: tuple[str, ...] = ()
    #: "form.field", "form.table.field" or "form.section": what the role does not see at all, or as stars only
    hides: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportColumn:
    """One column of a workbook: its headings, where it goes, or what it is compared with."""

    key: str
    headings: tuple[str, ...]
    #: "form.field" it fills; "" when it is only compared
    target: str
    place: Place
    #: "block" (merged over a household) or "line" (each person)
    per: str = "line"
    required: bool = False
    #: name of a built-in comparison: "line_count", "gender", "relation" (first word of its list = head), ""
    compare: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProfile:
    """How one kind of workbook fills registers (导入方案)."""

    key: str
    label: str
    place: Place
    language: str
    #: register named on the command line: `import household` uses the profile that says so
    register: str
    columns: tuple[ImportColumn, ...]
    #: column keys whose merged cell or new value begins a new block
    block_by: tuple[str, ...]
    #: "form.field" that takes the year given with the workbook
    period: str = ""
    #: first words of rows that are sums, of closing lines, of note lines
    sum_words: tuple[str, ...] = ()
    closing_words: tuple[str, ...] = ()
    note_words: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentColumn:
    """One column of a roster: a dotted path, its heading, and how it prints."""

    #: "" for a column that is only signed
    path: str
    label: str
    place: Place
    group: str = ""
    width_mm: int = 15
    align: str = "left"
    #: "block" merges the cell over a household's lines
    per: str = "line"
    signature: bool = False
    #: what stands under the column at the end: "" nothing, "sum", "capitals" (sum, also in capital figures),
    #: "blocks" (how many households), "lines" (how many lines)
    total: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A roster (表册) printed from a register: lines of `form`, merged by the record `block_by` points to."""

    key: str
    label: str
    place: Place
    language: str
    form: str
    #: reference field of `form` that the block cells belong to ("" = no merging)
    block_by: str
    #: title with {县} {乡镇} {村} {年} {月} {日} places
    title: str
    columns: tuple[DocumentColumn, ...]
    subtitle: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    footer_every_page: bool = True
    paper: str = "A4"
    landscape: bool = True
    copies: str = ""
    order: tuple[str, ...] = ()
    #: a line 本页小计 closes every page
    page_totals: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything declared, read and cross-checked; handed down as an argument, never changed."""

    forms: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, CodeList] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    imports: Mapping[str, ImportProfile] = field(default_factory=lambda: MappingProxyType({}))
    documents: Mapping[str, Document] = field(default_factory=lambda: MappingProxyType({}))
