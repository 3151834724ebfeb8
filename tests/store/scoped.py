"""The small county with units, clues that units deal with, orders of the county, and roles of every kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ffp_admin.store import SYSTEM, Actor, Store, UserScope, actor_of, publish, scopes_of, set_scopes
from tests.store.county import (
    FAR,
    FILES,
    MEMBER,
    PERSON,
    POPLAR,
    WILLOW,
    WILLOW_ONE,
    WILLOW_TWO,
    household,
    id_number,
    person,
    put,
)

TODAY = date(2026, 3, 5)

UNIT = """
信息库: unit
名称: 单位
显示: [单位名称]
填报内容:
  基本:
    项目:
      单位名称: {类型: 文本, 必填: 是, 可检索: 是, 列名: unit_name}
列表: {列: [单位名称]}
"""
CLUE = """
信息库: clue
名称: 风险线索
归属: 户
承办: 承办单位
显示: [线索]
填报内容:
  基本:
    项目:
      户: {类型: 户, 必填: 是, 列名: household_id}
      承办单位: {类型: 单位, 列名: unit_id}
      线索: {类型: 文本, 必填: 是, 可检索: 是, 列名: clue}
列表: {列: [线索], 筛选: [户]}
"""
ORDER = """
信息库: order
名称: 交办单
承办: 承办单位
显示: [事项]
填报内容:
  基本:
    项目:
      承办单位: {类型: 单位, 必填: 是, 列名: unit_id}
      事项: {类型: 文本, 必填: 是, 可检索: 是, 列名: matter}
列表: {列: [事项]}
"""
ROLES = """
角色: all
名称: 全能
权限: {"*": [查看, 填报, 修改, 作废]}
---
角色: look
名称: 查阅
权限: {household: [查看], person: [查看], member: [查看], clue: [查看], unit: [查看]}
---
角色: home
名称: 入户
权限: {household: [查看, 修改], member: [查看, 填报, 修改]}
---
角色: poor
名称: 只看农户
权限: {household: [查看]}
"""
SCOPED_FILES = {
    **FILES,
    "form_specs/person.yaml": PERSON.replace("归属: 区划", "归属: 区划\n随户: member.人员").encode(),
    "form_specs/member.yaml": MEMBER.encode(),
    "form_specs/unit.yaml": UNIT.encode(),
    "form_specs/clue.yaml": CLUE.encode(),
    "form_specs/order.yaml": ORDER.encode(),
    "form_specs/roles.yaml": ROLES.encode(),
}
VIEWED = {
    "all": {"household", "person", "member", "visit", "clue", "order"},
    "look": {"household", "person", "member", "clue"},
    "home": {"household", "member"},
    "poor": {"household"},
}


@dataclass(frozen=True)
class Line:
    """One record: where it lies, and what it hangs on."""

    id: int
    place: str = ""
    household: int = 0
    owner: int = 0
    person: int = 0
    unit: int = 0


@dataclass
class World:
    """Everything in the county, as plain Python knows it."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    households: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)

    def homes(self, form: str, line: Line) -> set[int]:
        """The households a record belongs to."""
        if form == "person":
            return {one.household for one in self.lines["member"] if one.person == line.id}
        return {line.household} if line.household else set()

    def is_dealt_with(self, form: str, line: Line, unit: int) -> bool:
        """Whether the unit deals with it, or with something about its household."""
        if form in ("clue", "order"):
            return line.unit == unit
        return bool(
            self.homes(form, line) & {one.household for one in self.lines["clue"] if one.unit == unit}
        )

    def shows(self, form: str, line: Line, scope: UserScope) -> bool:
        """The definition: whether one scope in force shows a record."""
        if form not in VIEWED[scope.role] or not scope.holds_on(TODAY):
            return False
        if scope.kind in ("region", "task"):
            whole = form == "order" and len(scope.region_code) == 6
            inside = bool(line.place) and line.place.startswith(scope.region_code)
            return (inside or whole) and (not scope.forms or form in scope.forms)
        if scope.kind == "household":
            return scope.target_id in self.homes(form, line)
        return scope.kind == "unit" and self.is_dealt_with(form, line, scope.target_id or 0)


def fill(store: Store) -> World:
    """Seven households in five places, two units, clues of both units, one void, orders of the county."""
    publish(store, SCOPED_FILES, SYSTEM)
    world = World()
    world.units = [put(store, "unit", SYSTEM, 单位名称=name).id for name in ("民政局", "残联")]
    first, second = world.units
    places = (WILLOW, WILLOW_ONE, WILLOW_TWO, POPLAR, POPLAR, FAR, FAR)
    lines: dict[str, list[Line]] = {form: [] for form in sorted(VIEWED["all"])}
    for number, place in enumerate(places):
        home = household(
            store, f"户主{number}", place, 联系电话=f"1381234567{number}", 人均收入=1000 + number
        )
        world.households.append(home)
        lines["household"].append(Line(home, place, home))
        one = person(store, f"人{number}", place, 证件号码=id_number(number + 1))
        lines["person"].append(Line(one, place))
        member = put(store, "member", SYSTEM, 户=home, 人员=one).id
        lines["member"].append(Line(member, place, home, owner=home, person=one))
        visit = put(store, "visit", SYSTEM, 成员=member, 情况=f"情况{number}").id
        lines["visit"].append(Line(visit, place, home, owner=member))
    dealt = ((0, first), (1, second), (3, first), (5, second), (5, first), (6, 0))
    for number, unit in dealt:
        home = world.households[number]
        clue = put(store, "clue", SYSTEM, 户=home, 承办单位=unit or None, 线索=f"线索{number}").id
        lines["clue"].append(Line(clue, places[number], home, owner=home, unit=unit))
    for unit in (first, second):
        lines["order"].append(Line(put(store, "order", SYSTEM, 承办单位=unit, 事项="核实").id, unit=unit))
    world.lines = lines
    return world


def actor_with_scopes(store: Store, *scopes: UserScope) -> Actor:
    """An account with these scopes, as they were stored and read back today."""
    with store.writing() as session:
        set_scopes(session, 70, scopes)
    with store.reading() as session:
        return actor_of(store.catalog(), 70, "李文书", scopes_of(session, 70, store.clock.today()))
