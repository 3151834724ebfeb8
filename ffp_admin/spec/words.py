"""The closed sets of value words, each with one English and one Chinese spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ffp_admin.spec.kinds import KINDS, RESULTS

LANGUAGES = ("zh", "en")


def other(language: str) -> str:
    """The other of the two languages."""
    return "en" if language == "zh" else "zh"


@dataclass(frozen=True, slots=True)
class Words:
    """A closed set of words: English (the value in the catalog) → Chinese."""

    name: str
    chinese: Mapping[str, str]

    def spelled(self, language: str) -> Mapping[str, str]:
        """Spelling in `language` → value in the catalog."""
        if language == "en":
            return {english: english for english in self.chinese}
        return {chinese: english for english, chinese in self.chinese.items()}

    def spelling(self, value: str, language: str) -> str:
        """How `value` is written in `language`."""
        return value if language == "en" else self.chinese[value]


def _words(name: str, **chinese: str) -> Words:
    return Words(name, MappingProxyType(chinese))


TRUTH = _words("truth", true="是", false="否")
KIND = Words("kind", MappingProxyType({kind.name: kind.chinese for kind in KINDS.values()}))
RESULT = Words("result", MappingProxyType({k.name: k.chinese for k in KINDS.values() if k.name in RESULTS}))
LEVEL = _words("level", error="错误", doubt="疑点")
#: who confirms a change of key data
CONFIRMED_BY = _words("confirmed_by", town="乡镇", county="县")
UNIQUE = _words("unique", county="全县", household="本户")
REGION_LEVEL = _words("region_level", county="县", town="乡镇", village="村")
VERB = Words(
    "verb",
    MappingProxyType(
        {
            "view": "查看",
            "fill": "填报",
            "edit": "修改",
            "void": "作废",
            "import": "导入",
            "print": "打印",
            "export": "导出",
        }
    ),
)
DUTY = _words("duty", users="用户", audit="审计", publish="启用")
PER = _words("per", block="户", line="人")
ALIGN = _words("align", left="左", center="中", right="右")
#: what closes a column at the end of a roster
TOTAL = _words("total", sum="求和", capitals="求和大写", blocks="户数", lines="人数")
COMPARE = _words("compare", line_count="人数", gender="性别", relation="户主关系")
PAPER = _words("paper", A4="A4", A3="A3")
#: what a list may be sorted by beside its own fields
MOMENT = _words("moment", created="创建", updated="更新")
#: places in the pattern of a number
SERIAL_PLACE = _words(
    "serial_place",
    year="年",
    month="月",
    county="县",
    town="乡镇",
    village="村",
    group="组",
    unit="单位",
    number="序号",
)
#: places in the title of a document, filled with the region's names and the day
TITLE_PLACE = _words(
    "title_place", county="县", town="乡镇", village="村", group="组", year="年", month="月", day="日"
)
