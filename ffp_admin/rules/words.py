"""The words and signs of the expression language, in both spellings, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: what a word means to the parser; Latin words are met in any case
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "且": "and",
        "并且": "and",
        "and": "and",
        "或": "or",
        "或者": "or",
        "or": "or",
        "非": "not",
        "不是": "not",
        "not": "not",
        "为": "=",
        "is": "=",
        "不为": "!=",
        "在": "in",
        "in": "in",
        "不在": "not in",
        "含": "has",
        "contains": "has",
        "不含": "lacks",
        "为空": "empty",
        "不为空": "filled",
        "有值": "filled",
        "每行": "every",
        "every": "every",
        "其中": "where",
        "where": "where",
        "是": "yes",
        "true": "yes",
        "yes": "yes",
        "否": "no",
        "false": "no",
        "no": "no",
    }
)

#: words of two or three parts in the English spelling, longest first
PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("is", "not", "empty"), "filled"),
    (("is", "empty"), "empty"),
    (("is", "not"), "!="),
    (("not", "in"), "not in"),
    (("not", "contains"), "lacks"),
)

#: signs of one character that stand for another (full-width, mathematical, Chinese punctuation)
SIGNS: Mapping[int, int] = MappingProxyType(
    {0xFF01 + offset: 0x21 + offset for offset in range(94)}
    | {
        ord("、"): ord(","),
        ord("【"): ord("["),
        ord("】"): ord("]"),
        ord("−"): ord("-"),
        ord("–"): ord("-"),
        ord("×"): ord("*"),
        ord("÷"): ord("/"),
        ord("\u3000"): ord(" "),
        ord("\u00a0"): ord(" "),
    }
)

#: operators written with signs; two-character ones are tried first
OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        "==": "=",
        "!=": "!=",
        "<>": "!=",
        "<=": "<=",
        ">=": ">=",
        "=": "=",
        "≠": "!=",
        "≤": "<=",
        "≥": ">=",
        "<": "<",
        ">": ">",
        "+": "+",
        "-": "-",
        "*": "*",
        "/": "/",
    }
)

#: how an operator is printed, Chinese spelling
SPELLING: Mapping[str, str] = MappingProxyType(
    {
        "and": "且",
        "or": "或",
        "not": "非",
        "in": "在",
        "not in": "不在",
        "has": "含",
        "lacks": "不含",
        "empty": "为空",
        "filled": "不为空",
        "every": "每行",
        "where": "其中",
        "yes": "是",
        "no": "否",
        "!=": "≠",
        "<=": "≤",
        ">=": "≥",
    }
)

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "in", "not in", "has", "lacks", "empty", "filled"})

#: words people write in other languages or programs → the word of this one (used in messages only)
INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "是": "为",
        "不是": "不为",
        "等于": "=",
        "不等于": "≠",
        "大于": ">",
        "小于": "<",
        "大于等于": "≥",
        "不小于": "≥",
        "不少于": "≥",
        "不低于": "≥",
        "小于等于": "≤",
        "不大于": "≤",
        "不超过": "≤",
        "包含": "含",
        "包括": "含",
        "不包含": "不含",
        "属于": "在",
        "不属于": "不在",
        "空": "为空",
        "并": "且",
        "和": "且",
        "与": "且",
        "以及": "且",
        "加": "+",
        "减": "-",
        "乘": "×",
        "乘以": "×",
        "除以": "÷",
        "除": "÷",
    }
)

#: names that mean something in every expression: the day of the record
DAY_OF_RECORD = frozenset({"适用日期", "applicable_date"})
