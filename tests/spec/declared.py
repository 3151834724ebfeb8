"""What the tests of the spec floor share: sound declarations, short ways to read, Hypothesis strategies."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from ffp_admin.problems import Problem
from ffp_admin.spec import collect
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys import DECLARATIONS, RECORDS
from ffp_admin.spec.model import Catalog

HERE = Path(__file__).parent
SOUND = {f"sound/{path.name}": path.read_bytes() for path in sorted((HERE / "sound").glob("*.yaml"))}


def read(text: str | bytes, **more: str) -> tuple[Catalog, tuple[Problem, ...]]:
    """Reads one declaration beside the sound ones."""
    data = text.encode() if isinstance(text, str) else text
    others = {f"{name}.yaml": one.encode() for name, one in more.items()}
    return collect({**SOUND, "tried.yaml": data, **others})


def codes(text: str | bytes) -> list[str]:
    """The codes of the problems in a declaration, in the order of places."""
    return [problem.code.number for problem in read(text)[1]]


def form(*fields: str, **top: str) -> str:
    """A register 'visit' with these lines as fields and these keys (in Chinese) at the top."""
    keys = {"信息库": "visit", "名称": "走访", **top}
    lines = [f"{key}: {value}" for key, value in keys.items()]
    return "\n".join([*lines, "填报内容:", "  走访:", "    项目:", *(f"      {line}" for line in fields), ""])


# ---- declarations of every shape, for the translator -------------------------------------------

NAMES = st.text("户主姓名数量日期方式金额甲乙丙丁abcxyz", min_size=1, max_size=8)
TEXTS = st.sampled_from(
    ["农户", "一、基本情况", "全县农户，一户一条。", "类型", "true", "是", "household", "A b c"]
)
_COMMENTS = st.sampled_from(["", "", "  # 说明", "   # 类型: 金额", " # required: true"])
_QUOTES = st.sampled_from(["{}", "{}", '"{}"', "'{}'"])


@st.composite
def scalars(draw: st.DrawFn, key: Key) -> str:
    """The text behind a key that holds one value."""
    if key.slot is Slot.WORD and key.words is not None:
        text = draw(st.sampled_from(list(key.words.chinese.values())))
    elif key.slot is Slot.SORTING:
        text = draw(st.sampled_from(["-创建", "更新", "-日期", "创建"]))
    elif key.slot is Slot.LITERAL:
        text = draw(st.sampled_from(["是", "否", "50%", "2025-01-01"]))
    elif key.slot is Slot.COUNT:
        text = str(draw(st.integers(key.low, key.high)))
    else:
        text = draw(TEXTS)
    return draw(_QUOTES).format(text)


@st.composite
def blocks(draw: st.DrawFn, record: Record, indent: int, depth: int) -> list[str]:
    """A record in block style: some of its keys in any order, comments between."""
    required = [key for key in record if key.needed]
    optional = [key for key in record if not key.needed]
    chosen = (
        [*required, *draw(st.lists(st.sampled_from(optional), unique_by=lambda key: key.name, max_size=4))]
        if optional
        else required
    )
    first, rest = chosen[:1], draw(st.permutations(chosen[1:]))
    lines: list[str] = []
    for key in (*first, *rest):
        lines += draw(_entry(key, indent, depth))
        if draw(st.booleans()):
            lines.append(" " * indent + "# 类型: 金额")
    return lines or [" " * indent + "标签: 空"]


@st.composite
def _entry(draw: st.DrawFn, key: Key, indent: int, depth: int) -> list[str]:
    pad, comment = " " * indent, draw(_COMMENTS)
    deeper = depth < 4
    if key.slot in (Slot.RECORD, Slot.RECORDS, Slot.NAMED, Slot.CODES) and deeper:
        inner = RECORDS[key.record]
        if key.slot is Slot.RECORD:
            return [f"{pad}{key.chinese}:{comment}", *draw(blocks(inner, indent + 2, depth + 1))]
        if key.slot is Slot.RECORDS:
            item = draw(blocks(inner, indent + 4, depth + 1))
            return [f"{pad}{key.chinese}:", f"{pad}  - {item[0].lstrip()}", *item[1:]]
        name = draw(NAMES)
        return [
            f"{pad}{key.chinese}:",
            f"{pad}  {name}:{comment}",
            *draw(blocks(inner, indent + 4, depth + 1)),
        ]
    if key.slot is Slot.GRANTS and key.words is not None:
        verbs = draw(st.lists(st.sampled_from(list(key.words.chinese.values())), min_size=1, unique=True))
        return [f'{pad}{key.chinese}: {{household: [{", ".join(verbs)}], "*": {verbs[0]}}}{comment}']
    if key.slot is Slot.LIMITS:
        return [f"{pad}{key.chinese}: {{household: [户主], person: 健康}}{comment}"]
    if key.slot is Slot.WORDS and key.words is not None:
        words = draw(st.lists(st.sampled_from(list(key.words.chinese.values())), min_size=1, unique=True))
        return [f"{pad}{key.chinese}: [{', '.join(words)}]{comment}"]
    return [f"{pad}{key.chinese}:{' ' * draw(st.integers(1, 3))}{draw(scalars(key))}{comment}"]


@st.composite
def declarations(draw: st.DrawFn) -> str:
    """The Chinese text of one declaration (readable as YAML, not always sound)."""
    record = draw(st.sampled_from(list(DECLARATIONS.values())))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(draw(blocks(record, 0, 0))) + end
