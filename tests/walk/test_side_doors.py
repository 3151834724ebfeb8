"""Ways round the front: searching for hidden values, borrowed ids, drafts, prints, overlong numbers, other sites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ffp_admin.screens import drafts
from ffp_admin.screens.logins import find_account
from tests.screens.county import WILLOW, WILLOW_ONE
from tests.walk.answers import TOKEN, leaks, shape_of
from tests.walk.calls import ABSENT, Call, send
from tests.walk.people import Walker, named
from tests.walk.seeding import REGION, Secret, Seeder
from tests.walk.walking import ALLOWED, verdict
from tests.walk.world import World, post

STRANGERS = ("poplar", "faraway", "bureau", "noverb", "expired", "future", "standin", "a-audit")
#: pages of the framework for accounts, roles and rights, and its interfaces
STOCK = (
    "/users/list/", "/users/add", "/users/show/1", "/users/userinfo/", "/roles/list/", "/roles/add", "/permissions/list/",
    "/viewmenus/list/", "/permissionviews/list/", "/registeruser/list/", "/resetpassword/form", "/resetmypassword/form",
    "/userinfoeditview/form", "/api/v1/security/login", "/api/v1/security/users/", "/api/v1/security/roles/",
    "/api/v1/menu/", "/api/v1/_openapi", "/swagger/v1", "/login/github", "/download/x", "/static/appbuilder/js/ab.js",
    "/api/v1/security/api_keys/", "/groups/list/", "/userstatschartview/chart/", "/lang/en", "/back",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _as_it_was(world: World) -> Iterator[None]:
    yield
    world.restore()


def _get(world: World, walker: Walker, path: str) -> Any:
    return send(world, walker, Call(rule="", endpoint="", method="GET", path=path))


def _everybody(world: World, *names: str) -> list[Walker]:
    return [named(world.walkers, name) for name in names]


def test_a_hidden_value_cannot_be_found_by_searching_or_filtering(world: World) -> None:
    limited = named(world.walkers, "limited")
    hidden = [one for one in world.seeds.secrets if one.village == WILLOW and one.form and limited.blind(one)]
    tried = 0
    for secret in hidden:
        for words in ({"keyword": secret.text}, {secret.field: [secret.text, secret.text]}):
            wrong = {name: _spoiled(text) for name, text in words.items()}
            shown = [_found(world, limited, secret.form, one) for one in (words, wrong)]
            assert shown[0] == shown[1], (secret, words)
            tried += 1
        shown = [
            shape_of(_get(world, limited, f"/ledger/{secret.form}/?{secret.field}={text}"))
            for text in (secret.text, _spoiled(secret.text))
        ]
        assert shown[0] == shown[1], secret
    assert tried > 20
    officer = named(world.walkers, "xian")
    heads = [one for one in world.seeds.secrets if one.field == "户主姓名" and one.village == WILLOW]
    head = heads[-1]
    told = _found(world, officer, "household", {"keyword": head.text})
    assert told != _found(world, officer, "household", {"keyword": _spoiled(head.text)})


def _spoiled(text: object) -> object:
    if isinstance(text, list):
        return [_spoiled(one) for one in text]
    assert isinstance(text, str)
    return text[:-1] + ("9" if text[-1] in "012345678" else "丑" if not text[-1].isascii() else "1")


def _found(world: World, walker: Walker, form: str, words: dict[str, object]) -> list[str]:
    """The records a search leads to, by their addresses."""
    answer = post(world, walker, f"/ledger/{form}/find", words)
    if answer.status_code == 302:
        answer = _get(world, walker, answer.headers["Location"])
    return [str(answer.status_code), *sorted(set(_links(answer.text, form)))]


def _links(text: str, form: str) -> Iterator[str]:
    for part in text.split(f'href="/ledger/{form}/')[1:]:
        if (ident := part.partition('"')[0]).isdigit():
            yield ident


def test_lists_and_counts_do_not_change_with_records_one_may_not_see(world: World) -> None:
    people = _everybody(world, *STRANGERS)
    paths = [f"/ledger/{form}/" for form in world.store.catalog().forms] + ["/", "/print/", "/import/"]
    looked_up = [
        (f"/ledger/{form.key}/pick/{one.key}", {"text": text})
        for form in world.store.catalog().forms.values()
        for one in form.fields()
        if one.kind in ("household", "person", "member")
        for text in ("", "秘")
    ]

    def seen() -> list[object]:
        pages = [shape_with_counts(_get(world, who, path)) for who in people for path in paths]
        return pages + [
            shape_with_counts(post(world, who, path, data)) for who in people for path, data in looked_up
        ]

    before = seen()
    more = Seeder(world.store, start=700)
    more.seeds.ids.update({key: ident for key, ident in world.seeds.ids.items() if key[1] == ""})
    more.sow(WILLOW, WILLOW_ONE)
    assert seen() == before
    officer = named(world.walkers, "xian")
    assert [one.text for one in leaks(_get(world, officer, "/ledger/household/"), more.seeds.secrets)]


def shape_with_counts(response: Any) -> tuple[str, ...]:
    """A page with its numbers, without what is new each time."""
    return tuple(TOKEN.sub("", response.get_data(as_text=True)).splitlines())


def test_foreign_records_cannot_be_borrowed_for_a_preview_or_a_record(world: World) -> None:
    """A household of another village chosen by its id fills nothing in: no name, no number, no sum."""
    poplar = named(world.walkers, "poplar")
    own = [one for one in world.seeds.secrets if one.village == WILLOW]
    tried = 0
    for form in world.store.catalog().forms.values():
        for one in form.fields():
            theirs = world.seeds.ids.get((one.kind, WILLOW))
            if theirs is None or one.kind == REGION:
                continue
            answers = []
            for ident in (theirs, ABSENT):
                typed = {f"f-{one.key}": [str(ident), "", str(ident)]}
                answers.append(post(world, poplar, f"/ledger/{form.key}/preview", typed))
                assert not leaks(answers[-1], own)
                assert not leaks(post(world, poplar, f"/ledger/{form.key}/add", typed), own)
            assert shape_of(answers[0]) == shape_of(answers[1])
            tried += 1
    assert tried >= 4


def test_a_draft_is_its_writers_alone(world: World) -> None:
    word = Secret(text="秘稿未存", form="household", field="户主姓名", village=WILLOW)
    ident = world.seeds.ids["household", WILLOW]
    with world.store.reading() as session:
        writer = find_account(session, "willow")
    assert writer is not None
    for place in (0, ident):
        drafts.keep(world.store, writer.id, "household", place, [("f-户主姓名", word.text)])
    paths = ("/", "/ledger/household/add?draft=1", f"/ledger/household/{ident}/edit?draft=1")
    told = {who.name for who in world.walkers for path in paths if leaks(_get(world, who, path), [word])}
    assert told == {"willow"}
    for who in world.walkers:
        if who.name != "willow":
            for place in (0, ident):
                post(world, who, f"/ledger/household/draft/drop?id={place}", {})
    assert leaks(_get(world, named(world.walkers, "willow"), paths[1]), [word])


def test_a_print_of_another_village_is_not_even_ordered(world: World) -> None:
    for document in world.store.catalog().documents:
        for name in ("poplar", "faraway", "bureau"):
            stranger = named(world.walkers, name)
            sent = {"document": document, "region": [WILLOW, "柳树镇柳树村"]}
            answer = post(world, stranger, "/print/", sent)
            assert verdict(answer) is not ALLOWED or answer.status_code == 422, (document, name)
            assert not [one for one in leaks(answer, world.seeds.secrets) if stranger.blind(one)]
        clerk = post(world, named(world.walkers, "willow"), "/print/", sent)
        assert clerk.status_code == 302, clerk.text


@pytest.mark.parametrize("number", [10**30, 2**63, 2**31, 0, "-1", "1%00", "1e3", "１"])
def test_numbers_no_record_can_have_are_simply_not_there(world: World, number: object) -> None:
    people = _everybody(world, "poplar", "xian", "a-system", "a-security")
    rules = [
        rule
        for rule in world.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "<int:" in rule.rule
    ]
    for who in people:
        for rule in rules:
            path = rule.rule.replace("<form>", "household").replace("<kind>", "region")
            for name in rule.arguments:
                path = path.replace(f"<int:{name}>", str(number))
            answer = _get(world, who, path)
            assert answer.status_code < 500, (path, who.name)
            assert verdict(answer) is not ALLOWED, (path, who.name)
        for path in (f"/ledger/household/preview?id={number}", f"/ledger/household/draft?id={number}",
                     f"/ledger/household/draft/drop?id={number}&back=form"):  # fmt: skip
            assert post(world, who, path, {}).status_code < 500, path
        for path in (f"/ledger/household/?q-after={number}", f"/ledger/household/?q-before={number}",
                     f"/ledger/household/?q-word={number}", f"/ledger/member/add?户={number}",
                     f"/ledger/member/?户={number}", f"/publish/?before={number}"):  # fmt: skip
            assert _get(world, who, path).status_code < 500, path


def test_pages_of_the_framework_are_closed_to_everybody(world: World) -> None:
    for who in world.walkers:
        for path in STOCK:
            for method in ("GET", "POST"):
                answer = send(world, who, Call(rule="", endpoint="", method=method, path=path))
                assert verdict(answer) is not ALLOWED, (who.name, method, path)


def test_methods_no_address_declares_do_nothing(world: World) -> None:
    before = world.prints()
    declared: dict[str, set[str]] = {}
    for rule in world.app.url_map.iter_rules():
        declared.setdefault(rule.rule, set()).update(rule.methods or set())
    for rule in world.app.url_map.iter_rules():
        path = rule.rule.replace("<form>", "household").replace("<field>", "联系电话")
        for name in rule.arguments:
            path = path.replace(f"<int:{name}>", "1")
        for method in {"PUT", "PATCH", "DELETE", "TRACE"} - declared[rule.rule]:
            for who in _everybody(world, "", "poplar", "xian"):
                answer = send(world, who, Call(rule="", endpoint="", method=method, path=path))
                assert verdict(answer) is not ALLOWED, (who.name, method, path)
    assert world.prints() == before


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "/%0d%0aX: 1",
    ],
)
def test_no_redirect_leaves_the_house(world: World, target: str) -> None:
    client = world.app.test_client()
    token = (
        client.get("/login/", query_string={"next": target})
        .text.split('name="csrf_token" value="')[1]
        .split('"')[0]
    )
    sent = {"csrf_token": token, "username": "poplar", "password": "Qingshan#2026", "next": target}
    answer = client.post("/login/", query_string={"next": target}, data=sent)
    assert answer.status_code == 302
    place = answer.headers["Location"]
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
    assert "evil" not in place
    poplar = named(world.walkers, "poplar")
    for path in ("/back", "/ledger/household/draft/drop", "/lang/zh"):
        answer = post(world, poplar, f"{path}?next={target}&back={target}", {"next": target})
        assert "evil" not in answer.headers.get("Location", "")


def test_a_foreign_host_is_not_believed(world: World) -> None:
    client = world.app.test_client(use_cookies=False)
    for path in ("/", "/login/", "/ledger/household/"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text + answer.headers.get("Location", "")
