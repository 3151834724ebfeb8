"""The closed list of kinds (字段类型): their names in both languages, keys and nature.

Every other floor has a table of its own with one entry per name listed here; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Shape(Enum):
    """What a value of the kind is to an expression."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MONTH = "month"
    TRUTH = "truth"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"
    ROWS = "rows"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: English and Chinese name, nature, and the field keys that mean something for it."""

    name: str
    chinese: str
    shape: Shape
    #: extra keys beyond those every input kind has
    keys: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    #: keys other kinds have that mean nothing here
    without: frozenset[str] = frozenset()
    #: encrypted at rest with a keyed-hash column
    sealed: bool = False
    #: register whose record the value points to (by id; region by code)
    register: str = ""
    #: few enough records point to one of that register that a check may go through them on every save
    gathers: bool = False
    #: whether a roster may add its values up; a sum of percentages says nothing
    adds_up: bool = False
    #: whether a sum of it is written in capital figures
    is_money: bool = False
    #: False for what nobody types: serial, computed, note
    typed: bool = True
    #: facts a value carries: name → shape (证件号码.出生日期)
    facts: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    #: English spelling of each fact
    fact_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def allowed(self) -> frozenset[str]:
        """Every field key that means something for the kind."""
        return ((COMMON_KEYS if self.typed else BARE_KEYS) | self.keys) - self.without


#: keys each typed kind understands
COMMON_KEYS = frozenset(
    {
        "label",
        "kind",
        "help",
        "required",
        "required_when",
        "shown_when",
        "default",
        "filled_from",
        "sensitive",
        "unique",
        "searchable",
        "confirmed_by",
        "column",
    }
)
#: keys of kinds nobody types
BARE_KEYS = frozenset({"label", "kind", "help", "shown_when", "sensitive", "column"})

#: the keyword box looks for the start of a text, not for numbers, days, words of a list or other records
_NO_SEARCH = frozenset({"searchable"})
_NO_KEY = frozenset({"searchable", "unique"})
_NUMBER = frozenset({"unit", "minimum", "maximum"})

_KINDS = (
    Kind(name="text", chinese="文本", shape=Shape.TEXT, keys=frozenset({"length"})),
    Kind(name="long_text", chinese="长文本", without=_NO_KEY, shape=Shape.TEXT, keys=frozenset({"length"})),
    Kind(
        name="integer",
        chinese="整数",
        without=_NO_SEARCH,
        shape=Shape.NUMBER,
        adds_up=True,
        keys=_NUMBER,
    ),
    Kind(
        name="decimal",
        chinese="数量",
        without=_NO_SEARCH,
        shape=Shape.NUMBER,
        adds_up=True,
        keys=_NUMBER | {"places"},
    ),
    Kind(
        name="money",
        chinese="金额",
        without=_NO_SEARCH,
        shape=Shape.NUMBER,
        adds_up=True,
        is_money=True,
        keys=frozenset({"minimum", "maximum"}),
    ),
    Kind(
        name="percent",
        chinese="百分比",
        without=_NO_SEARCH,
        shape=Shape.NUMBER,
        keys=frozenset({"minimum", "maximum"}),
    ),
    Kind(
        name="date",
        chinese="日期",
        without=_NO_SEARCH,
        shape=Shape.DATE,
        keys=frozenset({"minimum", "maximum"}),
    ),
    Kind(
        name="month",
        chinese="年月",
        without=_NO_SEARCH,
        shape=Shape.MONTH,
        keys=frozenset({"minimum", "maximum"}),
    ),
    Kind(name="boolean", chinese="是否", without=_NO_KEY, shape=Shape.TRUTH),
    Kind(
        name="choice",
        chinese="选项",
        without=_NO_SEARCH,
        shape=Shape.CHOICE,
        keys=frozenset({"codes"}),
        needs=frozenset({"codes"}),
    ),
    Kind(
        name="multi_choice",
        chinese="多选",
        without=_NO_KEY,
        shape=Shape.CHOICES,
        keys=frozenset({"codes", "at_least", "at_most"}),
        needs=frozenset({"codes"}),
    ),
    Kind(
        name="id_number",
        chinese="身份证号",
        shape=Shape.TEXT,
        sealed=True,
        facts=MappingProxyType({"出生日期": Shape.DATE, "性别": Shape.TEXT}),
        fact_names=MappingProxyType({"birth_date": "出生日期", "gender": "性别"}),
    ),
    Kind(
        name="disability_card",
        chinese="残疾证号",
        shape=Shape.TEXT,
        sealed=True,
        facts=MappingProxyType({"残疾类别": Shape.TEXT, "残疾等级": Shape.TEXT}),
        fact_names=MappingProxyType({"disability_class": "残疾类别", "disability_level": "残疾等级"}),
    ),
    Kind(name="phone", chinese="电话", shape=Shape.TEXT, sealed=True),
    Kind(name="bank_account", chinese="银行账号", shape=Shape.TEXT, sealed=True),
    Kind(name="region", chinese="区划", without=_NO_SEARCH, shape=Shape.REFERENCE, register="region"),
    Kind(name="unit", chinese="单位", without=_NO_SEARCH, shape=Shape.REFERENCE, register="unit"),
    Kind(
        name="household",
        chinese="户",
        without=_NO_SEARCH,
        shape=Shape.REFERENCE,
        register="household",
        gathers=True,
    ),
    Kind(
        name="person",
        chinese="人员",
        without=_NO_SEARCH,
        shape=Shape.REFERENCE,
        register="person",
        gathers=True,
    ),
    Kind(
        name="member",
        chinese="成员",
        without=_NO_SEARCH,
        shape=Shape.REFERENCE,
        register="member",
        gathers=True,
    ),
    Kind(
        name="serial",
        chinese="编号",
        shape=Shape.TEXT,
        keys=frozenset({"pattern", "searchable"}),
        needs=frozenset({"pattern"}),
        typed=False,
    ),
    Kind(
        name="table",
        chinese="明细表",
        without=_NO_KEY | {"default", "filled_from", "confirmed_by", "column"},
        shape=Shape.ROWS,
        keys=frozenset({"fields", "at_least", "at_most"}),
        needs=frozenset({"fields"}),
    ),
    Kind(
        name="computed",
        chinese="计算",
        shape=Shape.NUMBER,
        keys=frozenset({"formula", "result", "unit", "places"}),
        needs=frozenset({"formula", "result"}),
        typed=False,
    ),
    Kind(
        name="note",
        chinese="说明文字",
        without=frozenset({"sensitive", "column"}),
        shape=Shape.NOTHING,
        typed=False,
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})
BY_CHINESE: Mapping[str, Kind] = MappingProxyType({kind.chinese: kind for kind in _KINDS})
#: kinds a computed field may result in
RESULTS = frozenset({"text", "integer", "decimal", "money", "percent", "date", "month", "boolean"})
