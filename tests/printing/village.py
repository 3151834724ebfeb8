"""A fictional village with names that small fonts lack: 40 households, rosters of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from typing import Any

from ffp_admin.printing.roster import Amount, Roster, RosterColumn, RosterGroup, RosterTotal

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "𬭩䶮堃喆赟昇珺璟建国秀英桂兰志强红玉梅德福"
#: names with a dot, a name of 20 characters, a name only HanaMin can set
LONG_NAME = "古丽巴哈尔·阿卜杜热合曼·吐尔逊江阿依木"
HANAMIN_NAME = "王𠀀"
SPECIAL = ("阿卜杜热西提·买买提", LONG_NAME, "沙马·木呷", HANAMIN_NAME)
SIZES = (1, 2, 3, 4, 5, 6, 3)

MEMBERS = "家庭成员情况"
COLUMNS = (
    RosterColumn(label="序号", width_mm=9, per="household", on_every_sheet=True),
    RosterColumn(label="村民小组", width_mm=14, per="household"),
    RosterColumn(label="户主", width_mm=18, per="household", is_name=True, on_every_sheet=True),
    RosterColumn(label="家庭人口", width_mm=9, per="household"),
    RosterColumn(label="姓名", width_mm=20, group=MEMBERS, is_name=True),
    RosterColumn(label="与户主关系", width_mm=13, group=MEMBERS),
    RosterColumn(label="性别", width_mm=8, group=MEMBERS),
    RosterColumn(label="民族", width_mm=14, group=MEMBERS),
    RosterColumn(label="公民身份号码", width_mm=34, group=MEMBERS),
    RosterColumn(label="联系电话", width_mm=22, group=MEMBERS),
    RosterColumn(label="就业就学情况", width_mm=26, align="left"),
    RosterColumn(label="监测对象\n类别", width_mm=20, per="household"),
    RosterColumn(
        label="补助金额\n（元）", width_mm=20, per="household", align="right", total="sum", decimals=2
    ),
    RosterColumn(label="领款人签字\n（按手印）", width_mm=20, per="household", is_signature=True),
)
AMOUNT = 12


def name(random: Random, number: int) -> str:
    """A fictional name; some from the hard cases."""
    if number % 17 == 3:
        return SPECIAL[number // 17 % len(SPECIAL)]
    return random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2))))


def household(number: int, size: int, random: Random) -> RosterGroup:
    """One household with its members."""
    names = [name(random, number * 5 + place) for place in range(size)]
    lines = tuple(
        (
            one,
            ("户主", "配偶", "之子", "之女", "之孙", "之母")[place % 6],
            random.choice("男女"),
            random.choice(("汉族", "彝族", "维吾尔族", "苗族")),
            f"5299011{random.randrange(10**10, 10**11)}",
            f"199{random.randrange(10**7, 10**8)}",
            random.choice(("务农", "县内务工", "广东省东莞市长安镇电子厂务工", "在校学生", "")),
        )
        for place, one in enumerate(names)
    )
    amount = Decimal(random.randrange(100, 900) * 10)
    values = (
        str(number),
        random.choice(("一组", "二组", "大坪子组")),
        names[0],
        str(size),
        random.choice(("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")),
        Amount(text=f"{amount:.2f}", value=amount),
        "",
    )
    return RosterGroup(values=values, lines=lines)


def village(households: int = 40, sizes: tuple[int, ...] = SIZES) -> tuple[RosterGroup, ...]:
    """Households numbered from 1, always the same ones."""
    random = Random(7)
    numbered = enumerate(islice(cycle(sizes), households), start=1)
    return tuple(household(number, size, random) for number, size in numbered)


def total_of(groups: tuple[RosterGroup, ...]) -> Decimal:
    """What the households get together."""
    return sum((value.value for g in groups for value in g.values if isinstance(value, Amount)), Decimal(0))


def pay_roster(groups: tuple[RosterGroup, ...] | None = None, **changes: Any) -> Roster:
    """D23: A4 landscape, signed on every page, with subtotals."""
    groups = village() if groups is None else groups
    given: dict[str, Any] = {
        "title": "青山县柳树镇柳树村2026年11月防止返贫监测对象补助资金发放花名册",
        "columns": COLUMNS,
        "groups": groups,
        "subtitle_left": "填报单位(盖章)：青山县柳树镇柳树村村民委员会",
        "subtitle_middle": "填表日期：　　年　　月　　日",
        "subtitle_right": "单位：元、人",
        "print_mark": "批次 QS-2026-11-0007\n校验 8F3A-21C9",
        "totals": (
            RosterTotal(label=f"合计（{len(groups)}户）", values=((AMOUNT, f"{total_of(groups):.2f}"),)),
            RosterTotal(label="合计金额（大写）：人民币（略）"),
        ),
        "footer": ("制表人(签字)：", "复核人(签字)：", "单位负责人(签字)：", "联系电话："),
        "footer_every_page": True,
        "copies": "本表一式三份，村、镇、县各存一份。",
        "page_subtotals": True,
    }
    return Roster(**(given | changes))


def ledger(groups: tuple[RosterGroup, ...] | None = None, **changes: Any) -> Roster:
    """D04: A3 landscape, signed on the last page, nothing to sign in the rows."""
    unsigned = tuple(column for column in COLUMNS if not column.is_signature)
    shown = tuple(replace(one, values=one.values[:-1]) for one in (village() if groups is None else groups))
    given: dict[str, Any] = {
        "columns": unsigned,
        "paper": "A3",
        "footer_every_page": False,
        "page_subtotals": False,
    }
    return pay_roster(shown, **(given | changes))
