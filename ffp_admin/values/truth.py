"""Yes and no as people write them in a cell."""

from __future__ import annotations

from types import MappingProxyType

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.text import as_text, half_width, is_blank_mark, without_spaces

PLAIN = MappingProxyType({"是": True, "否": False})
OTHER = MappingProxyType(
    dict.fromkeys(("有", "√", "✓", "✔", "☑", "对", "已", "y", "yes", "true", "t", "1"), True)
    | dict.fromkeys(
        ("无", "没有", "×", "✗", "✘", "☐", "□", "不", "不是", "未", "n", "no", "false", "f", "0"), False
    )
)


def parse(raw: Raw) -> Cleaned[bool | None] | Refused:
    """True, False or None when empty; note boolean_word for anything but 是 and 否, code boolean_unreadable."""
    if isinstance(raw, bool):
        return Cleaned(raw)
    text = without_spaces(half_width(as_text(raw))).casefold()
    if not text:
        return Cleaned(None)
    if text in PLAIN:
        return Cleaned(PLAIN[text])
    if text in OTHER:
        return Cleaned(OTHER[text], ("boolean_word",))
    if is_blank_mark(text):
        return Cleaned(None, ("blank_mark",))
    return Refused("boolean_unreadable", {"value": as_text(raw).strip()})
