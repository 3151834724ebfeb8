"""Pinyin for picking people and places by typing: whole syllables and initials, lower case."""

from __future__ import annotations

from types import MappingProxyType

from pypinyin import Style, lazy_pinyin

#: surnames that pypinyin reads otherwise, and the longer ones that begin with such a character
SURNAMES = MappingProxyType(
    {
        "单于": "chan yu", "乐正": "yue zheng", "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "朴": "piao",
        "员": "yun", "乐": "yue", "翟": "zhai", "缪": "miao", "繆": "miao", "覃": "qin", "洗": "xian", "折": "she",
        "繁": "po", "秘": "bi", "种": "chong", "重": "chong", "召": "shao", "黑": "he", "牟": "mu", "能": "nai",
        "句": "gou", "佴": "nai", "隗": "wei", "祭": "zhai", "藏": "zang", "郇": "xun", "阚": "kan", "卜": "bu",
    }
)  # fmt: skip


def of_name(name: str) -> str:
    """A person's name in whole syllables: 单秀英 is shanxiuying; dots and spaces are left out."""
    return "".join(_name_syllables(name))


def initials_of_name(name: str) -> str:
    """The first letters of a person's name: 单秀英 is sxy."""
    return "".join(syllable[0] for syllable in _name_syllables(name))


def of_text(text: str) -> str:
    """Any text (place, unit) in whole syllables; letters and digits stay, ü is v."""
    return "".join(_syllables(text))


def initials_of_text(text: str) -> str:
    """The first letters of a text's syllables; digits stay whole."""
    return "".join(part if part.isdigit() else part[0] for part in _syllables(text))


def _name_syllables(name: str) -> list[str]:
    trimmed = name.strip()
    for length in (2, 1):
        reading = SURNAMES.get(trimmed[:length])
        if reading:
            return reading.split() + _syllables(trimmed[length:])
    return _syllables(trimmed)


def _syllables(text: str) -> list[str]:
    """Syllables of ideographs and runs of letters or digits, everything else dropped; ideographs unknown too."""
    return " ".join(lazy_pinyin(text, style=Style.NORMAL, errors=_letters)).split()


def _letters(other: str) -> str:
    """Runs of Latin letters and digits in what has no pinyin."""
    return "".join(char if char.isascii() and char.isalnum() else " " for char in other).casefold()
