"""`audit verify` and `audit seal` as somebody gives them, across a change of keys and a restore."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ffp_admin.jobs import JobWorker, sealing
from ffp_admin.store import SYSTEM, Deed, note, read_audit
from ffp_admin.store.audit_tables import audit_block
from ffp_admin.testing.postgres import Cluster
from tests.commands.keeping import House


def head_in(output: str) -> str:
    found = re.search(r"^  ((?:[0-9a-f]{8} ?){8})$", output, re.M)
    assert found, output
    return found[1]


def test_the_worker_seals_and_the_check_says_so(house: House) -> None:
    store = house.store()
    JobWorker(store, sealing(store.keyring), "w").run(once=True)
    output = house.done("audit", "verify")
    head = head_in(output)
    with store.reading() as session:
        assert session.execute(select(audit_block.c.head)).scalars().all()[-1] == head.replace(" ", "")
        assert read_audit(session)[0].action == "audit_verified"
        assert read_audit(session)[0].facts["whole"] is True
    house.done("audit", "seal")
    assert head_in(house.done("audit", "verify", "--head", head)) != head, (
        "an older head still finds its block"
    )
    house.done("audit", "verify", "--head", head[:26].upper())
    house.refused("audit", "verify", "--head", "0" * 64)
    assert "64" in house.refused("audit", "verify", "--head", "not a head")
    store.dispose()


def test_damage_is_told_and_ends_with_1(house: House) -> None:
    house.done("audit", "seal")
    store = house.store()
    with store.writing() as session:
        if house.url.startswith("sqlite"):
            session.execute(text("DROP TRIGGER audit_no_update"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_no_change"))
        session.execute(text("UPDATE audit SET user_name = 'nobody' WHERE id = 2"))
    output = house.refused("audit", "verify")
    assert re.search(r"第 1 块.*第 2 行", output)
    with store.reading() as session:
        assert read_audit(session)[0].facts["whole"] is False
    store.dispose()


def test_a_change_of_keys_leaves_the_chain_as_it_is(house: House) -> None:
    house.done("audit", "seal")
    head = head_in(house.done("audit", "verify"))
    house.done("key", "rotate")
    house.done("audit", "seal")
    house.done("audit", "verify", "--head", head)


def test_a_restored_trail_says_so_and_is_whole(
    house: House, tmp_path: Path, postgres_cluster: Cluster
) -> None:
    house.done("audit", "seal")
    before = head_in(house.done("audit", "verify"))
    archive = house.backed_up()
    house.done("audit", "seal")
    after = head_in(house.done("audit", "verify"))
    folder = tmp_path / "elsewhere"
    is_sqlite = house.url.startswith("sqlite")
    url = f"sqlite:///{folder / 'ffp.db'}" if is_sqlite else postgres_cluster.create()
    elsewhere = house.moved(folder, url)
    elsewhere.done("restore", archive)
    store = elsewhere.store()
    with store.reading() as session:
        assert read_audit(session)[0].action == "restored"
    elsewhere.done("audit", "seal")
    elsewhere.done("audit", "verify", "--head", before)
    told = elsewhere.refused("audit", "verify", "--head", after)
    assert "完整" in told, "the chain itself is whole; only the paper of after the backup is not in it"
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as session:
        session.execute(text("DELETE FROM audit"))
    store.dispose()
    if not is_sqlite:
        postgres_cluster.drop(url)


def test_the_digest_of_a_day_as_a_file(house: House, tmp_path: Path) -> None:
    house.done("audit", "seal")
    out = tmp_path / "digest.pdf"
    day = house.store().clock.today().isoformat()
    house.done("audit", "digest", "--day", day, "-o", out)
    words = "".join("".join(page.extract_text() for page in PdfReader(out).pages).split())
    head = head_in(house.done("audit", "verify")).replace(" ", "")
    assert head in words
    assert "青山县" in words
    store = house.store()
    with store.reading() as session:
        lines = read_audit(session, limit=5)
    assert "audit_digest" in [line.action for line in lines]
    store.dispose()


def test_health_tells_of_a_trail_that_nobody_seals(small: House) -> None:
    store = small.store()
    early = store.clock.now() - timedelta(hours=3)
    with store.writing() as session:
        note(session, SYSTEM, early, "command", [Deed(action="backup")])
    assert "没有封存" in small.run("health").output
    small.done("audit", "seal")
    assert "没有封存" not in small.run("health").output
    store.dispose()
