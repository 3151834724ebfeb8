"""What may be a name: of a declaration, a field, a column."""

from __future__ import annotations

import re

#: longest key of a declaration, name of a field, name of a section, physical column
KEY_LENGTH = 30
FIELD_LENGTH = 20
SECTION_LENGTH = 40
COLUMN_LENGTH = 28

KEY = re.compile(r"[a-z][a-z0-9_]*")
_LETTER = "A-Za-z_\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
FIELD = re.compile(rf"[{_LETTER}][0-9{_LETTER}]*")

#: words of the expression language and of lists, which cannot name a field
RESERVED = frozenset(
    [
        "且",
        "并且",
        "或",
        "或者",
        "非",
        "不是",
        "为",
        "不为",
        "在",
        "不在",
        "含",
        "不含",
        "为空",
        "不为空",
        "有值",
        "每行",
        "其中",
        "是",
        "否",
        "适用日期",
        "创建",
        "更新",
        "and",
        "or",
        "not",
        "is",
        "in",
        "contains",
        "empty",
        "every",
        "where",
        "true",
        "false",
        "yes",
        "no",
        "applicable_date",
        "created",
        "updated",
    ]
)

#: columns every table of ours has
COMMON_COLUMNS = frozenset(
    [
        "id",
        "county_code",
        "town_code",
        "village_code",
        "group_code",
        "status",
        "version",
        "row_version",
        "created_by",
        "created_name",
        "created_at",
        "updated_by",
        "updated_name",
        "updated_at",
        "source",
        "void_reason",
        "import_id",
        "parent_id",
        "position",
    ]
)
#: words PostgreSQL or SQLite do not take as a bare column
SQL_WORDS = frozenset(
    [
        "add",
        "all",
        "alter",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "binary",
        "both",
        "by",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "commit",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "delete",
        "desc",
        "distinct",
        "do",
        "drop",
        "else",
        "end",
        "escape",
        "except",
        "exists",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "index",
        "initially",
        "inner",
        "insert",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "set",
        "similar",
        "some",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "transaction",
        "true",
        "union",
        "unique",
        "update",
        "user",
        "using",
        "values",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)


def is_field_name(text: str) -> bool:
    """Whether `text` can name a field (its length apart)."""
    return bool(FIELD.fullmatch(text)) and text.casefold() not in RESERVED


def is_column_name(text: str) -> bool:
    """Whether `text` can be a physical column."""
    return (
        bool(KEY.fullmatch(text))
        and len(text) <= COLUMN_LENGTH
        and text not in COMMON_COLUMNS
        and text not in SQL_WORDS
    )
