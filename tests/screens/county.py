"""A small county for the screens: registers with every kind of field, roles of three levels, accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.store import SYSTEM, Draft, Saved, Store, save
from tests.store.county import region

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)  # 12:00 in the county

COUNTY, TOWN, OTHER_TOWN = "529901", "529901100", "529901101"
WILLOW, POPLAR, FAR = "529901100201", "529901100202", "529901101201"
WILLOW_ONE, WILLOW_TWO, POPLAR_ONE = "529901100201001", "529901100201002", "529901100202001"

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
---
代码表: trade
名称: 行业
代码: {"1": 种植, "2": 养殖, "3": 加工, "4": 运输, "5": 餐饮, "6": 其他}
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
列表: {列: [区划代码, 名称]}
"""
HOUSEHOLD = """
信息库: household
名称: 农户
说明: 一户一条。
归属: 区划
显示: [户主姓名]
填报内容:
  基本:
    项目:
      户编号: {类型: 编号, 格式: "{村}{序号:4}", 列名: household_no}
      户主姓名: {类型: 文本, 必填: 是, 长度: 30, 可检索: 是, 列名: head_name}
      区划: {类型: 区划, 必填: 是, 标签: 所在村组, 列名: region_code}
      联系电话: {类型: 电话, 可检索: 是, 列名: phone}
      银行账号: {类型: 银行账号, 列名: account}
      户类型: {类型: 选项, 选项: household_type, 列名: household_type}
      需求: {类型: 多选, 选项: need, 列名: needs}
      人口数: {类型: 整数, 最小: 1, 最大: 30, 单位: 人, 列名: people}
      人均收入: {类型: 金额, 列名: income}
      登记日期: {类型: 日期, 列名: registered_on}
      搬迁: {类型: 是否, 列名: resettled}
      安置点: {类型: 文本, 显示条件: 搬迁 为 是, 必填条件: 搬迁 为 是, 列名: site}
      病情: {类型: 文本, 敏感: 是, 列名: illness}
      健康: {类型: 多选, 选项: need, 敏感: 是, 列名: health}
      总收入: {类型: 计算, 公式: 人口数 * 人均收入, 结果: 金额, 列名: total}
      备注: {类型: 长文本, 列名: remark}
  票据:
    说明: 一张票据一行。
    项目:
      药费票据:
        类型: 明细表
        项目:
          票据号码: {类型: 文本, 必填: 是, 列名: receipt_no}
          金额: {类型: 金额, 必填: 是, 列名: amount}
列表: {列: [户编号, 户主姓名, 区划, 户类型, 联系电话, 人均收入], 筛选: [户类型, 登记日期, 区划, 搬迁, 联系电话]}
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
      出生日期: {类型: 日期, 取自: 证件号码.出生日期, 列名: birth_date}
      区划: {类型: 区划, 必填: 是, 列名: region_code}
列表: {列: [姓名, 证件号码], 筛选: [证件号码]}
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
      行业: {类型: 选项, 选项: trade, 列名: trade}
列表: {列: [人员, 户, 户.联系电话, 行业], 筛选: [户, 行业]}
"""
SURVEY = """
信息库: survey
名称: 调查
归属: 区划
显示: [区划]
填报内容:
  内容:
    项目:
      区划: {类型: 区划, 必填: 是, 列名: region_code}
      起始年月: {类型: 年月, 列名: since}
      完成比例: {类型: 百分比, 列名: share}
      面积: {类型: 数量, 小数位: 2, 单位: 亩, 列名: area}
      残疾证号: {类型: 残疾证号, 列名: card}
      单位: {类型: 单位, 列名: unit_id}
      成员: {类型: 成员, 列名: member_id}
      提示: {类型: 说明文字, 说明: 请当面核实。}
列表: {列: [区划, 起始年月, 完成比例, 面积, 单位]}
"""
UNIT = """
信息库: unit
名称: 单位
显示: [单位名称]
填报内容:
  内容:
    项目:
      单位名称: {类型: 文本, 必填: 是, 可检索: 是, 列名: unit_name}
列表: {列: [单位名称]}
"""
ROLES = """
角色: county
名称: 县级
层级: 县
看全号: 是
职责: [用户]
权限: {"*": [查看, 填报, 修改, 作废, 导入, 打印, 导出]}
---
角色: town
名称: 乡镇
层级: 乡镇
看全号: 是
权限: {"*": [查看, 填报, 修改, 作废, 打印], region: [查看]}
---
角色: village
名称: 村级
层级: 村
权限:
  household: [查看, 填报, 修改]
  person: [查看, 填报, 修改]
  member: [查看, 填报, 修改]
  region: [查看]
---
角色: reader
名称: 查阅
层级: 村
权限: {household: [查看]}
"""
FILES = {
    f"form_specs/{name}.yaml": text.encode()
    for name, text in {
        "codes": CODES,
        "region": REGION,
        "household": HOUSEHOLD,
        "person": PERSON,
        "member": MEMBER,
        "survey": SURVEY,
        "unit": UNIT,
        "roles": ROLES,
    }.items()
}
#: user name → (name, role, region)
ACCOUNTS = {
    "xian": ("周县办", "county", COUNTY),
    "zhen": ("吴乡镇", "town", TOWN),
    "willow": ("李文书", "village", WILLOW),
    "poplar": ("王文书", "village", POPLAR),
    "reader": ("沈查阅", "reader", WILLOW),
}
PASSWORD = "Qingshan#2026"


class Hands:
    """A clock whose hands a test can move."""

    def __init__(self) -> None:
        self.moment = NOON
        self.zone: tzinfo = COUNTY_ZONE

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def today(self) -> date:
        """The county's day."""
        return self.moment.astimezone(self.zone).date()

    def move(self, **step: float) -> None:
        """Turn the hands on."""
        self.moment += timedelta(**step)


REGIONS = (
    region(COUNTY, "青山县", "县"),
    region(TOWN, "柳树镇", "乡镇"),
    region(OTHER_TOWN, "远山乡", "乡镇"),
    region(WILLOW, "柳树村", "村"),
    region(POPLAR, "杨树村", "村"),
    region(FAR, "远山村", "村"),
    region(WILLOW_ONE, "一组", "组"),
    region(WILLOW_TWO, "二组", "组"),
    region(POPLAR_ONE, "一组", "组"),
)


def put(store: Store, form: str, /, **values: Any) -> Saved:
    """Save one new record as the program itself."""
    with store.writing() as session:
        return save(session, store, Draft(form, values=values), SYSTEM)


def household(store: Store, name: str = "单秀英", place: str = WILLOW_ONE, **values: Any) -> int:
    """The id of a new household."""
    return put(store, "household", 户主姓名=name, 区划=place, **values).id


def person(store: Store, name: str = "张三", place: str = WILLOW, **values: Any) -> int:
    """The id of a new person."""
    return put(store, "person", 姓名=name, 区划=place, **values).id
