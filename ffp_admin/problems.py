"""What can be wrong: one stable code each, with a text that says where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ffp_admin.i18n import N_, _


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A place in a declaration file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Code(Enum):
    """One entry per problem of a declaration: value = (stable code, message)."""

    # reading the file
    FILE_UNREADABLE = ("D001", N_("The file cannot be read: {reason}. Save it again as UTF-8 text."))
    FILE_ENCODING = ("D002", N_("The file is not UTF-8{looks_like}. Choose 'UTF-8' when saving it."))
    FILE_TOO_LARGE = ("D003", N_("The file has {size} bytes; at most {limit} are read. Split it."))
    YAML_SYNTAX = ("D004", N_("The file cannot be understood here: {reason}."))
    YAML_TAB = ("D005", N_("A tab stands at the beginning of the line. Use spaces instead."))
    YAML_ALIAS = (
        "D006",
        N_("A text beginning with &, * or ! must stand in quotes; anchors and tags are not used here."),
    )
    FULLWIDTH_COLON = (
        "D007",
        N_("A full-width colon follows '{key}'. Write a half-width colon and a space: '{key}: …'."),
    )
    MISSING_SPACE = ("D008", N_("A space is missing after the colon of '{key}'. Write '{key}: …'."))
    HASH_IN_TEXT = (
        "D009",
        N_(
            "The text ends before '{rest}', which counts as a comment. If it belongs to the text, put the whole "
            "text in quotes; if it is a comment, leave a space after #."
        ),
    )
    COMMA_IN_BRACES = (
        "D010",
        N_(
            "A comma inside {{ }} cuts a text: '{key}' became a key without a value. Put the whole text in quotes."
        ),
    )
    EMPTY_FILE = ("D011", N_("Nothing is declared here. Begin with one of: {choices}."))
    TOO_DEEP = ("D012", N_("The file is nested deeper than {depth} levels or has more than {nodes} entries."))
    FULLWIDTH_COMMA = (
        "D013",
        N_("A full-width comma stands in '{text}'. Between entries write a half-width comma and a space."),
    )
    FULLWIDTH_BRACKET = (
        "D014",
        N_("Full-width brackets stand in '{text}'. Write {{ }} or [ ] in half width."),
    )
    INVISIBLE_SPACE = (
        "D015",
        N_("A full-width or invisible space stands at '{text}'. Indent and separate with ordinary spaces."),
    )
    CHINESE_QUOTES = (
        "D016",
        N_("Chinese quotes stand around '{text}'. Use half-width quotes or none."),
    )
    BRACKETS_IN_TEXT = (
        "D017",
        N_("'{text}' contains {{ }} or [ ] as text. Put the whole text in quotes: \"{text}\"."),
    )
    COLON_IN_TEXT = (
        "D018",
        N_(
            "A second colon stands in this line. Put a text with a colon in quotes, "
            "or begin a new, further indented line."
        ),
    )
    DASH_SPACE = (
        "D019",
        N_("'{text}' begins with a dash. An item of a list begins with '- ', dash and space."),
    )
    # keys
    UNKNOWN_KEY = ("D020", N_("'{key}' is not known here.{guess}"))
    DUPLICATE_KEY = ("D021", N_("'{key}' stands twice; first in line {first}. Remove one."))
    MIXED_LANGUAGE = (
        "D022",
        N_("'{key}' is {found}, but the file is written in {expected}. Write '{other}'."),
    )
    MISSING_KEY = ("D023", N_("'{key}' is missing here. Add it."))
    WRONG_SHAPE = ("D024", N_("'{key}' should be {expected}, found {found}."))
    UNKNOWN_DECLARATION = (
        "D025",
        N_("The first line does not say what is declared. Begin with one of: {choices}.{guess}"),
    )
    EMPTY_VALUE = ("D026", N_("'{key}' has no value. Write one, or remove the key."))
    # values
    BAD_VALUE = ("D030", N_("'{value}' is not {expected}.{guess}"))
    BAD_NAME = (
        "D031",
        N_(
            "'{name}' cannot be a name: Chinese or Latin letters, digits and _, not beginning with a digit, "
            "not a word of the language."
        ),
    )
    NAME_TOO_LONG = ("D032", N_("'{name}' has {length} characters; at most {limit} are allowed here."))
    NAME_TAKEN = ("D033", N_("'{name}' is already declared at {first}. Choose another name."))
    BAD_DATE = ("D034", N_("'{value}' is not a date. Write it as 2025-01-01."))
    BOUNDS_REVERSED = ("D035", N_("{low} lies above {high}. Exchange them."))
    BAD_KEY = (
        "D036",
        N_(
            "'{name}' cannot be the key of a declaration: small Latin letters, digits and _, at most {limit}."
        ),
    )
    # references between declarations
    UNKNOWN_KIND = ("D040", N_("'{kind}' is not a kind of field.{guess}"))
    KEY_NOT_FOR_KIND = ("D041", N_("'{key}' has no meaning for the kind '{kind}'. Remove it."))
    KIND_NEEDS_KEY = ("D042", N_("A field of the kind '{kind}' needs '{key}'."))
    UNKNOWN_CODES = ("D043", N_("There is no code list '{name}'.{guess}"))
    UNKNOWN_FIELD = ("D044", N_("There is no field '{name}' in {form}.{guess}"))
    UNKNOWN_FORM = ("D045", N_("There is no register '{name}'.{guess}"))
    NOT_A_REFERENCE = ("D046", N_("'{name}' points to no register: nothing can follow its dot."))
    UNKNOWN_VERB = ("D047", N_("'{name}' is not one of the rights {choices}.{guess}"))
    TABLE_IN_TABLE = ("D048", N_("A table inside a table is not possible. Declare a register of its own."))
    NO_SCOPE = (
        "D050",
        N_(
            "'{name}' cannot say whose {form} is: name a field that points to a region, household, person or unit."
        ),
    )
    CODE_TAKEN = ("D051", N_("The code or word '{name}' stands twice in this list; first in line {first}."))
    COLUMN_TAKEN = ("D052", N_("The column '{name}' is used by two fields: {first} and {second}."))
    COLUMN_NAME = (
        "D053",
        N_("'{name}' cannot be a column: small letters, digits and _, at most {limit}, not reserved."),
    )
    BAD_PATTERN = ("D055", N_("'{value}' is not a usable pattern: {reason}."))
    UNKNOWN_CODE = ("D056", N_("There is no code '{name}' in the code list {codes}.{guess}"))
    CODE_CIRCLE = ("D057", N_("The code '{name}' is above itself: {chain}. Correct the code above it."))
    NOT_USABLE_HERE = ("D058", N_("'{name}' is of the kind '{kind}' and cannot be used for '{key}'."))
    UNKNOWN_COLUMN = ("D059", N_("There is no column '{name}' in this import profile.{guess}"))
    BLOCK_WITHOUT_MERGE = (
        "D060",
        N_("'{key}' speaks of a household's lines: say with '{merge}' what joins them."),
    )
    TOO_MANY_FIELDS = ("D061", N_("{form} has {count} fields in one table; at most {limit} fit. Split it."))
    REPEATED = ("D062", N_("'{name}' stands twice in this list. Remove one."))
    DUTIES_MIXED = (
        "D063",
        N_(
            "The role '{name}' has the duties {duties}; at most one of them is allowed. "
            "Declare a role of its own for each."
        ),
    )
    CONFIRMED_IN_TABLE = (
        "D064",
        N_(
            "'{name}' is a column of a table: a change of it cannot wait for a confirmation. "
            "Only a field of the form itself can."
        ),
    )
    # expressions
    EXPR_SYNTAX = ("E001", N_("The expression cannot be understood at '{near}': {reason}."))
    EXPR_COLON = ("E002", N_("A colon has no place in an expression."))
    EXPR_UNKNOWN_NAME = ("E003", N_("'{name}' is not known here.{guess}"))
    EXPR_UNKNOWN_FUNCTION = ("E004", N_("There is no function '{name}'.{guess}"))
    EXPR_ARGUMENTS = ("E005", N_("{name} takes {expected} values, {found} are given."))
    EXPR_TYPES = ("E006", N_("'{operator}' cannot join {left} and {right}."))
    EXPR_UNKNOWN_WORD = ("E007", N_("'{word}' is not a word of the code list {codes}.{guess}"))
    EXPR_TOO_LONG = ("E008", N_("The expression is too long or too deep (at most {limit})."))
    EXPR_CYCLE = ("E009", N_("These fields compute each other in a circle: {names}."))
    EXPR_SEALED = (
        "E010",
        N_("'{name}' is stored encrypted: it can only be compared with =, 为, 在 or 为空."),
    )
    EXPR_RESULT = ("E011", N_("The expression gives {found}, but {expected} is needed here."))
    EXPR_COMPARISON_CHAIN = ("E012", N_("Write a chain of comparisons as 'a < b 且 b < c'."))
    EXPR_ONLY_IN_CHECK = (
        "E013",
        N_(
            "'{name}' are other records: only a check (填报校验) can look at them, no value may rest on them."
        ),
    )
    EXPR_RELATED = ("E014", N_("'{name}' does not lead to other records: {reason}."))

    @property
    def number(self) -> str:
        """The stable code shown to people and asserted in tests."""
        return self.value[0]

    @property
    def message(self) -> str:
        """The msgid with its `{facts}`."""
        return self.value[1]


class Phrase:
    """A text for a problem's facts that is translated when the problem is shown, not when it is found."""

    __slots__ = ("facts", "msgid")

    def __init__(self, msgid: str, **facts: object) -> None:
        self.msgid = msgid
        self.facts = facts

    def __str__(self) -> str:
        return _(self.msgid, **self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.msgid, self.facts) == (other.msgid, other.facts)

    def __hash__(self) -> int:
        return hash(self.msgid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem of a declaration, at a place, with the facts its text needs."""

    code: Code
    place: Place
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence in the current locale, without the place."""
        return _(self.code.message, **{"guess": "", **self.facts})

    def __str__(self) -> str:
        return f"{self.place}: {self.code.number} {self.text()}"


class SpecProblems(Exception):
    """Raised with every problem found in a set of declarations, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.place, p.code.number)))
        super().__init__("\n".join(str(p) for p in self.problems))
