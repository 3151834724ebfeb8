"""Fictional households for the demo county: repeatable, valid in form, nobody real (ID prefix 529901)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from ffp_admin.values.bank_account import luhn_fits
from ffp_admin.values.id_number import check_digit

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMember:
    """One person of a demo household with the dated membership."""

    person: Values
    membership: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHousehold:
    """One demo household with its members and a year's income."""

    household: Values
    members: list[DemoMember] = field(default_factory=list)
    finance: Values = field(default_factory=dict)


class People:
    """Draws households from the words of `demo_county.yaml`; the same seed gives the same county."""

    def __init__(self, words: Mapping[str, Any], seed: int) -> None:
        self._words = words
        self._random = Random(seed)  # noqa: S311 - a repeatable county, nothing secret
        self._used: set[str] = set()

    def households(self, region: str, count: int, year: int) -> Iterator[DemoHousehold]:
        """`count` households living in the group `region` (15 digits)."""
        for _number in range(count):
            yield self._household(region, year)

    def _household(self, region: str, year: int) -> DemoHousehold:
        draw = self._random
        surname = draw.choice(self._words["surnames"])
        head_born = draw.randint(1946, 1996)
        members = [self._person(region, surname, draw.choice("12"), head_born, "01")]
        if draw.random() < 0.8:
            other = "2" if members[0].person["性别"] == "1" else "1"
            members.append(self._person(region, "", other, head_born + draw.randint(-4, 5), "02"))
        for _child in range(draw.choice((0, 1, 1, 2, 2, 3))):
            born = min(head_born + draw.randint(21, 34), 2024)
            sex = draw.choice("12")
            members.append(self._person(region, surname, sex, born, "03" if sex == "1" else "04"))
        if head_born > 1965 and draw.random() < 0.3:
            sex = draw.choice("12")
            members.append(
                self._person(
                    region, surname, sex, head_born - draw.randint(22, 33), "11" if sex == "1" else "12"
                )
            )
        return DemoHousehold(
            household=self._house(region, members),
            members=members,
            finance=self._finance(year, len(members)),
        )

    def _house(self, region: str, members: list[DemoMember]) -> Values:
        draw = self._random
        kind = draw.choices(("1", "2"), (70, 30))[0]
        return {
            "户主姓名": members[0].person["姓名"],
            "区划": region,
            "联系电话": "1" + draw.choice("35789") + "".join(draw.choices("0123456789", k=9)),
            "户类型": kind,
            "脱贫年度": draw.randint(2014, 2020) if kind == "2" else None,
            "填报人口数": len(members),
            "开户行": self._words["bank"],
            "银行账号": self._account(),
        }

    def _person(self, region: str, surname: str, sex: str, born: int, relation: str) -> DemoMember:
        draw = self._random
        given = self._words["given_male" if sex == "1" else "given_female"]
        name = (surname or draw.choice(self._words["surnames"])) + draw.choice(given)
        if not surname and draw.random() < 0.03:
            name = draw.choice(self._words["minority_names"])
        age = 2026 - born
        person: Values = {
            "姓名": name,
            "证件类型": "1",
            "证件号码": self._id_number(born, sex),
            "民族": draw.choices(("01", "07", "09", "06"), (75, 9, 8, 8))[0],
            "区划": region,
            "健康状况": (draw.choices("123", (80, 12, 8))[0],),
            "劳动技能": "5" if age < 16 or age > 70 else draw.choices("123", (55, 25, 20))[0],
        }
        person["性别"] = sex
        person |= self._schooling(age)
        works = 18 <= age <= 60 and draw.random() < 0.5
        membership: Values = {
            "与户主关系": relation,
            "成员状态": "1",
            "务工地点": draw.choice("123") if works else None,
            "务工时间": draw.randint(3, 11) if works else None,
            "居民医保": True,
        }
        return DemoMember(person=person, membership=membership)

    def _schooling(self, age: int) -> Values:
        draw = self._random
        if age < 6:
            return {"在校生状况": "01" if age < 3 else "02"}
        if age < 12:
            return {"在校生状况": "03"}
        if age < 15:
            return {"在校生状况": draw.choice(("04", "05", "06"))}
        if age < 18:
            return {"在校生状况": draw.choice(("07", "08", "09", "10"))}
        return {"文化程度": draw.choices("123456", (15, 25, 30, 15, 9, 6))[0]}

    def _account(self) -> str:
        """A card number whose check digit fits."""
        body = "6217" + "".join(self._random.choices("0123456789", k=14))
        return next(body + digit for digit in "0123456789" if luhn_fits(body + digit))

    def _id_number(self, born: int, sex: str) -> str:
        draw = self._random
        while True:
            day = date(born, 1, 1) + timedelta(days=draw.randint(0, 364))
            order = draw.randint(0, 499) * 2 + (1 if sex == "1" else 0)
            body = f"529901{day:%Y%m%d}{order:03d}"
            if body not in self._used:
                self._used.add(body)
                return body + check_digit(body)

    def _finance(self, year: int, people: int) -> Values:
        draw = self._random

        def money(low: int, high: int) -> Decimal:
            return Decimal(draw.randint(low, high) * 10)

        return {
            "年度": year,
            "采集阶段": "1",
            "家庭人口": people,
            "工资性收入": money(0, 6000),
            "生产经营性收入": money(0, 2000),
            "财产性收入": money(0, 80),
            "转移性收入": money(0, 500),
            "生产经营性支出": money(0, 300),
        }
