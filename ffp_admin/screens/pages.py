"""What each template is given: plain records, so that templates neither ask nor compute anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ffp_admin.screens.changebox import ChangeBox
from ffp_admin.screens.fields import KindField
from ffp_admin.screens.forms import LedgerForm
from ffp_admin.screens.secrets_shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The heading of a column."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record in a list."""

    href: str
    cells: Sequence[str]
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """One print in words."""

    href: str
    label: str
    region: str
    moment: str
    who: str
    pages: int
    copies: int
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A button that leads to another page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBox:
    """One thing a list can be narrowed by; `texts` are what stands in its box or boxes."""

    name: str
    label: str
    widget: str
    texts: Sequence[str] = ("", "")
    options: Sequence[tuple[str, str]] = ()
    pick_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """The context of list.html."""

    label: str
    help: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    filters: Sequence[FilterBox]
    #: the column that leads to the record
    link: int
    keyword: str
    keyword_help: str
    narrowed: bool
    count_text: str
    empty_text: str
    find_url: str
    all_url: str
    previous_url: str = ""
    next_url: str = ""
    add_url: str = ""
    buttons: Sequence[Link] = ()
    faults: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A fault or a doubt in a summary; `anchor` is the id of its field, "" for the whole record."""

    text: str
    label: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionBox:
    """One section of a form."""

    label: str
    help: str
    shown: bool
    fields: Sequence[KindField]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A field that somebody else changed while this form was open."""

    key: str
    label: str
    base: str
    theirs: str
    mine: str
    #: I left it as it was: the other version is proposed
    untouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNote:
    """What was typed earlier and not saved."""

    text: str
    href: str
    drop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The context of form.html."""

    title: str
    label: str
    help: str
    form: LedgerForm
    sections: Sequence[SectionBox]
    action: str
    list_url: str
    cancel_url: str
    preview_url: str
    draft_url: str
    #: keys of fields whose change is worth a preview, separated by spaces
    watched: str
    row_version: int | None = None
    faults: Sequence[Remark] = ()
    doubts: Sequence[Remark] = ()
    notice: str = ""
    notice_kind: str = "bad"
    clashes: Sequence[Clash] = ()
    clash_text: str = ""
    masked: bool = False
    reasons: Sequence[tuple[str, str]] = ()
    draft: DraftNote | None = None
    #: fields whose change has to be confirmed → what is said beside them
    guarded: Mapping[str, str] = field(default_factory=dict)
    change_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value on a record's page; `reveal` is where the full value is asked for, `href` where a reference leads."""

    label: str
    text: str
    wide: bool = False
    reveal: str = ""
    href: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTable:
    """The rows of a table field."""

    label: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSection:
    """One section of a record."""

    label: str
    facts: Sequence[Fact]
    tables: Sequence[FactTable] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Records of another register that point to this one."""

    label: str
    count_text: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    link: int = 0
    all_url: str = ""
    add_url: str = ""
    #: hidden values it shows
    shown: Shown = field(default_factory=Shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One change in words; `label` is "" for the whole record."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """What one person changed at one moment."""

    when: str
    who: str
    lines: Sequence[StoryLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """The context of record.html."""

    title: str
    lead: str
    label: str
    list_url: str
    sections: Sequence[FactSection]
    story: Sequence[StoryEvent]
    related: Sequence[Related] = ()
    doubts: Sequence[Remark] = ()
    void: bool = False
    void_reason: str = ""
    edit_url: str = ""
    void_url: str = ""
    #: who was shown it, for the audit administrator
    who_url: str = ""
    waiting: Sequence[ChangeBox] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One card of the home page."""

    label: str
    help: str
    href: str
    add: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTile:
    """One draft on the home page."""

    label: str
    when: str
    href: str
    drop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The context of home.html."""

    today: str
    tiles: Sequence[Tile]
    work: Sequence[Tile] = ()
    drafts: Sequence[DraftTile] = field(default_factory=tuple)
    waiting: str = ""
    waiting_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account in accounts.html."""

    id: int
    username: str
    name: str
    role: str
    place: str
    state: str
    #: when the first of its roles ends
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A one-time password, shown once."""

    username: str
    name: str
    password: str
