"""Nobody reads, changes or notices what they may not see, on any address the program has (design.md §7)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.routing import Map, Rule

from ffp_admin.screens.logins import find_account
from ffp_admin.store import SYSTEM, load, set_scopes
from tests.screens.county import WILLOW
from tests.walk.answers import leaks
from tests.walk.calls import Atlas, Call, NoArguments, send
from tests.walk.people import named
from tests.walk.walking import Walk, walk
from tests.walk.world import World, build

#: lines on which nobody gets through, and why
CLOSED = {
    "/back": "a page of the framework that the program does not use",
    "/lang/<string:locale>": "a page of the framework that the program does not use",
    "/static/appbuilder/<path:filename>": "files of the framework that the program does not use",
    "/logout/": "leads to the log-in page, as a refusal does",
}
#: pages on which the records of a village are read
TELLING = {
    "Ledger.list",
    "Ledger.record",
    "Ledger.edit",
    "Ledger.pick",
    "Ledger.reveal",
    "Ledger.void",
    "ImportPages.staged",
    "ImportPages.checked",
    "PrintPages.pdf",
    "PrintPages.download",
}
CLUE = """
信息库: w_clue
名称: 线索
归属: 户
承办: 交办单位
显示: [线索]
填报内容:
  基本:
    项目:
      户: {类型: 户, 必填: 是, 列名: household_id}
      线索: {类型: 文本, 必填: 是, 可检索: 是, 列名: clue}
      举报电话: {类型: 电话, 列名: phone}
      交办单位: {类型: 单位, 列名: unit_id}
      年份: {类型: 整数, 必填: 是, 最小: 2014, 最大: 2100, 列名: year}
列表: {列: [户, 线索], 筛选: [户]}
"""


def test_nobody_reads_changes_or_notices_what_they_may_not_see(walked: Walk) -> None:
    assert not walked.faults, f"{len(walked.faults)} faults\n" + "\n".join(walked.faults[:40])


def test_somebody_rightful_gets_through_on_every_address(walked: Walk) -> None:
    shut = {
        line for line in walked.lines if not line.startswith(("HEAD", "OPTIONS")) and not walked.allowed(line)
    }
    assert {line.partition(" ")[2] for line in shut} == CLOSED.keys()


def test_every_address_was_walked_with_every_method(walked: Walk, world: World) -> None:
    wanted = {
        f"{method} {rule.rule}" for rule in world.app.url_map.iter_rules() for method in rule.methods or ()
    }
    assert wanted <= set(walked.lines)
    assert len(walked.lines) > 150


def test_the_rightful_read_the_secrets_on_the_same_pages(walked: Walk, world: World) -> None:
    assert walked.telling >= TELLING
    told = set()
    officer = named(world.walkers, "xian")
    for (form, village), ident in world.seeds.ids.items():
        call = Call(rule="", endpoint="", method="GET", path=f"/ledger/{form}/{ident}")
        told |= {
            one for one in leaks(send(world, officer, call), world.seeds.secrets) if one.village == village
        }
    assert told == {one for one in world.seeds.secrets if one.form}


def test_an_address_without_known_arguments_stops_the_walk(world: World) -> None:
    rule = Rule("/new/<int:unheard>", endpoint="New.page", methods=["GET"])
    Map([rule])
    with pytest.raises(NoArguments, match="unheard"):
        list(Atlas(world)._arguments(rule))


def test_a_new_form_is_walked_and_a_leak_in_it_is_caught(tmp_path: Path) -> None:
    world = build(tmp_path, {"form_specs/registers/w_clue.yaml": CLUE.encode()}, work=False)
    _add_leak(world)
    world.places.update({(start, name): 1 for start in ("/",) for name in ("ident", "number", "user_id")})
    world.places.update({("/", name): 1 for name in ("scope_id", "duty_id", "token_id")})
    mine = [one for one in Atlas(world).calls() if one.form == "w_clue"]
    own = [one for one in mine if not one.rule.startswith("/leak")]
    assert len(own) >= 20
    people = [
        named(world.walkers, name) for name in ("", "poplar", "noverb", "bureau", "viewer", "town", "xian")
    ]
    assert not walk(world, people, own).faults
    assert "Ledger.record" in walk(world, people, own).telling
    _handled_by_one_unit(world, own)
    found = "\n".join(walk(world, people, [one for one in mine if one not in own]).faults)
    mine_now = {
        one.field: one.text for one in world.seeds.secrets if (one.form, one.village) == ("w_clue", WILLOW)
    }
    assert mine_now.keys() == {"线索", "举报电话"}
    assert all(text in found for text in mine_now.values())
    assert "clerk of another village: GET /leak/w_clue/1 → 200 let a stranger through" in found
    assert "tells that it exists" in found
    assert "changed" in found
    assert "nobody" not in found
    world.close()


def _handled_by_one_unit(world: World, own: list[Call]) -> None:
    """The unit a clue was handed to reads it; another unit learns nothing, though it has the same role."""
    bureau = named(world.walkers, "bureau")
    scopes = replace(bureau.scopes[0], target_id=world.seeds.ids["unit", ""])
    with world.store.writing() as session:
        account = find_account(session, bureau.name)
        assert account is not None
        set_scopes(session, account.id, (scopes,))
    page = next(one for one in own if one.endpoint == "Ledger.record" and one.method == "GET")
    told = {
        one.field for one in leaks(send(world, bureau, page), world.seeds.secrets) if one.form == "w_clue"
    }
    assert "线索" in told
    with world.store.writing() as session:
        set_scopes(session, account.id, bureau.scopes)
    assert send(world, bureau, page).status_code == 404


def _add_leak(world: World) -> None:
    """A page somebody wrote past `visible` and `save`."""

    def leak(form: str, ident: int) -> str:
        store = world.store
        with store.writing() as session:
            record = load(session, store, form, ident, SYSTEM)
            if record is None:
                return "nothing"
            main = store.tables(form).main
            session.execute(
                main.update().where(main.c.id == ident).values(row_version=main.c.row_version + 1)
            )
            return str(record.values)

    world.app.view_functions["Leak.leak"] = leak
    rule = Rule("/leak/<form>/<int:ident>", endpoint="Leak.leak", methods=["GET", "POST"])
    world.app.url_map.add(rule)
