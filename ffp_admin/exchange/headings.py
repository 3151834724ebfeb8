"""The vocabulary of a workbook and how its heading texts are matched with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ffp_admin.values.text import half_width, without_spaces

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBER = re.compile(r"[0-9]{1,2}|[一二三四五六七八九十]")
_CHINESE_NUMBERS = MappingProxyType(
    {char: place for place, char in enumerate("一二三四五六七八九十", start=1)}
)
#: column numbers under the headings (1 2 3, 甲 乙 丙, A B C)
_MARK = re.compile(r"[0-9]{1,3}|[a-z]|[甲乙丙丁戊己庚辛壬癸]")
#: stands for the number in a heading that repeats in one row (成员#姓名: 成员1姓名, 成员2姓名 …)
NUMBER_SIGN = "#"


def plain(text: str) -> str:
    """A heading without spaces, star, colon and capitals, full-width characters made half-width."""
    return without_spaces(half_width(text)).strip("*:").casefold()


def without_brackets(text: str) -> str:
    """A plain heading without what stands in brackets: 务工时间(月) is 务工时间."""
    return _BRACKETS.sub("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutWords:
    """The words by which a sheet is understood; they come from a declaration.

    `headings`: heading → column key; a heading may be a path (一卡通信息/账号) and may hold one `#` for a number.
    `sums`, `closings`, `notes`: first words of rows that are no data (小计; 填表人; 填报单位).
    """

    headings: Mapping[str, str]
    sums: frozenset[str] = frozenset()
    closings: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    _plain: Mapping[str, str] = field(init=False, repr=False)
    _ends: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        known = {
            "/".join(plain(part) for part in heading.split("/")): key
            for heading, key in self.headings.items()
        }
        object.__setattr__(self, "_plain", MappingProxyType(known))
        object.__setattr__(self, "_ends", frozenset(heading.rpartition("/")[2] for heading in known))
        for name in ("sums", "closings", "notes"):
            words = frozenset(without_spaces(half_width(word)).casefold() for word in getattr(self, name))
            object.__setattr__(self, name, words)

    @classmethod
    def of(
        cls,
        headings: Mapping[str, Iterable[str]],
        *,
        sums: Iterable[str] = (),
        closings: Iterable[str] = (),
        notes: Iterable[str] = (),
    ) -> LayoutWords:
        """From column key → its headings."""
        flat = {heading: key for key, words in headings.items() for heading in words}
        return cls(headings=flat, sums=frozenset(sums), closings=frozenset(closings), notes=frozenset(notes))

    def match(self, path: Iterable[str]) -> tuple[str, int | None] | None:
        """Key and number of the column under a path of headings: whole path first, then the lowest heading."""
        parts = [plain(part) for part in path]
        while len(parts) > 1 and _MARK.fullmatch(parts[-1]):
            parts.pop()
        if not parts:
            return None
        bare = [without_brackets(part) for part in parts]
        for text in ("/".join(parts), "/".join(bare), parts[-1], bare[-1]):
            found = self._numbered(text)
            if found:
                return found
        return None

    def knows(self, text: str) -> str | None:
        """The heading a text is, on its own or as the last of a path; None when it is none."""
        found = self.match((text,))
        if found:
            return f"{found[0]} {found[1]}"
        bare = without_brackets(plain(text))
        return bare if bare in self._ends else None

    def _numbered(self, text: str) -> tuple[str, int | None] | None:
        key = self._plain.get(text)
        if key is not None:
            return key, None
        for number in _NUMBER.finditer(text):
            key = self._plain.get(text[: number.start()] + NUMBER_SIGN + text[number.end() :])
            if key is not None:
                return key, _CHINESE_NUMBERS.get(number[0]) or int(number[0])
        return None
