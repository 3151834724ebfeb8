"""Every address with every method, with arguments made from what is declared and what was recorded."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from ffp_admin.screens.kinds import is_sensitive
from ffp_admin.spec.kinds import KINDS
from tests.screens.county import WILLOW
from tests.screens.visitor import Page
from tests.walk.people import Walker, named
from tests.walk.seeding import REGION
from tests.walk.world import World, post

#: an id nothing has
ABSENT = 987_654_321
TRIED = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
#: arguments that name something without being a number of a record
WORDS: Mapping[str, tuple[str, ...]] = {
    "locale": ("zh",),
    "username": ("willow",),
    "kind": ("region", "household", "unit", "task"),
    "register": ("region", "household", "unit"),
    "role": ("village",),
    "codes": ("gender",),
}
FILES = {"/assets/": "ffp.js", "/static/appbuilder/": "js/ab.js"}
_SPEAKING = re.compile(r"<any\(([^)]*)\):(\w+)>")
_BUTTONS = frozenset({"csrf_token", "do", "more", "drop", "reason"})


class NoArguments(LookupError):
    """The walk does not know what to put into an address: tell it in WORDS, FILES or World.places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `absent` is the same about a record that does not exist."""

    rule: str
    endpoint: str
    method: str
    path: str
    absent: str = ""
    form: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The line of the table it counts in."""
        return f"{self.method} {self.rule}"

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "HEAD", "OPTIONS")


class Atlas:
    """Makes the calls of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._catalog = world.store.catalog()
        self._pairs = {key: self._typed(key) for key in self._catalog.forms if key != REGION}

    def calls(self) -> Iterator[Call]:
        """All of them."""
        for rule in sorted(self._world.app.url_map.iter_rules(), key=lambda one: one.rule):
            several = list(self._arguments(rule))
            for method in sorted((rule.methods or set()) & set(TRIED)):
                # what HEAD and OPTIONS tell does not depend on the form
                chosen = several if method not in ("HEAD", "OPTIONS") else several[:1]
                for values in chosen:
                    yield from self._of(rule, method, values)

    def _of(self, rule: Rule, method: str, values: Mapping[str, Any]) -> Iterator[Call]:
        path, absent = self._address(rule, values), ""
        numbers = {name: ABSENT for name, value in values.items() if isinstance(value, int)}
        if numbers:
            absent = self._address(rule, {**values, **numbers})
        form = str(values.get("form", ""))
        call = Call(
            rule=rule.rule, endpoint=rule.endpoint, method=method, path=path, absent=absent, form=form,
            data=self.data(form) if method == "POST" else {},
        )  # fmt: skip
        yield call
        ident = self._world.seeds.find(form, WILLOW)
        if method == "POST" and not numbers and ident and form != REGION:
            yield Call(
                rule=f"{rule.rule}?id=", endpoint=rule.endpoint, method=method, form=form, data=call.data,
                path=f"{path}?id={ident}", absent=f"{path}?id={ABSENT}",
            )  # fmt: skip

    def _address(self, rule: Rule, values: Mapping[str, Any]) -> str:
        adapter = self._world.app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, dict(values), method=next(iter(rule.methods or {"GET"})))

    def _arguments(self, rule: Rule) -> Iterator[dict[str, Any]]:
        names = sorted(rule.arguments)
        forms: list[str] = sorted(self._catalog.forms) if "form" in names else [""]
        for form in forms:
            choices = [[form] if name == "form" else self._choices(rule, name, form) for name in names]
            yield from (dict(zip(names, values, strict=True)) for values in itertools.product(*choices))

    def _choices(self, rule: Rule, name: str, form: str) -> list[Any]:
        for words, argument in _SPEAKING.findall(rule.rule):
            if argument == name:
                return [one.strip() for one in words.split(",")]
        if name == "field" and form:
            return self._fields(rule, form)
        if name == "ident" and form:
            found = (
                self._world.seeds.ids[form, WILLOW]
                if form == REGION
                else self._world.seeds.find(form, WILLOW)
            )
            return [found]
        for (start, argument), ident in sorted(self._world.places.items(), reverse=True):
            if argument == name and rule.rule.startswith(start):
                return [ident]
        for start, filename in FILES.items():
            if name == "filename" and rule.rule.startswith(start):
                return [filename]
        if name in WORDS:
            return list(WORDS[name])
        raise NoArguments(f"{rule.rule}: {name}")

    def _fields(self, rule: Rule, form: str) -> list[str]:
        """Fields a look-up or a full value can be asked of; every field where neither is meant."""
        fields = [cell for one in self._catalog.forms[form].fields() for cell in (one, *one.fields)]
        last = rule.endpoint.rpartition(".")[2]
        if last == "pick":
            return [one.key for one in fields if KINDS[one.kind].register]
        if last == "reveal":
            return [one.key for one in fields if is_sensitive(one)]
        return [one.key for one in fields]

    def data(self, form: str) -> dict[str, Any]:
        """What is posted: everything any handler asks for, and the form as somebody else would fill it in."""
        document = next(iter(self._catalog.documents), "")
        given: dict[str, Any] = {
            "do": "save", "reason": "visit", "mode": "all", "text": "", "keyword": "", "base": "1",
            "region": [WILLOW, "柳树镇柳树村"], "document": document, "period": "2026",
            "profile": next(iter(self._catalog.imports), ""), "role": "county", "username": "intruder",
        }  # fmt: skip
        return {**given, **self._pairs.get(form, {})}

    def _typed(self, form: str) -> dict[str, list[str]]:
        """The form of the first village's record as its officer sees it, with other names and no numbers."""
        officer = named(self._world.walkers, "xian")
        ident = self._world.seeds.find(form, WILLOW)
        answer = self._world.app.test_client(use_cookies=False).get(
            f"/ledger/{form}/{ident}/edit", headers={"Cookie": f"ffp={officer.cookie}"}
        )
        assert answer.status_code == 200, answer.text
        secrets = {one.text for one in self._world.seeds.secrets}
        typed: dict[str, list[str]] = {}
        for name, text in Page(answer).form("/edit").pairs:
            if name not in _BUTTONS:
                typed.setdefault(name, []).append(self._other(text, secrets))
        return typed

    @staticmethod
    def _other(text: str, secrets: set[str]) -> str:
        plain = re.sub(r"[\s,]", "", text)
        if not any(one in plain for one in secrets):
            return text
        return "" if plain[:1].isdigit() else "改动"


def send(world: World, walker: Walker, call: Call, path: str = "") -> Any:
    """The answer to a call by somebody."""
    if call.method == "POST":
        return post(world, walker, path or call.path, call.data)
    headers = {"Cookie": f"ffp={walker.cookie}", "X-CSRFToken": walker.token}
    client = world.app.test_client(use_cookies=False)
    return client.open(path or call.path, method=call.method, headers=headers, buffered=True)
