"""One declared field as a WTForms field: it keeps what was typed beside what it means, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms.fields import Field as WtfField
from wtforms.meta import DefaultMeta

from ffp_admin.i18n import N_, _
from ffp_admin.screens.kinds import SCREENS, is_sensitive, line_under, masked, shown
from ffp_admin.screens.reading import Desk, Raw, Unreadable
from ffp_admin.spec.model import CodeWord, Field

#: no page sends back more characters of one field than this
LONGEST_ECHO = 200_000
#: up to here words are radio buttons, above a drop-down
FEW_WORDS = 5

#: fields a computed value waits for that are named
NAMED = 4
WAITS = N_("known when these are filled in: {fields}")
HALF_HIDDEN = N_(
    "Part of the hidden number was changed. Type the whole number, or put back {masked} to keep the old one."
)


class DeskMeta(DefaultMeta):
    """What the fields of one request share; CSRF is checked for the whole application."""

    csrf = False

    def __init__(
        self,
        desk: Desk,
        *,
        pick_base: str,
        masks: bool = False,
        without: Iterable[tuple[str, str]] = (),
        outdated: bool = False,
    ) -> None:
        self.desk = desk
        #: address below which each field looks up records
        self.pick_base = pick_base
        #: stored sensitive values stand in their boxes with stars
        self.masks = masks
        #: rows that a "remove" button asked to leave out, as (table field's name, index)
        self.without = frozenset(without)
        #: somebody else saved since this form was drawn: its stars may be those of an older value
        self.outdated = outdated


class KindField(WtfField):
    """One declared field; `raw` is what stands in the widget, `data` what it means."""

    meta: DeskMeta

    def __init__(self, declared: Field, **kwargs: Any) -> None:
        self.declared = declared
        self.screen = SCREENS[declared.kind]
        self.raw: Raw = ()
        self.offers: Sequence[tuple[object, str]] = ()
        self.stored: object = None
        #: stands masked in its box
        self.kept = False
        self.shown = True
        self.required = declared.required
        self.filled = False
        #: labels of the fields a computed value waits for
        self.lacking: tuple[str, ...] = ()
        self.messages: list[str] = []
        self.doubts: list[str] = []
        super().__init__(label=declared.label, description=declared.help, **kwargs)

    @property
    def widget_name(self) -> str:
        """The macro that draws it."""
        return "kept" if self.kept and self.screen.widget not in _LINES else self.screen.widget

    @property
    def is_group(self) -> bool:
        """Whether the widget is several controls, or none: then its label is no label of one control."""
        if self.widget_name == "choice":
            return len(self.words) <= FEW_WORDS
        return self.widget_name in _GROUPS

    @property
    def text(self) -> str:
        """The first posted text, not longer than a page can carry."""
        return self.raw[0][:LONGEST_ECHO] if self.raw else ""

    @property
    def typed_text(self) -> str:
        """The text in the box of a reference."""
        return self.raw[1] if len(self.raw) > 1 else ""

    @property
    def under(self) -> str:
        """A line made from the value, such as 大写."""
        if self.lacking:
            named = "、".join(self.lacking[:NAMED]) + ("…" if len(self.lacking) > NAMED else "")
            return _(WAITS, fields=named)
        return line_under(self.data, self.declared)

    @property
    def faults(self) -> list[str]:
        """Why the value cannot be saved, for the person who typed it."""
        return [*self.process_errors, *self.messages]

    @property
    def words(self) -> list[CodeWord]:
        """Words to choose from: valid today, or in the record already."""
        day = self.meta.desk.today
        return [
            word
            for word in self.meta.desk.codes(self.declared.codes).words
            if word.valid_on(day) or word.code in self.raw
        ]

    @property
    def options(self) -> list[tuple[str, str]]:
        """The same as (code, label)."""
        return [(word.code, word.label) for word in self.words]

    @property
    def pick_url(self) -> str:
        """Where a script looks up records for this field."""
        return self.meta.pick_base + self.declared.key

    @property
    def source(self) -> str:
        """Where a filled-in value comes from, in the words of the declaration."""
        return self.declared.filled_from.text if self.declared.filled_from else ""

    @property
    def is_masked(self) -> bool:
        """Whether a stored value may only be shown with stars."""
        return self.meta.masks and self.stored is not None and is_sensitive(self.declared)

    def process_data(self, value: Any) -> None:
        """Take a stored value."""
        desk = self.meta.desk
        self.data = self.stored = value
        self.kept = self.is_masked
        if self.kept:
            self.raw = (masked(value, self.declared, desk),)
        else:
            self.raw = () if value is None else self.screen.write(value, self.declared, desk)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was posted; a text that is no value stays in `raw` and leaves a message."""
        self.raw = tuple(valuelist)
        stars = masked(self.stored, self.declared, self.meta.desk) if self.is_masked else ""
        self.kept = bool(stars) and (self.raw == (stars,) or (self.meta.outdated and "*" in self.text))
        if self.kept:
            self.data = self.stored
            return
        self.data = None
        if stars and any("*" in text for text in self.raw):
            raise ValueError(_(HALF_HIDDEN, masked=stars))
        try:
            self.data = self.screen.read(self.raw, self.declared, self.meta.desk)
        except Unreadable as reason:
            self.offers = reason.offers
            raise ValueError(reason.message) from reason
        if self.data is not None and self.screen.settles:
            self.raw = self.screen.write(self.data, self.declared, self.meta.desk)

    @property
    def is_unreadable(self) -> bool:
        """Whether what was typed is no value of the kind."""
        return bool(self.process_errors)

    def take(self, value: object) -> None:
        """Show a value that was computed or filled in; what somebody typed is never overwritten."""
        self.data = value
        self.raw = () if value is None else self.screen.write(value, self.declared, self.meta.desk)

    def shown_text(self) -> str:
        """The value as text."""
        return shown(self.data, self.declared, self.meta.desk)


#: widgets without one control a label could belong to
_GROUPS = frozenset({"truth", "choices", "known", "kept", "lines"})
#: widgets with a line to type in can show stars there
_LINES = frozenset(
    {"text", "long_text", "digits", "telephone", "number", "money", "percent", "date", "month"}
)
