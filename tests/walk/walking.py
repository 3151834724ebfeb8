"""The walk itself: every call by everybody, what each was told, and the table of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.walk.answers import leaks, shape_of
from tests.walk.calls import Call, send
from tests.walk.people import Walker
from tests.walk.world import World

ALLOWED, REFUSED, HIDDEN = KINDS = ("allowed", "refused", "hidden")
_DOORS = ("/login/", "/password/")
#: who asks for heads only: somebody of every sort
_LISTENERS = ("", "poplar", "willow", "xian")
#: pages about one's own account
_OWN_DOORS = ("Door.", "SecondFactor.", "TokenPages.")


@dataclass
class Walk:
    """What was found."""

    #: (line, walker) → how often allowed, refused, hidden
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    #: endpoints on which somebody rightful read a secret of the first village
    telling: set[str] = field(default_factory=set)
    calls: int = 0

    @property
    def lines(self) -> list[str]:
        """The lines of the table."""
        return sorted({line for line, _who in self.counts}, key=lambda one: (one.partition(" ")[2], one))

    def allowed(self, line: str) -> list[str]:
        """Who got through."""
        return [who for (one, who), count in self.counts.items() if one == line and count[ALLOWED]]


def verdict(response: Any) -> str:
    """What an answer amounts to; 422 and 409 come from behind the door."""
    place = response.headers.get("Location", "")
    if response.status_code in (404, 405, 410):
        return HIDDEN
    if response.status_code in (400, 401, 403, 429) or place.startswith(_DOORS):
        return REFUSED
    return ALLOWED


def walk(world: World, people: Iterable[Walker], calls: Iterable[Call]) -> Walk:
    """Everybody makes every call."""
    done, several = Walk(), list(calls)
    records = world.record_tables()
    for walker in people:
        before = world.prints()
        for call in several:
            if call.method in ("HEAD", "OPTIONS") and walker.name not in _LISTENERS:
                continue
            done.calls += 1
            response = send(world, walker, call)
            _judge(world, done, walker, call, response)
            if not (call.changes and world.is_touched()):
                continue
            if call.endpoint.startswith(_OWN_DOORS):
                world.restore()  # the session may have ended
                continue
            after = world.prints()
            if changed := {name for name in before if after.get(name) != before[name]}:
                if _may_not(changed, walker, call, records):
                    done.faults.append(f"{walker.label}: {call.method} {call.path} changed {sorted(changed)}")
                world.restore()
    return done


def _may_not(changed: set[str], walker: Walker, call: Call, records: set[str]) -> bool:
    if walker.name in ("willow", "town", "xian", "limited"):
        return False
    if walker.duty:
        return bool(changed & records)
    return bool(changed)


def _judge(world: World, done: Walk, walker: Walker, call: Call, response: Any) -> None:
    said = f"{walker.label}: {call.method} {call.path} → {response.status_code}"
    found = verdict(response)
    done.counts[call.key, walker.label][found] += 1
    if response.status_code >= 500:
        done.faults.append(f"{said} broke")
    told = leaks(response, world.seeds.secrets)
    if kept := [one for one in told if walker.blind(one)]:
        done.faults.append(f"{said} told {[(one.form, one.field, one.text) for one in kept]}")
    if told and walker.insider:
        done.telling.add(call.endpoint)
    if call.absent and call.method in ("GET", "POST") and not (walker.insider or walker.duty):
        _compare(world, done, walker, call, response, said)


def _compare(world: World, done: Walk, walker: Walker, call: Call, response: Any, said: str) -> None:
    """A stranger meets the same answer whether the record is there or not."""
    if _is_shared(world, call):
        return
    if verdict(response) is ALLOWED and "?" not in call.path:
        done.faults.append(f"{said} let a stranger through")
    here, nowhere = shape_of(response), shape_of(send(world, walker, call, call.absent))
    if here != nowhere:
        done.faults.append(f"{said} tells that it exists: {_first_difference(here, nowhere)}")


def _first_difference(one: tuple[object, ...], other: tuple[object, ...]) -> str:
    for mine, yours in zip(map(str, one), map(str, other), strict=True):
        if mine != yours:
            at = next((i for i, pair in enumerate(zip(mine, yours, strict=False)) if len(set(pair)) > 1), 0)
            return f"{mine[max(0, at - 60) : at + 60]!r} / {yours[max(0, at - 60) : at + 60]!r}"
    return ""


def _is_shared(world: World, call: Call) -> bool:
    """Records of the whole county are open to whoever may view their form."""
    return (bool(call.form) and (call.form, "") in world.seeds.ids) or call.form == "region"


def table(done: Walk, people: Iterable[Walker]) -> list[str]:
    """The table as lines of text, all methods of a rule together: allowed/refused/hidden."""
    labels = [one.label for one in people]
    rules: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (line, label), count in done.counts.items():
        rules[line.partition(" ")[2]][label] += count
    width = max(len(rule) for rule in rules) + 1
    lines = [f"{number:>3}  {label}" for number, label in enumerate(labels, 1)]
    lines.append(
        "allowed/refused/hidden".ljust(width) + "".join(f"{n:>9}" for n in range(1, len(labels) + 1))
    )
    for rule, cells in sorted(rules.items()):
        shown = ("/".join(str(cells[label][one] or "-") for one in KINDS) for label in labels)
        lines.append(rule.ljust(width) + "".join(f"{one:>9}" for one in shown))
    sums: Counter[str] = sum(done.counts.values(), Counter())
    total = ", ".join(f"{sums[one]} {one}" for one in KINDS)
    return [*lines, f"{done.calls} calls on {len(rules)} rules by {len(labels)} actors: {total}"]
