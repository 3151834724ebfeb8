"""Rights and accounts on both databases: changed rights reach FAB's tables, survive a release, are found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.screens.accountcard import AccountCard, card_of, save_card, with_phone
from ffp_admin.screens.accountlist import STATES, AccountQuery, find_accounts
from ffp_admin.screens.accounts import add_account
from ffp_admin.screens.acting import make_actor
from ffp_admin.screens.logins import find_account
from ffp_admin.screens.permissions import rights_of, write_permissions
from ffp_admin.screens.rightgrid import accounts_with
from ffp_admin.screens.tables import prepare_tables
from ffp_admin.spec.packaging import Package
from ffp_admin.store import (
    SYSTEM,
    Actor,
    GrantChange,
    GrantProblem,
    NotAllowed,
    Store,
    change_rights,
    local_changes,
    migrate,
    overriding,
    publish,
    publish_package,
)
from tests.screens.county import FILES, ROLES, WILLOW

SECURITY = Actor(user_id=9, name="杨安全", duties=frozenset({"users"}))
TAKEN = GrantChange(role="village", form="household", verb="edit", allowed=False)
GIVEN = GrantChange(role="village", form="household", verb="export", allowed=True)


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    migrate(database_url)
    opened = Store(database_url, Keyring.create(tmp_path / "keyring.json"))
    prepare_tables(opened.engine)
    publish(opened, FILES, SYSTEM, beside=write_permissions)
    yield opened
    opened.dispose()


def change(store: Store, *changes: GrantChange, actor: Actor = SECURITY, reason: str = "试点") -> None:
    def work(session: Session) -> None:
        change_rights(session, store, store.catalog(), changes, reason, actor)
        write_permissions(session, store.catalog())

    store.write(work)


def village(store: Store) -> set[str]:
    with store.reading() as session:
        rights = rights_of(session, ["village"])["village"]
    return {permission for view, permission in rights if view == "ledger:household"}


def test_changed_rights_hold_over_a_release_and_go_back(store: Store) -> None:
    change(store, TAKEN, GIVEN)
    assert village(store) == {"can_view", "can_fill", "can_export"}
    roles = ROLES.replace("名称: 查阅", "名称: 查阅员").encode()
    publish_package(
        store, Package(files={**FILES, "form_specs/roles.yaml": roles}), SYSTEM, beside=write_permissions
    )
    assert village(store) == {"can_view", "can_fill", "can_export"}
    change(store, replace(TAKEN, allowed=True), replace(GIVEN, allowed=False))
    assert village(store) == {"can_view", "can_fill", "can_edit"}
    with store.reading() as session:
        assert local_changes(session) == ()


def test_a_later_declaration_makes_a_change_superfluous_and_a_duty_voids_it(store: Store) -> None:
    change(store, GIVEN)
    declared = ROLES.replace("household: [查看, 填报, 修改]", "household: [查看, 填报, 修改, 导出]")
    publish(store, {**FILES, "form_specs/roles.yaml": declared.encode()}, SYSTEM, beside=write_permissions)
    with store.reading() as session:
        assert overriding(store.catalog(), local_changes(session)) == ()
    duty = ROLES.replace("名称: 村级\n层级: 村", "名称: 村级\n层级: 村\n职责: [审计]")
    publish(store, {**FILES, "form_specs/roles.yaml": duty.encode()}, SYSTEM, beside=write_permissions)
    assert "can_export" not in village(store)


def test_who_may_not_and_what_may_not_be_changed(store: Store) -> None:
    with pytest.raises(NotAllowed):
        change(store, GIVEN, actor=replace(SECURITY, duties=frozenset({"publish"})))
    with pytest.raises(GrantProblem):
        change(store, GIVEN, actor=replace(SECURITY, roles=frozenset({"village"})))
    with pytest.raises(GrantProblem):
        change(store, GIVEN, reason=" ")
    with pytest.raises(GrantProblem):
        change(store, replace(GIVEN, form="nothing"))
    assert village(store) == {"can_view", "can_fill", "can_edit"}


def test_accounts_are_found_counted_and_called_back(store: Store) -> None:
    with store.writing() as session:
        add_account(session, store, "willow", "李文书", "village", (WILLOW,), SYSTEM)
        account = find_account(session, "willow")
        assert account is not None
        save_card(session, store, account, AccountCard(unit="柳树村", phone="13812345678"), SYSTEM)
    with store.reading() as session:
        assert with_phone(session, store, "138 1234 5678") == [account.id]
        assert card_of(session, store, account.id) == AccountCard(unit="柳树村", phone="13812345678")
        assert accounts_with(session, store, "village") == 1
        assert make_actor(session, store, account.id, "李文书").may("household", "edit")
        found = {
            state: find_accounts(session, store, AccountQuery(state=state, region=WILLOW[:9])).total
            for state in STATES
        }
    assert found == {"use": 0, "new": 1, "locked": 0, "off": 0, "expired": 0, "ending": 0}
