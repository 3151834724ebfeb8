"""A legal record of every declared form in a village, its values found nowhere else: what a leak would show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import MetaData, Table

from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Catalog, Field, Form
from ffp_admin.store import SYSTEM, Draft, Rejected, Saved, Store, load, save
from ffp_admin.values.id_number import check_digit
from tests.screens.county import put

REGION = "region"
_DIGITS = str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸")
#: how often a record is mended by what the rules say of it
_PATIENCE = 40
#: shorter texts might stand on a page by chance
_SHORTEST = 5
_TEXTS = ("text", "long_text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One text that stands in one record only."""

    text: str
    form: str
    field: str
    village: str


@dataclass
class Seeds:
    """Records by form and village ("" for those of the whole county), and what is secret about them."""

    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)

    def find(self, form: str, village: str) -> int | None:
        """A record of the village, or of the county."""
        return self.ids.get((form, village)) or self.ids.get((form, ""))


class Mint:
    """Values that occur once."""

    def __init__(self, start: int = 0) -> None:
        self._number = start

    def _next(self) -> int:
        self._number += 1
        return self._number

    def text(self, length: int | None = None) -> str:
        """A name no record has."""
        made = "秘" + f"{1000 + self._next()}".translate(_DIGITS)
        return made[: length or None]

    def id_number(self) -> str:
        """A right ID number of nobody."""
        number = self._next()
        body = f"529901{1950 + number // 300:04d}{1 + number % 12:02d}{1 + number // 12 % 25:02d}{number % 1000:03d}"
        return body + check_digit(body)

    def digits(self, start: str, length: int) -> str:
        """A number of so many digits."""
        return start + f"{self._next() * 7919:0{length - len(start)}d}"

    def money(self) -> Decimal:
        """An amount nobody else has."""
        return Decimal(50_000 + self._next() * 7) + Decimal("0.37")


class Seeder:
    """Fills one village (or two) with a record of every form."""

    def __init__(self, store: Store, start: int = 0) -> None:
        self._store = store
        self._mint = Mint(start)
        self.seeds = Seeds()
        main = store.tables(REGION).main
        with store.reading() as session:
            for one in session.execute(main.select()):
                self.seeds.ids[REGION, one.region_code] = one.id

    def sow(self, village: str, place: str) -> None:
        """A record of every form whose references can be filled, until all are there."""
        waiting = [form for key, form in self._store.catalog().forms.items() if key != REGION]
        while waiting:
            ready = [form for form in waiting if not self._lacks(form, village)]
            assert ready, f"records of {[form.key for form in waiting]} need one another"
            # optional references are filled as well, where their register comes first
            form = min(ready, key=lambda one: len(set(_registers(one)) & {form.key for form in waiting}))
            waiting.remove(form)
            home = village if form.scope or form.handled_by else ""
            if (form.key, home) not in self.seeds.ids:
                self._make(form, village, place, home)

    def _lacks(self, form: Form, village: str) -> bool:
        needed = (KINDS[one.kind].register for one in form.fields() if one.required)
        return any(key and key != REGION and not self.seeds.find(key, village) for key in needed)

    def _make(self, form: Form, village: str, place: str, home: str) -> None:
        choices = {
            one.key: list(self.values(one, village, place)) for one in form.fields() if KINDS[one.kind].typed
        }
        taken = dict.fromkeys(choices, 0)
        for _attempt in range(_PATIENCE):
            values = {key: several[taken[key]] for key, several in choices.items() if several}
            try:
                saved = put(self._store, form.key, **values)
            except Rejected as refusal:
                wrong = {one.field.partition("[")[0] for one in refusal.findings} & taken.keys()
                moved = [key for key in wrong or taken if taken[key] + 1 < len(choices[key])]
                if not moved:
                    raise AssertionError(f"no legal record of {form.key}: {refusal.findings}") from refusal
                for key in moved:
                    taken[key] += 1
                continue
            self._note(form, saved, home)
            return
        raise AssertionError(f"no legal record of {form.key} after {_PATIENCE} attempts")

    def _note(self, form: Form, saved: Saved, home: str) -> None:
        self.seeds.ids[form.key, home] = saved.id
        with self._store.reading() as session:
            record = load(session, self._store, form.key, saved.id, SYSTEM)
        assert record is not None
        self.seeds.secrets += secrets_of(form, record.values, home)

    def change(self, village: str) -> None:
        """Write every text anew, so that the story of each record tells what it was."""
        for (key, home), ident in list(self.seeds.ids.items()):
            if key == REGION or home != village:
                continue
            form = self._store.catalog().forms[key]
            with self._store.writing() as session:
                record = load(session, self._store, key, ident, SYSTEM)
                assert record is not None
                texts = [one for one in form.fields() if one.kind in _TEXTS and record.values.get(one.key)]
                values = {**record.values, **{one.key: self._mint.text(one.length) for one in texts}}
                typed = {one.key: values.get(one.key) for one in form.fields() if KINDS[one.kind].typed}
                draft = Draft(form=key, id=ident, row_version=record.row_version, values=typed)
                save(session, self._store, draft, SYSTEM)
            self.seeds.secrets += [
                Secret(text=values[one.key], form=key, field=one.key, village=home) for one in texts
            ]

    def values(self, one: Field, village: str, place: str) -> Iterator[Any]:
        """What may stand in a field, the likeliest first."""
        register = KINDS[one.kind].register
        if register == REGION:
            yield place
        elif register:
            yield self.seeds.find(register, village)
        elif one.fields:
            yield [{cell.key: next(self.values(cell, village, place), None) for cell in one.fields}]
        elif one.codes:
            today = self._store.clock.today()
            words = [word.code for word in self._codes(one).words if word.valid_on(today)]
            if one.kind == "multi_choice":
                yield words
            yield from (words if one.kind == "choice" else ([word] for word in words))
        else:
            yield self._plain(one)
            yield from (number for number in (one.minimum, one.maximum) if number is not None)
        if not one.required:
            yield None

    def _codes(self, one: Field) -> Any:
        return self._store.catalog().codes[one.codes]

    def _plain(self, one: Field) -> Any:
        mint = self._mint
        makers: Mapping[str, Any] = {
            "text": lambda: mint.text(one.length),
            "long_text": lambda: mint.text(one.length),
            "integer": lambda: max(3, int(one.minimum or 0)),
            "decimal": lambda: one.maximum or mint.money().quantize(Decimal(1).scaleb(-(one.places or 0))),
            "money": lambda: one.maximum or mint.money(),
            "percent": lambda: one.maximum or Decimal("0.37"),
            "date": lambda: date(2020, 1, 2),
            "month": lambda: "2020-01",
            "boolean": lambda: True,
            "id_number": mint.id_number,
            "disability_card": lambda: mint.id_number() + "43",
            "phone": lambda: mint.digits("139", 11),
            "bank_account": lambda: mint.digits("622848", 19),
            "note": lambda: None,
        }
        return makers[one.kind]()


def _registers(form: Form) -> Iterator[str]:
    for one in form.fields():
        yield from (KINDS[cell.kind].register for cell in (one, *one.fields) if KINDS[cell.kind].register)


def secrets_of(form: Form, values: Mapping[str, Any], village: str) -> list[Secret]:
    """Every value of a record that no page shows by chance."""
    found = []
    for one in form.fields():
        value = values.get(one.key)
        cells = (
            [(cell, row.get(cell.key)) for row in value or () for cell in one.fields] if one.fields else []
        )
        for cell, text in (*cells, *(() if one.fields else [(one, value)])):
            if text := _secret(cell, text):
                found.append(Secret(text=text, form=form.key, field=one.key, village=village))
    return found


def _secret(one: Field, value: Any) -> str:
    kind = one.result or one.kind
    if kind in ("money", "decimal") and value is not None and value % 1:
        return f"{value.normalize():f}"
    if kind in ("text", "long_text", "id_number", "disability_card", "phone", "bank_account", "serial"):
        return str(value) if value and len(str(value)) >= _SHORTEST else ""
    return ""


def limiting_role(catalog: Catalog, key: str) -> tuple[str, set[tuple[str, str]]]:
    """A role that sees every form but half of its fields, and the (form, field) it may not see."""
    hidden: dict[str, list[str]] = {}
    masked: dict[str, list[str]] = {}
    for form in catalog.forms.values():
        kept = [
            one.key
            for one in form.fields()
            if not one.required and not KINDS[one.kind].register and one.kind != "note"
        ]
        if form.key != REGION and kept:
            hidden[form.key], masked[form.key] = kept[::2], kept[1::2]
    declared = (
        f"角色: {key}\n名称: 受限\n层级: 村\n"
        '权限: {"*": [查看, 填报, 修改, 作废, 打印]}\n'
        f"不看: {_flow(hidden)}\n遮盖: {_flow(masked)}\n"
    )
    secret = {(form, one) for several in (hidden, masked) for form, keys in several.items() for one in keys}
    return declared, secret


def _flow(several: Mapping[str, list[str]]) -> str:
    lines = ", ".join(f"{form}: [{', '.join(keys)}]" for form, keys in several.items() if keys)
    return f"{{{lines}}}"


def store_table(store: Store, name: str) -> Table:
    """A table by its name, as the database has it."""
    return Table(name, MetaData(), autoload_with=store.engine)
