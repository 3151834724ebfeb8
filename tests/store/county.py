"""A small county: three villages, households with a table of rows, people, members, visits, notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ffp_admin.store import SYSTEM, Actor, Draft, Record, Rejected, Saved, Store, load, save
from ffp_admin.values.id_number import check_digit

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)  # 12:00 in the county

COUNTY, TOWN, OTHER_TOWN = "529901", "529901100", "529901101"
WILLOW, POPLAR, FAR = "529901100201", "529901100202", "529901101201"
WILLOW_ONE, WILLOW_TWO = "529901100201001", "529901100201002"

CODES = """
代码表: region_level
名称: 级别
代码: {"3": 县, "4": 乡镇, "5": 村, "6": 组}
---
代码表: household_type
名称: 户类型
代码: {"1": 一般户, "2": 监测户, "9": {名称: 旧户型, 至: 2025-12-31}}
---
代码表: need
名称: 需求
代码: {"01": 住房, "02": 饮水, "03": 就学}
"""
REGION = """
信息库: region
名称: 区划
显示: [名称]
填报内容:
  基本:
    项目:
      区划代码: {类型: 文本, 必填: 是, 可检索: 是, 不得重复: 全县, 列名: region_code}
      名称: {类型: 文本, 必填: 是, 可检索: 是, 列名: name}
      级别: {类型: 选项, 选项: region_level, 列名: level}
      上级: {类型: 文本, 列名: parent_code}
列表: {列: [名称]}
"""
HOUSEHOLD = """
信息库: household
名称: 农户
归属: 区划
显示: [户主姓名]
填报内容:
  基本:
    项目:
      户编号: {类型: 编号, 格式: "{年}-{村}-{序号:4}", 列名: household_no}
      户主姓名: {类型: 文本, 必填: 是, 可检索: 是, 列名: head_name}
      区划: {类型: 区划, 必填: 是, 标签: 所在村组, 列名: region_code}
      联系电话: {类型: 电话, 可检索: 是, 列名: phone}
      户类型: {类型: 选项, 选项: household_type, 默认: 一般户, 列名: household_type}
      需求: {类型: 多选, 选项: need, 列名: needs}
      人口数: {类型: 整数, 最小: 1, 最大: 30, 列名: people}
      人均收入: {类型: 金额, 列名: income}
      登记日期: {类型: 日期, 列名: registered_on}
      起始年月: {类型: 年月, 列名: since}
      完成比例: {类型: 百分比, 列名: share}
      搬迁: {类型: 是否, 列名: resettled}
      病情: {类型: 文本, 敏感: 是, 列名: illness}
      总收入: {类型: 计算, 公式: 人口数 * 人均收入, 结果: 金额, 列名: total}
      提示: {类型: 说明文字}
  票据:
    项目:
      药费票据:
        类型: 明细表
        项目:
          票据号码: {类型: 文本, 必填: 是, 不得重复: 全县, 列名: receipt_no}
          金额: {类型: 金额, 必填: 是, 列名: amount}
          账号: {类型: 银行账号, 列名: account}
列表: {列: [户编号, 户主姓名], 筛选: [户类型, 人均收入, 户主姓名], 排序: -创建}
填报校验:
  - {须满足: 人均收入 为空 或 人均收入 < 100000, 不满足时告知: 人均收入偏高，请核对。, 级别: 疑点, 位置: 人均收入}
  - {须满足: 人口数 为空 或 人口数 < 20, 不满足时告知: 人口数不对。, 位置: 人口数}
"""
PERSON = """
信息库: person
名称: 人员
归属: 区划
显示: [姓名]
填报内容:
  基本:
    项目:
      姓名: {类型: 文本, 必填: 是, 可检索: 是, 列名: name}
      证件号码: {类型: 身份证号, 不得重复: 全县, 可检索: 是, 列名: id_number}
      性别: {类型: 文本, 取自: 证件号码.性别, 列名: gender}
      残疾证号: {类型: 残疾证号, 列名: card}
      区划: {类型: 区划, 必填: 是, 列名: region_code}
列表: {列: [姓名]}
"""
MEMBER = """
信息库: member
名称: 家庭成员
归属: 户
显示: [人员]
填报内容:
  基本:
    项目:
      户: {类型: 户, 必填: 是, 列名: household_id}
      人员: {类型: 人员, 必填: 是, 列名: person_id}
      户主电话: {类型: 文本, 取自: 户.户主姓名, 列名: head}
      排行: {类型: 文本, 不得重复: 本户, 列名: rank}
列表: {列: [人员, 户]}
不得重复: [[户, 人员]]
"""
VISIT = """
信息库: visit
名称: 走访
归属: 成员
填报内容:
  基本:
    项目:
      成员: {类型: 成员, 必填: 是, 列名: member_id}
      情况: {类型: 长文本, 列名: remark}
列表: {列: [情况]}
"""
NOTICE = """
信息库: notice
名称: 通知
显示: [题目]
填报内容:
  基本:
    项目:
      题目: {类型: 文本, 必填: 是, 可检索: 是, 列名: title}
      附件数: {类型: 整数, 列名: attachments}
列表: {列: [题目], 排序: 附件数}
"""
FILES = {
    f"form_specs/{name}.yaml": text.encode()
    for name, text in {
        "codes": CODES,
        "region": REGION,
        "household": HOUSEHOLD,
        "person": PERSON,
        "member": MEMBER,
        "visit": VISIT,
        "notice": NOTICE,
    }.items()
}

_VERBS = ("view", "fill", "edit", "void")
_FORMS = ("household", "person", "member", "visit", "notice", "region")
CLERK = Actor(
    user_id=7,
    name="李文书",
    grants=frozenset((form, verb) for form in _FORMS for verb in _VERBS),
    regions=(WILLOW,),
)
NEIGHBOUR = replace(CLERK, user_id=8, name="王文书", regions=(POPLAR,))
TOWN_CLERK = replace(CLERK, user_id=9, name="赵干部", regions=(TOWN,), unmasked=True)
COUNTY_CLERK = replace(CLERK, user_id=10, name="钱科长", regions=(COUNTY,), unmasked=True)


def region(code: str, name: str, level: str) -> Draft:
    """A region's draft."""
    parent = code[: {6: 0, 9: 6, 12: 9, 15: 12}[len(code)]] or None
    return Draft("region", values={"区划代码": code, "名称": name, "级别": level, "上级": parent})


REGIONS = (
    region(COUNTY, "青山县", "县"),
    region(TOWN, "柳树镇", "乡镇"),
    region(OTHER_TOWN, "远山乡", "乡镇"),
    region(WILLOW, "柳树村", "村"),
    region(POPLAR, "杨树村", "村"),
    region(FAR, "远山村", "村"),
    region(WILLOW_ONE, "一组", "组"),
    region(WILLOW_TWO, "二组", "组"),
)


def put(
    store: Store,
    form: str,
    actor: Actor = SYSTEM,
    id: int | None = None,
    row_version: int | None = None,
    /,
    **values: Any,
) -> Saved:
    """Save one record in a transaction of its own."""
    with store.writing() as session:
        return save(session, store, Draft(form, id, row_version, values), actor)


def household(
    store: Store, name: str = "单秀英", place: str = WILLOW_ONE, actor: Actor = SYSTEM, **values: Any
) -> int:
    """The id of a new household."""
    return put(store, "household", actor, 户主姓名=name, 区划=place, **values).id


def person(store: Store, name: str = "张三", place: str = WILLOW, **values: Any) -> int:
    """The id of a new person."""
    return put(store, "person", 姓名=name, 区划=place, **values).id


def id_number(order: int) -> str:
    """A right ID number of nobody; odd orders are men."""
    body = f"5299011990{1 + order % 12:02d}{1 + order // 12 % 28:02d}{order % 1000:03d}"
    return body + check_digit(body)


#: a household with a value of every kind
FULL: dict[str, Any] = {
    "户主姓名": "单秀英",
    "区划": WILLOW_ONE,
    "联系电话": "138 1234 5678",
    "户类型": "监测户",
    "需求": ["就学", "01"],
    "人口数": 3,
    "人均收入": Decimal("7123.45"),
    "登记日期": date(2026, 1, 2),
    "起始年月": "2026-01",
    "完成比例": Decimal("0.5"),
    "搬迁": False,
    "病情": "肺结核",
    "药费票据": [{"票据号码": "A1", "金额": Decimal("0.10"), "账号": "622848000000000001"}],
}


def read(store: Store, form: str, id: int) -> Record:
    """The record as it is stored."""
    with store.reading() as session:
        record = load(session, store, form, id, SYSTEM)
    assert record is not None
    return record


def rejections(store: Store, form: str = "household", **values: object) -> dict[str, str]:
    """Field → code of what is wrong with a new record."""
    with pytest.raises(Rejected) as caught:
        put(store, form, SYSTEM, **values)
    return {one.field: one.code for one in caught.value.findings}
