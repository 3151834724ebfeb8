"""Why something is not printed: one stable code each, with a text that says where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ffp_admin.i18n import N_, _


class PrintCode(Enum):
    """One entry per reason: value = (stable code, message)."""

    # characters
    NO_GLYPH = (
        "P001",
        N_(
            "{where}: no font on this machine has the character {character} ({codepoint}). "
            "Ask the administrator to install a font with rare characters, or leave the name blank and write it by hand."
        ),
    )
    PRIVATE_CHARACTER = (
        "P002",
        N_(
            "{where}: {codepoint} is a home-made character (造字) of another machine and would print as a wrong sign. "
            "Type the character again with an input method that knows rare characters."
        ),
    )
    BROKEN_CHARACTER = (
        "P003",
        N_(
            "{where}: a character was lost when the data came in ({codepoint}). Type the value again from the paper."
        ),
    )
    CONTROL_CHARACTER = (
        "P004",
        N_(
            "{where}: there is an invisible control character ({codepoint}). Delete the value and type it again."
        ),
    )
    # the form itself
    COLUMNS_TOO_WIDE = (
        "P010",
        N_(
            "{columns} columns do not fit on {paper}: '{column}' would be {width} mm wide. Choose A3 or fewer columns."
        ),
    )
    ROW_TOO_HIGH = (
        "P011",
        N_("{where}: the text needs {height} mm, more than a page has. Shorten it or widen the column."),
    )
    # the template
    TEMPLATE_MISSING = (
        "P020",
        N_("There is no print template '{template}'. Ask the administrator to put it back."),
    )
    TEMPLATE_SYNTAX = ("P021", N_("The print template '{template}' cannot be read, line {line}: {reason}."))
    TEMPLATE_UNDEFINED = (
        "P022",
        N_("The print template '{template}' uses something it was not given: {reason}. Nothing was printed."),
    )
    TEMPLATE_FORBIDDEN = (
        "P023",
        N_("The print template '{template}' does something that is not allowed: {reason}."),
    )
    TEMPLATE_BROKEN = ("P024", N_("The print template '{template}' failed: {reason}."))
    VALUE_NOT_PLAIN = ("P025", N_("A print template may not see {path}: it is a {kind}, not a plain value."))
    # limits
    TOO_SLOW = (
        "P030",
        N_(
            "Printing took more than {seconds} seconds and was stopped. Print fewer rows at once, for example by village."
        ),
    )
    TOO_BIG = (
        "P031",
        N_(
            "Printing needed more memory than allowed ({megabytes} MB). Print fewer rows at once, for example by village."
        ),
    )
    CRASHED = (
        "P032",
        N_("Printing broke off ({reason}). Try again; if it happens again, tell the administrator."),
    )
    # after the render
    TOFU = (
        "P040",
        N_("Nothing was printed, because these characters would come out as boxes: {characters}."),
    )
    FOREIGN_FONT = (
        "P041",
        N_(
            "Nothing was printed, because a font was used that was not chosen: {families}. Ask the administrator."
        ),
    )
    NOT_SUBSET = (
        "P042",
        N_(
            "Nothing was printed: the font {family} could not be shortened for this file. Ask the administrator."
        ),
    )
    WARNED = ("P043", N_("Nothing was printed, because the page was not drawn as written: {reason}."))
    PAGE_COUNT = ("P044", N_("Nothing was printed: {expected} pages were foreseen, {found} came out."))
    # the machine
    FONT_MISSING = ("P050", N_("The font {family} is missing. Install it: apt install {package}."))
    PANGO_MISSING = (
        "P051",
        N_(
            "Printing is not installed ({reason}). Install: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
        ),
    )
    SUBSET_MISSING = (
        "P052",
        N_(
            "libharfbuzz-subset is missing: every print would take 20 times longer. apt install libharfbuzz-subset0."
        ),
    )
    FOLDER_NOT_WRITABLE = (
        "P053",
        N_("The folder {folder} cannot be written: {reason}. Printing needs it for its fonts."),
    )
    SAMPLE_MISSING = (
        "P054",
        N_("The fonts lack these characters of real names: {characters}. Install: apt install {package}."),
    )

    @property
    def number(self) -> str:
        """The stable code shown to people and asserted in tests."""
        return self.value[0]

    @property
    def message(self) -> str:
        """The msgid with its `{facts}`."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintProblem:
    """One reason with the facts its text needs."""

    code: PrintCode
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence in the current locale."""
        return _(self.code.message, **self.facts)

    def __str__(self) -> str:
        return f"{self.code.number} {self.text()}"


class PrintFailed(Exception):
    """Nothing was printed; carries every reason found."""

    def __init__(self, problems: Iterable[PrintProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def failure(code: PrintCode, **facts: object) -> PrintFailed:
    """A PrintFailed with one reason."""
    return PrintFailed([PrintProblem(code=code, facts=facts)])
